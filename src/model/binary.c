// SPDX-License-Identifier: Apache-2.0
#include "model/binary.h"

static const str type_names[BINARY_TYPES] = {
    [BINARY_EXEC] = STR_INIT("exec"), [BINARY_PIE] = STR_INIT("pie"),
    [BINARY_DSO] = STR_INIT("dso"),   [BINARY_STATIC] = STR_INIT("static"),
    [BINARY_CORE] = STR_INIT("core"),
};
static const str relro_names[] = {
    [RELRO_NO] = STR_INIT("no"),
    [RELRO_PARTIAL] = STR_INIT("partial"),
    [RELRO_FULL] = STR_INIT("full"),
};

str binary_type_name(enum binary_type type)
{
    return type_names[type];
}

bool binary_type_parse(str name, enum binary_type *ret)
{
    for (unsigned i = 0; i < BINARY_TYPES; i++)
        if (str_eq(type_names[i], name)) {
            *ret = (enum binary_type)i;
            return true;
        }
    return false;
}

str binary_relro_name(enum binary_relro relro)
{
    return relro_names[relro];
}

bool binary_relro_parse(str name, enum binary_relro *ret)
{
    for (unsigned i = 0; i <= RELRO_FULL; i++)
        if (str_eq(relro_names[i], name)) {
            *ret = (enum binary_relro)i;
            return true;
        }
    return false;
}

/* musl has no functions that check: its loader, or the library under its plain name. */
static bool is_musl(const struct binary *binary)
{
    str rest = binary->needed, name;
    while (str_next(&rest, '\n', &name))
        if (str_eq(name, STR("libc.so")) || str_starts(name, STR("libc.musl-")))
            return true;
    return str_contains(binary->interpreter, STR("/ld-musl-"));
}

bool binary_is_hardened(const struct binary *binary)
{
    unsigned bad = BINARY_WRITE_EXEC | BINARY_TEXT_RELOCS;
    if (!binary_has(binary, BINARY_NX) || (binary->flags & bad))
        return false;
    if (binary->type != BINARY_DSO && !binary_has(binary, BINARY_IS_PIE))
        return false;
    if (binary->relro != RELRO_FULL && binary->type != BINARY_STATIC)
        return false;
    if (!binary_is_c(binary) || binary_has(binary, BINARY_NO_SYMBOLS))
        return true;
    return binary_has(binary, BINARY_CANARY) &&
           (binary->fortified || !binary->fortifiable || is_musl(binary));
}
