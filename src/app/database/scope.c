// SPDX-License-Identifier: Apache-2.0
#include "app/database/parts.h"

#include "base/buf.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sandbox.h"
#include "model/language.h"
#include "read/elf/elf.h"
#include "read/image/image.h"
#include "read/package/package.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * A scope as lines of tab-separated fields, the first one of these words. It is what a child that
 * reads a target says, and the archives among it are what downloads/apt.list remembers.
 */
#define LINE_DISTRIBUTION "distribution"
#define LINE_APT          "apt"
#define LINE_APK          "apk"
#define LINE_ARCHITECTURE "architecture"
#define LINE_LANGUAGE     "language"

enum { FIELDS_MOST = 5 };

/* Scopes are const for feeds; while one is made, it is these lists. */
struct scope_lists {
    VEC(struct distribution) distributions;
    VEC(struct apt_source) apt_sources;
    VEC(struct apk_repository) apk_repositories;
    VEC(str) architectures, languages;
};

/* --- text to scope ---------------------------------------------------------------------------- */

static void parse_line(struct arena *arena, str line, struct scope_lists *lists)
{
    str field[FIELDS_MOST] = {{0}};
    size_t count = 0;
    while (count < FIELDS_MOST && str_next(&line, '\t', &field[count]))
        count++;
    if (str_eq(field[0], STR(LINE_DISTRIBUTION)))
        *vec_push(arena, &lists->distributions) =
            (struct distribution){.id = field[1], .version_id = field[2], .codename = field[3]};
    else if (str_eq(field[0], STR(LINE_APT)))
        *vec_push(arena, &lists->apt_sources) = (struct apt_source){
            .uri = field[1],
            .suite = field[2],
            .components = field[3],
            .architectures = field[4],
        };
    else if (str_eq(field[0], STR(LINE_APK)))
        *vec_push(arena, &lists->apk_repositories) =
            (struct apk_repository){.branch = field[1], .component = field[2]};
    else if (str_eq(field[0], STR(LINE_ARCHITECTURE)))
        *vec_push(arena, &lists->architectures) = field[1];
    else if (str_eq(field[0], STR(LINE_LANGUAGE)))
        *vec_push(arena, &lists->languages) = field[1];
}

void scope_parse(struct arena *arena, str text, struct feed_scope *ret)
{
    struct scope_lists lists = {0};
    str line;
    while (str_next_line(&text, &line))
        parse_line(arena, line, &lists);
    ret->distributions = lists.distributions.items;
    ret->distribution_count = lists.distributions.count;
    ret->apt_sources = lists.apt_sources.items;
    ret->apt_source_count = lists.apt_sources.count;
    ret->apk_repositories = lists.apk_repositories.items;
    ret->apk_repository_count = lists.apk_repositories.count;
    ret->architectures = lists.architectures.items;
    ret->architecture_count = lists.architectures.count;
    ret->languages = lists.languages.items;
    ret->language_count = lists.languages.count;
}

/* --- scope to text ---------------------------------------------------------------------------- */

/* What could end a field or a line does not belong into any of them. */
static void add_field(struct buf *text, str field)
{
    buf_add_char(text, '\t');
    for (size_t i = 0; i < field.len; i++)
        buf_add_char(text, (unsigned char)field.ptr[i] < ' ' ? '?' : field.ptr[i]);
}

static void add_line(struct buf *text, const char *word, const str *fields, size_t count)
{
    buf_add_str(text, str_from(word));
    for (size_t i = 0; i < count; i++)
        add_field(text, fields[i]);
    buf_add_char(text, '\n');
}

static void add_source(struct buf *text, const struct apt_source *source)
{
    const str fields[] = {source->uri, source->suite, source->components, source->architectures};
    add_line(text, LINE_APT, fields, 4);
}

static void add_fact(struct arena *arena, struct buf *text, const struct fact *fact,
                     struct map *seen)
{
    bool fresh;
    if (fact->kind == FACT_DISTRIBUTION) {
        const struct distribution *from = &fact->distribution;
        const str fields[] = {from->id, from->version_id, from->codename};
        add_line(text, LINE_DISTRIBUTION, fields, 3);
    } else if (fact->kind == FACT_APT_SOURCE) {
        add_source(text, &fact->apt_source);
    } else if (fact->kind == FACT_APK_REPOSITORY) {
        const str fields[] = {fact->apk_repository.branch, fact->apk_repository.component};
        add_line(text, LINE_APK, fields, 2);
    } else if (fact->kind == FACT_PACKAGE && str_eq(fact->package.type, STR("deb")) &&
               !str_eq(fact->package.arch, STR("all")) && fact->package.arch.len) {
        map_put(arena, seen, fact->package.arch, &fresh);
        if (fresh)
            add_line(text, LINE_ARCHITECTURE, &fact->package.arch, 1);
    } else if (fact->kind == FACT_PACKAGE && language_has_type(fact->package.type)) {
        map_put(arena, seen, fact->package.type, &fresh);
        if (fresh)
            add_line(text, LINE_LANGUAGE, &fact->package.type, 1);
    }
}

/* --- the child -------------------------------------------------------------------------------- */

/* Those of databases and lists, and programs, which tell what of Go and Rust is in them. */
static const struct collector *const *collectors(struct arena *arena)
{
    const struct collector *const *const parts[] = {package_collectors(), elf_collectors()};
    VEC(const struct collector *) all = {0};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (const struct collector *const *at = parts[i]; *at; at++)
            *vec_push(arena, &all) = *at;
    *vec_push(arena, &all) = NULL;
    return all.items;
}

