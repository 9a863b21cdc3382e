// SPDX-License-Identifier: Apache-2.0
/* /proc/PID/limits (proc_pid_limits(5)). */
#include "base/limits.h"
#include "read/host/reader.h"

/* As engines call them, and as the kernel does. */
static const struct {
    str name, title;
} limits[] = {
    {STR_INIT("core"), STR_INIT("Max core file size")},
    {STR_INIT("cpu"), STR_INIT("Max cpu time")},
    {STR_INIT("data"), STR_INIT("Max data size")},
    {STR_INIT("fsize"), STR_INIT("Max file size")},
    {STR_INIT("locks"), STR_INIT("Max file locks")},
    {STR_INIT("memlock"), STR_INIT("Max locked memory")},
    {STR_INIT("msgqueue"), STR_INIT("Max msgqueue size")},
    {STR_INIT("nice"), STR_INIT("Max nice priority")},
    {STR_INIT("nofile"), STR_INIT("Max open files")},
    {STR_INIT("nproc"), STR_INIT("Max processes")},
    {STR_INIT("rss"), STR_INIT("Max resident set")},
    {STR_INIT("rtprio"), STR_INIT("Max realtime priority")},
    {STR_INIT("rttime"), STR_INIT("Max realtime timeout")},
    {STR_INIT("sigpending"), STR_INIT("Max pending signals")},
    {STR_INIT("stack"), STR_INIT("Max stack size")},
};

static bool read_limit(str *rest, uint64_t *ret)
{
    str word;
    if (!str_next_word(rest, &word))
        return false;
    *ret = UINT64_MAX;
    return str_eq(word, STR("unlimited")) || str_to_u64(word, UINT64_MAX - 1, ret);
}

void process_limits_parse(struct arena *arena, str text, struct live_ulimit_list *ret)
{
    str line;
    while (str_next_line(&text, &line) && ret->count < LIMIT_HOST_ROWS)
        for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
            struct live_ulimit limit = {.name = limits[i].name};
            str rest = line;
            if (str_skip(&rest, limits[i].title) && read_limit(&rest, &limit.soft) &&
                read_limit(&rest, &limit.hard))
                *vec_push(arena, ret) = limit;
        }
}
