// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/secret_name.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/ask/run.h"
#include "judge/rule/rule.h"
#include "model/shell.h"
#include "read/dockerfile/dockerfile.h"

static bool is_copy(const struct instruction *instruction)
{
    return (instruction->kind == INSTRUCTION_COPY || instruction->kind == INSTRUCTION_ADD) &&
           instruction->words.count >= 2;
}

static void secret_file(struct rule_run *run, const struct instruction *instruction)
{
    if (!is_copy(instruction))
        return;
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        bool sure;
        if (word->heredoc || source_is_url(word->value) || !file_is_secret(word->value, &sure))
            continue;
        struct finding *finding =
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 200)));
        bool shipped = instruction->stage && instruction->stage->is_target;
        if (!sure)
            finding->severity = SEVERITY_LOW;
        else if (!shipped)
            finding->severity = SEVERITY_MEDIUM;
    }
}

/* ---- removed too late ---- */

/* Where a source of COPY or ADD comes to stand, if `path` is it. */
static bool is_copied_to(struct arena *arena, const struct instruction *copy, size_t source,
                         str path)
{
    const struct dockerfile_word *to = &copy->words.items[copy->words.count - 1];
    str target = to->value, from = copy->words.items[source].value;
    if (to->open || copy->words.items[source].open)
        return false;
    if (!str_starts(target, STR("/")))
        target = arena_join(arena, copy->state->workdir,
                            str_ends(copy->state->workdir, STR("/")) ? STR("") : STR("/"), target);
    while (str_ends(target, STR("/.")) || str_ends(target, STR("/./")))
        target =
            str_sub(target, 0, (size_t)str_rfind_char(str_sub(target, 0, target.len - 1), '/') + 1);
    if (str_eq(target, path))
        return true;
    str name = text_base_name(from), folder = path;
    size_t slash = str_rfind_char(path, '/');
    if (slash == STR_NONE || !str_eq(text_base_name(path), name))
        return false;
    folder = str_sub(path, 0, slash);
    if (str_ends(target, STR("/")))
        target = str_sub(target, 0, target.len - 1);
    return str_eq(target, folder);
}

/* The source of a COPY or ADD that became that path. */
static bool brings_by_copy(struct rule_run *run, const struct instruction *copy, str path)
{
    for (size_t i = 0; i + 1 < copy->words.count && i < 20; i++)
        if (is_copied_to(run->arena, copy, i, path))
            return true;
    return false;
}

static str absolute(struct arena *arena, const struct instruction *at, str path)
{
    if (str_starts(path, STR("/")) || !path.len)
        return path;
    return arena_join(arena, at->state->workdir,
                      str_ends(at->state->workdir, STR("/")) ? STR("") : STR("/"), path);
}

/* The path, or something below it. */
static bool is_at_or_below(str file, str path)
{
    while (path.len > 1 && str_ends(path, STR("/")))
        path = str_sub(path, 0, path.len - 1);
    return str_skip(&file, path) && path.len > 1 && (!file.len || file.ptr[0] == '/');
}

static bool is_on_mount(const struct instruction *instruction, str path)
{
    for (size_t i = 0; i < instruction->mounts.count; i++)
        if (is_at_or_below(path, instruction->mounts.items[i].target))
            return true;
    return false;
}

/* A download that a RUN left there for others to remove. */
static bool brings_by_download(struct rule_run *run, const struct instruction *earlier, str path)
{
    const struct shell_commands *commands = &earlier->script->commands;
    bool moved = false; /* by cd: names without a folder may be anywhere */
    for (size_t i = 0; i < commands->count && i < RUN_LOOK_AROUND; i++) {
        const struct shell_command *command = commands->items[i];
        moved |= shell_command_is(command, "cd") || shell_command_is(command, "pushd");
        if (!download_is(command) || !download_url(command))
            continue;
        str file = download_path(run->arena, command);
        if (!file.len || (moved && !str_starts(file, STR("/"))))
            continue;
        file = absolute(run->arena, earlier, file);
        if (is_at_or_below(file, path) && !is_on_mount(earlier, file) &&
            !run_removes_after(command, arena_cstr(run->arena, file)))
            return true;
    }
    return false;
}

enum { REMOVED_LOOK_BACK = 200 };

