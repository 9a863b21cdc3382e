// SPDX-License-Identifier: Apache-2.0
#include "judge/checklist/checklist.h"

enum source { FILES = 1 << 0, IMAGE = 1 << 1, CONTAINER = 1 << 2, HOST = 1 << 3 };
enum { MOST_RULES = 16 };

/* Rules whose findings say no; "family/" stands for all of a family. Findings below `least` are
 * advice, and say nothing against. */
struct question {
    const char *id, *question;
    unsigned sources; /* any of them can answer */
    enum severity least;
    const char *rules[MOST_RULES];
    /* PROJECT and IMAGE stand for what was looked at. */
    const char *fix, *explain;
    bool by_kind; /* any open finding of `kind` says no */
    enum finding_kind kind;
    /* Answers itself where rules do not tell; may be NULL. */
    void (*answer)(struct arena *arena, const struct checklist_sources *sources,
                   struct checklist_line *line);
};

str checklist_answer_name(enum checklist_answer answer)
{
    static const str names[] = {[CHECKLIST_YES] = STR_INIT("yes"),
                                [CHECKLIST_NO] = STR_INIT("no"),
                                [CHECKLIST_CANNOT_TELL] = STR_INIT("cannot tell")};
    return names[answer];
}

/* ---- questions that rules do not answer by themselves ---- */

static void benchmark(struct arena *arena, const struct checklist_sources *sources,
                      struct checklist_line *line)
{
    size_t counts[CONTROL_UNKNOWN + 1] = {0};
    const struct control_list *controls = sources->host ? &sources->host->controls : NULL;
    for (size_t i = 0; controls && i < controls->count; i++)
        if (!controls->items[i].is_manual)
            counts[controls->items[i].result]++;
    if (!controls || counts[CONTROL_PASS] + counts[CONTROL_FAIL] == 0)
        return;
    line->answer = counts[CONTROL_FAIL] ? CHECKLIST_NO : CHECKLIST_YES;
    line->against = counts[CONTROL_FAIL];
    line->evidence = arena_printf(
        arena, "%.*s: of the automated controls %zu pass, %zu fail, %zu cannot be told",
        STR_ARG(controls->items[0].benchmark), counts[CONTROL_PASS], counts[CONTROL_FAIL],
        counts[CONTROL_UNKNOWN]);
}

/* What one image has, and whether its "none" can be trusted. */
struct scanned {
    size_t packages, counts[SEVERITY_COUNT], serious, fixable;
    const struct finding *worst;
    str gap;
};

static void count_image(struct arena *arena, const struct report *image, struct scanned *scanned)
{
    scanned->packages += image->packages.count;
    for (size_t i = 0; i < image->findings.count; i++) {
        const struct finding *finding = &image->findings.items[i];
        if (finding->kind != KIND_VULNERABILITY || finding->status != STATUS_OPEN)
            continue;
        bool serious = finding->severity >= SEVERITY_HIGH, fixable = finding_is_fixable(finding);
        scanned->counts[finding->severity]++;
        scanned->serious += serious;
        scanned->fixable += serious && fixable;
        if (!scanned->worst || finding->severity > scanned->worst->severity)
            scanned->worst = finding;
    }
    /* With nothing but a starter set, "no" can be trusted, "yes" cannot. */
    for (size_t i = 0; i < image->feeds.count; i++)
        if (image->feeds.items[i].built_in)
            scanned->gap = STR("only with the advisories that are compiled in: harden db update");
    if (image->packages.count && image->feeds.count == 0)
        scanned->gap =
            arena_join(arena, STR("no advisories are loaded for "), (str){0}, image->image.name);
}

static void scanned(struct arena *arena, const struct checklist_sources *sources,
                    struct checklist_line *line)
{
    struct scanned all = {0};
    for (size_t i = 0; i < sources->image_count; i++)
        count_image(arena, sources->images[i], &all);
    if (all.packages == 0) {
        if (sources->image_count)
            line->evidence = STR("there are no packages in the image that advisories speak of");
        return;
    }
    line->answer = all.fixable       ? CHECKLIST_NO
                   : all.gap.len > 0 ? CHECKLIST_CANNOT_TELL
                                     : CHECKLIST_YES;
    line->against = all.fixable;
    line->evidence = arena_printf(
        arena,
        "%zu packages: %zu critical, %zu high, %zu medium, %zu low; %zu of the %zu serious ones "
        "can be fixed now",
        all.packages, all.counts[SEVERITY_CRITICAL], all.counts[SEVERITY_HIGH],
        all.counts[SEVERITY_MEDIUM], all.counts[SEVERITY_LOW], all.fixable, all.serious);
    if (line->answer == CHECKLIST_CANNOT_TELL)
        line->evidence =
            arena_printf(arena, "%.*s (%.*s)", STR_ARG(line->evidence), STR_ARG(all.gap));
    if (all.worst)
        line->explain = all.worst->id;
}

