// SPDX-License-Identifier: Apache-2.0
#include "app/fix/fix.h"

#include "act/fix/fix.h"
#include "act/report/text.h"
#include "app/audit/audit.h"
#include "app/fix/verify.h"
#include "app/terminal.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/sandbox.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixing {
    const struct invocation *invocation;
    const struct fix_settings *settings;
    struct texts texts;
    struct text out, notes; /* standard output: diffs; standard error: what was done */
    const struct listed_file *file;
    struct str_list homes; /* compose files with which it is judged, and not on its own */
    bool is_ours;          /* the file is one that rules speak of */
    struct verifier verifier;
    struct build_inputs inputs; /* of what it builds */
    bool make_all, stop;        /* said at the prompt */
    size_t fixable_files, failed_files, gaps;
};

/* ---- one version of a file ---- */

/* Findings in the file; "compose.yaml#web" is a Dockerfile within it. */
static void keep_own(struct report *report, str path)
{
    size_t kept = 0;
    for (size_t i = 0; i < report->findings.count; i++) {
        str rest = report->findings.items[i].location.path;
        if (str_skip(&rest, path) && (rest.len == 0 || rest.ptr[0] == '#'))
            report->findings.items[kept++] = report->findings.items[i];
    }
    report->findings.count = kept;
}

/* As lint judges it: with what the files say that include or build it. */
static bool judge_at_home(struct fixing *fixing, struct arena *arena, str text, struct report *ret)
{
    struct texts *texts = &fixing->texts;
    bool judged = false;
    texts->draft_path = fixing->file->path;
    texts->draft = text;
    for (size_t i = 0; i < fixing->homes.count; i++) {
        const struct listed_file home = {.path = fixing->homes.items[i]};
        struct err err = {0};
        str content;
        if (texts_read(texts, arena, &home, &content, &err) == 0)
            judged |= texts_judge(texts, arena, &home, content, ret);
    }
    texts->draft_path = (str){0};
    keep_own(ret, fixing->file->path);
    texts_drop_repeated(ret, NULL);
    return judged;
}

static int judge(void *context, struct arena *arena, str text, struct report *ret, struct err *err)
{
    struct fixing *fixing = context;
    fixing->is_ours = (fixing->homes.count && judge_at_home(fixing, arena, text, ret)) ||
                      texts_judge(&fixing->texts, arena, fixing->file, text, ret);
    if (texts_check_target(&fixing->texts, err) < 0)
        return -1;
    if (!fixing->is_ours && ret->gaps.count)
        return err_set(err, ERR_FORMAT, "%.*s",
                       STR_ARG(str_sub(ret->gaps.items[0].reason, 0, 300)));
    policy_apply(arena, &fixing->texts.policy, ret);
    return 0;
}

static bool wanted(void *context, const struct finding *finding)
{
    const struct fixing *fixing = context;
    const struct option_list *rules = &fixing->settings->rules;
    const struct rule *rule = rule_by_id(finding->id);
    if (!str_eq(finding->location.path, fixing->file->path))
        return false;
    for (size_t i = 0; i < rules->count; i++)
        if (rule && rule_is_called(rule, str_from(rules->items[i])))
            return true;
    return rules->count == 0;
}

/* ---- showing ---- */

static void put_diff(struct text *text, str diff)
{
    str line;
    while (str_next_line(&diff, &line)) {
        enum text_style style = STYLE_PLAIN;
        if (str_starts(line, STR("--- ")) || str_starts(line, STR("+++ ")))
            style = STYLE_BOLD;
        else if (str_starts(line, STR("@@")))
            style = STYLE_DIM;
        else if (str_starts(line, STR("+")))
            style = STYLE_GOOD;
        else if (str_starts(line, STR("-")))
            style = STYLE_HIGH;
        if (style == STYLE_PLAIN)
            text_put(text, line);
        else
            text_styled(text, style, line);
        text_newline(text);
    }
}

/* A diff that goes to a program must be the file's own bytes. */
static void write_diff(struct fixing *fixing, str diff)
{
    if (fixing->out.color)
        put_diff(&fixing->out, diff);
    else
        fwrite(diff.ptr, 1, diff.len, fixing->out.out);
}

static str diff_of(struct fixing *fixing, struct arena *arena, str before, str after)
{
    str path = fixing->file->path;
    while (str_skip(&path, STR("./")) || str_skip(&path, STR("/"))) {
    }
    return fix_diff(arena, arena_join(arena, STR("a"), STR("/"), path),
                    arena_join(arena, STR("b"), STR("/"), path), before, after);
}

