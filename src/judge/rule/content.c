// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/rule/listing.h"

#include <string.h>

/* ---- what building left behind ---- */

/* Debian's own: what its packages ship under such names is no leftover. */
static bool is_documentation(str path)
{
    return path_is_ancestor(STR("usr/share"), path) || path_is_ancestor(STR("usr/lib"), path) ||
           path_is_ancestor(STR("var/lib/dpkg"), path) || path_is_ancestor(STR("etc"), path);
}

static void add_left(struct listing *all, const struct file *file, str what)
{
    uint64_t bytes = files_size(all->view->files, file);
    /* Empty folders stay behind when they were cleaned. */
    if (file->type == ENTRY_DIRECTORY && bytes == 0)
        return;
    listing_add(all, file, what);
}

/* A row that is looked for in every folder. */
struct anywhere {
    str name, folder, what; /* folder: of what it stands in; empty: of any */
    bool pattern;
};

/* The rows of one rule: paths are looked up, names are kept for the pass over all files. */
static size_t read_rows(struct listing *all, const char *rule, struct anywhere *rows, size_t most)
{
    str table = str_make(data_leftovers, data_leftovers_len), row;
    size_t count = 0;
    while (tsv_next(&table, &row) && count < most) {
        str path = tsv_field(row, 1);
        if (!str_eq(tsv_field(row, 0), str_from(rule)))
            continue;
        if (str_skip(&path, STR("**/"))) {
            str name = path_base(path);
            rows[count++] = (struct anywhere){name, path_parent(path), tsv_field(row, 2),
                                              str_find_char(name, '*') != STR_NONE};
            continue;
        }
        const struct file *file = files_find(all->view->files, path);
        if (file)
            add_left(all, file, tsv_field(row, 2));
    }
    return count;
}

static bool is_called(const struct files *files, const struct file *file,
                      const struct anywhere *row)
{
    if (row->pattern ? !path_match(row->name, file->name) : !str_eq(row->name, file->name))
        return false;
    return row->folder.len == 0 || str_eq(files->items[file->parent].name, row->folder);
}

static void look_for(struct rule_run *run, const struct image_view *view, const char *rule,
                     const char *noun)
{
    enum { MOST_ROWS = 64 };
    struct anywhere rows[MOST_ROWS];
    struct listing all = {.run = run, .view = view};
    if (!view->files)
        return;
    size_t count = read_rows(&all, rule, rows, MOST_ROWS);
    bool of_packages = strcmp(rule, "cache") == 0;
    for (size_t i = 1; i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        for (size_t k = 0; k < count; k++) {
            if (!is_called(view->files, file, &rows[k]) ||
                (file->type != ENTRY_FILE && file->type != ENTRY_DIRECTORY) ||
                (!of_packages && is_documentation(files_path(run->arena, view->files, file))))
                continue;
            add_left(&all, file, rows[k].what);
            break;
        }
    }
    listing_report(&all, noun);
}

static void caches(struct rule_run *run, const struct image_view *view)
{
    look_for(run, view, "cache", "cache");
}

static void version_control(struct rule_run *run, const struct image_view *view)
{
    look_for(run, view, "version-control", "folder");
}

static void build_files(struct rule_run *run, const struct image_view *view)
{
    look_for(run, view, "build-file", "file");
}

static void backups(struct rule_run *run, const struct image_view *view)
{
    look_for(run, view, "backup", "file");
}

static void core_dumps(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_BINARY, &count);
    for (; view->files && count; count--, fact++) {
        const struct file *file = files_find(view->files, fact->path);
        if (file && fact->binary.type == BINARY_CORE)
            listing_add(&all, file, (str){0});
    }
    listing_report(&all, "memory dump");
}

/* ---- tools ---- */

static void look_for_tools(struct rule_run *run, const struct image_view *view, const char *rule)
{
    static const char *const folders[] = {
        "/usr/local/bin", "/usr/local/sbin", "/usr/bin",          "/usr/sbin",
        "/bin",           "/sbin",           "/usr/local/go/bin", NULL};
    struct listing all = {.run = run, .view = view};
    str table = str_make(data_tools, data_tools_len), row;
    while (view->files && tsv_next(&table, &row)) {
        if (!str_eq(tsv_field(row, 0), str_from(rule)))
            continue;
        for (const char *const *folder = folders; *folder; folder++) {
            const struct file *at = files_follow(view->files, str_from(*folder));
            const struct file *file = at ? files_child(view->files, at, tsv_field(row, 1)) : NULL;
            if (!file || file->type == ENTRY_DIRECTORY)
                continue;
            listing_add_name(&all, tsv_field(row, 1), 0, (str){0});
            break;
        }
    }
    listing_report(&all, "program");
}

static void package_manager(struct rule_run *run, const struct image_view *view)
{
    look_for_tools(run, view, "package-manager");
}

static void shell(struct rule_run *run, const struct image_view *view)
{
    look_for_tools(run, view, "shell");
}

static void compiler(struct rule_run *run, const struct image_view *view)
{
    look_for_tools(run, view, "compiler");
}

static void network_tool(struct rule_run *run, const struct image_view *view)
{
    look_for_tools(run, view, "network-tool");
}

/* ---- bytes that nobody sees ---- */

static void wasted(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    for (size_t i = 0; view->files && i < view->files->layers; i++) {
        const struct file_waste *waste = &view->files->waste[i];
        char largest[16];
        if (waste->bytes < LIMIT_WASTE_TOLD)
            continue;
        listing_add_name(&all, arena_printf(run->arena, "layer %zu", i + 1), waste->bytes,
                         arena_printf(run->arena, "%llu file%s, the largest /%.*s of %s",
                                      (unsigned long long)waste->count,
                                      waste->count == 1 ? "" : "s", STR_ARG(waste->path),
                                      str_size(waste->largest, largest)));
    }
    listing_report(&all, "layer");
}

