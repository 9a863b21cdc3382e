// SPDX-License-Identifier: Apache-2.0
/* Programs as kernels gave them back, of real containers where that is said. */
#include "base/limits.h"
#include "read/host/device_program.h"
#include "tests/unit/test.h"

#include <linux/bpf.h>

/* runc 1.1.5, docker run --device /dev/loop0 --device-cgroup-rule 'c 42:* rw'. */
static const struct bpf_insn runc[] = {
    {0x61, 2, 1, 0, 0},   {0x54, 2, 0, 0, 65535}, {0x61, 3, 1, 0, 0}, {0x74, 3, 0, 0, 16},
    {0x61, 4, 1, 4, 0},   {0x61, 5, 1, 8, 0},     {0x55, 2, 0, 5, 1}, {0xbc, 1, 3, 0, 0},
    {0x54, 1, 0, 0, 1},   {0x5d, 1, 3, 2, 0},     {0xb4, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 5, 2},   {0xbc, 1, 3, 0, 0},     {0x54, 1, 0, 0, 1}, {0x5d, 1, 3, 2, 0},
    {0xb4, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 4, 2}, {0x55, 4, 0, 3, 1},
    {0x55, 5, 0, 2, 3},   {0xb4, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}, {0x55, 2, 0, 4, 2},
    {0x55, 4, 0, 3, 1},   {0x55, 5, 0, 2, 5},     {0xb4, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 4, 2},   {0x55, 4, 0, 3, 1},     {0x55, 5, 0, 2, 7}, {0xb4, 0, 0, 0, 1},
    {0x95, 0, 0, 0, 0},   {0x55, 2, 0, 4, 2},     {0x55, 4, 0, 3, 1}, {0x55, 5, 0, 2, 8},
    {0xb4, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 4, 2}, {0x55, 4, 0, 3, 1},
    {0x55, 5, 0, 2, 9},   {0xb4, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}, {0x55, 2, 0, 4, 2},
    {0x55, 4, 0, 3, 5},   {0x55, 5, 0, 2, 0},     {0xb4, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 4, 2},   {0x55, 4, 0, 3, 5},     {0x55, 5, 0, 2, 1}, {0xb4, 0, 0, 0, 1},
    {0x95, 0, 0, 0, 0},   {0x55, 2, 0, 4, 2},     {0x55, 4, 0, 3, 5}, {0x55, 5, 0, 2, 2},
    {0xb4, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 4, 1}, {0x55, 4, 0, 3, 7},
    {0x55, 5, 0, 2, 0},   {0xb4, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}, {0x55, 2, 0, 4, 2},
    {0x55, 4, 0, 3, 10},  {0x55, 5, 0, 2, 200},   {0xb4, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 6, 2},   {0xbc, 1, 3, 0, 0},     {0x54, 1, 0, 0, 6}, {0x5d, 1, 3, 3, 0},
    {0x55, 4, 0, 2, 42},  {0xb4, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}, {0x55, 2, 0, 3, 2},
    {0x55, 4, 0, 2, 136}, {0xb4, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}, {0xb4, 0, 0, 0, 0},
    {0x95, 0, 0, 0, 0}};

