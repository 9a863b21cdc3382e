// SPDX-License-Identifier: Apache-2.0
#include "read/secret/scan.h"

#include "base/die.h"
#include "base/limits.h"
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "io/digest.h"
#include "read/secret/files.h"

#include <stdlib.h>
#include <string.h>

enum { MASK_FIRST = 4, MASK_LAST = 2, MASK_SHORT = 12, MASK_TINY = 8, SHOWN_MOST = 4096 };
enum { FINGERPRINT_ROUNDS = 1000, FINGERPRINT_DIGITS = 16, ROUNDS_A_RESET = 100 };

static bool is_printable(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] > '~')
            return false;
    return true;
}

/* What all PEM blocks begin and end with says nothing of one. */
static str pem_body(str value)
{
    str body = value;
    size_t begin = str_find(value, STR("-----\n")), end = str_find(value, STR("\n-----END"));
    if (str_starts(value, STR("-----BEGIN")) && begin != STR_NONE && end != STR_NONE && begin < end)
        body = str_sub(value, begin + STR("-----\n").len, end - begin - STR("-----\n").len);
    return body;
}

str scan_mask(struct arena *arena, str value, bool show)
{
    if (show)
        return arena_str(arena, str_sub(value, 0, SHOWN_MOST));
    value = pem_body(value);
    str first = str_sub(value, 0, MASK_FIRST);
    str last = str_from_index(value, value.len < MASK_LAST ? 0 : value.len - MASK_LAST);
    if (value.len < MASK_TINY || !is_printable(first) || !is_printable(last))
        return STR("...");
    if (value.len < MASK_SHORT)
        return arena_printf(arena, "%.*s...", STR_ARG(str_sub(value, 0, 2)));
    return arena_printf(arena, "%.*s...%.*s", STR_ARG(first), STR_ARG(last));
}

/* Slow, so that a short secret cannot be found by trying all that are likely in no time. */
str scan_fingerprint(struct arena *arena, const char *about, str value)
{
    struct arena scratch = {0};
    char last[DIGEST_TEXT_MAX] = {0};
    str text = arena_printf(&scratch, "harden secret 1\n%s\n", about);
    text = digest_of(&scratch, DIGEST_SHA256, arena_join(&scratch, text, STR("\n"), value));
    for (int i = 0; i < FINGERPRINT_ROUNDS; i++) {
        text = digest_of(&scratch, DIGEST_SHA256, text);
        if (i % ROUNDS_A_RESET == 0) {
            memcpy(last, text.ptr, text.len);
            arena_reset(&scratch);
            text = str_from(last);
        }
    }
    str digits = str_from_index(text, str_find_char(text, ':') + 1);
    str ret = arena_str(arena, str_sub(digits, 0, FINGERPRINT_DIGITS));
    arena_free(&scratch);
    return ret;
}

const struct kind *scan_kind(struct secret_scan *scan, const char *id)
{
    const struct kind *kind = kind_by_id(scan_kinds(scan), str_from(id));
    INVARIANT(kind);
    return kind;
}

static uint64_t count_newlines(const char *from, const char *to, const char **ret_last)
{
    uint64_t count = 0;
    for (const char *at = from; at < to && (at = memchr(at, '\n', (size_t)(to - at))); at++) {
        count++;
        *ret_last = at + 1;
    }
    return count;
}

static void find_line(struct secret_scan *scan, struct hit *hit)
{
    if (scan->binary || hit->offset < scan->window_at || hit->offset > scan->window_at + scan->fill)
        return;
    const char *at = scan->window + (hit->offset - scan->window_at), *last = NULL;
    hit->line = scan->lines + count_newlines(scan->window, at, &last) + 1;
    uint64_t start = last ? scan->window_at + (uint64_t)(last - scan->window) : scan->line_start;
    hit->column = hit->offset - start + 1;
}

static void say_flood(struct secret_scan *scan, str reason)
{
    if (!scan->flood_said)
        fact_add_gap(scan->to, scan->path, reason);
    scan->flood_said = true;
}