static const struct rule rules[] = {
    {
        .id = "content/backup-file",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Backups and histories were left behind",
        .why = "An older version of a file has what was taken out of the newer one: passwords, "
               "addresses, flaws. Web servers hand such files out as plain text, since their names "
               "no longer end as those of scripts. Histories of shells have what was typed.",
        .fix = "Remove them in the RUN that makes them, and name them in .dockerignore.",
        .bad = "COPY . /srv/app\n",
        .good = "# .dockerignore: *.bak *.swp *~ .bash_history\nCOPY . /srv/app\n",
        .aliases = {"DKL-LI-0003"},
        .image = backups,
    },
    {
        .id = "content/build-file",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "Files that are only for building are in the image",
        .why = "A Dockerfile or a compose file in the image tells everybody who gets in how it was "
               "built and what else there is, and nothing needs it when the container runs.",
        .fix = "Name them in .dockerignore, or copy only what the program needs.",
        .bad = "COPY . /srv/app\n",
        .good = "COPY src package.json /srv/app/\n",
        .aliases = {"DKL-LI-0003"},
        .image = build_files,
    },
    {
        .id = "content/cache",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Caches of package managers and compilers were left in the image",
        .why =
            "What was fetched to build the image is carried to every machine that runs it. Nobody "
            "uses it there; lists of packages are out of date the next day.",
        .fix = "Remove them in the RUN that makes them, or keep them in a cache mount: `RUN "
               "--mount=type=cache,target=...`.",
        .bad = "RUN apt-get update && apt-get install -y curl\n",
        .good = "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
        .aliases = {"DKL-DI-0004", "DKL-DI-0005", "DKL-LI-0003", "DL3009"},
        .image = caches,
    },
    {
        .id = "content/compiler",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Compilers or debuggers are in the image",
        .why = "Somebody who broke in has a workshop at hand: what helps them further can be built "
               "on the spot, for exactly this kernel. The service itself was built before, and "
               "needs none of it.",
        .fix = "Build in a stage of its own, and copy only the result into the last one.",
        .bad = "FROM gcc:13\nCOPY . .\nRUN make\nCMD [\"./server\"]\n",
        .good = "FROM gcc:13 AS build\nCOPY . .\nRUN make\nFROM debian:12-slim\n"
                "COPY --from=build /server /server\nCMD [\"/server\"]\n",
        .aliases = {"CIS 4.3"},
        .image = compiler,
    },
    {
        .id = "content/core-dump",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "A memory dump is in the image",
        .why =
            "A core file is the memory of a program when it crashed: passwords, keys and data of "
            "users that it held then can be read from it by everybody who has the image.",
        .fix = "Remove it, find out which step crashed, and change what it may have shown.",
        .bad = "COPY . /srv\n",
        .good = "# .dockerignore: core core.*\nCOPY . /srv\n",
        .image = core_dumps,
    },
    {
        .id = "content/network-tool",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "Programs for fetching files and reaching other machines are in the image",
        .why = "The first thing that happens after a break-in is that more is fetched, and other "
               "machines are tried. Without these programs both are harder.",
        .fix = "Leave them out of the last stage; for health checks let the service check itself.",
        .bad = "RUN apt-get install -y curl netcat-openbsd\n",
        .good = "# fetch in an earlier stage, or with ADD --checksum\n",
        .aliases = {"CIS 4.3"},
        .image = network_tool,
    },
    {
        .id = "content/package-manager",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "A package manager is in the image",
        .why = "It builds images; a running container should be replaced, not changed. Whoever "
               "breaks in can install with it what they miss.",
        .fix = "Use an image without one as the last stage: distroless, or FROM scratch.",
        .bad = "FROM debian:12\nCOPY server /server\n",
        .good = "FROM gcr.io/distroless/static-debian12\nCOPY server /server\n",
        .aliases = {"CIS 4.3"},
        .image = package_manager,
    },
    {
        .id = "content/shell",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "A shell is in the image",
        .why = "Many attacks end in starting a shell. Where there is none, they end there. Most "
               "services need one only for a start script.",
        .fix = "Use an image without one as the last stage, and let the entry point start the "
               "program itself.",
        .bad = "FROM debian:12\nCOPY server /server\nCMD /server\n",
        .good = "FROM gcr.io/distroless/static-debian12\nCOPY server /server\nCMD [\"/server\"]\n",
        .aliases = {"CIS 4.3"},
        .image = shell,
    },
    {
        .id = "content/version-control",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "The history of a project is in the image",
        .why =
            "A .git folder has every version of every file: also the password that was taken out "
            "two years ago, and the names of everybody who worked on it. A web server that hands "
            "out the folder above gives it to everybody.",
        .fix = "Name it in .dockerignore; in a RUN that clones, remove it in the same RUN.",
        .bad = "COPY . /srv/app\n",
        .good = "# .dockerignore: .git\nCOPY . /srv/app\n",
        .aliases = {"DKL-LI-0003"},
        .image = version_control,
    },
    {
        .id = "content/wasted-space",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Layers carry files that later layers delete or replace",
        .why = "A layer never changes: deleting a file in a later one only hides it. It is still "
               "fetched, stored, and there to be read by everybody who has the image.",
        .fix = "Delete in the same RUN that creates; change owners and modes while copying (COPY "
               "--chown, --chmod), since a chown copies every file; or build in an earlier stage.",
        .bad = "COPY app /srv/app\nRUN chown -R app /srv/app\n",
        .good = "COPY --chown=app app /srv/app\n",
        .image = wasted,
    },
};

const struct rule_family rule_content = {"content", rules, sizeof(rules) / sizeof(rules[0])};