/* crun 1.8.1 with b 7:3 r and c 42:* rw. */
static const struct bpf_insn crun[] = {
    {0x61, 2, 1, 0, 0},   {0x54, 2, 0, 0, 65535}, {0x61, 3, 1, 0, 0},  {0x74, 3, 0, 0, 16},
    {0x61, 4, 1, 4, 0},   {0x61, 5, 1, 8, 0},     {0x55, 2, 0, 4, 2},  {0x55, 4, 0, 3, 5},
    {0x55, 5, 0, 2, 2},   {0xb7, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0},  {0x55, 2, 0, 3, 2},
    {0x55, 4, 0, 2, 136}, {0xb7, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0},  {0x55, 2, 0, 4, 2},
    {0x55, 4, 0, 3, 5},   {0x55, 5, 0, 2, 1},     {0xb7, 0, 0, 0, 1},  {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 4, 2},   {0x55, 4, 0, 3, 1},     {0x55, 5, 0, 2, 9},  {0xb7, 0, 0, 0, 1},
    {0x95, 0, 0, 0, 0},   {0x55, 2, 0, 4, 2},     {0x55, 4, 0, 3, 1},  {0x55, 5, 0, 2, 5},
    {0xb7, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 4, 2},  {0x55, 4, 0, 3, 5},
    {0x55, 5, 0, 2, 0},   {0xb7, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0},  {0x55, 2, 0, 4, 2},
    {0x55, 4, 0, 3, 1},   {0x55, 5, 0, 2, 7},     {0xb7, 0, 0, 0, 1},  {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 4, 2},   {0x55, 4, 0, 3, 1},     {0x55, 5, 0, 2, 8},  {0xb7, 0, 0, 0, 1},
    {0x95, 0, 0, 0, 0},   {0x55, 2, 0, 4, 2},     {0x55, 4, 0, 3, 1},  {0x55, 5, 0, 2, 3},
    {0xb7, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 5, 1},  {0xbc, 1, 3, 0, 0},
    {0x54, 1, 0, 0, 1},   {0x5d, 1, 3, 2, 0},     {0xb7, 0, 0, 0, 1},  {0x95, 0, 0, 0, 0},
    {0x55, 2, 0, 5, 2},   {0xbc, 1, 3, 0, 0},     {0x54, 1, 0, 0, 1},  {0x5d, 1, 3, 2, 0},
    {0xb7, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 7, 1},  {0xbc, 1, 3, 0, 0},
    {0x54, 1, 0, 0, 2},   {0x5d, 1, 3, 4, 0},     {0x55, 4, 0, 3, 7},  {0x55, 5, 0, 2, 3},
    {0xb7, 0, 0, 0, 1},   {0x95, 0, 0, 0, 0},     {0x55, 2, 0, 6, 2},  {0xbc, 1, 3, 0, 0},
    {0x54, 1, 0, 0, 6},   {0x5d, 1, 3, 3, 0},     {0x55, 4, 0, 2, 42}, {0xb7, 0, 0, 0, 1},
    {0x95, 0, 0, 0, 0},   {0xb7, 0, 0, 0, 0},     {0x95, 0, 0, 0, 0}};

/* As systemd writes them for DeviceAllow=/dev/null rw and char-pts rwm. */
static const struct bpf_insn systemd[] = {
    {0x61, 2, 1, 0, 0}, {0x54, 2, 0, 0, 65535}, {0x61, 3, 1, 0, 0}, {0x74, 3, 0, 0, 16},
    {0x61, 4, 1, 4, 0}, {0x61, 5, 1, 8, 0},     {0xbc, 1, 3, 0, 0}, {0x54, 1, 0, 0, 6},
    {0x5d, 1, 3, 4, 0}, {0x55, 2, 0, 3, 2},     {0x55, 4, 0, 2, 1}, {0x55, 5, 0, 1, 3},
    {0x05, 0, 0, 8, 0}, {0xbc, 1, 3, 0, 0},     {0x54, 1, 0, 0, 7}, {0x5d, 1, 3, 3, 0},
    {0x55, 2, 0, 2, 2}, {0x55, 4, 0, 1, 136},   {0x05, 0, 0, 2, 0}, {0xb7, 0, 0, 0, 0},
    {0x05, 0, 0, 1, 0}, {0xb7, 0, 0, 0, 1},     {0x95, 0, 0, 0, 0}};

