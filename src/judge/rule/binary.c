// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "judge/rule/listing.h"

/*
 * Findings only for what matters: programs that run with other rights than those of who starts
 * them, what the entry point reaches, and there first of all what listens. How all others were
 * built stands in binaries[] of the report.
 */
struct subject {
    const struct report_binary *item;
    const struct binary *binary;
    const struct file *file;
    bool special; /* setuid, setgid or file capabilities */
    bool reached;
};

static bool next_subject(const struct rule_run *run, const struct image_view *view, size_t *at,
                         struct subject *ret)
{
    const struct report_binary_list *list = &run->report->binaries;
    while (view->files && *at < list->count) {
        const struct report_binary *item = &list->items[(*at)++];
        const struct file *file = files_find(view->files, item->path);
        if (!file || item->binary.type == BINARY_CORE)
            continue;
        *ret = (struct subject){
            .item = item,
            .binary = &item->binary,
            .file = file,
            .special = (file->mode & 06000) != 0 || (file->more && file->more->capability.len),
            .reached = item->use == USE_REACHED,
        };
        return true;
    }
    return false;
}

static const char *what_it_is(const struct subject *subject)
{
    if (subject->special)
        return "it runs with rights of its own";
    if (binary_has(subject->binary, BINARY_LISTENS))
        return "the entry point reaches it, and it listens on the network";
    return "the entry point reaches it";
}

/* ---- memory that is writable and executable ---- */

static void writable_code(struct rule_run *run, const struct image_view *view)
{
    struct listing other = {.run = run, .view = view};
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);) {
        bool stack = !binary_has(subject.binary, BINARY_NX);
        bool segment = binary_has(subject.binary, BINARY_WRITE_EXEC);
        bool text = binary_has(subject.binary, BINARY_TEXT_RELOCS);
        if (!stack && !segment && !text)
            continue;
        str what = stack     ? STR("an executable stack")
                   : segment ? STR("a segment that is writable and executable")
                             : STR("text relocations");
        if (!subject.special && !subject.reached) {
            listing_add(&other, subject.file, what);
            continue;
        }
        rule_found_file(run, view, subject.file, "%.*s; %s", STR_ARG(what), what_it_is(&subject));
    }
    struct finding *finding = listing_report(&other, "program");
    if (finding)
        finding->severity = SEVERITY_LOW;
}

/* ---- what is missing ---- */

static void add_missing(struct arena *arena, str *text, bool missing, const char *what)
{
    if (missing)
        *text = text->len ? arena_join(arena, *text, STR(", "), str_from(what)) : str_from(what);
}

static str missing_of(struct arena *arena, const struct binary *binary)
{
    str text = {0};
    bool c = binary_is_c(binary) && !binary_has(binary, BINARY_NO_SYMBOLS);
    bool is_static = binary->type == BINARY_STATIC;
    add_missing(arena, &text, binary->type != BINARY_DSO && !binary_has(binary, BINARY_IS_PIE),
                "a fixed address (no PIE)");
    add_missing(arena, &text, binary->relro == RELRO_NO && !is_static, "no RELRO");
    add_missing(arena, &text, binary->relro == RELRO_PARTIAL && !is_static, "partial RELRO");
    add_missing(arena, &text, c && !binary_has(binary, BINARY_CANARY), "no stack canary");
    add_missing(arena, &text, c && binary->fortifiable && !binary->fortified,
                "no checked functions (FORTIFY)");
    return text;
}

static void unprotected_special(struct rule_run *run, const struct image_view *view)
{
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);) {
        str missing = missing_of(run->arena, subject.binary);
        if (subject.special && missing.len)
            rule_found_file(run, view, subject.file, "%.*s", STR_ARG(missing));
    }
}

static void unprotected_service(struct rule_run *run, const struct image_view *view)
{
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);) {
        str missing = missing_of(run->arena, subject.binary);
        if (!subject.special && subject.reached && subject.binary->type != BINARY_DSO &&
            binary_has(subject.binary, BINARY_LISTENS) && missing.len)
            rule_found_file(run, view, subject.file, "%.*s; %.*s", STR_ARG(missing),
                            STR_ARG(subject.item->reached_by));
    }
}

static void unprotected_reached(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);) {
        str missing = missing_of(run->arena, subject.binary);
        bool service =
            subject.binary->type != BINARY_DSO && binary_has(subject.binary, BINARY_LISTENS);
        if (!subject.special && subject.reached && !service && missing.len)
            listing_add(&all, subject.file, missing);
    }
    listing_report(&all, "file");
}