static bool brings(struct rule_run *run, const struct instruction *earlier, str path)
{
    if (is_copy(earlier))
        return rule_may(run, earlier->words.count) && brings_by_copy(run, earlier, path);
    return earlier->kind == INSTRUCTION_RUN && earlier->script &&
           rule_may(run, earlier->script->commands.count) && brings_by_download(run, earlier, path);
}

static void removed_path(struct rule_run *run, const struct shell_word *word, str path)
{
    const struct instruction *remover = run->subject.instruction;
    const struct stage *stage = remover->stage;
    path = absolute(run->arena, remover, path);
    for (uint32_t back = 1; back < REMOVED_LOOK_BACK && remover->index >= stage->first + back;
         back++) {
        const struct instruction *earlier =
            run->subject.dockerfile->instructions.items[remover->index - back];
        bool sure;
        if (!brings(run, earlier, path))
            continue;
        struct finding *finding = rule_found(run, word->span, "%.*s was brought by line %u",
                                             STR_ARG(str_sub(path, 0, 200)),
                                             text_file_place(run->file, earlier->span).line);
        if (file_is_secret(path, &sure) && stage->is_target)
            finding->severity = SEVERITY_HIGH;
        return;
    }
}

static void removed_later(struct rule_run *run, const struct shell_command *command)
{
    const struct instruction *instruction = run->subject.instruction;
    /* An image's history has no instructions. */
    if (!instruction || !shell_command_is(command, "rm") || !instruction->stage ||
        instruction->onbuild || instruction->kind != INSTRUCTION_RUN)
        return;
    for (size_t i = 1; i < command->words.count && i < 50; i++) {
        const struct shell_word *word = &command->words.items[i];
        if (word->literal && word->value.len && word->value.ptr[0] != '-')
            removed_path(run, word, word->value);
    }
}

/* ---- the build context ---- */

static bool takes_everything(const struct instruction *instruction,
                             const struct dockerfile_word **ret)
{
    if (!is_copy(instruction) || instruction_flag(instruction, "from"))
        return false;
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        str source = instruction->words.items[i].value;
        *ret = &instruction->words.items[i];
        if (str_eq(source, STR(".")) || str_eq(source, STR("./")) || str_eq(source, STR("/")) ||
            str_eq(source, STR("*")) || str_eq(source, STR("./*")))
            return true;
    }
    return false;
}

