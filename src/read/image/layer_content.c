// SPDX-License-Identifier: Apache-2.0
#include "read/image/layer_content.h"

#include "base/die.h"
#include "base/limits.h"
#include "io/content.h"

#include <stdlib.h>
#include <string.h>

/* What is kept of a file too long to be held: headers and tables stand at its two ends. */
#define HEAD_HELD MIB(8)
#define TAIL_HELD (LIMIT_CONTENT_HELD - HEAD_HELD)

/* One scanner at work. */
struct scan {
    const struct collector *collector;
    void *state;
    bool active; /* takes the bytes of the file at hand */
    bool failed; /* its gap is recorded */
};

struct layer_content {
    struct scan *scans;
    const struct collector **inspectors;
    size_t scan_count, inspector_count;
    struct arena arena, scratch;
    uint64_t scanned;
    bool over; /* too much of the layer was scanned, which is said once */
};

struct layer_content *layer_content_begin(const struct collector *const *collectors)
{
    size_t count = 0, any = 0;
    for (; collectors[count]; count++)
        any += collector_reads_content(collectors[count]);
    if (!any)
        return NULL;
    struct layer_content *content = die_malloc(sizeof(*content));
    *content = (struct layer_content){0};
    content->scans = arena_array(&content->arena, struct scan, count);
    content->inspectors = arena_array(&content->arena, const struct collector *, count);
    for (size_t i = 0; i < count; i++) {
        if (collectors[i]->inspect)
            content->inspectors[content->inspector_count++] = collectors[i];
        if (collectors[i]->scanner)
            content->scans[content->scan_count++] = (struct scan){
                .collector = collectors[i], .state = collectors[i]->scanner->open(collectors[i])};
    }
    return content;
}

void layer_content_end(struct layer_content *content)
{
    if (!content)
        return;
    for (size_t i = 0; i < content->scan_count; i++)
        content->scans[i].collector->scanner->close(content->scans[i].state);
    arena_free(&content->scratch);
    arena_free(&content->arena);
    free(content);
}

static bool begin_scans(struct layer_content *content, struct collect *to,
                        const struct entry *entry, str head)
{
    bool any = false;
    for (size_t i = 0; i < content->scan_count; i++) {
        struct scan *scan = &content->scans[i];
        scan->failed = false;
        scan->active = scan->collector->scanner->begin(scan->state, to, entry, head);
        any |= scan->active;
    }
    return any;
}

static void feed_scans(struct layer_content *content, struct collect *to, const struct entry *entry,
                       str piece)
{
    content->scanned += piece.len;
    for (size_t i = 0; i < content->scan_count; i++) {
        struct scan *scan = &content->scans[i];
        struct err err = {0};
        if (!scan->active || scan->failed ||
            scan->collector->scanner->feed(scan->state, to, piece, &err) == 0)
            continue;
        scan->failed = true;
        fact_add_gap(to, entry->path, err_text(&err));
    }
}

static void end_scans(struct layer_content *content, struct collect *to, const struct entry *entry,
                      bool whole)
{
    for (size_t i = 0; i < content->scan_count; i++) {
        struct scan *scan = &content->scans[i];
        struct err err = {0};
        if (scan->active && scan->collector->scanner->end(scan->state, to, whole, &err) < 0 &&
            !scan->failed)
            fact_add_gap(to, entry->path, err_text(&err));
        scan->active = false;
    }
}

/* What inspectors will want of a file that passes but once. */
struct held {
    bool wanted, cut, planned;
    const struct collector *planner; /* the first that asks for pieces */
    struct content_piece pieces[CONTENT_PIECES];
    char *piece_bytes[CONTENT_PIECES];
    char *bytes; /* of the file, up to LIMIT_CONTENT_HELD; then its head, and the tail as a ring */
    uint64_t size, at;
};

/* What program headers and the like take; the beginning is at hand when they can be read. */
enum { PLANNED_FROM = 4096 };

static void plan(struct held *held, struct arena *arena)
{
    held->planned = true;
    if (!held->planner)
        return;
    held->planner->plan(str_make(held->bytes, (size_t)held->at), held->size, held->pieces);
    for (size_t i = 0; i < CONTENT_PIECES; i++) {
        struct content_piece *piece = &held->pieces[i];
        if (piece->len > LIMIT_CONTENT_PIECE)
            piece->len = LIMIT_CONTENT_PIECE;
        /* What the beginning and the end have anyway is not kept twice. */
        if (piece->offset + piece->len <= HEAD_HELD || piece->offset < held->at ||
            piece->offset >= held->size - TAIL_HELD || piece->len == 0)
            *piece = (struct content_piece){0};
        else
            held->piece_bytes[i] = arena_grow(arena, NULL, 0, piece->len);
    }
}

static void hold_pieces(struct held *held, str bytes)
{
    for (size_t i = 0; i < CONTENT_PIECES; i++) {
        const struct content_piece *piece = &held->pieces[i];
        uint64_t from = held->at > piece->offset ? held->at : piece->offset;
        uint64_t to = held->at + bytes.len < piece->offset + piece->len
                          ? held->at + bytes.len
                          : piece->offset + piece->len;
        if (from < to)
            memcpy(held->piece_bytes[i] + (from - piece->offset), bytes.ptr + (from - held->at),
                   (size_t)(to - from));
    }
}

