// SPDX-License-Identifier: Apache-2.0
#include "app/terminal.h"

#include "base/str.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROWEST = 40, WIDEST = 160, NORMAL = 80 };

unsigned terminal_width(int fd)
{
    struct winsize size;
    uint64_t columns = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
        columns = size.ws_col;
    else
        str_to_u64(str_from(getenv("COLUMNS")), 10000, &columns);
    if (columns == 0)
        return NORMAL;
    return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : (unsigned)columns;
}

bool terminal_wants_color(int fd, const char *when)
{
    if (str_eq(str_from(when), STR("always")))
        return true;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (str_eq(str_from(when), STR("never")) || (no_color && *no_color))
        return false;
    return isatty(fd) == 1 && term && !str_eq(str_from(term), STR("dumb"));
}
