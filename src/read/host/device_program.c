// SPDX-License-Identifier: Apache-2.0
/*
 * What devices a program lets a cgroup use, from its instructions (linux/bpf.h). What runc, crun
 * and systemd write compares the device's type and numbers with constants and the access with
 * masks, and only jumps ahead. That much is followed: first it is shown that a program does no
 * more than that, then it is run for every number that it names and for one that it does not.
 */
#include "base/limits.h"
#include "read/host/device_program.h"

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

enum { REGISTERS = 12 }; /* the last is the kernel's own, where constants are hidden */
enum { TYPE_BLOCK = BPF_DEVCG_DEV_BLOCK, TYPE_CHARACTER = BPF_DEVCG_DEV_CHAR };
enum { ACCESS_ALL = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE };

struct code {
    const struct bpf_insn *items;
    size_t count;
};

/* Numbers that programs compare with, and one at the end that stands for all others. */
struct numbers {
    uint32_t items[LIMIT_DEVICE_NUMBERS + 1];
    size_t count;
};

/* --- what a program depends on ------------------------------------------------------------------
 */

enum kind {
    KIND_NOTHING,
    KIND_CONSTANT,
    KIND_DERIVED, /* of constants, of the type and access, and of the way that was taken */
    KIND_MAJOR,
    KIND_MINOR,
    KIND_QUESTION, /* where the device and access stand */
    KIND_UNCLEAR,
};
struct value {
    enum kind kind;
    uint64_t number; /* of a constant */
};
struct state {
    bool is_reached;
    struct value registers[REGISTERS];
};

struct proof {
    struct code code;
    struct state *states; /* before each instruction */
    struct numbers *majors, *minors;
    struct err *err;
};

static int not_understood(const struct proof *proof, size_t at)
{
    return err_set(proof->err, ERR_UNSUPPORTED,
                   "instruction %zu of the program that decides (code 0x%02x) is not understood",
                   at, proof->code.items[at].code);
}

static bool is_plain(enum kind kind)
{
    return kind == KIND_CONSTANT || kind == KIND_DERIVED;
}

static uint64_t immediate(const struct bpf_insn *at)
{
    return (uint64_t)(int64_t)at->imm;
}

/* Both for numbers; false for operations that no such program needs. */
static bool calculate(uint8_t code, uint64_t left, uint64_t right, uint64_t *ret)
{
    bool wide = BPF_CLASS(code) == BPF_ALU64;
    unsigned by = (unsigned)(right & (wide ? 63 : 31));
    if (!wide)
        left &= UINT32_MAX;
    switch (BPF_OP(code)) {
    case BPF_ADD: *ret = left + right; break;
    case BPF_SUB: *ret = left - right; break;
    case BPF_OR: *ret = left | right; break;
    case BPF_AND: *ret = left & right; break;
    case BPF_XOR: *ret = left ^ right; break;
    case BPF_LSH: *ret = left << by; break;
    case BPF_RSH: *ret = left >> by; break;
    case BPF_MOV: *ret = right; break;
    default: return false;
    }
    if (!wide)
        *ret &= UINT32_MAX;
    return true;
}

static bool compare(uint8_t code, uint64_t left, uint64_t right, bool *ret)
{
    if (BPF_CLASS(code) == BPF_JMP32) {
        left &= UINT32_MAX;
        right &= UINT32_MAX;
    }
    switch (BPF_OP(code)) {
    case BPF_JEQ: *ret = left == right; break;
    case BPF_JNE: *ret = left != right; break;
    case BPF_JGT: *ret = left > right; break;
    case BPF_JGE: *ret = left >= right; break;
    case BPF_JLT: *ret = left < right; break;
    case BPF_JLE: *ret = left <= right; break;
    case BPF_JSET: *ret = left & right; break;
    default: return false;
    }
    return true;
}

static int add_number(const struct proof *proof, struct numbers *to, uint64_t number)
{
    if (number > UINT32_MAX) /* none that a device can have */
        return 0;
    for (size_t i = 0; i < to->count; i++)
        if (to->items[i] == number)
            return 0;
    if (to->count >= LIMIT_DEVICE_NUMBERS)
        return err_set(proof->err, ERR_LIMIT,
                       "the program that decides names more than %d numbers of devices",
                       LIMIT_DEVICE_NUMBERS);
    to->items[to->count++] = (uint32_t)number;
    return 0;
}