/* y, n, a or q; what is none of them is asked again, and the end of the input is a q. */
static char ask_letter(struct text *notes)
{
    char answer[80];
    for (;;) {
        text_say(notes, "Make this change? [y]es, [n]o, [a]ll, [q]uit: ");
        fflush(notes->out);
        if (!fgets(answer, sizeof(answer), stdin))
            return 'q';
        switch (answer[0]) {
        case 'y':
        case 'Y': return 'y';
        case 'n':
        case 'N': return 'n';
        case 'a':
        case 'A': return 'a';
        case 'q':
        case 'Q': return 'q';
        default: break;
        }
    }
}

/* One step at a prompt: y, n, a (all that follow), q (no more). */
static bool ask(void *context, const struct finding *finding, str before, str after)
{
    struct fixing *fixing = context;
    struct text *notes = &fixing->notes;
    if (fixing->make_all || fixing->stop)
        return fixing->make_all;
    ARENA_SCOPED arena = {0};
    text_newline(notes);
    text_styled(notes, STYLE_BOLD, finding->edit_title);
    text_say(notes, "  (%s", finding->edit_level == EDIT_UNSAFE ? "to be reviewed; " : "");
    text_put(notes, finding->id);
    text_say(notes, ")\n");
    put_diff(notes, diff_of(fixing, &arena, before, after));
    char answer = ask_letter(notes);
    fixing->make_all = answer == 'a';
    fixing->stop = answer == 'q';
    return fixing->make_all || answer == 'y';
}

static bool is_listed(const struct fixing *fixing, str path)
{
    for (size_t i = 0; i < fixing->texts.list.count; i++)
        if (str_eq(fixing->texts.list.items[i].path, path))
            return true;
    return false;
}

/* What a compose file includes, extends or builds is changed only where it is asked for itself. */
static void note_others(struct fixing *fixing, const struct fix_run *run)
{
    enum { SHOWN = 5 };
    struct text *notes = &fixing->notes;
    size_t shown = 0;
    for (size_t i = 0; i < run->others.count && shown <= SHOWN; i++) {
        if (is_listed(fixing, run->others.items[i]))
            continue;
        if (shown++ == 0)
            text_say(notes, "  Some of them stand in other files; to have those repaired, give "
                            "them too:");
        text_put(notes, shown > SHOWN ? STR(" ...") : STR(" "));
        if (shown <= SHOWN)
            text_put(notes, run->others.items[i]);
    }
    if (shown)
        text_newline(notes);
}

static void note_steps(struct fixing *fixing, const struct fix_run *run, size_t made)
{
    struct text *notes = &fixing->notes;
    text_styled(notes, STYLE_BOLD, fixing->file->path);
    const char *large = "; the file is so large that not everything was tried";
    char told[240], unsafe[80] = "";
    if (run->unsafe)
        snprintf(unsafe, sizeof(unsafe), " (--unsafe offers fixes for %zu of them, to be reviewed)",
                 run->unsafe);
    snprintf(told, sizeof(told), ": %zu %s%s, %zu %s left%s%s", made, made == 1 ? "fix" : "fixes",
             fixing->settings->write ? " written" : "", run->left,
             run->left == 1 ? "finding" : "findings", unsafe, run->out_of_budget ? large : "");
    text_wrap(notes, str_from(told), 2);
    text_newline(notes);
    for (size_t i = 0; i < run->steps.count; i++) {
        const struct fix_step *step = &run->steps.items[i];
        if (!step->made && fixing->stop)
            continue;
        text_say(notes, "  %s line %u: ", step->made ? text_dot(notes) : "-",
                 step->finding->location.line);
        text_put(notes, step->finding->edit_title);
        if (!step->made)
            text_say(notes, " - not done: %s", step->why_not);
        text_newline(notes);
    }
    note_others(fixing, run);
}

/* ---- one file ---- */

static int put_result(struct fixing *fixing, const struct fix_run *run, str before, struct err *err)
{
    ARENA_SCOPED arena = {0};
    bool changed = !str_eq(run->text, before);
    if (fixing->file->is_stdin)
        fwrite(run->text.ptr, 1, run->text.len, fixing->out.out);
    else if (changed && fixing->settings->write)
        return fd_rewrite_file(arena_cstr(&arena, fixing->file->path), run->text, err);
    else if (changed && !fixing->settings->quiet)
        write_diff(fixing, diff_of(fixing, &arena, before, run->text));
    return 0;
}

