// SPDX-License-Identifier: Apache-2.0
#include "base/date.h"
#include "base/limits.h"
#include "io/deb822.h"
#include "io/digest.h"
#include "io/line.h"
#include "model/fact.h"
#include "read/feed/feed.h"

/*
 * The indices of the archives that an image's own apt sources name: which versions could be
 * installed. An InRelease (clear-signed Release file, deb822) lists the SHA-256 of every
 * Packages file; a Packages file has a paragraph a binary package.
 *
 * A Packages file whose digest is not the one that its InRelease states is refused. The signature
 * of the InRelease is NOT checked (the keys are the image's, and the image is what is being
 * judged): on plain http, whoever sits on the wire can offer versions that do not exist, or hide
 * some. Verdicts on vulnerabilities never rest on an index alone.
 *
 * The addresses come from the image. Only http and https are fetched, only names below dists/ (or
 * a flat archive's folder), and nothing with user names, queries or "..".
 */

/* --- the documents ---------------------------------------------------------------------------- */

struct index {
    str uri, suite, component, arch; /* component empty for a flat archive */
    bool flat;
};

static bool is_plain(str text, const char *others)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && (!c || str_find_char(str_from(others), c) == STR_NONE))
            return false;
    }
    return text.len > 0 && text.len < 200 && !str_contains(text, STR(".."));
}

static bool is_usable(const struct apt_source *source)
{
    str rest = source->uri, components = source->components, word;
    if (!str_skip(&rest, STR("http://")) && !str_skip(&rest, STR("https://")))
        return false;
    if (!is_plain(rest, "-._~+:/[]%") || !is_plain(source->suite, "-._~+/"))
        return false;
    while (str_next_word(&components, &word))
        if (!is_plain(word, "-._~+/"))
            return false;
    return true;
}

/* "http://host/debian/" -> "debian" */
static str path_of(str uri)
{
    if (!str_skip(&uri, STR("http://")))
        str_skip(&uri, STR("https://"));
    size_t slash = str_find_char(uri, '/');
    return slash == STR_NONE ? (str){0} : str_from_index(uri, slash + 1);
}

static str without_slash(str text)
{
    while (str_ends(text, STR("/")))
        text.len--;
    return text;
}

static str join_path(struct arena *arena, str folder, str name)
{
    return folder.len ? arena_join(arena, folder, STR("/"), name) : name;
}

/* The folder that holds the InRelease, below the archive's root. */
static str release_folder(struct arena *arena, const struct index *index)
{
    str suite = without_slash(index->suite);
    if (str_eq(suite, STR(".")))
        suite = (str){0};
    return index->flat ? suite : join_path(arena, STR("dists"), suite);
}

/* The name of the Packages file as the InRelease spells it. */
static str packages_name(struct arena *arena, str component, str arch)
{
    if (!component.len)
        return STR("Packages");
    return arena_printf(arena, "%.*s/binary-%.*s/Packages", STR_ARG(component), STR_ARG(arch));
}

static bool is_listed(const struct feed_document_list *list, str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, name))
            return true;
    return false;
}

static str file_url(struct arena *arena, const struct index *index, str folder, str name)
{
    return join_path(arena, without_slash(index->uri), join_path(arena, folder, name));
}

static str file_path(struct arena *arena, const struct index *index, str folder, str name)
{
    str root = join_path(arena, STR("apt"), without_slash(path_of(index->uri)));
    return join_path(arena, root, join_path(arena, folder, name));
}

static str hash_name(struct arena *arena, str text)
{
    return arena_printf(arena, "%016llx", (unsigned long long)str_hash(text));
}

