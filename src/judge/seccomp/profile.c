// SPDX-License-Identifier: Apache-2.0
/* Default profiles of engines: rows of data/seccomp_default.tsv. */
#include "base/map.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/seccomp/parts.h"

enum {
    FIELD_ENGINE,
    FIELD_ACTION,
    FIELD_MACHINES,
    FIELD_WITH,
    FIELD_WITHOUT,
    FIELD_ARGUMENT,
    FIELD_CALLS,
};

struct conditional {
    str calls, argument;
};

struct seccomp_profile {
    struct map always;
    VEC(struct conditional) conditional;
};

uint64_t seccomp_capability(str name)
{
    for (unsigned i = 0; i < CAPABILITY_COUNT; i++)
        if (str_eq(capability_name(i), name))
            return UINT64_C(1) << i;
    return 0;
}

static bool is_nothing(str field)
{
    return str_eq(field, STR("-"));
}

static bool has_item(str list, char separator, str word)
{
    str item;
    while (str_next(&list, separator, &item))
        if (str_eq(item, word))
            return true;
    return false;
}

static bool applies(str row, str engine, str machine, uint64_t capabilities)
{
    str machines = tsv_field(row, FIELD_MACHINES), with = tsv_field(row, FIELD_WITH);
    return str_eq(tsv_field(row, FIELD_ENGINE), engine) &&
           str_eq(tsv_field(row, FIELD_ACTION), STR("allow")) &&
           (is_nothing(machines) || has_item(machines, ',', machine)) &&
           (is_nothing(with) || capabilities & seccomp_capability(with)) &&
           !(capabilities & seccomp_capability(tsv_field(row, FIELD_WITHOUT)));
}

const struct seccomp_profile *seccomp_profile_read(struct arena *arena, str engine, str machine,
                                                   uint64_t capabilities)
{
    struct seccomp_profile *profile = arena_new(arena, struct seccomp_profile);
    str rest = str_make(data_seccomp_default, data_seccomp_default_len), row, call;
    *profile = (struct seccomp_profile){0};
    while (tsv_next(&rest, &row)) {
        if (!applies(row, engine, machine, capabilities))
            continue;
        str argument = tsv_field(row, FIELD_ARGUMENT), calls = tsv_field(row, FIELD_CALLS);
        if (!is_nothing(argument))
            *vec_push(arena, &profile->conditional) = (struct conditional){calls, argument};
        else
            while (str_next(&calls, ' ', &call))
                map_put(arena, &profile->always, call, NULL);
    }
    return profile;
}

static uint64_t number(str text)
{
    uint64_t value = 0;
    if (str_skip(&text, STR("0x")))
        str_to_hex(text, UINT64_MAX, &value);
    else
        str_to_u64(text, UINT64_MAX, &value);
    return value;
}

/* "0 == 0x1,0x2", "0 < 0x3", "0 & 0x7e020000 == 0x0": the index of an argument, and what it is. */
static bool fits(str condition, const uint64_t arguments[6])
{
    str word = {0}, value;
    str_next_word(&condition, &word);
    uint64_t index = number(word), argument = index < 6 ? arguments[index] : 0;
    str_next_word(&condition, &word);
    if (str_eq(word, STR("&"))) {
        str_next_word(&condition, &word);
        argument &= number(word);
        str_next_word(&condition, &word);
    }
    bool less = str_eq(word, STR("<"));
    str_next_word(&condition, &word);
    while (str_next(&word, ',', &value))
        if (less ? argument < number(value) : argument == number(value))
            return true;
    return false;
}

bool seccomp_profile_allows(const struct seccomp_profile *profile, str name,
                            const uint64_t arguments[6])
{
    if (map_has(&profile->always, name))
        return true;
    for (size_t i = 0; i < profile->conditional.count; i++)
        if (has_item(profile->conditional.items[i].calls, ' ', name) &&
            fits(profile->conditional.items[i].argument, arguments))
            return true;
    return false;
}