static void trusted(struct arena *arena, const struct checklist_sources *sources,
                    struct checklist_line *line)
{
    const struct report *host = sources->host;
    (void)arena;
    line->evidence = STR("signatures are kept in registries, which are not asked here");
    for (size_t i = 0; host && i < host->findings.count; i++) {
        const struct finding *finding = &host->findings.items[i];
        if (finding->status != STATUS_OPEN || (!str_eq(finding->id, STR("host/content-trust")) &&
                                               !str_eq(finding->id, STR("engine/image-signed"))))
            continue;
        line->answer = CHECKLIST_NO;
        line->against++;
        line->evidence = finding->title;
        line->explain = finding->id;
    }
}

static void profiles(struct arena *arena, const struct checklist_sources *sources,
                     struct checklist_line *line)
{
    size_t count = sources->container_count, without = count - sources->profile_count;
    if (line->answer == CHECKLIST_NO)
        return;
    if (count == 0) {
        line->answer = CHECKLIST_CANNOT_TELL;
        line->evidence = STR("no container is here that could show it");
        return;
    }
    line->answer = without ? CHECKLIST_NO : CHECKLIST_YES;
    line->against = without;
    line->explain = STR("daemon/seccomp-default");
    line->evidence =
        without ? arena_printf(arena, "%.*s has the engine's default profiles%s",
                               STR_ARG(sources->without_profile), without > 1 ? ", and others" : "")
                : STR("each container has one");
}

static const struct question questions[] = {
    {.id = "engine-up-to-date",
     .question = "The container engine, and the kernel below it, are up to date",
     .sources = HOST,
     .least = SEVERITY_MEDIUM,
     .rules = {"host/engine-outdated", "CVE-"},
     .fix = "harden fix --host",
     .explain = "host/engine-outdated"},
    {.id = "host-benchmark",
     .question = "The host was checked against the CIS Docker Benchmark, and passes",
     .sources = HOST,
     .fix = "harden fix --host",
     .explain = "host/not-hardened",
     .answer = benchmark},
    {.id = "content-trust",
     .question = "Images are signed, and signatures are checked",
     .sources = HOST,
     .fix = "cosign sign when an image is pushed, cosign verify before it is run",
     .explain = "host/content-trust",
     .answer = trusted},
    {.id = "low-privilege-user",
     .question = "The program runs as a user without rights",
     .sources = FILES | IMAGE | CONTAINER,
     .rules = {"dockerfile/no-user", "dockerfile/root-user", "container/root-user",
               "image/root-user", "live/root-process"},
     .fix = "harden fix --unsafe --rule dockerfile/no-user,dockerfile/root-user PROJECT",
     .explain = "dockerfile/no-user"},
    {.id = "copy-not-add",
     .question = "COPY is used rather than ADD",
     .sources = FILES,
     .rules = {"dockerfile/add-instead-of-copy"},
     .fix = "harden fix --rule dockerfile/add-instead-of-copy PROJECT",
     .explain = "dockerfile/add-instead-of-copy"},
    {.id = "update-with-install",
     .question = "Package lists are updated where packages are installed",
     .sources = FILES | IMAGE,
     .rules = {"dockerfile/index-update-alone"},
     .fix = "harden fix --rule dockerfile/index-update-alone PROJECT",
     .explain = "dockerfile/index-update-alone"},
    {.id = "pinned-bases",
     .question = "Base images are current, and named so that they do not change",
     .sources = FILES,
     .rules = {"dockerfile/base-without-tag", "dockerfile/base-latest",
               "dockerfile/base-end-of-life", "dockerfile/untrusted-registry",
               "container/latest-image"},
     .fix =
         "harden fix --engine --unsafe --rule dockerfile/base-latest,dockerfile/base-without-tag "
         "PROJECT",
     .explain = "dockerfile/base-latest"},
    {.id = "image-scanned",
     .question = "The image was scanned, and no serious flaw is left that can be fixed",
     .sources = IMAGE,
     .fix = "harden scan IMAGE",
     .explain = "image/old",
     .answer = scanned},
    {.id = "no-credentials",
     .question = "No credentials are exposed",
     .sources = FILES | IMAGE | CONTAINER,
     .least = SEVERITY_MEDIUM,
     .rules = {"dockerfile/secret-variable", "dockerfile/secret-value",
               "dockerfile/credential-in-command", "dockerfile/credentials-in-run",
               "dockerfile/secret-file-copied", "dockerfile/password-in-run",
               "container/secret-in-environment", "container/secret-in-build-args",
               "container/secret-in-command", "container/secret-in-env-file", "secret/"},
     .fix = "replace what is exposed, then hand it over by RUN --mount=type=secret",
     .explain = "dockerfile/secret-variable"},
    {.id = "minimal-packages",
     .question = "Only what is needed is installed",
     .sources = FILES | IMAGE,
     .least = SEVERITY_LOW,
     .rules = {"dockerfile/tool-left-in-image", "dockerfile/apt-recommends", "content/", "reach/"},
     .fix = "harden fix --unsafe --rule dockerfile/apt-recommends,dockerfile/tool-left-in-image "
            "PROJECT",
     .explain = "dockerfile/tool-left-in-image"},
    {.id = "hardened-binaries",
     .question = "Programs are built with protection (PIE, stack protector, RELRO)",
     .sources = IMAGE,
     .by_kind = true,
     .kind = KIND_BINARY,
     .least = SEVERITY_LOW,
     .fix = "rebuild them with -fPIE -pie -fstack-protector-strong -Wl,-z,relro,-z,now",
     .explain = "binary/unprotected"},
    {.id = "own-profile",
     .question = "Containers run under AppArmor or SELinux and a seccomp profile of their own",
     .sources = HOST | FILES | CONTAINER,
     .rules = {"daemon/seccomp-default", "daemon/no-lsm", "container/seccomp-off",
               "container/apparmor-off", "container/selinux-off", "container/privileged",
               "live/seccomp-off", "live/apparmor-off", "live/wide-filter"},
     .fix = "--security-opt seccomp=FILE and apparmor=PROFILE for each container",
     .explain = "daemon/seccomp-default",
     .answer = profiles},
};