/* One Packages file, and its InRelease before it. */
static void add_index(struct arena *arena, struct feed_document_list *ret,
                      const struct index *index)
{
    str folder = release_folder(arena, index);
    str release_url = file_url(arena, index, folder, STR("InRelease"));
    str release_name = arena_join(arena, hash_name(arena, release_url), STR("-"), STR("InRelease"));
    str namespace =
        advisory_apt_namespace(arena, index->uri, index->suite, index->component, index->arch);
    str store = arena_join(arena, STR("apt"), STR("-"), hash_name(arena, namespace));
    str name = arena_join(arena, str_from_index(store, 4), STR("-"), STR("Packages"));
    if (!is_listed(ret, release_name))
        *vec_push(arena, ret) = (struct feed_document){
            .name = release_name,
            .url = release_url,
            .path = file_path(arena, index, folder, STR("InRelease")),
        };
    if (is_listed(ret, name))
        return;
    str packages = packages_name(arena, index->component, index->arch);
    str packed = arena_join(arena, packages, STR("."), STR("xz"));
    str spare = arena_join(arena, packages, STR("."), STR("gz"));
    *vec_push(arena, ret) = (struct feed_document){
        .name = name,
        .url = file_url(arena, index, folder, packed),
        .path = file_path(arena, index, folder, packed),
        .spare_url = file_url(arena, index, folder, spare),
        .spare_path = file_path(arena, index, folder, spare),
        .namespace = namespace,
        .store = store,
        .voucher = release_name,
    };
}

static bool is_word_of(str word, str words)
{
    str other;
    while (str_next_word(&words, &other))
        if (str_eq(word, other))
            return true;
    return false;
}

static void add_source(struct arena *arena, const struct feed_scope *scope,
                       const struct apt_source *source, struct feed_document_list *ret)
{
    struct index index = {.uri = source->uri, .suite = source->suite};
    index.flat = str_ends(source->suite, STR("/"));
    for (size_t i = 0; i < scope->architecture_count; i++) {
        str components = source->components;
        index.arch = scope->architectures[i];
        if (!is_plain(index.arch, "-") ||
            (source->architectures.len && !is_word_of(index.arch, source->architectures)))
            continue;
        if (index.flat)
            add_index(arena, ret, &index);
        while (!index.flat && str_next_word(&components, &index.component))
            add_index(arena, ret, &index);
    }
}

static int documents(struct arena *arena, const struct feed_scope *scope,
                     struct feed_document_list *ret, struct err *err)
{
    (void)err;
    for (size_t i = 0; i < scope->apt_source_count; i++)
        if (is_usable(&scope->apt_sources[i]))
            add_source(arena, scope, &scope->apt_sources[i], ret);
    return 0;
}

/* --- InRelease -------------------------------------------------------------------------------- */

/* A field of the Release part of an InRelease, whatever signature is around it. */
static bool release_field(str text, str wanted, str *ret_value)
{
    str paragraph, name;
    while (deb822_next(&text, &paragraph)) {
        int got;
        while ((got = deb822_next_field(&paragraph, &name, ret_value)) != 0)
            if (got > 0 && str_eq(name, wanted))
                return true;
    }
    return false;
}

/* The SHA-256 (hex) that the InRelease states for a file. */
static bool stated_digest(str release, str file, str *ret_hex)
{
    str list, line;
    if (!release_field(release, STR("SHA256"), &list))
        return false;
    while (str_next_line(&list, &line)) {
        str hex, size, name;
        if (!str_next_word(&line, &hex) || !str_next_word(&line, &size) ||
            !str_next_word(&line, &name))
            continue;
        str_skip(&name, STR("./"));
        if (str_eq(name, file)) {
            *ret_hex = hex;
            return true;
        }
    }
    return false;
}

/* An index is as old as the day on which it was fetched, whatever its date says: archives of a
 * stable release change a few times a year. Unless it was to be replaced by then (Valid-Until):
 * whoever serves it is behind, and its own date counts. */
static int tell_expiry(str release, const struct feed_sink *sink, struct err *err)
{
    ARENA_SCOPED arena = {0};
    str until, date;
    if (!sink->dated || !release_field(release, STR("Valid-Until"), &until) ||
        !release_field(release, STR("Date"), &date))
        return 0;
    until = date_from_rfc5322(&arena, until);
    date = date_from_rfc5322(&arena, date);
    if (!until.len || !date.len || str_cmp(date_now(&arena), until) <= 0)
        return 0;
    return sink->dated(sink->context, date, err);
}