static struct value operand(const struct state *state, const struct bpf_insn *at)
{
    if (BPF_SRC(at->code) == BPF_X)
        return state->registers[at->src_reg];
    return (struct value){KIND_CONSTANT, immediate(at)};
}

static int prove_calculation(const struct proof *proof, size_t i, struct state *state)
{
    const struct bpf_insn *at = &proof->code.items[i];
    struct value right = operand(state, at), *left = &state->registers[at->dst_reg];
    uint64_t ignored;
    if (at->off != 0 || !calculate(at->code, 0, 0, &ignored))
        return not_understood(proof, i);
    if (BPF_OP(at->code) == BPF_MOV) {
        *left = right;
        if (right.kind == KIND_QUESTION && BPF_CLASS(at->code) != BPF_ALU64)
            left->kind = KIND_UNCLEAR;
        if (right.kind == KIND_CONSTANT)
            (void)calculate(at->code, 0, right.number, &left->number);
    } else if (BPF_OP(at->code) == BPF_XOR && BPF_SRC(at->code) == BPF_X &&
               at->dst_reg == at->src_reg) {
        *left = (struct value){KIND_CONSTANT, 0}; /* the kernel's way to say that */
    } else if (left->kind == KIND_CONSTANT && right.kind == KIND_CONSTANT) {
        (void)calculate(at->code, left->number, right.number, &left->number);
    } else {
        left->kind = is_plain(left->kind) && is_plain(right.kind) ? KIND_DERIVED : KIND_UNCLEAR;
    }
    return 0;
}

static int prove_load(const struct proof *proof, size_t i, struct state *state)
{
    const struct bpf_insn *at = &proof->code.items[i];
    struct value *to = &state->registers[at->dst_reg];
    if (BPF_MODE(at->code) != BPF_MEM || state->registers[at->src_reg].kind != KIND_QUESTION ||
        BPF_SIZE(at->code) != BPF_W)
        return not_understood(proof, i);
    switch (at->off) {
    case offsetof(struct bpf_cgroup_dev_ctx, access_type): to->kind = KIND_DERIVED; break;
    case offsetof(struct bpf_cgroup_dev_ctx, major): to->kind = KIND_MAJOR; break;
    case offsetof(struct bpf_cgroup_dev_ctx, minor): to->kind = KIND_MINOR; break;
    default: return not_understood(proof, i);
    }
    return 0;
}

/* Numbers of devices may only be told apart from constants. */
static int prove_comparison(const struct proof *proof, size_t i, const struct state *state)
{
    const struct bpf_insn *at = &proof->code.items[i];
    struct value left = state->registers[at->dst_reg], right = operand(state, at);
    bool is_equality = BPF_OP(at->code) == BPF_JEQ || BPF_OP(at->code) == BPF_JNE, ignored;
    if (!compare(at->code, 0, 0, &ignored))
        return not_understood(proof, i);
    if (is_plain(left.kind) && is_plain(right.kind))
        return 0;
    if (!is_equality || right.kind != KIND_CONSTANT ||
        (left.kind != KIND_MAJOR && left.kind != KIND_MINOR))
        return not_understood(proof, i);
    if (BPF_CLASS(at->code) == BPF_JMP32)
        right.number &= UINT32_MAX;
    return add_number(proof, left.kind == KIND_MAJOR ? proof->majors : proof->minors, right.number);
}

/* Where two ways meet, only what both have is known. */
static int reach(const struct proof *proof, size_t from, size_t to, const struct state *state)
{
    if (to >= proof->code.count)
        return not_understood(proof, from);
    struct state *there = &proof->states[to];
    if (!there->is_reached) {
        *there = *state;
        there->is_reached = true;
        return 0;
    }
    for (size_t r = 0; r < REGISTERS; r++) {
        struct value *a = &there->registers[r];
        const struct value *b = &state->registers[r];
        if (a->kind == b->kind && (a->kind != KIND_CONSTANT || a->number == b->number))
            continue;
        a->kind = is_plain(a->kind) && is_plain(b->kind) ? KIND_DERIVED : KIND_UNCLEAR;
    }
    return 0;
}

