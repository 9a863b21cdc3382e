// SPDX-License-Identifier: Apache-2.0
/*
 * secretscan TAR: looks for secrets in every file of a tar archive, in this thread alone, and
 * prints megabytes a second of the search itself: reading the archive is not counted.
 * secretscan --load: how long it takes to get ready, in milliseconds.
 */
#include "base/fd.h"
#include "io/tar.h"
#include "read/secret/secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Of this thread: what else runs on the machine does not count. */
static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct run {
    const struct scanner *scanner;
    void *state;
    struct collect to;
    double seconds;
    uint64_t bytes;
};

static int scan_file(struct run *run, const struct entry *entry, struct stream *content,
                     struct err *err)
{
    str head, piece;
    if (stream_peek(content, STREAM_PEEK, &head, err) < 0)
        return -1;
    double start = now();
    run->scanner->begin(run->state, &run->to, entry, head);
    run->seconds += now() - start;
    for (;;) {
        struct err ignored = {0};
        if (stream_next(content, SIZE_MAX, &piece, err) < 0)
            return -1;
        start = now();
        if (piece.len == 0)
            run->scanner->end(run->state, &run->to, true, &ignored);
        else
            run->scanner->feed(run->state, &run->to, piece, &ignored);
        run->seconds += now() - start;
        run->bytes += piece.len;
        if (piece.len == 0)
            return 0;
    }
}

static int scan_tar(struct run *run, const char *path, struct err *err)
{
    struct stat st;
    FD_SCOPED fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_sys(err, "cannot open %s", path);
    STREAM_SCOPED source = stream_file(fd, 0, (uint64_t)st.st_size);
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    int more;
    while ((more = tar_next(tar, &entry, err)) > 0)
        if (entry.type == ENTRY_FILE && entry.size &&
            scan_file(run, &entry, tar_content(tar), err) < 0)
            return -1;
    return more;
}

int main(int argc, char **argv)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct secret_finder *finder;
    struct err err = {0};
    const struct secret_settings settings = {0};
    if (argc != 2)
        return 2;
    double start = now();
    if (secret_finder_open(&settings, &finder, &err) < 0) {
        fprintf(stderr, "secretscan: %s\n", err.message);
        return 2;
    }
    if (strcmp(argv[1], "--load") == 0) {
        printf("%.2f\n", (now() - start) * 1000);
        secret_finder_close(finder);
        return 0;
    }
    const struct collector *collector = secret_finder_collector(finder);
    struct run run = {.scanner = collector->scanner, .to = {.arena = &arena, .facts = &facts}};
    run.state = run.scanner->open(collector);
    int result = scan_tar(&run, argv[1], &err);
    if (result < 0)
        fprintf(stderr, "secretscan: %s\n", err.message);
    else
        printf("%.0f MB/s, %zu facts\n", (double)run.bytes / 1e6 / run.seconds, facts.count);
    run.scanner->close(run.state);
    secret_finder_close(finder);
    return result < 0 ? 1 : 0;
}