/* The same, loaded under net.core.bpf_jit_harden=2: constants are hidden behind random numbers. */
static const struct bpf_insn blinded[] = {{0x61, 2, 1, 0, 0},
                                          {0xb4, 11, 0, 0, -1412286633},
                                          {0xa4, 11, 0, 0, -1412249432},
                                          {0x5c, 2, 11, 0, 0},
                                          {0x61, 3, 1, 0, 0},
                                          {0x74, 3, 0, 0, 16},
                                          {0x61, 4, 1, 4, 0},
                                          {0x61, 5, 1, 8, 0},
                                          {0xbc, 1, 3, 0, 0},
                                          {0xb4, 11, 0, 0, -473443875},
                                          {0xa4, 11, 0, 0, -473443877},
                                          {0x5c, 1, 11, 0, 0},
                                          {0x5d, 1, 3, 10, 0},
                                          {0xb7, 11, 0, 0, -888101213},
                                          {0xa7, 11, 0, 0, -888101215},
                                          {0x5d, 2, 11, 7, 0},
                                          {0xb7, 11, 0, 0, 635086480},
                                          {0xa7, 11, 0, 0, 635086481},
                                          {0x5d, 4, 11, 4, 0},
                                          {0xb7, 11, 0, 0, 1729616262},
                                          {0xa7, 11, 0, 0, 1729616261},
                                          {0x5d, 5, 11, 1, 0},
                                          {0x05, 0, 0, 14, 0},
                                          {0xbc, 1, 3, 0, 0},
                                          {0xb4, 11, 0, 0, 1363462895},
                                          {0xa4, 11, 0, 0, 1363462888},
                                          {0x5c, 1, 11, 0, 0},
                                          {0x5d, 1, 3, 7, 0},
                                          {0xb7, 11, 0, 0, -788470678},
                                          {0xa7, 11, 0, 0, -788470680},
                                          {0x5d, 2, 11, 4, 0},
                                          {0xb7, 11, 0, 0, 1551611234},
                                          {0xa7, 11, 0, 0, 1551611370},
                                          {0x5d, 4, 11, 1, 0},
                                          {0x05, 0, 0, 2, 0},
                                          {0xaf, 0, 0, 0, 0},
                                          {0x05, 0, 0, 3, 0},
                                          {0xb7, 11, 0, 0, 345772337},
                                          {0xa7, 11, 0, 0, 345772336},
                                          {0xbf, 0, 11, 0, 0},
                                          {0x95, 0, 0, 0, 0}};

static str bytes_of(const struct bpf_insn *items, size_t count)
{
    return str_make(items, count * sizeof(*items));
}
#define BYTES(program) bytes_of((program), sizeof(program) / sizeof((program)[0]))

/* What it allows, by commas; or why that is not known. */
static str devices(struct arena *arena, const str *programs, size_t count)
{
    struct str_list list = {0}, lines;
    struct err err = {0};
    str all = {0};
    for (size_t i = 0; i < count; i++)
        *vec_push(arena, &list) = programs[i];
    if (device_programs_read(arena, &list, &lines, &err) < 0)
        return arena_str(arena, err_text(&err));
    for (size_t i = 0; i < lines.count; i++)
        all = i ? arena_join(arena, all, STR(", "), lines.items[i]) : lines.items[i];
    return all;
}

static str devices_of(struct arena *arena, str program)
{
    return devices(arena, &program, 1);
}

TEST(device_programs_of_runtimes)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("b *:* m, b 7:0 rwm, c *:* m, c 1:3 rwm, c 1:5 rwm, c 1:7 rwm, c 1:8 rwm, c 1:9 rwm, "
              "c 5:0 rwm, c 5:1 rwm, c 5:2 rwm, c 10:200 rwm, c 42:* rwm, c 136:* rwm",
              devices_of(&arena, BYTES(runc)));
    CHECK_STR("b *:* m, b 7:3 rm, c *:* m, c 1:3 rwm, c 1:5 rwm, c 1:7 rwm, c 1:8 rwm, c 1:9 rwm, "
              "c 5:0 rwm, c 5:1 rwm, c 5:2 rwm, c 42:* rwm, c 136:* rwm",
              devices_of(&arena, BYTES(crun)));
    CHECK_STR("c 1:3 rw, c 136:* rwm", devices_of(&arena, BYTES(systemd)));
    CHECK_STR("c 1:3 rw, c 136:* rwm", devices_of(&arena, BYTES(blinded)));
}

TEST(device_programs_must_agree)
{
    ARENA_SCOPED arena = {0};
    const struct bpf_insn yes[] = {{0xb7, 0, 0, 0, 1}, {0x95, 0, 0, 0, 0}};
    const struct bpf_insn no[] = {{0xb4, 0, 0, 0, 0}, {0x95, 0, 0, 0, 0}};
    CHECK_STR("a *:* rwm", devices(&arena, NULL, 0));
    CHECK_STR("a *:* rwm", devices_of(&arena, BYTES(yes)));
    CHECK_STR("", devices_of(&arena, BYTES(no)));
    const str both[] = {BYTES(systemd), BYTES(runc), BYTES(yes)}, none[] = {BYTES(yes), BYTES(no)};
    CHECK_STR("c 1:3 rw, c 136:* rwm", devices(&arena, both, 3));
    CHECK_STR("", devices(&arena, none, 2));
}

