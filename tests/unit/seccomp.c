// SPDX-License-Identifier: Apache-2.0
#include "judge/seccomp/parts.h"
#include "tests/unit/test.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

static void put(struct arena *arena, struct live_filter *filter, uint16_t code, uint8_t jt,
                uint8_t jf, uint32_t k)
{
    *vec_push(arena, filter) = (struct live_instruction){.code = code, .jt = jt, .jf = jf, .k = k};
}

/* As engines make them: another architecture dies, socket(AF_ALG) is refused, the rest allowed. */
static void put_profile(struct arena *arena, struct live_filter_list *filters)
{
    struct live_filter *filter = vec_push(arena, filters);
    *filter = (struct live_filter){0};
    put(arena, filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, 4);
    put(arena, filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AUDIT_ARCH_X86_64);
    put(arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
    put(arena, filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, 0);
    put(arena, filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 41);
    put(arena, filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, 16);
    put(arena, filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 38);
    put(arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 1);
    put(arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

TEST(seccomp_runs_a_profile)
{
    ARENA_SCOPED arena = {0};
    struct live_filter_list filters = {0};
    put_profile(&arena, &filters);
    const struct {
        struct seccomp_call call;
        enum seccomp_verdict verdict;
    } cases[] = {
        {{AUDIT_ARCH_X86_64, 41, {38}}, SECCOMP_REFUSED},
        {{AUDIT_ARCH_X86_64, 41, {2}}, SECCOMP_ALLOWED},
        {{AUDIT_ARCH_X86_64, 42, {38}}, SECCOMP_ALLOWED},
        {{AUDIT_ARCH_I386, 42, {0}}, SECCOMP_REFUSED},
    };
    enum seccomp_verdict verdict;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(seccomp_ask(&filters, &cases[i].call, &verdict));
        CHECK_EQ(cases[i].verdict, verdict);
    }
    /* A second filter that is stricter holds, one that is looser does not. */
    struct live_filter *filter = vec_push(&arena, &filters);
    *filter = (struct live_filter){0};
    put(&arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF);
    CHECK(seccomp_ask(&filters, &cases[1].call, &verdict));
    CHECK_EQ(SECCOMP_ASKED, verdict);
    CHECK(seccomp_ask(&filters, &cases[0].call, &verdict));
    CHECK_EQ(SECCOMP_REFUSED, verdict);
}

TEST(seccomp_refuses_what_is_no_program)
{
    static const struct live_instruction broken[] = {
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, 64},   {BPF_LD | BPF_W | BPF_ABS, 0, 0, 3},
        {BPF_LD | BPF_MEM, 0, 0, BPF_MEMWORDS}, {BPF_ST, 0, 0, 0xffffffff},
        {BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0},   {BPF_JMP | BPF_JA, 0, 0, 0xffffffff},
        {BPF_LD | BPF_W | BPF_IND, 0, 0, 0},    {BPF_JMP | BPF_JEQ | BPF_K, 255, 255, 0},
    };
    const struct seccomp_call call = {.arch = AUDIT_ARCH_X86_64};
    enum seccomp_verdict verdict;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct live_filter_list filters = {0};
        struct live_filter *filter = vec_push(&arena, &filters);
        *filter = (struct live_filter){0};
        *vec_push(&arena, filter) = broken[i];
        put(&arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
        CHECK(!seccomp_ask(&filters, &call, &verdict));
    }
}

/* On other machines than x86_64 the profile above refuses everything. */
#if defined(__x86_64__)
TEST(seccomp_survey_asks_about_every_call)
{
    ARENA_SCOPED arena = {0};
    struct live_filter_list filters = {0};
    struct live_calls calls;
    put_profile(&arena, &filters);
    CHECK(seccomp_survey(&arena, &filters, UINT64_C(0xa80425fb), &calls));
    CHECK_EQ(1, calls.filters);
    CHECK_EQ(9, calls.instructions);
    CHECK_EQ(calls.list.count, calls.counts[SECCOMP_ALLOWED] + calls.counts[SECCOMP_REFUSED]);
    CHECK_EQ(1, calls.counts[SECCOMP_REFUSED]);
    CHECK(calls.list.count > 380);
    const struct live_call *call = seccomp_find(&calls, STR("socket(AF_ALG)"));
    CHECK(call && call->verdict == SECCOMP_REFUSED && call->error == 1 && !call->in_default);
    call = seccomp_find(&calls, STR("mount"));
    CHECK(call && call->verdict == SECCOMP_ALLOWED && !call->in_default);
    call = seccomp_find(&calls, STR("read"));
    CHECK(call && call->verdict == SECCOMP_ALLOWED && call->in_default);
    /* It ends 32-bit programs: nothing is open to them alone. */
    CHECK_EQ(0, calls.only_32_bit.count);
    /* SYS_ADMIN opens mount in the default profile too. */
    CHECK(seccomp_survey(&arena, &filters, UINT64_C(1) << 21, &calls));
    CHECK(seccomp_find(&calls, STR("mount"))->in_default);
}

TEST(seccomp_survey_sees_what_only_32_bit_programs_may)
{
    ARENA_SCOPED arena = {0};
    struct live_filter_list filters = {0};
    struct live_calls calls;
    struct live_filter *filter = vec_push(&arena, &filters);
    *filter = (struct live_filter){0};
    put(&arena, filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, 4);
    put(&arena, filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, AUDIT_ARCH_X86_64);
    put(&arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 38);
    put(&arena, filter, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    CHECK(seccomp_survey(&arena, &filters, 0, &calls));
    CHECK_EQ(0, calls.counts[SECCOMP_ALLOWED]);
    CHECK_EQ(38, seccomp_find(&calls, STR("read"))->error);
    CHECK(calls.only_32_bit.count > 300);

    struct live_filter_list broken = {0};
    filter = vec_push(&arena, &broken);
    *filter = (struct live_filter){0};
    put(&arena, filter, BPF_JMP | BPF_JA, 0, 0, 5);
    CHECK(!seccomp_survey(&arena, &broken, 0, &calls));
}
#endif

TEST(seccomp_default_profiles)
{
    ARENA_SCOPED arena = {0};
    const struct {
        const char *engine, *call;
        uint64_t capabilities, first;
        bool allows;
    } cases[] = {
        {"20.10", "socket", 0, 38, true}, /* AF_ALG */
        {"29", "socket", 0, 38, false},
        {"29", "socket", 0, 2, true},  /* below 3 */
        {"29", "socket", 0, 10, true}, /* in the list */
        {"29", "socket", 0, 40, false},
        {"20.10", "io_uring_setup", 0, 0, true},
        {"29", "io_uring_setup", 0, 0, false},
        {"29", "clone", 0, 17, true},
        {"29", "clone", 0, 0x10000000, false}, /* CLONE_NEWUSER */
        {"29", "clone", 1 << 21, 0x10000000, true},
        {"29", "clone3", 0, 0, false},
        {"29", "clone3", 1 << 21, 0, true},
        {"29", "personality", 0, 8, true},
        {"29", "personality", 0, 0x40000, false},
        {"29", "arch_prctl", 0, 0, true},
        {"29", "cacheflush", 0, 0, false}, /* of arm64 */
        {"29", "no_such_call", ~UINT64_C(0), 0, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t arguments[6] = {cases[i].first};
        const struct seccomp_profile *profile = seccomp_profile_read(
            &arena, str_from(cases[i].engine), STR("x86_64"), cases[i].capabilities);
        if (seccomp_profile_allows(profile, str_from(cases[i].call), arguments) != cases[i].allows)
            test_failed(__FILE__, __LINE__, "%s: %s(%llu)", cases[i].engine, cases[i].call,
                        (unsigned long long)cases[i].first);
    }
}
