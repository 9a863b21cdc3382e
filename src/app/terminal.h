// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_TERMINAL_H
#define HARDEN_APP_TERMINAL_H

#include <stdbool.h>

/* Columns of the terminal that fd is, else $COLUMNS, else 80; kept between 40 and 160. */
unsigned terminal_width(int fd);
/* `when`: auto (or NULL), always, never. Auto is: a terminal that is not dumb, and no NO_COLOR. */
bool terminal_wants_color(int fd, const char *when);

#endif