static void hold(struct held *held, struct arena *arena, str piece)
{
    if (!held->wanted)
        return;
    held->cut = held->size > LIMIT_CONTENT_HELD;
    if (!held->bytes)
        held->bytes =
            arena_grow(arena, NULL, 0, held->cut ? LIMIT_CONTENT_HELD : (size_t)held->size);
    while (piece.len) {
        size_t room = (size_t)(held->size - held->at), to = (size_t)held->at;
        if (held->cut && held->at < HEAD_HELD) {
            room = (size_t)(HEAD_HELD - held->at);
        } else if (held->cut) {
            size_t in_ring = (size_t)((held->at - HEAD_HELD) % TAIL_HELD);
            to = HEAD_HELD + in_ring;
            room = TAIL_HELD - in_ring;
        }
        size_t len = piece.len < room ? piece.len : room;
        if (len == 0)
            return; /* more than the entry's size: not ours to judge */
        memcpy(held->bytes + to, piece.ptr, len);
        if (held->planned)
            hold_pieces(held, str_sub(piece, 0, len));
        held->at += len;
        if (held->cut && !held->planned && held->at >= PLANNED_FROM)
            plan(held, arena);
        piece = str_from_index(piece, len);
    }
}

static struct content content_of_held(struct held *held, struct arena *arena)
{
    if (!held->cut || held->at <= LIMIT_CONTENT_HELD)
        return content_of_memory(str_make(held->bytes, (size_t)held->at));
    size_t from = (size_t)((held->at - HEAD_HELD) % TAIL_HELD);
    char *tail = arena_grow(arena, NULL, 0, TAIL_HELD);
    memcpy(tail, held->bytes + HEAD_HELD + from, TAIL_HELD - from);
    memcpy(tail + TAIL_HELD - from, held->bytes + HEAD_HELD, from);
    struct content content =
        content_of_ends(held->at, str_make(held->bytes, HEAD_HELD), str_make(tail, TAIL_HELD));
    for (size_t i = 0; i < CONTENT_PIECES; i++) {
        content.pieces[i] = held->pieces[i];
        /* One that the file ended in is not whole. */
        if (held->pieces[i].offset + held->pieces[i].len <= held->at)
            content.pieces[i].bytes = held->piece_bytes[i];
    }
    return content;
}

static bool is_over(struct layer_content *content, struct collect *to, const struct entry *entry,
                    const struct stream *source)
{
    bool all = source && content->scanned > source->position + LIMIT_SCANNED_FREE;
    if (all && !content->over)
        fact_add_gap(to, entry->path, STR("more holes in files than are scanned in one layer"));
    content->over = content->over || all;
    return all;
}

/* Everything passes: to the scanners, and into what is held for inspectors. */
static int pass(struct layer_content *content, struct collect *to, const struct entry *entry,
                struct stream *stream, const struct stream *source, bool scan, struct held *held,
                struct err *err)
{
    uint64_t start = content->scanned;
    str piece;
    bool whole = false, scanning = scan;
    int result;
    while ((result = stream_next(stream, SIZE_MAX, &piece, err)) == 0) {
        whole = piece.len == 0;
        if (whole)
            break;
        if (scanning)
            feed_scans(content, to, entry, piece);
        hold(held, &content->scratch, piece);
        bool long_file = content->scanned - start > LIMIT_SCANNED_FILE;
        if (scanning && (long_file || is_over(content, to, entry, source))) {
            scanning = false;
            if (long_file)
                fact_add_gap(to, entry->path, STR("too long; the rest is not scanned"));
        }
        if (!scanning && !held->wanted)
            break;
    }
    if (scan)
        end_scans(content, to, entry, whole);
    return result;
}

static void inspect(struct layer_content *content, struct collect *to, const struct entry *entry,
                    uint64_t takers, struct content *bytes)
{
    for (; takers; takers &= takers - 1) {
        struct err err = {0};
        if (content->inspectors[__builtin_ctzll(takers)]->inspect(to, entry, bytes, &err) < 0)
            fact_add_gap(to, entry->path, err_text(&err));
    }
}

static uint64_t takers_of(const struct layer_content *content, const struct entry *entry, str head)
{
    uint64_t takers = 0;
    for (size_t i = 0; i < content->inspector_count; i++)
        if (content->inspectors[i]->takes(entry, head))
            takers |= (uint64_t)1 << i;
    return takers;
}

static int take(struct layer_content *content, struct collect *to, const struct entry *entry,
                struct stream *stream, str whole, const struct stream *source, struct err *err)
{
    str head = str_sub(whole, 0, STREAM_PEEK);
    if (stream && stream_peek(stream, STREAM_PEEK, &head, err) < 0)
        return -1;
    uint64_t takers = takers_of(content, entry, head);
    bool scan = begin_scans(content, to, entry, head);
    bool anywhere = stream && stream_can_read_at(stream);
    struct held held = {.wanted = stream && takers && !anywhere, .size = entry->size};
    for (uint64_t left = takers; left && !held.planner; left &= left - 1)
        if (content->inspectors[__builtin_ctzll(left)]->plan)
            held.planner = content->inspectors[__builtin_ctzll(left)];
    if (!stream && scan) {
        feed_scans(content, to, entry, whole);
        end_scans(content, to, entry, true);
    }
    if (stream && (scan || held.wanted) &&
        pass(content, to, entry, stream, source, scan, &held, err) < 0)
        return -1;
    if (!takers)
        return 0;
    struct content bytes = !stream    ? content_of_memory(whole)
                           : anywhere ? content_of_stream(&content->scratch, stream, entry->size)
                                      : content_of_held(&held, &content->scratch);
    inspect(content, to, entry, takers, &bytes);
    return 0;
}

int layer_content_take(struct layer_content *content, struct collect *to, const struct entry *entry,
                       struct stream *stream, str whole, const struct stream *source,
                       struct err *err)
{
    int result = take(content, to, entry, stream, whole, source, err);
    if (content->scratch.total > MIB(1))
        arena_free(&content->scratch);
    else
        arena_reset(&content->scratch);
    return result;
}
