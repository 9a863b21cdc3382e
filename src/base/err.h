// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_BASE_ERR_H
#define HARDEN_BASE_ERR_H

#include "base/str.h"

/*
 * The error object. Functions that can fail take a `struct err *` last and return 0 or -1.
 * It is filled once, where the failure happened, and wrapped with context on the way up
 * ("layer sha256:ab..: gzip: bad block header"); only main and app/ print it.
 */
enum err_kind {
    ERR_NONE,
    ERR_USAGE,       /* the command line or a setting is wrong */
    ERR_IO,          /* the system refused: see sys */
    ERR_FORMAT,      /* the input is damaged or not what it claims to be */
    ERR_LIMIT,       /* the input passes a bound of base/limits.h */
    ERR_NET,         /* a peer could not be reached or answered badly */
    ERR_NOT_FOUND,   /* the thing asked for does not exist */
    ERR_UNSUPPORTED, /* valid, but this build or version cannot do it */
};

struct err {
    enum err_kind kind;
    int sys; /* errno, or 0 */
    char message[512];
};

/* Each returns -1, so that `return err_set(...)` reads as "fail". The message is cut to fit. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ERR_IO (ERR_NOT_FOUND for ENOENT) with errno's text behind the message. */
int err_sys(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "context: " in front of the message. */
int err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_clear(struct err *err);
str err_text(const struct err *err);

#endif