/* ---- asking rules ---- */

static bool is_against(const struct question *question, const struct finding *finding)
{
    if (finding->status != STATUS_OPEN || finding->severity < question->least)
        return false;
    if (question->by_kind)
        return finding->kind == question->kind;
    for (size_t i = 0; i < MOST_RULES && question->rules[i]; i++) {
        str rule = str_from(question->rules[i]);
        bool family = str_ends(rule, STR("/")) || str_ends(rule, STR("-"));
        if (family ? str_starts(finding->id, rule) : str_eq(finding->id, rule))
            return true;
    }
    return false;
}

/* "Dockerfile:5: Replace ADD ...": the first, worst one. */
static str place_of(struct arena *arena, const struct report *report, const struct finding *finding)
{
    str path = finding->location.path.len ? finding->location.path : report->image.name;
    if (finding->vulnerability)
        return arena_printf(arena, "%.*s %.*s has %.*s: %.*s",
                            STR_ARG(finding->vulnerability->package),
                            STR_ARG(finding->vulnerability->installed_version),
                            STR_ARG(finding->id), STR_ARG(finding->title));
    if (finding->location.line)
        return arena_printf(arena, "%.*s:%u: %.*s", STR_ARG(path), finding->location.line,
                            STR_ARG(finding->title));
    return arena_printf(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(finding->title));
}

/* A question while it is asked of one report after the other. */
struct asking {
    struct arena *arena;
    const struct question *question;
    const struct checklist_sources *sources;
    struct checklist_line line;
    const struct finding *worst;
    enum source of_worst;
    bool any; /* something could answer */
    str names;
};

static void ask(struct asking *asking, enum source source, const struct report *report)
{
    struct arena *arena = asking->arena;
    struct checklist_line *line = &asking->line;
    if (!report || !(asking->question->sources & source))
        return;
    asking->any = true;
    asking->names = asking->names.len
                        ? arena_join(arena, asking->names, STR(", "), report->image.name)
                        : report->image.name;
    for (size_t i = 0; i < report->findings.count; i++) {
        const struct finding *finding = &report->findings.items[i];
        if (!is_against(asking->question, finding))
            continue;
        line->against++;
        line->answer = CHECKLIST_NO;
        if (asking->worst && asking->worst->severity >= finding->severity)
            continue;
        asking->worst = finding;
        asking->of_worst = source;
        line->evidence = place_of(arena, report, finding);
        line->explain = finding->id;
    }
}

