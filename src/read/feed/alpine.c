// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "io/json_stream.h"
#include "model/fact.h"
#include "read/feed/feed.h"

/*
 * Alpine's secdb, one document a branch and repository:
 * { "distroversion": "v3.21", "reponame": "main",
 *   "packages": [ { "pkg": { "name": ..., "secfixes": { version: [ "CVE-2017-2887", ... ] } } } ] }
 *
 * Names are of origins (source packages). A version is the first that has the fixes; "0" says that
 * the package never was affected. One string may hold several ids: "CVE-2016-6258 XSA-182" (one
 * flaw), "CVE-2018-8897 CVE-2018-10982" (two), and remarks ("(+ regression fix)"). Unfixed flaws
 * are not listed.
 */
enum {
    DEPTH_PACKAGE = 2,
    DEPTH_ID = 6,
    NAME_TOP = 1,
    NAME_PKG = 3,
    NAME_FIELD = 4,
    NAME_VERSION = 5,
};

/* v3.N: branches whose documents exist, "community" from v3.3 on. The newest is ahead of the
 * time, so that a new branch needs no new program. */
static const struct {
    unsigned oldest, oldest_community, newest;
} branches = {2, 3, 28};

struct fix {
    str version, ids;
};

struct reading {
    const struct feed_document *document;
    const struct feed_sink *sink;
    struct err *err;
    struct json_path path;
    struct arena package_arena; /* the package that is being read */
    str package;
    VEC(struct fix) fixes;
    bool has_packages;
};

/* --- ids -------------------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "VSV00010": letters and a number of at least four digits. */
static bool is_plain_id(str word)
{
    size_t letters = 0, digits = 0;
    while (letters < word.len && word.ptr[letters] >= 'A' && word.ptr[letters] <= 'Z')
        letters++;
    while (letters + digits < word.len && is_digit(word.ptr[letters + digits]))
        digits++;
    return letters >= 2 && digits >= 4 && letters + digits == word.len;
}

/* A word with letters first, a '-', a digit and nothing odd: "GHSA-x2rj-..", "wnpa-sec-2017-18". */
static bool is_id(str word)
{
    bool has_digit = false;
    size_t dash = str_find_char(word, '-');
    if (word.len > 64)
        return false;
    if (dash == STR_NONE)
        return is_plain_id(word);
    if (!dash || is_digit(word.ptr[0]))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        has_digit |= is_digit(c);
        if (!letter && !is_digit(c) && c != '-' && c != '.' && c != '_')
            return false;
    }
    return has_digit;
}

/* Length of "CVE-2017-17434" at the start of a word: "CVE-2017-17434-1" is a part of it. */
static size_t cve_length(str word)
{
    size_t at = 4, digits = 0;
    if (!str_starts(word, STR("CVE-")))
        return 0;
    for (; at < word.len && is_digit(word.ptr[at]); at++)
        digits++;
    if (digits != 4 || at >= word.len || word.ptr[at++] != '-')
        return 0;
    for (digits = 0; at < word.len && is_digit(word.ptr[at]); at++)
        digits++;
    return digits >= 4 && (at == word.len || word.ptr[at] == '-') ? at : 0;
}

/* The CVE in a word, also where it is written "CVE_2019-2426" or followed by a comma. */
static str cve_of(struct arena *arena, str word)
{
    while (str_ends(word, STR(",")) || str_ends(word, STR(";")))
        word.len--;
    if (str_starts(word, STR("CVE_")))
        word = arena_join(arena, STR("CVE"), STR("-"), str_from_index(word, 4));
    return str_sub(word, 0, cve_length(word));
}

/* Ids that are not CVEs, as one text: aliases of the CVEs beside them. */
static str others_of(struct arena *arena, str ids)
{
    str word, others = {0};
    while (str_next_word(&ids, &word))
        if (is_id(word) && !cve_of(arena, word).len)
            others = arena_join(arena, others, others.len ? STR(" ") : STR(""), word);
    return others;
}

static bool tell(struct reading *reading, const struct fix *fix, str id, str aliases)
{
    bool zero = str_eq(fix->version, STR("0"));
    const struct advisory advisory = {
        .namespace = reading->document->namespace,
        .package = reading->package,
        .id = id,
        .aliases = aliases,
        .status = zero ? ADVISORY_NOT_AFFECTED : ADVISORY_FIXED,
        .fixed_version = zero ? (str){0} : fix->version,
    };
    return reading->sink->advisory(reading->sink->context, &advisory, reading->err) == 0;
}

static bool tell_ids(struct reading *reading, const struct fix *fix)
{
    struct arena *arena = &reading->package_arena;
    str words = fix->ids, word, others = others_of(arena, fix->ids);
    size_t cves = 0;
    while (str_next_word(&words, &word)) {
        str cve = cve_of(arena, word);
        if (!cve.len)
            continue;
        cves++;
        if (!tell(reading, fix, cve, others))
            return false;
    }
    /* Without a CVE, the first id speaks and the others are its aliases. */
    if (cves || !str_next_word(&others, &word))
        return true;
    return tell(reading, fix, word, str_trim(others));
}

static bool package_done(struct reading *reading)
{
    bool ok = true;
    for (size_t i = 0; ok && reading->package.len && i < reading->fixes.count; i++)
        ok = tell_ids(reading, &reading->fixes.items[i]);
    arena_reset(&reading->package_arena);
    reading->fixes.items = NULL;
    reading->fixes.count = reading->fixes.capacity = 0;
    reading->package = (str){0};
    return ok;
}