/* The end of what the command printed that failed. */
static void note_output(struct fixing *fixing, str output)
{
    struct text *notes = &fixing->notes;
    str line;
    if (!output.len)
        return;
    text_say(notes, "  the last lines that the build printed:\n");
    while (str_next_line(&output, &line)) {
        text_say(notes, "    | ");
        text_put(notes, line);
        text_newline(notes);
    }
}

/* What the images differ in is told, not judged: that lists are gone is what a fix is for. What the
 * engine cannot build is a gap. */
static int verify(struct fixing *fixing, const struct fix_run *run, str before, struct err *err)
{
    str text = {0}, line;
    bool same;
    if (verify_file(&fixing->verifier, run->arena, fixing->file->path, before, run->text, &text,
                    &same, err) < 0) {
        if (err->kind != ERR_UNSUPPORTED) {
            note_output(fixing, text);
            return err_wrap(err, "--verify-build");
        }
        text_say(&fixing->notes, "  not built and compared: ");
        text_put(&fixing->notes, err_text(err));
        text_newline(&fixing->notes);
        fixing->gaps++;
        return 0;
    }
    text_say(&fixing->notes, "  built as it was and as it is fixed: %s\n",
             same ? "no difference" : "these differ");
    while (str_next_line(&text, &line)) {
        text_say(&fixing->notes, "    ");
        text_put(&fixing->notes, line);
        text_newline(&fixing->notes);
    }
    return 0;
}

static int fix_file(struct fixing *fixing, struct err *err)
{
    ARENA_SCOPED arena = {0};
    str text;
    if (texts_read(&fixing->texts, &arena, fixing->file, &text, err) < 0)
        return -1;
    fixing->homes = texts_homes(&fixing->texts, &arena, fixing->file);
    struct fix_run run = {
        .arena = &arena,
        .path = fixing->file->path,
        .level = fixing->settings->unsafe ? EDIT_UNSAFE : EDIT_SAFE,
        .judge = judge,
        .ask = fixing->settings->interactive ? ask : NULL,
        .wanted = wanted,
        .context = fixing,
    };
    size_t made = 0;
    if (fix_run(&run, text, err) < 0) {
        fixing->gaps += !fixing->is_ours;
        return -1;
    }
    if (!fixing->is_ours)
        return 0;
    if (put_result(fixing, &run, text, err) < 0)
        return -1;
    for (size_t i = 0; i < run.steps.count; i++)
        made += run.steps.items[i].made;
    fixing->fixable_files += made > 0;
    if (!fixing->settings->quiet && (run.steps.count || run.left))
        note_steps(fixing, &run, made);
    if (fixing->settings->verify_build && made && !fixing->file->is_stdin)
        return verify(fixing, &run, text, err);
    return 0;
}

/* ---- all of them ---- */

static int fix_all(struct fixing *fixing, const char *const *operands, size_t count,
                   struct err *err)
{
    if (texts_configure(&fixing->texts, err) < 0 ||
        texts_find(&fixing->texts, operands, count, err) < 0)
        return -1;
    for (size_t i = 0; i < fixing->texts.gaps.gaps.count; i++) {
        const struct gap *gap = &fixing->texts.gaps.gaps.items[i];
        struct err failure = {0};
        err_set(&failure, ERR_IO, "%.*s: %.*s", STR_ARG(str_sub(gap->path, 0, 200)),
                STR_ARG(str_sub(gap->reason, 0, 200)));
        command_complain(NULL, &failure);
        fixing->gaps++;
    }
    if (fixing->texts.list.count == 0 && fixing->gaps == 0) {
        struct err failure = {0};
        err_set(&failure, ERR_NOT_FOUND, "no Dockerfile, compose file or manifest was found in %s",
                count == 1 ? operands[0] : "these folders");
        command_complain(NULL, &failure);
        fixing->gaps++;
    }
    texts_relate(&fixing->texts);
    for (size_t i = 0; i < fixing->texts.list.count && !fixing->stop; i++) {
        struct err failure = {0};
        fixing->file = &fixing->texts.list.items[i];
        if (fix_file(fixing, &failure) == 0)
            continue;
        command_complain(arena_cstr(fixing->invocation->arena, fixing->file->path), &failure);
        fixing->failed_files++;
    }
    if (fixing->failed_files)
        return 2;
    if (fixing->settings->check && fixing->fixable_files)
        return 1;
    return fixing->gaps ? 3 : 0;
}

