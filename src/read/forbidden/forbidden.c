// SPDX-License-Identifier: Apache-2.0
#include "read/forbidden/forbidden.h"

#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "io/digest.h"
#include "io/pattern.h"

#include <stdlib.h>

struct forbidden_finder {
    struct arena arena;
    struct forbidden_hashes hashes;
    struct map by_hex, by_size; /* indices into hashes, plus one; sizes as text */
    bool any_size, weak, strong;
    struct forbidden_pattern *patterns;
    size_t pattern_count;
    struct pattern_set *set; /* NULL: no patterns */
    struct collector collector;
};

struct state {
    const struct forbidden_finder *finder;
    struct weak_digest weak;
    struct strong_digest strong;
    struct pattern_scan *scan;
    struct collect *to;
    const struct entry *entry;
    size_t found; /* in this layer */
    bool digests, matches;
    bool *seen;            /* one a pattern */
    uint64_t offset, line; /* of the piece at hand, and of the line that it begins in */
    str piece;
};

/* --- one file ---- */

static str size_key(uint64_t size, char buffer[24])
{
    size_t len = 0;
    do
        buffer[len++] = (char)('0' + size % 10);
    while (size /= 10);
    return str_make(buffer, len);
}

static void add(struct state *state, const struct forbidden what)
{
    if (++state->found > LIMIT_FORBIDDEN) {
        if (state->found == LIMIT_FORBIDDEN + 1)
            fact_add_gap(state->to, state->entry->path,
                         STR("more finds of forbidden content in this layer than are told"));
        return;
    }
    struct fact *fact = fact_add(state->to, FACT_FORBIDDEN, state->entry->path);
    fact->survives = true;
    fact->forbidden = what;
}

static bool begin(void *context, struct collect *to, const struct entry *entry, str head)
{
    struct state *state = context;
    const struct forbidden_finder *finder = state->finder;
    char buffer[24];
    (void)head;
    state->to = to;
    state->entry = entry;
    state->digests = finder->any_size || map_has(&finder->by_size, size_key(entry->size, buffer));
    state->matches = false;
    for (size_t i = 0; i < finder->pattern_count; i++) {
        str glob = finder->patterns[i].path;
        state->seen[i] = glob.len && !path_glob(glob, entry->path);
        state->matches |= !state->seen[i];
    }
    state->offset = 0;
    state->line = 1;
    if (state->digests && finder->weak)
        weak_digest_begin(&state->weak);
    if (state->digests && finder->strong)
        strong_digest_begin(&state->strong);
    if (state->matches)
        pattern_scan_restart(state->scan);
    return state->digests || state->matches;
}

static uint64_t lines_before(str piece, uint64_t end)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < piece.len && i + 1 < end; i++)
        lines += piece.ptr[i] == '\n';
    return lines;
}

static bool matched(void *context, unsigned index, uint64_t end)
{
    struct state *state = context;
    if (state->seen[index])
        return true;
    state->seen[index] = true;
    uint64_t line = state->line + lines_before(state->piece, end - state->offset);
    add(state, (struct forbidden){.what = STR("content"),
                                  .name = state->finder->patterns[index].name,
                                  .line = line});
    return true;
}

static int feed(void *context, struct collect *to, str piece, struct err *err)
{
    struct state *state = context;
    (void)err;
    state->to = to;
    if (state->digests && state->finder->weak)
        weak_digest_add(&state->weak, piece);
    if (state->digests && state->finder->strong)
        strong_digest_add(&state->strong, piece);
    if (!state->matches)
        return 0;
    state->piece = piece;
    pattern_scan_piece(state->scan, piece, matched, state);
    state->line += lines_before(piece, piece.len + 1);
    state->offset += piece.len;
    return 0;
}

static void look_up(struct state *state, str hex)
{
    const uintptr_t *index = map_get(&state->finder->by_hex, hex);
    if (!index)
        return;
    const struct forbidden_hash *hash = &state->finder->hashes.items[*index - 1];
    if (hash->size == UINT64_MAX || hash->size == state->entry->size)
        add(state,
            (struct forbidden){.what = STR("hash"), .name = hash->name, .detail = hash->hex});
}

static int end(void *context, struct collect *to, bool whole, struct err *err)
{
    struct state *state = context;
    str md5, sha1;
    (void)err;
    state->to = to;
    if (!whole || !state->digests)
        return 0;
    if (state->finder->strong)
        look_up(state, strong_digest_end(&state->strong, to->arena));
    if (state->finder->weak) {
        weak_digest_end(&state->weak, to->arena, &md5, &sha1);
        look_up(state, md5);
        look_up(state, sha1);
    }
    return 0;
}