/* ---- where libraries come from ---- */

struct search {
    str problem;
    enum severity severity;
};

static bool is_above(struct search *search, enum severity severity)
{
    return search->problem.len == 0 || severity > search->severity;
}

static void look_at_folder(struct rule_run *run, const struct image_view *view,
                           const struct subject *subject, str folder, struct search *search)
{
    struct image_user user = image_view_user(view);
    str rest = folder;
    bool origin = str_skip(&rest, STR("$ORIGIN")) || str_skip(&rest, STR("${ORIGIN}"));
    if (!origin && !str_starts(folder, STR("/"))) {
        if (is_above(search, SEVERITY_HIGH))
            *search =
                (struct search){arena_printf(run->arena, "\"%.*s\" depends on where the process is",
                                             STR_ARG(folder)),
                                SEVERITY_HIGH};
        return;
    }
    const struct file *own = &view->files->items[subject->file->parent];
    const struct file *at =
        origin
            ? files_follow_from(view->files, own, arena_join(run->arena, STR("."), STR(""), rest))
            : files_follow(view->files, folder);
    if (!at) {
        if (is_above(search, SEVERITY_LOW))
            *search = (struct search){
                arena_printf(run->arena, "%.*s does not exist", STR_ARG(folder)), SEVERITY_LOW};
        return;
    }
    bool others = at->mode & 0002 && !(at->mode & 01000);
    bool plain = user.resolved && user.uid != 0 && image_user_can_write(&user, at);
    if ((others || plain) && is_above(search, SEVERITY_HIGH))
        *search =
            (struct search){arena_printf(run->arena, "%.*s can be written by %s", STR_ARG(folder),
                                         others ? "anybody" : "the user of the image"),
                            SEVERITY_HIGH};
}

static void library_path(struct rule_run *run, const struct image_view *view)
{
    struct listing missing = {.run = run, .view = view};
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);) {
        str list = subject.binary->runpath.len ? subject.binary->runpath : subject.binary->rpath;
        struct search search = {0};
        bool more = list.len > 0;
        while (more) {
            str folder, rest;
            more = str_cut(list, ':', &folder, &rest);
            look_at_folder(run, view, &subject, folder, &search);
            list = rest;
        }
        if (search.problem.len == 0)
            continue;
        if (search.severity == SEVERITY_LOW && !subject.special) {
            listing_add(&missing, subject.file, search.problem);
            continue;
        }
        struct finding *finding =
            rule_found_file(run, view, subject.file, "%.*s", STR_ARG(search.problem));
        finding->severity = subject.special && search.severity == SEVERITY_HIGH ? SEVERITY_CRITICAL
                            : subject.special                                   ? SEVERITY_MEDIUM
                            : subject.reached                                   ? search.severity
                                                                                : SEVERITY_MEDIUM;
    }
    struct finding *finding = listing_report(&missing, "file");
    if (finding)
        finding->severity = SEVERITY_INFO;
}

static void missing_interpreter(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    struct subject subject;
    for (size_t at = 0; next_subject(run, view, &at, &subject);)
        if (subject.binary->type != BINARY_DSO && subject.binary->interpreter.len &&
            !files_follow(view->files, subject.binary->interpreter))
            listing_add(&all, subject.file, subject.binary->interpreter);
    listing_report(&all, "program");
}

#define HARDENED_BUILD                                                                             \
    "RUN gcc -O2 -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -pie \\\n"                     \
    "    -Wl,-z,relro,-z,now -o /usr/bin/server server.c\n"