/* --- Packages --------------------------------------------------------------------------------- */

struct reading {
    const struct feed_document *document;
    const struct feed_sink *sink;
    struct buf package, version, source;
};

static void take_field(struct reading *reading, str line)
{
    struct buf *to = str_skip(&line, STR("Package:"))   ? &reading->package
                     : str_skip(&line, STR("Version:")) ? &reading->version
                     : str_skip(&line, STR("Source:"))  ? &reading->source
                                                        : NULL;
    if (!to)
        return;
    buf_clear(to);
    buf_add_str(to, str_trim(line));
}

static int paragraph_done(struct reading *reading, struct err *err)
{
    struct offered_package row = {
        .namespace = reading->document->namespace,
        .package = buf_str(&reading->package),
        .version = buf_str(&reading->version),
    };
    row.source_name = row.package;
    row.source_version = row.version;
    if (reading->source.len) {
        str version = {0};
        deb822_split_source(buf_str(&reading->source), &row.source_name, &version);
        if (version.len)
            row.source_version = version;
    }
    int result = 0;
    if (row.package.len && row.version.len)
        result = reading->sink->offered(reading->sink->context, &row, err);
    buf_clear(&reading->package);
    buf_clear(&reading->version);
    buf_clear(&reading->source);
    return result;
}

static int read_paragraphs(struct reading *reading, struct stream *content, struct err *err)
{
    /* Rust's packages have Provides fields of more than 64 KiB. */
    LINES_SCOPED lines = {.stream = content, .cut = true};
    str line;
    int got;
    while ((got = lines_next(&lines, &line, err)) > 0) {
        if (line.len)
            take_field(reading, line);
        else if (paragraph_done(reading, err) < 0)
            return -1;
    }
    return got < 0 ? -1 : paragraph_done(reading, err);
}

/* Without a paragraph a file is whole: an archive may have nothing to offer. */
static int read_checked(struct reading *reading, struct stream *content, str want, struct err *err)
{
    ARENA_SCOPED arena = {0};
    STREAM_SCOPED digest = digest_stream(content, DIGEST_SHA256, false);
    if (read_paragraphs(reading, digest, err) < 0)
        return -1;
    str got = digest_stream_result(digest, &arena);
    str_skip(&got, STR("sha256:"));
    if (!str_eq(got, want))
        return err_set(err, ERR_FORMAT, "its digest is %.*s, and InRelease states %.*s",
                       STR_ARG(got), STR_ARG(str_sub(want, 0, 64)));
    return 0;
}

static int read_packages(const struct feed_document *document, struct stream *content,
                         const struct feed_sink *sink, struct err *err)
{
    ARENA_SCOPED arena = {0};
    str space = document->namespace, archive, suite, component, arch, want;
    str_cut(space, ' ', &archive, &space);
    str_cut(space, ' ', &suite, &space);
    str_cut(space, ' ', &component, &arch);
    str file = packages_name(&arena, component, arch);
    if (!stated_digest(document->voucher_text, file, &want))
        return err_set(err, ERR_FORMAT, "the archive's InRelease states no SHA-256 of %.*s",
                       STR_ARG(file));
    if (tell_expiry(document->voucher_text, sink, err) < 0)
        return -1;
    struct reading reading = {
        .document = document,
        .sink = sink,
        .package = buf_make(LIMIT_VERSION),
        .version = buf_make(LIMIT_VERSION),
        .source = buf_make(2 * LIMIT_VERSION),
    };
    int result = read_checked(&reading, content, want, err);
    buf_free(&reading.package);
    buf_free(&reading.version);
    buf_free(&reading.source);
    return result;
}

const struct feed feed_apt = {
    .name = "apt",
    .title = "apt archives of the images",
    .by_scope = true,
    .documents = documents,
    .read = read_packages,
};