/* Nothing was there that could answer: what was missing, and the command that looks at it. */
static void tell_missing(const struct question *question, struct checklist_line *line)
{
    line->fix = STR("harden checklist FOLDER");
    if (question->sources == HOST) {
        line->evidence = STR("this machine was not looked at, or could not be");
        line->fix = STR("harden audit host");
    } else if (question->sources == IMAGE) {
        line->evidence = STR("there was no image to look at: build it, or give one by --image");
        line->fix = STR("harden checklist --image IMAGE");
    } else if (question->sources == FILES) {
        line->evidence = STR("there was no Dockerfile or compose file to look at");
    } else {
        line->evidence = STR("there was nothing to look at");
    }
}

/* "... PROJECT" -> "... ./shop"; without one, the word stays as a hint. */
static str put_in(struct arena *arena, str text, str word, str value)
{
    str before, behind;
    size_t at = value.len ? str_find(text, word) : STR_NONE;
    if (at == STR_NONE)
        return text;
    before = str_sub(text, 0, at);
    behind = str_from_index(text, at + word.len);
    return arena_printf(arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(value), STR_ARG(behind));
}

/* Where the worst is not in a file, no edit of files can be proposed. */
static str fix_of(const struct asking *asking)
{
    const struct question *question = asking->question;
    const struct finding *worst = asking->worst;
    if (worst && asking->of_worst == CONTAINER)
        return STR("harden audit container all --suggest");
    if (worst && asking->of_worst == HOST && question->sources != HOST && worst->remedy.len)
        return worst->remedy;
    if (worst && asking->of_worst == IMAGE && worst->remedy.len &&
        (!asking->sources->files || !(question->sources & FILES)))
        return worst->remedy;
    /* Nor where the edits that would be proposed are those of other rules. */
    str fix = str_from(question->fix);
    if (worst && asking->of_worst == FILES && worst->remedy.len &&
        str_starts(fix, STR("harden fix ")) && str_find(fix, worst->id) == STR_NONE)
        return worst->remedy;
    return put_in(asking->arena,
                  put_in(asking->arena, fix, STR("PROJECT"), asking->sources->project),
                  STR("IMAGE"), asking->sources->image);
}

static struct checklist_line answer_one(struct arena *arena, const struct question *question,
                                        const struct checklist_sources *sources)
{
    struct asking asking = {
        .arena = arena,
        .question = question,
        .sources = sources,
        .line = {.id = question->id,
                 .question = question->question,
                 .answer = CHECKLIST_CANNOT_TELL,
                 .explain = str_from(question->explain)},
    };
    struct checklist_line *line = &asking.line;
    if (question->rules[0] || question->by_kind) {
        ask(&asking, FILES, sources->files);
        for (size_t i = 0; i < sources->image_count; i++)
            ask(&asking, IMAGE, sources->images[i]);
        ask(&asking, CONTAINER, sources->containers);
        ask(&asking, HOST, sources->host);
        if (asking.any && line->answer != CHECKLIST_NO) {
            line->answer = CHECKLIST_YES;
            line->evidence =
                arena_join(arena, STR("nothing against it in"), STR(" "), asking.names);
            if (sources->files && question->sources & FILES && sources->files->gaps.count) {
                line->answer = CHECKLIST_CANNOT_TELL;
                line->evidence = arena_printf(arena, "%.*s, but %zu of it could not be looked at",
                                              STR_ARG(line->evidence), sources->files->gaps.count);
                line->fix =
                    put_in(arena, STR("harden lint PROJECT"), STR("PROJECT"), sources->project);
            }
        } else if (line->against > 1) {
            line->evidence = arena_printf(arena, "%.*s (and %zu more)", STR_ARG(line->evidence),
                                          line->against - 1);
        }
    }
    if (question->answer)
        question->answer(arena, sources, line);
    if (line->evidence.len == 0)
        tell_missing(question, line);
    if (line->answer != CHECKLIST_YES && line->fix.len == 0)
        line->fix = fix_of(&asking);
    return *line;
}

struct checklist_lines checklist_answer(struct arena *arena,
                                        const struct checklist_sources *sources)
{
    struct checklist_lines lines = {0};
    for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
        *vec_push(arena, &lines) = answer_one(arena, &questions[i], sources);
    return lines;
}
