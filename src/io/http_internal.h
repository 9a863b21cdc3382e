// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_HTTP_INTERNAL_H
#define HARDEN_IO_HTTP_INTERNAL_H

#include "io/http.h"

/* Between io/http*.c only. */

/* Loads libcurl, once for the process; ERR_UNSUPPORTED if it is not there. */
int http_load(struct err *err);
/* The file:// half of http_get(). */
int http_file_get(const struct http_request *request, struct http_response *ret, struct err *err);
bool http_is_file(const char *url);
/* The url for a message: without user and password, and without bytes that a terminal would take
 * as commands. */
const char *http_shown_url(const char *url, char *out, size_t out_size);
/* The first byte that "bytes 100-199/200" (RFC 9110, 14.4) speaks of; UINT64_MAX where it is not
 * such a text. */
uint64_t http_content_range(str value);
/* Puts the shown url before the message; of a unix socket only the caller knows the right name. */
int http_wrap(const struct http_request *request, struct err *err);

/* How much of the body of an error is kept for its message. */
enum { HTTP_EXPLAIN_MAX = 4096 };

#endif