static void *open_state(const struct collector *self)
{
    const struct forbidden_finder *finder = self->context;
    struct state *state = die_malloc(sizeof(*state));
    struct err err = {0};
    *state = (struct state){.finder = finder};
    state->seen = die_malloc((finder->pattern_count + 1) * sizeof(bool));
    if (finder->set)
        INVARIANT(pattern_scan_begin(finder->set, &state->scan, &err) == 0);
    return state;
}

static void close_state(void *context)
{
    struct state *state = context;
    pattern_scan_end(state->scan);
    free(state->seen);
    free(state);
}

static const struct scanner scanner = {open_state, close_state, begin, feed, end};

/* --- the lists ---- */

static int read_hashes(struct forbidden_finder *finder, const char *path, str *ret_text,
                       struct err *err)
{
    enum { MD5_HEX = 32, SHA256_HEX = 64 };
    if (fd_read_file(&finder->arena, path, LIMIT_HASH_LIST, ret_text, err) < 0)
        return -1;
    if (forbidden_read_hashes(&finder->arena, *ret_text, &finder->hashes, err) < 0)
        return err_wrap(err, "%s", path);
    for (size_t i = 0; i < finder->hashes.count; i++) {
        const struct forbidden_hash *hash = &finder->hashes.items[i];
        char buffer[24];
        *map_put(&finder->arena, &finder->by_hex, hash->hex, NULL) = i + 1;
        finder->strong |= hash->hex.len == SHA256_HEX;
        finder->weak |= hash->hex.len != SHA256_HEX;
        finder->any_size |= hash->size == UINT64_MAX;
        if (hash->size != UINT64_MAX)
            *map_put(&finder->arena, &finder->by_size,
                     arena_str(&finder->arena, size_key(hash->size, buffer)), NULL) = 1;
    }
    return 0;
}

static int compile(struct forbidden_finder *finder, const struct forbidden_settings *settings,
                   str *ret_text, struct err *err)
{
    struct arena *arena = &finder->arena;
    struct pattern *patterns = arena_array(arena, struct pattern, settings->pattern_count + 1);
    finder->patterns = arena_array(arena, struct forbidden_pattern, settings->pattern_count + 1);
    for (size_t i = 0; i < settings->pattern_count; i++) {
        struct forbidden_pattern *pattern = &finder->patterns[i];
        str text = arena_str(arena, str_from(settings->patterns[i]));
        if (forbidden_read_pattern(text, pattern, err) < 0)
            return -1;
        patterns[i] = (struct pattern){
            arena_printf(arena, "(?m-s)%.*s", STR_ARG(pattern->expression)).ptr, pattern->any_case};
        *ret_text = arena_join(arena, *ret_text, STR("\n"), text);
    }
    finder->pattern_count = settings->pattern_count;
    if (finder->pattern_count == 0)
        return 0;
    if (pattern_compile(patterns, finder->pattern_count, &finder->set, err) < 0) {
        err->kind = ERR_USAGE;
        return -1;
    }
    /* That it runs on this processor is found out here, not by the threads. */
    struct pattern_scan *scan;
    if (pattern_scan_begin(finder->set, &scan, err) < 0)
        return -1;
    pattern_scan_end(scan);
    return 0;
}

int forbidden_open(const struct forbidden_settings *settings, struct forbidden_finder **ret,
                   struct err *err)
{
    struct forbidden_finder *finder = die_malloc(sizeof(*finder));
    *finder = (struct forbidden_finder){0};
    str list = {0}, patterns = {0};
    if (settings->hash_list && read_hashes(finder, settings->hash_list, &list, err) < 0) {
        forbidden_close(finder);
        return err_wrap(err, "--deny-hash");
    }
    if (compile(finder, settings, &patterns, err) < 0) {
        forbidden_close(finder);
        return err_wrap(err, "--deny-content");
    }
    /* What is found depends on the lists, and so does what is remembered of a layer. */
    str digest = digest_of(&finder->arena, DIGEST_SHA256,
                           arena_join(&finder->arena, list, STR("\n"), patterns));
    finder->collector = (struct collector){
        .name = arena_printf(&finder->arena, "forbidden %.*s", STR_ARG(digest)).ptr,
        .version = 1,
        .wants = WANT_FORBIDDEN,
        .scanner = &scanner,
        .context = finder,
    };
    *ret = finder;
    return 0;
}

void forbidden_close(struct forbidden_finder *finder)
{
    if (!finder)
        return;
    pattern_close(finder->set);
    arena_free(&finder->arena);
    free(finder);
}

const struct collector *forbidden_collector(const struct forbidden_finder *finder)
{
    return &finder->collector;
}