static const struct rule rules[] = {
    {
        .id = "binary/executable-memory",
        .kind = KIND_BINARY,
        .severity = SEVERITY_MEDIUM,
        .title = "A program has memory that can be written and executed",
        .why = "Memory is either for code or for data, so that what an attacker sends as data is "
               "never run as code. This program asks the kernel for memory that is both; a buffer "
               "that overflows then runs what was put into it.",
        .fix = "Build it again without -z execstack, -Wl,-N and text relocations (assembler files "
               "need a .note.GNU-stack section, code must be compiled with -fPIC); or get a newer "
               "build from its vendor.",
        .bad = "RUN gcc -z execstack -o /usr/bin/server server.c\n",
        .good = "RUN gcc -o /usr/bin/server server.c\n",
        .image = writable_code,
    },
    {
        .id = "binary/library-path",
        .kind = KIND_BINARY,
        .severity = SEVERITY_MEDIUM,
        .title = "A program looks for libraries where it should not",
        .why = "RPATH and RUNPATH, written into the file, say where the loader looks first. Where "
               "that is relative, it is wherever the process happens to be; where others can "
               "write there, or make the folder that is missing, they put their code into the "
               "program.",
        .fix = "Build it again without -rpath, or with $ORIGIN, or change it with `patchelf "
               "--remove-rpath FILE`; and let only root write to its folders.",
        .bad = "RUN gcc -Wl,-rpath,lib -o /usr/bin/server server.c\n",
        .good = "RUN gcc -Wl,-rpath,'$ORIGIN/../lib' -o /usr/bin/server server.c\n",
        .image = library_path,
    },
    {
        .id = "binary/missing-interpreter",
        .kind = KIND_BINARY,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "A program cannot start: its loader is not in the image",
        .why = "A program that is linked dynamically names the loader that starts it. It is not "
               "there, so that starting it fails with \"not found\", though the file exists. "
               "Most often it was built for another C library: glibc's on Alpine, or musl's on "
               "Debian.",
        .fix = "Build it for this distribution, or link it statically; or remove it.",
        .bad = "FROM golang:1.22 AS build\nRUN go build -o /server .\nFROM alpine\n"
               "COPY --from=build /server /server\n",
        .good = "FROM golang:1.22 AS build\nRUN CGO_ENABLED=0 go build -o /server .\nFROM alpine\n"
                "COPY --from=build /server /server\n",
        .image = missing_interpreter,
    },
    {
        .id = "binary/unprotected",
        .kind = KIND_BINARY,
        .severity = SEVERITY_INFO,
        .title = "Programs and libraries in use were built without all protection",
        .why = "Compilers and linkers can make flaws in memory harder to use: a random address "
               "(PIE), read-only tables of functions (RELRO), canaries on the stack, functions "
               "that check sizes (FORTIFY). What the entry point reaches lacks some of it. That is "
               "no flaw; it is a wall less behind one. Distributions choose what they build with.",
        .fix = "Build your own programs with -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE "
               "-pie -Wl,-z,relro,-z,now; for others, a newer release mostly has more.",
        .bad = "RUN gcc -no-pie -o /usr/bin/server server.c\n",
        .good = HARDENED_BUILD,
        .image = unprotected_reached,
    },
    {
        .id = "binary/unprotected-service",
        .kind = KIND_BINARY,
        .severity = SEVERITY_LOW,
        .title = "A service was built without all protection",
        .why =
            "The entry point starts this program, and it takes connections: whoever can reach "
            "it can send it what its author did not expect. Compilers and linkers can make flaws "
            "in memory harder to use: a random address (PIE), read-only tables of functions "
            "(RELRO), canaries on the stack, functions that check sizes (FORTIFY). Some of it is "
            "missing.",
        .fix = "Build it with -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -pie "
               "-Wl,-z,relro,-z,now (Go: -buildmode=pie), or get such a build from its vendor.",
        .bad = "RUN gcc -no-pie -fno-stack-protector -o /usr/bin/server server.c\n",
        .good = HARDENED_BUILD,
        .image = unprotected_service,
    },
    {
        .id = "binary/unprotected-setuid",
        .kind = KIND_BINARY,
        .severity = SEVERITY_LOW,
        .title = "A program with rights of its own was built without all protection",
        .why = "Everybody in the container can start this program, with arguments and an "
               "environment of their choice, and it runs with the rights of its owner or with "
               "capabilities. A flaw in its memory makes them root. Compilers and linkers can make "
               "such flaws harder to use, and here some of that is missing.",
        .fix = "Take the bit away with `chmod a-s FILE` (or `setcap -r FILE`) where nobody needs "
               "it; else build it with -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE -pie "
               "-Wl,-z,relro,-z,now.",
        .bad = "RUN gcc -no-pie -o /usr/bin/tool tool.c && chmod u+s /usr/bin/tool\n",
        .good = "RUN gcc -no-pie -o /usr/bin/tool tool.c\n",
        .image = unprotected_special,
    },
};

const struct rule_family rule_binary = {"binary", rules, sizeof(rules) / sizeof(rules[0])};
