// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_TESTS_UNIT_CONFIG_SAMPLE_H
#define HARDEN_TESTS_UNIT_CONFIG_SAMPLE_H

#include "read/config/config.h"
#include "tests/unit/test.h"

/* Reads one text, called "file". */
static inline struct workload_file config_sample(struct arena *arena, enum workload_dialect dialect,
                                                 const char *text)
{
    const struct config_text input = {STR("file"), str_from(text)};
    struct workload_file file;
    config_read(arena, dialect, &input, 1, NULL, &file);
    return file;
}

/* The container of that name; one with nothing set where there is none, which is a failure. */
static inline const struct workload *config_named(const struct workload_file *file,
                                                  const char *name)
{
    static const struct workload none;
    for (size_t i = 0; i < file->workloads.count; i++)
        if (str_eq(file->workloads.items[i].name, str_from(name)))
            return &file->workloads.items[i];
    test_failed(__FILE__, __LINE__, "no container %s", name);
    return &none;
}

/* The text that a place covers. */
static inline str config_slice(const char *text, const struct place *place)
{
    return str_sub(str_from(text), place->offset, place->end_offset - place->offset);
}

#endif
