// SPDX-License-Identifier: Apache-2.0
#include "io/pattern.h"

#include "base/die.h"
#include "io/library.h"

#include <hs/hs.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/*
 * The library is C++, nine megabytes, and needed by nothing but the search for secrets: it is
 * opened on first use, and called through this table; nothing changes it afterwards.
 */
static struct {
    hs_error_t (*compile_multi)(const char *const *expressions, const unsigned *flags,
                                const unsigned *ids, unsigned count, unsigned mode,
                                const hs_platform_info_t *platform, hs_database_t **database,
                                hs_compile_error_t **error);
    hs_error_t (*free_compile_error)(hs_compile_error_t *error);
    hs_error_t (*serialize)(const hs_database_t *database, char **bytes, size_t *length);
    hs_error_t (*deserialize)(const char *bytes, const size_t length, hs_database_t **database);
    hs_error_t (*free_database)(hs_database_t *database);
    hs_error_t (*alloc_scratch)(const hs_database_t *database, hs_scratch_t **scratch);
    hs_error_t (*free_scratch)(hs_scratch_t *scratch);
    hs_error_t (*open_stream)(const hs_database_t *database, unsigned flags, hs_stream_t **stream);
    hs_error_t (*scan_stream)(hs_stream_t *stream, const char *data, unsigned length,
                              unsigned flags, hs_scratch_t *scratch, match_event_handler found,
                              void *context);
    hs_error_t (*reset_stream)(hs_stream_t *stream, unsigned flags, hs_scratch_t *scratch,
                               match_event_handler found, void *context);
    hs_error_t (*close_stream)(hs_stream_t *stream, hs_scratch_t *scratch,
                               match_event_handler found, void *context);
    const char *(*version)(void);
    hs_error_t (*valid_platform)(void);
    bool ready, wrong_processor;
} api;

static const struct library_symbol symbols[] = {
    {"hs_compile_multi", &api.compile_multi},   {"hs_free_compile_error", &api.free_compile_error},
    {"hs_serialize_database", &api.serialize},  {"hs_deserialize_database", &api.deserialize},
    {"hs_free_database", &api.free_database},   {"hs_alloc_scratch", &api.alloc_scratch},
    {"hs_free_scratch", &api.free_scratch},     {"hs_open_stream", &api.open_stream},
    {"hs_scan_stream", &api.scan_stream},       {"hs_reset_stream", &api.reset_stream},
    {"hs_close_stream", &api.close_stream},     {"hs_version", &api.version},
    {"hs_valid_platform", &api.valid_platform},
};

static void load_once(void)
{
    if (!library_open("libhs.so.5", symbols, sizeof(symbols) / sizeof(symbols[0])))
        return;
    api.wrong_processor = api.valid_platform() != HS_SUCCESS;
    api.ready = !api.wrong_processor;
}

int pattern_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_once);
    if (api.wrong_processor)
        return err_set(err, ERR_UNSUPPORTED, "libhyperscan5 does not run on this processor");
    if (!api.ready)
        return err_set(err, ERR_UNSUPPORTED, "libhyperscan5 is not installed");
    return 0;
}

str pattern_library_version(void)
{
    return api.ready ? str_from(api.version()) : (str){0};
}

struct pattern_set {
    hs_database_t *database;
};

static int no_set(hs_compile_error_t *error, const struct pattern *patterns, size_t count,
                  struct err *err)
{
    bool known = error->expression >= 0 && (size_t)error->expression < count;
    err_set(err, ERR_FORMAT, "pattern %s: %s", known ? patterns[error->expression].expression : "",
            error->message);
    api.free_compile_error(error);
    return -1;
}

