// SPDX-License-Identifier: Apache-2.0
#include "base/date.h"

#include <stdlib.h>
#include <time.h>

str date_from_rfc5322(struct arena *arena, str text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    str weekday, day, month, year, time, hour, minute, second;
    uint64_t d, y, h, m, s;
    if (!str_next_word(&text, &weekday) || !str_next_word(&text, &day) ||
        !str_next_word(&text, &month) || !str_next_word(&text, &year) ||
        !str_next_word(&text, &time))
        return (str){0};
    size_t at = month.len == 3 ? str_find(str_from(months), month) : STR_NONE;
    str_cut(time, ':', &hour, &time);
    str_cut(time, ':', &minute, &second);
    if (at == STR_NONE || at % 3 || !str_to_u64(day, 31, &d) || !str_to_u64(year, 9999, &y) ||
        !str_to_u64(hour, 23, &h) || !str_to_u64(minute, 59, &m) || !str_to_u64(second, 60, &s))
        return (str){0};
    return arena_printf(arena, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)y,
                        (unsigned)(at / 3 + 1), (unsigned)d, (unsigned)h, (unsigned)m, (unsigned)s);
}

str date_now(struct arena *arena)
{
    uint64_t seconds = (uint64_t)time(NULL);
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (epoch)
        str_to_u64(str_from(epoch), INT64_MAX / 2, &seconds);
    time_t now = (time_t)seconds;
    struct tm utc;
    if (!gmtime_r(&now, &utc))
        return (str){0};
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1,
                        utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* Years are counted from March, so that the day that some of them have more comes last. */
bool date_day(str text, int64_t *ret)
{
    enum { YEAR = 4, MONTH = 7, DAY = 10, EPOCH = 719469 };
    uint64_t year, month, day;
    if (text.len < DAY || text.ptr[YEAR] != '-' || text.ptr[MONTH] != '-' ||
        !str_to_u64(str_sub(text, 0, YEAR), 9999, &year) ||
        !str_to_u64(str_sub(text, YEAR + 1, 2), 12, &month) ||
        !str_to_u64(str_sub(text, MONTH + 1, 2), 31, &day) || month == 0 || day == 0 || year == 0)
        return false;
    year -= month <= 2;
    month = month > 2 ? month - 3 : month + 9;
    *ret =
        (int64_t)(year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day) -
        EPOCH;
    return true;
}
