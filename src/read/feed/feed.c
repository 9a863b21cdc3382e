// SPDX-License-Identifier: Apache-2.0
#include "read/feed/feed.h"

#define X(name) extern const struct feed feed_##name;
#include "feed.list"
#undef X

static const struct feed *const feeds[] = {
#define X(name) &feed_##name,
#include "feed.list"
#undef X
    NULL,
};

const struct feed *const *feed_all(void)
{
    return feeds;
}

const struct feed *feed_by_name(str name)
{
    for (const struct feed *const *feed = feeds; *feed; feed++)
        if (str_eq(str_from((*feed)->name), name))
            return *feed;
    return NULL;
}