/* --- the document ----------------------------------------------------------------------------- */

/* A mirror that serves the wrong branch would make every verdict wrong. */
static bool check_branch(struct reading *reading, str name, str value)
{
    str want, branch, repository;
    str_cut(reading->document->namespace, ':', &branch, &want);
    str_cut(want, '/', &branch, &repository);
    want = str_eq(name, STR("distroversion")) ? branch : repository;
    return str_eq(want, value) || err_set(reading->err, ERR_FORMAT, "is of %.*s %.*s, not %.*s",
                                          STR_ARG(name), STR_ARG(value), STR_ARG(want)) == 0;
}

static bool take_string(struct reading *reading, str text, size_t depth)
{
    const struct json_path *path = &reading->path;
    str top = json_path_name(path, NAME_TOP);
    if (depth == NAME_TOP && (str_eq(top, STR("distroversion")) || str_eq(top, STR("reponame"))))
        return check_branch(reading, top, text);
    if (!str_eq(top, STR("packages")) || !json_path_is(path, NAME_PKG, STR("pkg")))
        return true;
    if (depth == NAME_FIELD && json_path_is(path, NAME_FIELD, STR("name")))
        reading->package = arena_str(&reading->package_arena, text);
    if (depth == DEPTH_ID && json_path_is(path, NAME_FIELD, STR("secfixes")))
        *vec_push(&reading->package_arena, &reading->fixes) = (struct fix){
            arena_str(&reading->package_arena, json_path_name(path, NAME_VERSION)),
            arena_str(&reading->package_arena, text),
        };
    return true;
}

static bool handle(void *context, enum json_event event, str text, size_t depth)
{
    struct reading *reading = context;
    json_path_note(&reading->path, event, text, depth);
    if (event == JSON_STRING)
        return take_string(reading, text, depth);
    if (depth == NAME_TOP && event == JSON_ARRAY_BEGIN)
        reading->has_packages |= json_path_is(&reading->path, NAME_TOP, STR("packages"));
    if (depth == DEPTH_PACKAGE && event == JSON_OBJECT_END)
        return package_done(reading);
    return true;
}

/* Without a package a document is whole: v3.3 community never had a fix. */
static int read_secdb(const struct feed_document *document, struct stream *content,
                      const struct feed_sink *sink, struct err *err)
{
    struct reading reading = {.document = document, .sink = sink, .err = err};
    int result = json_stream_parse(content, handle, &reading, err);
    arena_free(&reading.package_arena);
    if (result == 0 && !reading.has_packages)
        return err_set(err, ERR_FORMAT, "no list of packages in it");
    return result;
}

/* --- the documents ---------------------------------------------------------------------------- */

static void add_document(struct arena *arena, struct feed_document_list *ret, str branch,
                         str repository)
{
    str path = arena_printf(arena, "%.*s/%.*s", STR_ARG(branch), STR_ARG(repository));
    *vec_push(arena, ret) = (struct feed_document){
        .name = arena_printf(arena, "%.*s-%.*s.json", STR_ARG(branch), STR_ARG(repository)),
        .url = arena_printf(arena, "https://secdb.alpinelinux.org/%.*s.json", STR_ARG(path)),
        .path = arena_printf(arena, "alpine/%.*s.json", STR_ARG(path)),
        .namespace = arena_printf(arena, "alpine:%.*s", STR_ARG(path)),
        .store = STR("alpine"),
        /* Of a branch to come, or one that a mirror leaves out; scans say that it is missing. */
        .optional = true,
    };
}

/* "3.19.1" is of the branch v3.19; what is not a release ("3.21_alpha20240923") is of edge. */
static bool is_of_branch(const struct distribution *distribution, str branch)
{
    str rest = distribution->version_id, major, minor;
    uint64_t number;
    str_next(&rest, '.', &major);
    bool release = str_next(&rest, '.', &minor) && str_to_u64(minor, 1000, &number) &&
                   str_find_char(distribution->version_id, '_') == STR_NONE;
    if (!release)
        return str_eq(branch, STR("edge"));
    return str_skip(&branch, STR("v3.")) && str_eq(major, STR("3")) && str_eq(branch, minor);
}

static bool is_wanted(const struct feed_scope *scope, str branch)
{
    if (!scope->distribution_count)
        return true;
    for (size_t i = 0; i < scope->apk_repository_count; i++)
        if (str_eq(scope->apk_repositories[i].branch, branch))
            return true;
    for (size_t i = 0; i < scope->distribution_count; i++)
        if (str_eq(scope->distributions[i].id, STR("alpine")) &&
            is_of_branch(&scope->distributions[i], branch))
            return true;
    return false;
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)err;
    for (unsigned minor = branches.oldest; minor <= branches.newest; minor++) {
        str branch = arena_printf(arena, "v3.%u", minor);
        if (!is_wanted(scope, branch))
            continue;
        add_document(arena, ret, branch, STR("main"));
        if (minor >= branches.oldest_community)
            add_document(arena, ret, branch, STR("community"));
    }
    if (is_wanted(scope, STR("edge"))) {
        add_document(arena, ret, STR("edge"), STR("main"));
        add_document(arena, ret, STR("edge"), STR("community"));
    }
    return 0;
}

const struct feed feed_alpine = {
    .name = "alpine",
    .title = "Alpine secdb",
    .documents = documents,
    .read = read_secdb,
};