/* Opens the target, enters the sandbox, and only then looks into it. */
static int describe_target(const struct database_settings *settings, const char *target,
                           struct buf *text, struct err *err)
{
    ARENA_SCOPED arena = {0};
    const struct image_options options = {
        .platform = settings->platform,
        .host = settings->host,
        .wants = WANT_PACKAGES | WANT_LANGUAGES,
    };
    const struct sandbox sandbox = {0};
    struct image_reader *reader;
    struct image_result result = {0};
    struct map seen = {0};
    enum sandbox_level level;
    if (image_open(&arena, target, &options, &reader, err) < 0)
        return -1;
    int failed = sandbox_enter(&sandbox, &level, err) < 0 ||
                 image_read(reader, collectors(&arena), &arena, &result, err) < 0;
    for (size_t i = 0; !failed && i < result.facts.count; i++)
        add_fact(&arena, text, &result.facts.items[i], &seen);
    image_close(reader);
    return failed ? -1 : 0;
}

/* The child never returns into main: its parent's buffers are not its to flush. */
static _Noreturn void be_child(const struct database_settings *settings, const char *target, int fd)
{
    struct buf text = buf_make(LIMIT_SETTINGS);
    struct err err = {0}, ignored = {0};
    int result = describe_target(settings, target, &text, &err);
    if (result == 0 && text.overflow)
        result = err_set(&err, ERR_LIMIT, "too many archives");
    if (result == 0)
        fd_write_all(fd, text.ptr, text.len, &ignored);
    else
        fd_write_all(fd, err.message, str_from(err.message).len, &ignored);
    _exit(result == 0 ? 0 : 2);
}

static int read_pipe(int fd, struct buf *text, struct err *err)
{
    for (;;) {
        char *to = buf_reserve(text, 4096);
        if (!to)
            return err_set(err, ERR_LIMIT, "too many archives");
        ssize_t got = read(fd, to, 4096);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read a pipe");
        if (got == 0)
            return 0;
        text->len += (size_t)got;
    }
}

static int read_target(struct database *database, const char *target, struct buf *text,
                       struct err *err)
{
    int ends[2], status;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_child(database->settings, target, ends[1]);
    }
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return err_sys(err, "cannot fork");
    }
    int result = read_pipe(ends[0], text, err);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (result < 0)
        return err_wrap(err, "%s", target);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && text->len)
        return err_set(err, ERR_FORMAT, "%s: %.*s", target, STR_ARG(buf_str(text)));
    return err_set(err, ERR_FORMAT, "%s: reading it failed", target);
}

int scope_of_targets(struct database *database, struct feed_scope *ret, struct err *err)
{
    BUF_SCOPED all = buf_make(16 * LIMIT_SETTINGS);
    for (size_t i = 0; i < database->settings->target_count; i++) {
        BUF_SCOPED one = buf_make(LIMIT_SETTINGS + 4096);
        if (read_target(database, database->settings->targets[i], &one, err) < 0)
            return -1;
        buf_add_str(&all, buf_str(&one));
    }
    if (all.overflow)
        return err_set(err, ERR_LIMIT, "too many archives");
    scope_parse(database->arena, arena_str(database->arena, buf_str(&all)), ret);
    return 0;
}

/* --- archives that are remembered ------------------------------------------------------------- */

static const char *list_path(struct database *database)
{
    return arena_printf(database->arena, "%s/apt.list", database->downloads).ptr;
}

int scope_load_known(struct database *database, struct err *err)
{
    str text = {0};
    struct err local = {0};
    if (fd_read_file(database->arena, list_path(database), LIMIT_SETTINGS, &text, &local) < 0 &&
        local.kind != ERR_NOT_FOUND) {
        *err = local;
        return -1;
    }
    scope_parse(database->arena, text, &database->known);
    return 0;
}

/* The archive with the architectures that it is asked for, so that those of another image do not
 * add to them. */
static struct apt_source with_architectures(struct arena *arena, const struct feed_scope *scope,
                                            const struct apt_source *source)
{
    struct apt_source filled = *source;
    for (size_t i = 0; !source->architectures.len && i < scope->architecture_count; i++)
        filled.architectures = arena_join(arena, filled.architectures, i ? STR(" ") : STR(""),
                                          scope->architectures[i]);
    return filled;
}

static void remember_line(struct arena *arena, struct map *lines, str line, struct buf *text)
{
    bool fresh;
    map_put(arena, lines, arena_str(arena, line), &fresh);
    if (fresh)
        buf_add_str(text, line);
}

int scope_remember(struct database *database, const struct feed_scope *scope, struct err *err)
{
    struct arena *arena = database->arena;
    const struct feed_scope *scopes[] = {&database->known, scope};
    BUF_SCOPED text = buf_make(LIMIT_SETTINGS);
    BUF_SCOPED line = buf_make(LIMIT_FIELD);
    struct map lines = {0};
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < scopes[s]->apt_source_count; i++) {
            struct apt_source source =
                with_architectures(arena, scopes[s], &scopes[s]->apt_sources[i]);
            buf_clear(&line);
            add_source(&line, &source);
            remember_line(arena, &lines, buf_str(&line), &text);
        }
        for (size_t i = 0; i < scopes[s]->architecture_count; i++) {
            buf_clear(&line);
            add_line(&line, LINE_ARCHITECTURE, &scopes[s]->architectures[i], 1);
            remember_line(arena, &lines, buf_str(&line), &text);
        }
    }
    if (text.overflow)
        return err_set(err, ERR_LIMIT, "too many archives to remember");
    if (fd_replace_file(list_path(database), buf_str(&text), err) < 0)
        return -1;
    return scope_load_known(database, err);
}
