// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_FUZZ_COLLECT_H
#define HARDEN_TESTS_FUZZ_COLLECT_H

#include "base/die.h"
#include "base/limits.h"
#include "read/account/account.h"
#include "read/package/package.h"

/* Runs one collector over the input, and checks what holds whatever the input was. */
static inline void fuzz_collect(const char *name, const char *path, const uint8_t *data,
                                size_t size)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    const struct entry entry = {.path = str_from(path), .size = size};
    struct err err = {0};
    size_t gaps = 0;
    const struct collector *const *const parts[] = {package_collectors(), account_collectors()};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        for (const struct collector *const *at = parts[i]; *at; at++)
            if (str_eq(str_from((*at)->name), str_from(name)))
                INVARIANT((*at)->collect(&to, &entry, str_make(data, size), &err) == 0 ||
                          err.kind != ERR_NONE);
    for (size_t i = 0; i < facts.count; i++) {
        const struct fact *fact = &facts.items[i];
        INVARIANT(str_eq(fact->path, entry.path));
        gaps += fact->kind == FACT_GAP;
        if (fact->kind == FACT_PACKAGE) {
            INVARIANT(fact->package.name.len && fact->package.version.len);
            INVARIANT(fact->package.source_version.len);
        }
    }
    INVARIANT(gaps <= LIMIT_FILE_GAPS + 2);
}

#endif
