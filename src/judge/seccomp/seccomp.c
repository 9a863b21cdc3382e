// SPDX-License-Identifier: Apache-2.0
#include "judge/seccomp/parts.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

struct run {
    const struct seccomp_call *call;
    uint32_t accumulator, index, memory[BPF_MEMWORDS];
};

/* struct seccomp_data, in 32-bit words, little end first. */
static bool load(const struct seccomp_call *call, uint32_t offset, uint32_t *ret)
{
    enum { NUMBER = 0, ARCH = 4, POINTER = 8, ARGUMENTS = 16, END = 64 };
    if (offset % 4 || offset >= END)
        return false;
    if (offset == NUMBER)
        *ret = call->number;
    else if (offset == ARCH)
        *ret = call->arch;
    else if (offset < ARGUMENTS)
        *ret = 0;
    else
        *ret = (uint32_t)(call->arguments[(offset - ARGUMENTS) / 8] >> (offset % 8 ? 32 : 0));
    return true;
}

static bool calculate(struct run *run, const struct live_instruction *at)
{
    uint32_t by = BPF_SRC(at->code) == BPF_X ? run->index : at->k, *a = &run->accumulator;
    switch (BPF_OP(at->code)) {
    case BPF_ADD: *a += by; return true;
    case BPF_SUB: *a -= by; return true;
    case BPF_MUL: *a *= by; return true;
    case BPF_DIV: *a = by ? *a / by : 0; return by != 0;
    case BPF_OR: *a |= by; return true;
    case BPF_AND: *a &= by; return true;
    case BPF_XOR: *a ^= by; return true;
    case BPF_LSH: *a = by < 32 ? *a << by : 0; return true;
    case BPF_RSH: *a = by < 32 ? *a >> by : 0; return true;
    case BPF_NEG: *a = 0 - *a; return true;
    default: return false;
    }
}

/* How many instructions are passed over; only forward. */
static bool jump(const struct run *run, const struct live_instruction *at, size_t *ret)
{
    uint32_t by = BPF_SRC(at->code) == BPF_X ? run->index : at->k, a = run->accumulator;
    switch (BPF_OP(at->code)) {
    case BPF_JA: *ret = at->k; return true;
    case BPF_JEQ: *ret = a == by ? at->jt : at->jf; return true;
    case BPF_JGT: *ret = a > by ? at->jt : at->jf; return true;
    case BPF_JGE: *ret = a >= by ? at->jt : at->jf; return true;
    case BPF_JSET: *ret = a & by ? at->jt : at->jf; return true;
    default: return false;
    }
}

/* Loads into the accumulator or the index. */
static bool fetch(struct run *run, const struct live_instruction *at, uint32_t *to)
{
    switch (BPF_MODE(at->code)) {
    case BPF_IMM: *to = at->k; return true;
    case BPF_ABS: return BPF_CLASS(at->code) == BPF_LD && load(run->call, at->k, to);
    case BPF_LEN: *to = 64; return true;
    case BPF_MEM:
        if (at->k >= BPF_MEMWORDS)
            return false;
        *to = run->memory[at->k];
        return true;
    default: return false;
    }
}

static bool step(struct run *run, const struct live_instruction *at, size_t *ret_skip)
{
    *ret_skip = 0;
    switch (BPF_CLASS(at->code)) {
    case BPF_LD: return fetch(run, at, &run->accumulator);
    case BPF_LDX: return fetch(run, at, &run->index);
    case BPF_ST:
    case BPF_STX:
        if (at->k >= BPF_MEMWORDS)
            return false;
        run->memory[at->k] = BPF_CLASS(at->code) == BPF_ST ? run->accumulator : run->index;
        return true;
    case BPF_ALU: return calculate(run, at);
    case BPF_JMP: return jump(run, at, ret_skip);
    case BPF_MISC:
        if (BPF_MISCOP(at->code) == BPF_TAX)
            run->index = run->accumulator;
        else
            run->accumulator = run->index;
        return true;
    default: return false;
    }
}

/* Jumps lead forward only: it ends within its length. */
static bool ask_one(const struct live_filter *filter, const struct seccomp_call *call,
                    uint32_t *ret)
{
    struct run run = {.call = call};
    size_t skip;
    for (size_t at = 0; at < filter->count; at += skip + 1) {
        const struct live_instruction *instruction = &filter->items[at];
        if (BPF_CLASS(instruction->code) == BPF_RET) {
            *ret = BPF_RVAL(instruction->code) == BPF_A ? run.accumulator : instruction->k;
            return true;
        }
        if (!step(&run, instruction, &skip))
            return false;
    }
    return false;
}

enum seccomp_verdict seccomp_verdict_of(uint32_t action)
{
    switch (action & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG: return SECCOMP_ALLOWED;
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF: return SECCOMP_ASKED;
    default: return SECCOMP_REFUSED; /* unknown ones end the process */
    }
}

/* The kernel's order, the strictest first: as signed numbers, ending the process is the least. */
static bool is_stricter(uint32_t a, uint32_t b)
{
    return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

bool seccomp_run(const struct live_filter_list *filters, const struct seccomp_call *call,
                 uint32_t *ret)
{
    *ret = SECCOMP_RET_ALLOW;
    for (size_t i = 0; i < filters->count; i++) {
        uint32_t action;
        if (!ask_one(&filters->items[i], call, &action))
            return false;
        if (is_stricter(action, *ret))
            *ret = action;
    }
    return true;
}

bool seccomp_ask(const struct live_filter_list *filters, const struct seccomp_call *call,
                 enum seccomp_verdict *ret)
{
    uint32_t action;
    if (!seccomp_run(filters, call, &action))
        return false;
    *ret = seccomp_verdict_of(action);
    return true;
}