/* The place that a jump leads to; only ahead, so that every program ends. */
static size_t target(size_t i, const struct bpf_insn *at)
{
    return at->off < 0 ? SIZE_MAX : i + 1 + (size_t)at->off;
}

static bool is_end(const struct bpf_insn *at)
{
    return at->code == (BPF_JMP | BPF_EXIT);
}

static bool is_jump(const struct bpf_insn *at)
{
    return at->code == (BPF_JMP | BPF_JA);
}

static int prove_one(const struct proof *proof, size_t i)
{
    const struct bpf_insn *at = &proof->code.items[i];
    struct state state = proof->states[i];
    unsigned class = BPF_CLASS(at->code);
    if (at->dst_reg >= REGISTERS || at->src_reg >= REGISTERS)
        return not_understood(proof, i);
    if (is_end(at))
        return is_plain(state.registers[0].kind) ? 0 : not_understood(proof, i);
    if (is_jump(at))
        return reach(proof, i, target(i, at), &state);
    if (class == BPF_JMP || class == BPF_JMP32) {
        if (prove_comparison(proof, i, &state) < 0 || reach(proof, i, target(i, at), &state) < 0)
            return -1;
    } else if (class == BPF_ALU || class == BPF_ALU64) {
        if (prove_calculation(proof, i, &state) < 0)
            return -1;
    } else if (class != BPF_LDX || prove_load(proof, i, &state) < 0) {
        return class == BPF_LDX ? -1 : not_understood(proof, i);
    }
    return reach(proof, i, i + 1, &state);
}

static int prove(struct arena *arena, struct code code, struct numbers *majors,
                 struct numbers *minors, struct err *err)
{
    struct proof proof = {.code = code, .majors = majors, .minors = minors, .err = err};
    if (code.count == 0)
        return err_set(err, ERR_FORMAT, "the program that decides is empty");
    proof.states = arena_array(arena, struct state, code.count);
    memset(proof.states, 0, code.count * sizeof(*proof.states));
    proof.states[0].is_reached = true;
    proof.states[0].registers[1].kind = KIND_QUESTION;
    for (size_t i = 0; i < code.count; i++)
        if (proof.states[i].is_reached && prove_one(&proof, i) < 0)
            return -1;
    return 0;
}

/* --- running it ---------------------------------------------------------------------------------
 */

/* Of a program that was proven: true where it answers yes. */
static bool allows(struct code code, const struct bpf_cgroup_dev_ctx *question, size_t *steps)
{
    uint64_t registers[REGISTERS] = {0};
    for (size_t i = 0; i < code.count; (*steps)++) {
        const struct bpf_insn *at = &code.items[i];
        uint64_t *left = &registers[at->dst_reg];
        uint64_t right = BPF_SRC(at->code) == BPF_X ? registers[at->src_reg] : immediate(at);
        unsigned class = BPF_CLASS(at->code);
        bool jumps = true;
        if (is_end(at))
            return registers[0] != 0;
        if (class == BPF_LDX)
            *left = at->off == 0                                            ? question->access_type
                    : at->off == offsetof(struct bpf_cgroup_dev_ctx, major) ? question->major
                                                                            : question->minor;
        if (class == BPF_ALU || class == BPF_ALU64)
            (void)calculate(at->code, *left, right, left);
        if (class != BPF_JMP && class != BPF_JMP32)
            jumps = false;
        else if (!is_jump(at))
            (void)compare(at->code, *left, right, &jumps);
        i = jumps ? target(i, at) : i + 1;
    }
    return false;
}

/* All programs must agree; the kernel asks each of them. */
struct programs VEC_BODY(struct code);

struct survey {
    struct arena *arena;
    struct programs programs;
    struct numbers majors, minors;
    size_t steps;
};

/* What may be done with a device, as bits; also what only goes together with something else. */
static unsigned access_of(struct survey *survey, uint32_t type, uint32_t major, uint32_t minor)
{
    unsigned bits = 0;
    for (uint32_t access = 1; access <= ACCESS_ALL && survey->steps < LIMIT_DEVICE_STEPS;
         access++) {
        const struct bpf_cgroup_dev_ctx question = {access << 16 | type, major, minor};
        bool all = true;
        for (size_t p = 0; p < survey->programs.count && all; p++)
            all = allows(survey->programs.items[p], &question, &survey->steps);
        if (all)
            bits |= access;
    }
    return bits;
}

