// SPDX-License-Identifier: Apache-2.0
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->kind = kind;
    err->sys = 0;
    vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    return -1;
}

int err_sys(struct err *err, const char *format, ...)
{
    int number = errno;
    char what[400], reason[100];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    const char *text = strerror_r(number, reason, sizeof(reason));
    err_set(err, number == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", what, text);
    err->sys = number;
    return -1;
}

int err_wrap(struct err *err, const char *format, ...)
{
    char context[300], whole[sizeof(err->message) + sizeof(context) + 2];
    va_list args;
    va_start(args, format);
    vsnprintf(context, sizeof(context), format, args);
    va_end(args);
    snprintf(whole, sizeof(whole), "%s: %s", context, err->message);
    whole[sizeof(err->message) - 1] = 0;
    memcpy(err->message, whole, sizeof(err->message));
    return -1;
}

void err_clear(struct err *err)
{
    *err = (struct err){0};
}

str err_text(const struct err *err)
{
    return str_from(err->message);
}
