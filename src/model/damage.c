// SPDX-License-Identifier: Apache-2.0
#include "model/damage.h"

#include "base/limits.h"

void damage_add(struct damage *damage, const char *format, ...)
{
    if (damage->count++ >= LIMIT_FILE_GAPS)
        return;
    va_list args;
    va_start(args, format);
    fact_add_gap(damage->to, damage->path, arena_vprintf(damage->to->arena, format, args));
    va_end(args);
}

void damage_end(struct damage *damage)
{
    if (damage->count > LIMIT_FILE_GAPS)
        fact_add_gap(damage->to, damage->path,
                     arena_printf(damage->to->arena, "%zu more damaged records",
                                  damage->count - LIMIT_FILE_GAPS));
}