int pattern_compile(const struct pattern *patterns, size_t count, struct pattern_set **ret,
                    struct err *err)
{
    /* Not for the processor at hand, so that the same input gives the same bytes everywhere, and
     * what was packed on one machine serves on another; AVX2 is what makes it fast. */
    const hs_platform_info_t platform = {.tune = HS_TUNE_FAMILY_GENERIC,
                                         .cpu_features = HS_CPU_FEATURES_AVX2};
    if (pattern_load(err) < 0)
        return -1;
    ARENA_SCOPED arena = {0};
    const char **expressions = arena_array(&arena, const char *, count);
    unsigned *flags = arena_array(&arena, unsigned, count);
    unsigned *ids = arena_array(&arena, unsigned, count);
    for (size_t i = 0; i < count; i++) {
        expressions[i] = patterns[i].expression;
        flags[i] = HS_FLAG_DOTALL | (patterns[i].any_case ? HS_FLAG_CASELESS : 0);
        ids[i] = (unsigned)i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    if (api.compile_multi(expressions, flags, ids, (unsigned)count, HS_MODE_STREAM, &platform,
                          &database, &error) != HS_SUCCESS)
        return no_set(error, patterns, count, err);
    /* A processor without AVX2 cannot use it; then compile for what it is. */
    hs_scratch_t *scratch = NULL;
    if (api.alloc_scratch(database, &scratch) != HS_SUCCESS) {
        api.free_database(database);
        if (api.compile_multi(expressions, flags, ids, (unsigned)count, HS_MODE_STREAM, NULL,
                              &database, &error) != HS_SUCCESS)
            return no_set(error, patterns, count, err);
    }
    api.free_scratch(scratch);
    *ret = die_malloc(sizeof(**ret));
    (*ret)->database = database;
    return 0;
}

int pattern_open_packed(str bytes, struct pattern_set **ret, struct err *err)
{
    hs_database_t *database;
    if (pattern_load(err) < 0)
        return -1;
    if (api.deserialize(bytes.ptr, bytes.len, &database) != HS_SUCCESS)
        return err_set(err, ERR_UNSUPPORTED, "packed patterns of another version or processor");
    *ret = die_malloc(sizeof(**ret));
    (*ret)->database = database;
    return 0;
}

int pattern_pack(const struct pattern_set *set, struct arena *arena, str *ret, struct err *err)
{
    char *bytes;
    size_t length;
    if (api.serialize(set->database, &bytes, &length) != HS_SUCCESS)
        return err_set(err, ERR_FORMAT, "the patterns cannot be packed");
    *ret = arena_str(arena, str_make(bytes, length));
    free(bytes);
    return 0;
}

void pattern_close(struct pattern_set *set)
{
    if (!set)
        return;
    api.free_database(set->database);
    free(set);
}

struct pattern_scan {
    hs_scratch_t *scratch;
    hs_stream_t *stream;
    bool stopped;
    pattern_found *found;
    void *context;
};

int pattern_scan_begin(const struct pattern_set *set, struct pattern_scan **ret, struct err *err)
{
    struct pattern_scan *scan = die_malloc(sizeof(*scan));
    *scan = (struct pattern_scan){0};
    if (api.alloc_scratch(set->database, &scan->scratch) != HS_SUCCESS ||
        api.open_stream(set->database, 0, &scan->stream) != HS_SUCCESS) {
        api.free_scratch(scan->scratch);
        free(scan);
        return err_set(err, ERR_UNSUPPORTED, "the patterns do not run on this processor");
    }
    *ret = scan;
    return 0;
}

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *context)
{
    (void)from, (void)flags;
    struct pattern_scan *scan = context;
    return scan->found(scan->context, id, to) ? 0 : 1;
}

void pattern_scan_piece(struct pattern_scan *scan, str piece, pattern_found *found, void *context)
{
    scan->found = found;
    scan->context = context;
    while (piece.len && !scan->stopped) {
        str part = str_sub(piece, 0, 1u << 30);
        scan->stopped = api.scan_stream(scan->stream, part.ptr, (unsigned)part.len, 0,
                                        scan->scratch, on_match, scan) != HS_SUCCESS;
        piece = str_from_index(piece, part.len);
    }
}

void pattern_scan_restart(struct pattern_scan *scan)
{
    scan->stopped = false;
    api.reset_stream(scan->stream, 0, scan->scratch, NULL, NULL);
}

void pattern_scan_end(struct pattern_scan *scan)
{
    if (!scan)
        return;
    api.close_stream(scan->stream, scan->scratch, NULL, NULL);
    api.free_scratch(scan->scratch);
    free(scan);
}