static void add_line(struct arena *arena, struct str_list *ret, uint32_t type, str major, str minor,
                     unsigned bits)
{
    *vec_push(arena, ret) =
        arena_printf(arena, "%c %.*s:%.*s %s%s%s", type == TYPE_BLOCK ? 'b' : 'c', STR_ARG(major),
                     STR_ARG(minor), bits & BPF_DEVCG_ACC_READ ? "r" : "",
                     bits & BPF_DEVCG_ACC_WRITE ? "w" : "", bits & BPF_DEVCG_ACC_MKNOD ? "m" : "");
}

static str number(struct survey *survey, const struct numbers *numbers, size_t index)
{
    return index + 1 == numbers->count ? STR("*")
                                       : arena_printf(survey->arena, "%u", numbers->items[index]);
}

/* Lines as devices.list of cgroup v1 has them, the general before the special, which is only told
 * where it allows more. */
static void describe_type(struct survey *survey, uint32_t type, struct str_list *ret)
{
    const struct numbers *majors = &survey->majors, *minors = &survey->minors;
    size_t other_major = majors->count - 1, other_minor = minors->count - 1;
    unsigned *any_major = arena_array(survey->arena, unsigned, minors->count);
    for (size_t b = 0; b < minors->count; b++)
        any_major[b] = access_of(survey, type, majors->items[other_major], minors->items[b]);
    unsigned any = any_major[other_minor];
    if (any)
        add_line(survey->arena, ret, type, STR("*"), STR("*"), any);
    for (size_t b = 0; b < other_minor; b++)
        if (any_major[b] & ~any)
            add_line(survey->arena, ret, type, STR("*"), number(survey, minors, b), any_major[b]);
    for (size_t a = 0; a < other_major; a++) {
        unsigned whole = access_of(survey, type, majors->items[a], minors->items[other_minor]);
        if (whole & ~any)
            add_line(survey->arena, ret, type, number(survey, majors, a), STR("*"), whole);
        for (size_t b = 0; b < other_minor; b++) {
            unsigned bits = access_of(survey, type, majors->items[a], minors->items[b]);
            if (bits & ~(any | whole | any_major[b]))
                add_line(survey->arena, ret, type, number(survey, majors, a),
                         number(survey, minors, b), bits);
        }
    }
}

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Sorted, and behind them the largest that is none of them. */
static void close_numbers(struct numbers *numbers)
{
    uint32_t other = UINT32_MAX;
    qsort(numbers->items, numbers->count, sizeof(numbers->items[0]), compare_numbers);
    for (size_t i = numbers->count; i-- > 0 && numbers->items[i] == other;)
        other--;
    numbers->items[numbers->count++] = other;
}

int device_programs_read(struct arena *arena, const struct str_list *programs, struct str_list *ret,
                         struct err *err)
{
    struct survey *survey = arena_new(arena, struct survey);
    *survey = (struct survey){.arena = arena};
    *ret = (struct str_list){0};
    for (size_t i = 0; i < programs->count; i++) {
        str bytes = programs->items[i];
        struct code code = {.items = arena_copy(arena, bytes.ptr, bytes.len),
                            .count = bytes.len / sizeof(struct bpf_insn)};
        if (bytes.len % sizeof(struct bpf_insn) || code.count > LIMIT_DEVICE_PROGRAM)
            return err_set(err, ERR_LIMIT, "a program of %zu bytes decides: too long to follow",
                           bytes.len);
        if (prove(arena, code, &survey->majors, &survey->minors, err) < 0)
            return -1;
        *vec_push(arena, &survey->programs) = code;
    }
    close_numbers(&survey->majors);
    close_numbers(&survey->minors);
    describe_type(survey, TYPE_BLOCK, ret);
    describe_type(survey, TYPE_CHARACTER, ret);
    if (survey->steps >= LIMIT_DEVICE_STEPS) {
        ret->count = 0;
        return err_set(err, ERR_LIMIT, "the program that decides takes too long to follow");
    }
    if (ret->count == 2 && str_eq(ret->items[0], STR("b *:* rwm")) &&
        str_eq(ret->items[1], STR("c *:* rwm"))) {
        ret->items[0] = STR("a *:* rwm");
        ret->count = 1;
    }
    return 0;
}