static void context_secret(struct rule_run *run, const struct instruction *instruction)
{
    const struct build_context *context = run->subject.dockerfile->context;
    const struct dockerfile_word *source;
    const char *git = NULL;
    size_t secrets = 0;
    str first = {0};
    if (!context || !takes_everything(instruction, &source) ||
        !rule_may(run, context->entries.count))
        return;
    for (size_t i = 0; i < context->entries.count; i++) {
        const struct context_entry *entry = &context->entries.items[i];
        bool sure, is_git = str_eq(entry->path, STR(".git"));
        bool secret = file_is_secret(entry->path, &sure) && sure;
        if ((!is_git && !secret) || !rule_may(run, context->ignore.count) ||
            ignore_matches(&context->ignore, entry->path))
            continue;
        if (is_git)
            git = ".git";
        else if (secrets++ == 0)
            first = entry->path;
    }
    /* What only a build stage sees is in its cache, not in the image. */
    bool shipped = instruction->stage && instruction->stage->is_target;
    const char *where = shipped ? "the image" : "this stage",
               *no_file = context->has_ignore ? "" : "; there is no .dockerignore";
    if (secrets)
        rule_found(run, source->span, "%.*s%s goes into %s%s", STR_ARG(first),
                   secrets > 1 ? " and other credentials" : "", where, no_file)
            ->severity = shipped ? SEVERITY_HIGH : SEVERITY_MEDIUM;
    else if (git)
        rule_found(run, source->span, "%s goes into %s%s", git, where, no_file)->severity =
            shipped ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static void no_ignore_file(struct rule_run *run, const struct instruction *instruction)
{
    const struct build_context *context = run->subject.dockerfile->context;
    const struct dockerfile_word *source;
    if (context && !context->has_ignore && takes_everything(instruction, &source))
        rule_found(run, source->span, "there is no %.*s",
                   STR_ARG(context->ignore_path.len ? context->ignore_path : STR(".dockerignore")));
}

static void copied_ignored(struct rule_run *run, const struct instruction *instruction)
{
    const struct build_context *context = run->subject.dockerfile->context;
    if (!context || !context->has_ignore || !is_copy(instruction) ||
        instruction_flag(instruction, "from"))
        return;
    for (size_t i = 0; i < context->ignore.count; i++)
        if (context->ignore.items[i].except)
            return; /* what is left of a folder cannot be told from its name */
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        str path = word->value;
        if (word->open || word->heredoc || source_is_url(path) || source_has_wildcard(path))
            continue;
        while (str_skip(&path, STR("./")) || str_skip(&path, STR("/")))
            ;
        while (str_ends(path, STR("/")))
            path = str_sub(path, 0, path.len - 1);
        if (path.len && !str_eq(path, STR(".")) && rule_may(run, context->ignore.count) &&
            ignore_matches(&context->ignore, path))
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(path, 0, 200)));
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/secret-file-copied",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A file with credentials is copied into the image",
        .why = "Files of this name hold passwords or keys. In a layer they stay, even if a later "
               "step removes them, and everybody who can fetch the image can take them out.",
        .fix = "Do not copy the file. Mount it when the container runs, or for one build step "
               "with `RUN --mount=type=secret`; and put its name into .dockerignore.",
        .bad = "FROM debian:13\nCOPY .env /app/\n",
        .good = "FROM debian:13\nCOPY .env.example /app/\n",
        .aliases = {"DS-0031", "AVD-DS-0031", "CIS-DI-0010", "CIS 4.10"},
        .instruction = secret_file,
    },
    {
        .id = "dockerfile/removed-in-later-layer",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SIZE,
        .title = "A file is removed in another layer than the one that brought it",
        .why = "Each instruction makes a layer, and layers are never changed. The file is hidden, "
               "but it is still in the image: it costs its size, and if it holds a secret, "
               "everybody can take it out.",
        .fix = "Use the file without copying it: `RUN --mount=type=bind,source=FILE,target=/FILE`. "
               "For a secret, `--mount=type=secret`. What was downloaded, remove in the RUN that "
               "downloaded it.",
        .bad = "FROM debian:13\nCOPY setup.sh /tmp/\nRUN sh /tmp/setup.sh && rm /tmp/setup.sh\n",
        .good = "FROM debian:13\nRUN --mount=type=bind,source=setup.sh,target=/tmp/setup.sh \\\n"
                "    sh /tmp/setup.sh\n",
        .command = removed_later,
    },
    {
        .id = "dockerfile/context-with-secrets",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "Everything is copied, and .dockerignore does not hold back what is private",
        .why = "`COPY .` takes all files of the folder that is built from: also .git with the "
               "whole history, .env with passwords, and keys. All of it is then in the image.",
        .fix = "Write a .dockerignore with `.git`, `.env*` and the names of keys, or copy only "
               "the folders that the image needs.",
        .bad = "FROM debian:13\nCOPY . /app/\n",
        .good = "# .dockerignore: .git\n# .dockerignore: .env*\n# .dockerignore: id_rsa\n"
                "FROM debian:13\nCOPY . /app/\n",
        .aliases = {"DKL-LI-0003", "CIS-DI-0010"},
        .instruction = context_secret,
    },
    {
        .id = "dockerfile/no-dockerignore",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Everything is copied, and there is no .dockerignore",
        .why = "Whatever lies in the folder comes along: version control, logs, what was built "
               "before, and the password file that somebody puts there next year. Each of these "
               "files also makes Docker build again when it changes.",
        .fix = "Write a .dockerignore beside the Dockerfile; begin it with `.git` and `.env*`.",
        .bad = "FROM debian:13\nCOPY . /app/\n",
        .good = "# .dockerignore: .git\nFROM debian:13\nCOPY . /app/\n",
        .aliases = {"DKL-LI-0003"},
        .instruction = no_ignore_file,
    },
    {
        .id = "dockerfile/copied-file-ignored",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "A file is copied that .dockerignore leaves out",
        .why = "What .dockerignore names is not sent to the build, so that this COPY finds "
               "nothing and the build stops.",
        .fix = "Remove the pattern from .dockerignore, or do not copy the file.",
        .bad = "# .dockerignore: *.log\nFROM debian:13\nCOPY build.log /\n",
        .good = "# .dockerignore: *.log\nFROM debian:13\nCOPY app.jar /\n",
        .aliases = {"CopyIgnoredFile"},
        .instruction = copied_ignored,
    },
};

const struct rule_family rule_dockerfile_context = {"dockerfile", rules,
                                                    sizeof(rules) / sizeof(rules[0])};