/* Files are replaced by rename, so the folders that they really stand in must be open to writing;
 * NULL-ended. Nothing else is. */
static const char *const *folders_to_write(const struct fixing *fixing, const char *const *operands,
                                           size_t count)
{
    struct arena *arena = fixing->invocation->arena;
    const char **folders = arena_array(arena, const char *, count + 1);
    size_t filled = 0;
    for (size_t i = 0; fixing->settings->write && i < count; i++) {
        char *real = realpath(operands[i], NULL);
        if (!real)
            continue; /* it is complained of when it is read */
        const char *path = arena_cstr(arena, str_from(real));
        free(real);
        DIR_SCOPED folder = opendir(path);
        str parent = path_parent(str_from(path));
        folders[filled++] = folder ? path : parent.len ? arena_cstr(arena, parent) : "/";
    }
    return folders;
}

static struct text make_text(const struct fix_settings *settings, FILE *out, int fd)
{
    return text_make(out, terminal_width(fd), terminal_wants_color(fd, settings->color),
                     str_eq(str_from(nl_langinfo(CODESET)), STR("UTF-8")));
}

static int check_rules(const struct option_list *rules, struct err *err)
{
    for (size_t i = 0; i < rules->count; i++)
        if (!rule_find(str_from(rules->items[i]), NULL))
            return err_set(err, ERR_USAGE,
                           "--rule %s: no rule is called so (harden explain --list)",
                           rules->items[i]);
    return 0;
}

static int begin_verifying(struct fixing *fixing, struct err *err)
{
    const struct option_list *engines = &fixing->settings->engines;
    if (inputs_read(fixing->invocation->arena, fixing->settings, &fixing->texts.build,
                    &fixing->inputs, err) < 0)
        return -1;
    return verify_begin(&fixing->verifier, engines->count ? engines->items[0] : NULL,
                        &fixing->inputs, err);
}

int fix_files(const struct invocation *invocation, struct err *err)
{
    static const char *const here[] = {".", NULL};
    struct fixing fixing = {
        .invocation = invocation, .settings = invocation->options, .verifier = {-1, -1, 0, NULL}};
    bool none = invocation->operand_count == 0;
    const char *const *operands = none ? here : invocation->operands;
    size_t count = none ? 1 : invocation->operand_count;
    enum sandbox_level level;
    if (fixing.settings->host) {
        if (fixing.settings->write || fixing.settings->interactive || !none)
            return err_set(err, ERR_USAGE,
                           "--host is about this machine, which is changed by its owner: it only "
                           "tells what to do, and goes with neither files, --write nor "
                           "--interactive");
        const struct audit_settings audit = {.output = {.color = fixing.settings->color},
                                             .hosts = fixing.settings->engines};
        return audit_fix_host(invocation, &audit, err);
    }
    if (fixing.settings->engines.count > fixing.settings->verify_build)
        return err_set(err, ERR_USAGE,
                       "--docker-host is for --host, and once for --verify-build: nothing else "
                       "speaks to an engine there");
    if (fixing.settings->secrets.count && !fixing.settings->verify_build)
        return err_set(err, ERR_USAGE, "--secret is for --verify-build: nothing else builds");
    if (fixing.settings->interactive && !isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "--interactive: standard input is no terminal");
    int code = check_rules(&fixing.settings->rules, err);
    if (code == 0)
        code = texts_begin(&fixing.texts, invocation->arena, &fixing.settings->texts, err);
    setlocale(LC_CTYPE, "");
    fixing.out = make_text(fixing.settings, stdout, STDOUT_FILENO);
    fixing.notes = make_text(fixing.settings, stderr, STDERR_FILENO);
    if (code == 0 && fixing.settings->verify_build)
        code = begin_verifying(&fixing, err);
    const struct sandbox sandbox = {.writable = folders_to_write(&fixing, operands, count)};
    if (code == 0)
        code = sandbox_enter(&sandbox, &level, err);
    if (code == 0)
        code = fix_all(&fixing, operands, count, err);
    verify_end(&fixing.verifier);
    texts_end(&fixing.texts);
    return code;
}