struct hit *scan_hit(struct secret_scan *scan, const struct kind *kind, uint64_t offset, str value)
{
    if (scan->hits.count >= LIMIT_SECRETS_FILE) {
        say_flood(scan, STR("more secrets, or what looks like them, than are told of one file"));
        return NULL;
    }
    struct hit *hit = vec_push(&scan->arena, &scan->hits);
    *hit = (struct hit){.kind = kind, .offset = offset, .length = value.len, .count = 1};
    hit->value = arena_str(&scan->arena, value);
    hit->confidence = SECRET_HIGH;
    hit->reason = STR("the file is read as what it is");
    if (offset != HIT_NOWHERE)
        find_line(scan, hit);
    return hit;
}

/* --- matches ---- */

/* A token begins where a word does; "\n", "\t" of quoted text and "%3D" of URLs come before too. */
static bool begins_at(str text, size_t at)
{
    if (at == 0)
        return true;
    unsigned char before = (unsigned char)text.ptr[at - 1];
    if (!shape_class_has('w', before))
        return true;
    if (at >= 2 && text.ptr[at - 2] == '\\')
        return strchr("nrt", before) != NULL;
    return at >= 3 && text.ptr[at - 3] == '%' && shape_class_has('h', before);
}

/* Long runs of one class match at every byte, and begin but once: told from the byte before, which
 * keeps all that follows in proportion to what is there. */
static bool can_begin(const struct secret_scan *scan, const struct probe *probe, uint64_t end)
{
    if (probe->how != KIND_BY_TOKEN || probe->before || probe->checks & CHECK_INSIDE)
        return true;
    if (end < scan->window_at + probe->width)
        return true;
    return begins_at(str_make(scan->window, (size_t)(end - scan->window_at)),
                     (size_t)(end - scan->window_at) - probe->width);
}

static bool take_match(void *context, unsigned pattern, uint64_t end)
{
    struct secret_scan *scan = context;
    const struct probe *probe = &scan->finder->search.set.probes[pattern];
    if (++scan->matches > LIMIT_SECRET_MATCHES) {
        say_flood(scan, STR("made of what secrets begin with; the rest of it is not searched"));
        return false;
    }
    if (!can_begin(scan, probe, end))
        return true;
    if (scan->tried[probe->kind] < LIMIT_SECRET_TRIES) {
        scan->tried[probe->kind]++;
        *vec_push(&scan->lasting, &scan->candidates) =
            (struct match){.probe = (uint16_t)pattern, .end = end};
    } else {
        str id = scan_kinds(scan)->kinds[probe->kind].id;
        say_flood(scan,
                  scan->flood_said
                      ? (str){0}
                      : arena_printf(scan->to->arena,
                                     "too much that looks like %.*s; not all of it was judged",
                                     STR_ARG(id)));
    }
    return true;
}

static size_t longest_match(const struct kind *kind, str text, size_t *ret_fixed)
{
    size_t longest = 0;
    for (size_t i = 0; i < kind->shapes.count; i++) {
        size_t len = shape_match(&kind->shapes.items[i], text);
        if (len == STR_NONE || len <= longest)
            continue;
        longest = len;
        *ret_fixed = kind->shapes.items[i].fixed;
    }
    return longest;
}

static void keep(struct secret_scan *scan, const struct view *view, size_t start, size_t len,
                 const struct hit *weighed)
{
    struct hit *hit =
        scan_hit(scan, weighed->kind, view->base + start, str_sub(view->text, start, len));
    if (!hit)
        return;
    hit->confidence = weighed->confidence;
    hit->reason = weighed->reason;
    hit->detail = weighed->detail;
    hit->expires = weighed->expires;
}