TEST(device_programs_that_are_not_understood)
{
    ARENA_SCOPED arena = {0};
    const struct bpf_insn end = {0x95, 0, 0, 0, 0};
    const struct bpf_insn call[] = {{0x85, 0, 0, 0, 5}, end};
    const struct bpf_insn back[] = {{0xb7, 0, 0, 0, 1}, {0x05, 0, 0, -2, 0}, end};
    const struct bpf_insn beyond[] = {{0xb7, 0, 0, 0, 1}, {0x05, 0, 0, 5, 0}, end};
    const struct bpf_insn returns_major[] = {{0x61, 0, 1, 4, 0}, end};
    const struct bpf_insn range[] = {
        {0x61, 2, 1, 4, 0}, {0xb7, 0, 0, 0, 1}, {0x25, 2, 0, 0, 7}, end};
    const struct bpf_insn memory[] = {{0x61, 2, 10, -8, 0}, end};
    const struct bpf_insn unset[] = {end};
    const struct bpf_insn after[] = {{0xb7, 0, 0, 0, 1}};
    CHECK_STR("instruction 0 of the program that decides (code 0x85) is not understood",
              devices_of(&arena, BYTES(call)));
    CHECK_STR("instruction 1 of the program that decides (code 0x05) is not understood",
              devices_of(&arena, BYTES(back)));
    CHECK_STR("instruction 1 of the program that decides (code 0x05) is not understood",
              devices_of(&arena, BYTES(beyond)));
    CHECK_STR("instruction 1 of the program that decides (code 0x95) is not understood",
              devices_of(&arena, BYTES(returns_major)));
    CHECK_STR("instruction 2 of the program that decides (code 0x25) is not understood",
              devices_of(&arena, BYTES(range)));
    CHECK_STR("instruction 0 of the program that decides (code 0x61) is not understood",
              devices_of(&arena, BYTES(memory)));
    CHECK_STR("instruction 0 of the program that decides (code 0x95) is not understood",
              devices_of(&arena, BYTES(unset)));
    CHECK_STR("instruction 0 of the program that decides (code 0xb7) is not understood",
              devices_of(&arena, BYTES(after)));
    CHECK_STR("the program that decides is empty", devices_of(&arena, STR("")));
    CHECK_STR("a program of 9 bytes decides: too long to follow",
              devices_of(&arena, STR("123456789")));
}

TEST(device_programs_are_bounded)
{
    ARENA_SCOPED arena = {0};
    static struct bpf_insn many[2 * LIMIT_DEVICE_NUMBERS + 8];
    size_t count = 0;
    many[count++] = (struct bpf_insn){0x61, 4, 1, 4, 0};
    many[count++] = (struct bpf_insn){0xb7, 0, 0, 0, 0};
    for (int i = 0; i <= LIMIT_DEVICE_NUMBERS; i++)
        many[count++] = (struct bpf_insn){0x55, 4, 0, 0, i};
    many[count++] = (struct bpf_insn){0x95, 0, 0, 0, 0};
    CHECK_STR("the program that decides names more than 256 numbers of devices",
              devices_of(&arena, bytes_of(many, count)));
    /* As many of both as may be, all of them looked at each time. */
    count = 0;
    many[count++] = (struct bpf_insn){0x61, 4, 1, 4, 0};
    many[count++] = (struct bpf_insn){0x61, 5, 1, 8, 0};
    many[count++] = (struct bpf_insn){0xb7, 0, 0, 0, 0};
    for (int i = 0; i < LIMIT_DEVICE_NUMBERS; i++) {
        many[count++] = (struct bpf_insn){0x55, 4, 0, 0, i};
        many[count++] = (struct bpf_insn){0x55, 5, 0, 0, i};
    }
    many[count++] = (struct bpf_insn){0x95, 0, 0, 0, 0};
    CHECK_STR("the program that decides takes too long to follow",
              devices_of(&arena, bytes_of(many, count)));
}
