// SPDX-License-Identifier: Apache-2.0
#include "app/fix/verify.h"

#include "app/fix/build.h"
#include "app/fix/needs.h"
#include "app/pipeline.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/packed.h"
#include "base/path.h"
#include "read/package/package.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_DIFFERENCES = 40, LENGTH_SIZE = 8 };

/* What differs, as lines. */
struct difference {
    struct buf lines;
    size_t count;
};

/* ---- messages: eight bytes of length, then texts ---- */

static int send_message(int fd, const struct buf *message, struct err *err)
{
    uint64_t len = message->len;
    if (message->overflow)
        return err_set(err, ERR_LIMIT, "the files are too large to be built twice");
    if (fd_write_all(fd, &len, LENGTH_SIZE, err) < 0)
        return -1;
    return fd_write_all(fd, message->ptr, message->len, err);
}

static bool read_all(int fd, void *to, size_t len)
{
    char *at = to;
    while (len) {
        ssize_t got = read(fd, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static bool receive_message(int fd, struct arena *arena, struct packed *ret)
{
    uint64_t len;
    if (!read_all(fd, &len, LENGTH_SIZE) || len > 3 * LIMIT_TEXT_FILE)
        return false;
    char *bytes = arena_alloc(arena, (size_t)len + 1);
    *ret = (struct packed){.rest = {bytes, (size_t)len}};
    return read_all(fd, bytes, (size_t)len);
}

/* ---- comparing ---- */

__attribute__((format(printf, 2, 3))) static void differ(struct difference *difference,
                                                         const char *format, ...)
{
    ARENA_SCOPED arena = {0};
    va_list args;
    va_start(args, format);
    if (difference->count++ < MOST_DIFFERENCES) {
        buf_add_str(&difference->lines, arena_vprintf(&arena, format, args));
        buf_add_char(&difference->lines, '\n');
    }
    va_end(args);
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
    return a->type == b->type && a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
           str_eq(a->link, b->link);
}

static void compare_files(const struct image_result *a, const struct image_result *b,
                          struct difference *difference)
{
    size_t i = 0, j = 0;
    while (i < a->files.count || j < b->files.count) {
        const struct entry *x = i < a->files.count ? &a->files.items[i].entry : NULL;
        const struct entry *y = j < b->files.count ? &b->files.items[j].entry : NULL;
        int order = !x ? 1 : !y ? -1 : str_cmp(x->path, y->path);
        if (order < 0)
            differ(difference, "only before: /%.*s", STR_ARG(x->path));
        else if (order > 0)
            differ(difference, "only after:  /%.*s", STR_ARG(y->path));
        else if (!same_entry(x, y))
            differ(difference, "changed:     /%.*s  %04o %llu:%llu -> %04o %llu:%llu",
                   STR_ARG(x->path), x->mode, (unsigned long long)x->uid,
                   (unsigned long long)x->gid, y->mode, (unsigned long long)y->uid,
                   (unsigned long long)y->gid);
        i += order <= 0;
        j += order >= 0;
    }
}

static struct map packages_of(struct arena *arena, const struct image_result *result)
{
    struct map packages = {0};
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct fact *fact = &result->facts.items[i];
        if (fact->kind == FACT_PACKAGE)
            map_put(arena, &packages,
                    arena_printf(arena, "%.*s %.*s", STR_ARG(fact->package.name),
                                 STR_ARG(fact->package.version)),
                    NULL);
    }
    return packages;
}

static size_t compare_packages(struct arena *arena, const struct image_result *a,
                               const struct image_result *b, struct difference *difference)
{
    struct map before = packages_of(arena, a), after = packages_of(arena, b);
    for (size_t i = 0; i < before.capacity; i++)
        if (before.slots[i].used && !map_has(&after, before.slots[i].key))
            differ(difference, "package only before: %.*s", STR_ARG(before.slots[i].key));
    for (size_t i = 0; i < after.capacity; i++)
        if (after.slots[i].used && !map_has(&before, after.slots[i].key))
            differ(difference, "package only after:  %.*s", STR_ARG(after.slots[i].key));
    return after.count;
}

static void answer(int fd, enum err_kind failure, bool same, str text, str output)
{
    struct buf message = buf_make(MIB(1));
    struct err ignored = {0};
    packed_put_number(&message, failure);
    packed_put_number(&message, same);
    packed_put_text(&message, text);
    packed_put_text(&message, output);
    send_message(fd, &message, &ignored);
    buf_free(&message);
}

static void answer_error(int fd, const char *what, str output, struct err *err)
{
    err_wrap(err, "%s", what);
    answer(fd, err->kind, false, err_text(err), output);
}

/* In a process of its own, because the sandbox cannot be left. */
static void compare_images(int fd, const char *host, const struct build_answer builds[2])
{
    ARENA_SCOPED arena = {0};
    struct image_reader *readers[2];
    struct image_result results[2];
    struct err err = {0};
    enum sandbox_level level;
    const struct image_options options = {.host = host, .wants = WANT_PACKAGES | WANT_FILES};
    for (size_t i = 0; i < 2; i++)
        if (image_open(&arena, arena_printf(&arena, "docker:%s", builds[i].image).ptr, &options,
                       &readers[i], &err) < 0)
            return answer_error(fd, "reading what was built", (str){0}, &err);
    if (sandbox_enter(&(struct sandbox){0}, &level, &err) < 0)
        return answer_error(fd, "reading what was built", (str){0}, &err);
    for (size_t i = 0; i < 2; i++)
        if (image_read(readers[i], package_collectors(), &arena, &results[i], &err) < 0)
            return answer_error(fd, "reading what was built", (str){0}, &err);
    struct difference difference = {.lines = buf_make(MIB(1) / 2)};
    compare_files(&results[0], &results[1], &difference);
    size_t packages = compare_packages(&arena, &results[0], &results[1], &difference);
    if (difference.count > MOST_DIFFERENCES)
        buf_printf(&difference.lines, "and %zu more\n", difference.count - MOST_DIFFERENCES);
    if (difference.count == 0)
        buf_printf(&difference.lines, "both images have the same %zu files and %zu packages\n",
                   results[1].files.count, packages);
    answer(fd, ERR_NONE, difference.count == 0, buf_str(&difference.lines), (str){0});
    buf_free(&difference.lines);
}

/* Only what was not there before: a build that is cached gives an image that somebody has, and
 * with the image would go its name. Where the list could not be had, nothing is removed. */
static void remove_image(const struct engine *engine, const struct build_answer *build,
                         str there_before)
{
    ARENA_SCOPED arena = {0};
    struct err ignored = {0};
    if (build->image[0] && there_before.len && !str_contains(there_before, str_from(build->image)))
        engine_delete(engine, arena_printf(&arena, "/images/%s", build->image).ptr, &ignored);
}

static void serve_one(const struct build_request *request, const struct engine *engine,
                      const char *host, int to)
{
    ARENA_SCOPED arena = {0};
    struct build_answer builds[2] = {0};
    struct err err = {0}, ignored = {0};
    str there_before = {0};
    const char *const names[] = {"building it as it was", "building it as it is fixed"};
    int status;
    engine_get(engine, "/images/json?all=1", &arena, &there_before, &ignored);
    for (size_t i = 0; i < 2; i++)
        if (build_version(engine, request, i, &builds[i], &err) < 0) {
            answer_error(to, names[i], build_answer_output(&builds[i]), &err);
            remove_image(engine, &builds[0], there_before);
            return;
        }
    pid_t reader = fork();
    if (reader == 0) {
        compare_images(to, host, builds);
        _exit(0);
    }
    if (reader < 0 || waitpid(reader, &status, 0) < 0 || status != 0) {
        err_set(&err, ERR_IO, "the process that reads the images ended too early");
        answer_error(to, "comparing", (str){0}, &err);
    }
    remove_image(engine, &builds[1], there_before);
    if (strcmp(builds[0].image, builds[1].image) != 0)
        remove_image(engine, &builds[0], there_before);
}

static void serve(int from, int to, const struct engine *engine, const char *host,
                  const struct build_inputs *inputs)
{
    for (;;) {
        ARENA_SCOPED arena = {0};
        struct packed message;
        if (!receive_message(from, &arena, &message))
            return;
        struct build_request request = {.folder = arena_cstr(&arena, packed_text(&message)),
                                        .inputs = inputs};
        request.buildkit = packed_number(&message) != 0;
        request.session = packed_number(&message) != 0;
        request.missing = packed_text(&message);
        request.options = packed_text(&message);
        request.versions[0] = packed_text(&message);
        request.versions[1] = packed_text(&message);
        serve_one(&request, engine, host, to);
    }
}

/* ---- the parent's side ---- */

int verify_begin(struct verifier *verifier, const char *host, const struct build_inputs *inputs,
                 struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct engine engine;
    const struct engine_environment environment = engine_environment(&arena, host);
    int down[2], up[2];
    *verifier = (struct verifier){-1, -1, 0, inputs};
    if (engine_find(&arena, &environment, &engine, err) < 0 || engine_connect(&engine, err) < 0)
        return err_wrap(err, "--verify-build");
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
        return err_sys(err, "cannot make a pipe");
    pid_t child = fork();
    if (child < 0)
        return err_sys(err, "cannot start a process");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        close(down[1]);
        close(up[0]);
        serve(down[0], up[1], &engine, host, inputs);
        _exit(0);
    }
    close(down[0]);
    close(up[1]);
    *verifier = (struct verifier){down[1], up[0], child, inputs};
    return 0;
}

int verify_file(struct verifier *verifier, struct arena *arena, str path, str before, str after,
                str *ret_text, bool *ret_same, struct err *err)
{
    struct buf message = buf_make(3 * LIMIT_TEXT_FILE);
    struct packed reply;
    str folder = path_parent(path);
    struct session_needs needs = needs_of_session(arena, verifier->inputs, before, after);
    packed_put_text(&message, folder.len                   ? folder
                              : str_starts(path, STR("/")) ? STR("/")
                                                           : STR("."));
    packed_put_number(&message, needs_buildkit(arena, before) || needs_buildkit(arena, after));
    packed_put_number(&message, needs.any && !needs.missing.len);
    packed_put_text(&message, needs.missing);
    packed_put_text(&message, needs.options);
    packed_put_text(&message, before);
    packed_put_text(&message, after);
    int result = send_message(verifier->to, &message, err);
    buf_free(&message);
    if (result < 0)
        return -1;
    if (!receive_message(verifier->from, arena, &reply))
        return err_set(err, ERR_IO, "the process that builds ended too early");
    enum err_kind failure = (enum err_kind)packed_number(&reply);
    *ret_same = packed_number(&reply) != 0;
    *ret_text = packed_text(&reply);
    if (failure) {
        err_set(err, failure, "%.*s", STR_ARG(str_sub(*ret_text, 0, 500)));
        *ret_text = packed_text(&reply);
        return -1;
    }
    return 0;
}

void verify_end(struct verifier *verifier)
{
    fd_close(&verifier->to);
    fd_close(&verifier->from);
    while (verifier->child > 0 && waitpid(verifier->child, NULL, 0) < 0 && errno == EINTR)
        continue;
}