static void try_token(struct secret_scan *scan, const struct probe *probe, const struct view *view)
{
    if (view->at < probe->width)
        return;
    const struct kind *kind = &scan_kinds(scan)->kinds[probe->kind];
    struct hit weighed;
    size_t start = view->at - probe->width, fixed = 0;
    for (size_t i = 0; i < probe->before && start > 0; i++, start--)
        if (!shape_class_has(kind->shapes.items[0].items[0].class,
                             (unsigned char)view->text.ptr[start - 1]))
            break;
    if (!(kind->checks & CHECK_INSIDE) && !begins_at(view->text, start))
        return;
    size_t len = longest_match(kind, str_from_index(view->text, start), &fixed);
    if (len && weigh(scan, kind, str_sub(view->text, start, len), fixed, &weighed))
        keep(scan, view, start, len, &weighed);
}

/* What a name is a part of, and no password: "password_file", "secretName", "token_url". */
static bool is_about(str rest)
{
    static const str words[] = {
        STR_INIT("file"),   STR_INIT("path"),   STR_INIT("hash"),  STR_INIT("url"),
        STR_INIT("name"),   STR_INIT("ref"),    STR_INIT("env"),   STR_INIT("field"),
        STR_INIT("type"),   STR_INIT("length"), STR_INIT("expir"), STR_INIT("policy"),
        STR_INIT("label"),  STR_INIT("prompt"), STR_INIT("reset"), STR_INIT("pattern"),
        STR_INIT("public"), STR_INIT("_id"),    STR_INIT("size"),  STR_INIT("digest"),
        STR_INIT("sum"),    STR_INIT("class"),  STR_INIT("ttl"),   STR_INIT("mode"),
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        for (size_t at = 0; at + words[i].len <= rest.len; at++)
            if (str_eq_nocase(str_sub(rest, at, words[i].len), words[i]))
                return true;
    return false;
}

/* Whether a free text ends as a value does. */
static bool value_ends(const struct view *view, const struct assigned *assigned, size_t end)
{
    if (end >= view->text.len)
        return !assigned->quoted;
    char next = view->text.ptr[end];
    if (assigned->quoted)
        return strchr("\"'`\\", next) && next;
    return next == '\n' || next == '\r' || next == ' ' || next == '\t' || next == ';' ||
           next == ',' || next == '"' || next == '\'' || next == '<' || next == '&';
}

static bool fits_place(const struct secret_scan *scan, const struct kind *kind,
                       const struct view *view, const struct assigned *assigned, size_t end)
{
    if ((kind->checks & CHECK_WIFI) && !str_contains(scan->name, STR("wpa")) &&
        !str_contains(scan->name, STR("NetworkManager")))
        return false;
    if (!(kind->checks & CHECK_PLAIN))
        return true;
    if (scan->binary || is_about(assigned->rest) || !value_ends(view, assigned, end))
        return false;
    if (assigned->spaced && (kind->checks & CHECK_GENERIC))
        return false;
    return assigned->quoted || scan->loose;
}

static void try_word(struct secret_scan *scan, const struct probe *probe, const struct view *view)
{
    struct assigned assigned;
    struct hit weighed;
    size_t fixed = 0;
    if (!assign_find(view, &assigned))
        return;
    const struct kind *kind = &scan_kinds(scan)->kinds[probe->kind];
    size_t len = longest_match(kind, str_from_index(view->text, assigned.start), &fixed);
    if (len && fits_place(scan, kind, view, &assigned, assigned.start + len) &&
        weigh(scan, kind, str_sub(view->text, assigned.start, len), fixed, &weighed))
        keep(scan, view, assigned.start, len, &weighed);
}

static void try_candidate(struct secret_scan *scan, const struct match *candidate)
{
    const struct probe *probe = &scan->finder->search.set.probes[candidate->probe];
    struct view view = {.text = str_make(scan->window, scan->fill), .base = scan->window_at};
    if (candidate->end < scan->window_at)
        return;
    view.at = (size_t)(candidate->end - scan->window_at);
    if (probe->how == KIND_BY_TOKEN)
        try_token(scan, probe, &view);
    else if (probe->how == KIND_BY_WORD)
        try_word(scan, probe, &view);
    else
        code_found(scan, probe->checks, &view);
}

/* Judges what has enough text behind it, or everything at the end. */
static void judge(struct secret_scan *scan, bool all)
{
    uint64_t seen = scan->window_at + scan->fill;
    size_t kept = 0;
    for (size_t i = 0; i < scan->candidates.count; i++) {
        struct match candidate = scan->candidates.items[i];
        if (!all && candidate.end + SCAN_AHEAD > seen)
            scan->candidates.items[kept++] = candidate;
        else
            try_candidate(scan, &candidate);
    }
    scan->candidates.count = kept;
}

static void make_room(struct secret_scan *scan)
{
    judge(scan, false);
    size_t keep = SCAN_BEFORE + SCAN_AHEAD, drop = scan->fill - keep;
    if (!scan->binary) {
        const char *last = NULL;
        scan->lines += count_newlines(scan->window, scan->window + drop, &last);
        if (last)
            scan->line_start = scan->window_at + (uint64_t)(last - scan->window);
    }
    memmove(scan->window, scan->window + drop, keep);
    scan->window_at += drop;
    scan->fill = keep;
}

/* --- streams ---- */

/* Files in which values stand without quotes. */
static bool is_loose(str name)
{
    static const str ends[] = {
        STR_INIT(".ini"),        STR_INIT(".conf"),       STR_INIT(".cfg"),
        STR_INIT(".cnf"),        STR_INIT(".properties"), STR_INIT(".yml"),
        STR_INIT(".yaml"),       STR_INIT(".toml"),       STR_INIT(".tfvars"),
        STR_INIT(".config"),     STR_INIT(".env"),        STR_INIT(".service"),
        STR_INIT(".envrc"),      STR_INIT("_history"),    STR_INIT(".xml"),
        STR_INIT("credentials"), STR_INIT("Dockerfile"),  STR_INIT(".netrc"),
        STR_INIT("rc"),          STR_INIT(".container"),  STR_INIT(".tf"),
        STR_INIT("dockerfile"),  STR_INIT(".json"),       STR_INIT("Containerfile"),
        STR_INIT("settings"),    STR_INIT(".php"),
    };
    str base = path_base(name);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (str_ends(base, ends[i]))
            return true;
    return str_starts(base, STR(".env")) || str_starts(base, STR("Dockerfile.")) ||
           str_eq(base, STR("config"));
}

static bool is_documentation(str path)
{
    static const str folders[] = {STR_INIT("usr/share/doc/"), STR_INIT("usr/share/man/"),
                                  STR_INIT("usr/share/info/"), STR_INIT("usr/local/share/man/"),
                                  STR_INIT("usr/local/share/doc/")};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (str_starts(path, folders[i]))
            return true;
    return false;
}

void scan_start(struct secret_scan *scan, str path, str inside, str head)
{
    size_t kinds = scan->finder->search.set.kind_count;
    scan->path = path;
    scan->inside = inside;
    size_t bang = str_rfind_char(inside, '!');
    scan->name = inside.len ? str_from_index(inside, bang == STR_NONE ? 0 : bang + 2) : path;
    scan->loose = scan->is_config || is_loose(scan->name);
    scan->documentation = is_documentation(path);
    scan->wide = str_starts(head, STR("\xff\xfe")) || str_starts(head, STR("\xfe\xff"));
    scan->binary = !scan->wide && str_find_char(str_sub(head, 0, STREAM_PEEK), 0) != STR_NONE;
    scan->fill = 0;
    scan->matches = 0;
    scan->window_at = scan->lines = scan->line_start = 0;
    scan->candidates.count = 0;
    scan->hits.items = NULL;
    scan->hits.count = scan->hits.capacity = 0;
    if (!scan->tried)
        scan->tried = arena_array(&scan->lasting, uint32_t, kinds);
    memset(scan->tried, 0, kinds * sizeof(*scan->tried));
    scan->stopped = false;
    if (scan->patterns)
        pattern_scan_restart(scan->patterns);
}

/* Text in UTF-16 becomes what it would be in a byte a letter; other letters are in no secret. */
static size_t narrow(char *to, str piece)
{
    size_t len = 0;
    for (size_t i = 0; i < piece.len; i++)
        if (piece.ptr[i])
            to[len++] = piece.ptr[i];
    return len;
}

/* For what begins in the window's last `len` bytes, or before, and ends in them. */
static void look(struct secret_scan *scan, size_t len)
{
    size_t seen = scan->fill - len;
    if (scan->patterns) {
        pattern_scan_piece(scan->patterns, str_make(scan->window + seen, len), take_match, scan);
        return;
    }
    if (scan->stopped)
        return;
    scan->found.count = 0;
    search_run(&scan->finder->search, &scan->lasting, str_make(scan->window, scan->fill), seen,
               &scan->found);
    for (size_t i = 0; i < scan->found.count && !scan->stopped; i++)
        scan->stopped = !take_match(scan, scan->found.items[i].probe,
                                    scan->window_at + scan->found.items[i].end);
}

void scan_feed(struct secret_scan *scan, str piece)
{
    while (piece.len) {
        if (scan->fill == scan->room)
            make_room(scan);
        str part = str_sub(piece, 0, scan->room - scan->fill);
        char *to = scan->window + scan->fill;
        size_t len = part.len;
        if (scan->wide)
            len = narrow(to, part);
        else
            memcpy(to, part.ptr, part.len);
        scan->fill += len;
        look(scan, len);
        piece = str_from_index(piece, part.len);
    }
}

static void tell(struct secret_scan *scan, const struct hit *hit)
{
    struct arena *arena = scan->to->arena;
    struct fact *fact = fact_add(scan->to, FACT_SECRET, scan->path);
    struct secret *secret = &fact->secret;
    fact->survives = true;
    secret->kind = hit->kind->id;
    secret->rule = hit->kind->rule;
    secret->title = hit->kind->title;
    secret->severity = hit->kind->severity;
    secret->confidence = hit->confidence;
    secret->reason = arena_str(arena, hit->reason);
    secret->shown = scan_mask(arena, hit->value, scan->finder->show);
    secret->fingerprint =
        scan_fingerprint(arena, arena_cstr(&scan->arena, hit->kind->id), hit->value);
    str known = {0};
    if (tsv_find(str_make(data_known_secrets, data_known_secrets_len), secret->fingerprint,
                 &known)) {
        secret->confidence = SECRET_LOW;
        secret->severity = SEVERITY_INFO;
        secret->reason = arena_join(arena, STR("everybody knows it"), STR(": "),
                                    tsv_field(str_trim_end(known), 2));
    }
    str separator = scan->inside.len && hit->where.len ? STR(", ") : STR("");
    secret->where = arena_join(arena, scan->inside, separator, hit->where);
    secret->detail = arena_str(arena, hit->detail);
    secret->partner = arena_str(arena, hit->partner);
    secret->count = hit->count;
    secret->by_name =
        (hit->kind->checks & (CHECK_PLAIN | CHECK_CURL | CHECK_LOGIN | CHECK_CHPASSWD)) != 0;
    secret->expires = hit->expires;
    secret->line = hit->line;
    secret->column = hit->column;
    if (!scan->inside.len && !scan->wide && hit->offset != HIT_NOWHERE) {
        secret->offset = hit->offset;
        secret->length = hit->length;
    }
}

void scan_finish(struct secret_scan *scan)
{
    judge(scan, true);
    if (scan->hits.count == 0)
        return;
    weigh_together(scan);
    for (size_t i = 0; i < scan->hits.count; i++) {
        if (scan->hits.items[i].dropped)
            continue;
        if (scan->all_hits++ >= LIMIT_SECRETS) {
            say_flood(scan, STR("more secrets, or what looks like them, than are told of a layer"));
            return;
        }
        tell(scan, &scan->hits.items[i]);
    }
}

void scan_read_file(struct secret_scan *scan, const struct file_reader *reader, str content)
{
    judge(scan, true);
    reader->read(scan, content);
}

void scan_whole(struct secret_scan *scan, str path, str inside, str text)
{
    scan_start(scan, path, inside, text);
    scan_feed(scan, text);
    const struct file_reader *reader = file_reader_of(scan->name, text);
    if (reader)
        scan_read_file(scan, reader, text);
    scan_finish(scan);
}
