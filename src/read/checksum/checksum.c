// SPDX-License-Identifier: Apache-2.0
#include "read/checksum/checksum.h"

#include "base/die.h"
#include "base/path.h"
#include "io/digest.h"

#include <stdlib.h>

struct state {
    struct weak_digest digest;
    const struct entry *entry;
};

/* What runs, or is run: documentation and data are not worth the time. */
static bool is_code(const struct entry *entry, str head)
{
    static const char *const endings[] = {".py", ".pl", ".pm", ".rb", ".js", ".so", ".sh", NULL};
    if (str_starts(head, STR("\177ELF")) || str_starts(head, STR("#!")) || (entry->mode & 0111))
        return true;
    for (const char *const *ending = endings; *ending; ending++)
        if (str_ends(entry->path, str_from(*ending)))
            return true;
    return false;
}

/* Packages own nothing in folders of users and applications. */
static bool is_packaged(str path)
{
    static const char *const folders[] = {"usr", "bin", "sbin", "lib", "lib64", "etc", NULL};
    for (const char *const *folder = folders; *folder; folder++)
        if (path_is_ancestor(str_from(*folder), path))
            return !path_is_ancestor(STR("usr/local"), path);
    return false;
}

static void *open_state(const struct collector *self)
{
    (void)self;
    return die_malloc(sizeof(struct state));
}

static bool begin(void *context, struct collect *to, const struct entry *entry, str head)
{
    struct state *state = context;
    (void)to;
    if (!is_packaged(entry->path) || !is_code(entry, head))
        return false;
    state->entry = entry;
    weak_digest_begin(&state->digest);
    return true;
}

static int feed(void *context, struct collect *to, str piece, struct err *err)
{
    (void)to;
    (void)err;
    weak_digest_add(&((struct state *)context)->digest, piece);
    return 0;
}

static int end(void *context, struct collect *to, bool whole, struct err *err)
{
    struct state *state = context;
    (void)err;
    if (!whole)
        return 0;
    struct checksum *checksum = &fact_add(to, FACT_CHECKSUM, state->entry->path)->checksum;
    weak_digest_end(&state->digest, to->arena, &checksum->md5, &checksum->sha1);
    return 0;
}

static const struct scanner scanner = {open_state, free, begin, feed, end};

static const struct collector code = {
    .name = "checksum",
    .version = 1,
    .wants = WANT_CHECKSUMS,
    .scanner = &scanner,
};

static const struct collector *const collectors[] = {&code, NULL};

const struct collector *const *checksum_collectors(void)
{
    return collectors;
}
