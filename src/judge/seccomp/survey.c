// SPDX-License-Identifier: Apache-2.0
/* The verdict of a container's filters about every system call. */
#include "base/tsv.h"
#include "data.h"
#include "judge/seccomp/parts.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

enum { FIELD_NAME, FIELD_X86_64, FIELD_I386, FIELD_ARM64 };

/* Filters are of the kernel that we run on, so their numbers are those that we were built for. */
#if defined(__x86_64__)
enum { FIELD_OWN = FIELD_X86_64 };
#define OWN_ARCH AUDIT_ARCH_X86_64
#define MACHINE  "x86_64"
#elif defined(__aarch64__)
enum { FIELD_OWN = FIELD_ARM64 };
#define OWN_ARCH AUDIT_ARCH_AARCH64
#define MACHINE  "arm64"
#else
enum { FIELD_OWN = FIELD_NAME }; /* has no number */
#define OWN_ARCH 0
#define MACHINE  ""
#endif

/* The engine whose default profile is the measure of today. */
#define TODAY "29"

/* Calls of which an argument decides: families of sockets (socket(2)), flags of clone(2) and
 * unshare(2), personality(2), and requests of ioctl(2) that type into a terminal. */
static const struct variant {
    const char *call, *argument;
    unsigned index;
    uint64_t value;
} variants[] = {
    {"clone", "fork", 0, 17},
    {"clone", "CLONE_THREAD", 0, 0x3d0f00},
    {"clone", "CLONE_NEWCGROUP", 0, 0x02000000},
    {"clone", "CLONE_NEWIPC", 0, 0x08000000},
    {"clone", "CLONE_NEWNET", 0, 0x40000000},
    {"clone", "CLONE_NEWNS", 0, 0x00020000},
    {"clone", "CLONE_NEWPID", 0, 0x20000000},
    {"clone", "CLONE_NEWUSER", 0, 0x10000000},
    {"clone", "CLONE_NEWUTS", 0, 0x04000000},
    {"ioctl", "TCGETS", 1, 0x5401},
    {"ioctl", "TIOCLINUX", 1, 0x541c},
    {"ioctl", "TIOCSTI", 1, 0x5412},
    {"personality", "ADDR_NO_RANDOMIZE", 0, 0x0040000},
    {"personality", "PER_LINUX", 0, 0},
    {"personality", "PER_LINUX32", 0, 8},
    {"personality", "READ_IMPLIES_EXEC", 0, 0x0400000},
    {"socket", "AF_ALG", 0, 38},
    {"socket", "AF_AX25", 0, 3},
    {"socket", "AF_BLUETOOTH", 0, 31},
    {"socket", "AF_CAN", 0, 29},
    {"socket", "AF_INET", 0, 2},
    {"socket", "AF_INET6", 0, 10},
    {"socket", "AF_KCM", 0, 41},
    {"socket", "AF_KEY", 0, 15},
    {"socket", "AF_LLC", 0, 26},
    {"socket", "AF_NETLINK", 0, 16},
    {"socket", "AF_NFC", 0, 39},
    {"socket", "AF_PACKET", 0, 17},
    {"socket", "AF_PPPOX", 0, 24},
    {"socket", "AF_RDS", 0, 21},
    {"socket", "AF_RXRPC", 0, 33},
    {"socket", "AF_SMC", 0, 43},
    {"socket", "AF_TIPC", 0, 30},
    {"socket", "AF_UNIX", 0, 1},
    {"socket", "AF_VSOCK", 0, 40},
    {"socket", "AF_XDP", 0, 44},
    {"unshare", "CLONE_NEWNS", 0, 0x00020000},
    {"unshare", "CLONE_NEWUSER", 0, 0x10000000},
};
enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

struct survey {
    struct arena *arena;
    const struct live_filter_list *filters;
    const struct seccomp_profile *today;
    struct live_calls *to;
};

static bool add(struct survey *survey, str call, str shown, const struct seccomp_call *asked)
{
    uint32_t action;
    if (!seccomp_run(survey->filters, asked, &action))
        return false;
    struct live_call *item = vec_push(survey->arena, &survey->to->list);
    *item = (struct live_call){
        .name = shown,
        .verdict = seccomp_verdict_of(action),
        .in_default = seccomp_profile_allows(survey->today, call, asked->arguments),
    };
    if ((action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
        item->error = action & SECCOMP_RET_DATA;
    survey->to->counts[item->verdict]++;
    return true;
}

/* Programs of 32 bits have numbers of their own, which a filter may have forgotten. */
static bool ask_32_bit(struct survey *survey, str name, str field)
{
    uint64_t number;
    enum seccomp_verdict verdict;
    const struct live_call *own = seccomp_find(survey->to, name);
    if (OWN_ARCH != AUDIT_ARCH_X86_64 || !own || own->verdict == SECCOMP_ALLOWED ||
        !str_to_u64(field, UINT32_MAX, &number))
        return true;
    const struct seccomp_call call = {.arch = AUDIT_ARCH_I386, .number = (uint32_t)number};
    if (!seccomp_ask(survey->filters, &call, &verdict))
        return false;
    if (verdict == SECCOMP_ALLOWED)
        *vec_push(survey->arena, &survey->to->only_32_bit) = name;
    return true;
}

static bool ask_row(struct survey *survey, str row)
{
    str name = tsv_field(row, FIELD_NAME);
    uint64_t number;
    bool varies = false;
    if (!str_to_u64(tsv_field(row, FIELD_OWN), UINT32_MAX, &number))
        return true;
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct variant *variant = &variants[i];
        struct seccomp_call call = {.arch = OWN_ARCH, .number = (uint32_t)number};
        if (!str_eq(name, str_from(variant->call)))
            continue;
        varies = true;
        call.arguments[variant->index] = variant->value;
        if (!add(survey, name,
                 arena_printf(survey->arena, "%s(%s)", variant->call, variant->argument), &call))
            return false;
    }
    const struct seccomp_call call = {.arch = OWN_ARCH, .number = (uint32_t)number};
    return (varies || add(survey, name, name, &call)) &&
           ask_32_bit(survey, name, tsv_field(row, FIELD_I386));
}

bool seccomp_survey(struct arena *arena, const struct live_filter_list *filters,
                    uint64_t capabilities, struct live_calls *ret)
{
    struct survey survey = {.arena = arena, .filters = filters, .to = ret};
    str rest = str_make(data_syscalls, data_syscalls_len), row;
    *ret = (struct live_calls){.filters = filters->count};
    for (size_t i = 0; i < filters->count; i++)
        ret->instructions += filters->items[i].count;
    survey.today = seccomp_profile_read(arena, STR(TODAY), STR(MACHINE), capabilities);
    while (tsv_next(&rest, &row))
        if (!ask_row(&survey, row))
            return false;
    return ret->list.count > 0;
}

const struct live_call *seccomp_find(const struct live_calls *calls, str name)
{
    for (size_t i = 0; i < calls->list.count; i++)
        if (str_eq(calls->list.items[i].name, name))
            return &calls->list.items[i];
    return NULL;
}
