// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_SCAN_H
#define HARDEN_READ_SECRET_SCAN_H

#include "read/secret/secret.h"
#include "read/secret/search.h"

/* Between the files of this folder: what one scan knows while it reads one file. */

struct secret_kinds;

struct secret_finder {
    struct probe_search search;
    struct secret_kinds *kinds; /* scan_kinds() */
    struct pattern_set *set;    /* NULL: only texts are looked at, with `search` */
    bool show;
    struct collector collector; /* secret_finder_collector() */
};

/* Something that looks like a secret. */
struct hit {
    const struct kind *kind;
    str value;       /* in the scan's arena */
    uint64_t offset; /* of its first byte in what is read; HIT_NOWHERE where it has no place */
    uint64_t length; /* of the text that stands for it there */
    uint64_t line, column, count, expires;
    enum secret_confidence confidence;
    str reason, detail, where, partner;
    bool dropped; /* another hit says the same better */
};
#define HIT_NOWHERE UINT64_MAX

/* The text around a match: what was read before it, and what is read ahead. */
struct view {
    str text;
    size_t at;     /* behind the match */
    uint64_t base; /* offset of text's first byte */
};

enum { SCAN_BEFORE = 8 << 10, SCAN_AHEAD = 24 << 10, SCAN_BLOCK = 128 << 10 };
enum { SCAN_WINDOW = SCAN_BEFORE + SCAN_AHEAD + SCAN_BLOCK };

struct file_reader; /* files.h */

struct secret_scan {
    const struct secret_finder *finder;
    struct pattern_scan *patterns;  /* NULL: finder->search does it */
    const struct kind_table *kinds; /* NULL: not needed yet */
    struct collect *to;
    struct arena arena; /* of the stream at hand */
    str path;           /* of the file in the image */
    str inside;         /* "a.jar!/b.txt" within it, or "" */
    str name;           /* the path, or of what stands in an archive its own */
    bool wide;          /* UTF-16 */
    bool documentation; /* read by people, and made to show how things are done */
    bool binary, loose; /* loose: settings, where values stand without quotes */
    bool is_config;     /* the names are an image's own: whatever they hold counts */

    char *window;
    size_t room, fill;
    uint64_t window_at;                  /* offset of its first byte */
    uint64_t lines;                      /* newlines before it */
    uint64_t line_start;                 /* offset behind the last of them */
    uint64_t matches;                    /* of all patterns in this stream */
    bool stopped;                        /* after too many of them */
    struct match_list found, candidates; /* found: of a piece, not looked at yet */
    uint32_t *tried;                     /* a kind: matches that were looked at in this stream */
    VEC(struct hit) hits;
    struct arena lasting; /* of the scan: what is used again for every stream */

    /* A file that is read as a whole, by a reader of its format or because it is an archive. */
    const struct file_reader *reader;
    bool is_archive;
    char *held;
    size_t held_len, held_room;
    int depth;         /* of archives in archives */
    uint64_t unpacked; /* bytes out of archives of this file */
    uint64_t all_hits; /* facts of this layer or text */
    uint64_t public_keys;
    size_t nested_gaps;
    bool flood_said;
};

/* A hit at that offset of the stream, with its line. NULL past the limit, which becomes a gap. The
 * value is copied. */
struct hit *scan_hit(struct secret_scan *scan, const struct kind *kind, uint64_t offset, str value);
const struct kind *scan_kind(struct secret_scan *scan, const char *id);
/* The table, which is read when the first of a finder's scans asks for it: most texts have nothing
 * that it is needed for. */
const struct kind_table *scan_kinds(struct secret_scan *scan);

/* weigh.c: whether the value can be one of that kind, and how sure that is. `fixed`: bytes of its
 * beginning that all values of the kind have. */
bool weigh(struct secret_scan *scan, const struct kind *kind, str value, size_t fixed,
           struct hit *ret);
/* The second look, when all of a file is known: pairs, repeats, two names for one thing. */
void weigh_together(struct secret_scan *scan);
bool weigh_is_stand_in(str value); /* "changeme", "<password>", "${PASSWORD}", "xxxx" */
bool weigh_is_random(str value);   /* no word, path, or name in a program */
double weigh_entropy(str value);
str weigh_base64(struct arena *arena, str text); /* decoded; empty where it is none */

/* assign.c: the value that a name is given, behind the word that ends at view->at. */
struct assigned {
    size_t start;
    bool quoted, spaced; /* spaced: nothing but space stands between */
    str rest;            /* of the name, behind the word */
};
bool assign_find(const struct view *view, struct assigned *ret);

/* code.c: kinds found by code. */
void code_found(struct secret_scan *scan, unsigned checks, const struct view *view);
/* pem.c: -----BEGIN, at view->at. */
void key_found(struct secret_scan *scan, const struct view *view);
/* Adds the PEM key that is in there in base64 once more, as kubeconfigs have it. */
void key_in_text(struct secret_scan *scan, const struct kind *kind, uint64_t offset, str base64);
str key_partner(struct arena *arena, str public_half);
struct key;
void key_public_found(struct secret_scan *scan, const struct key *key, const char *what);
/* jwt.c */
void jwt_found(struct secret_scan *scan, const struct view *view);
bool jwt_weigh(struct secret_scan *scan, str token, struct hit *ret);

/* nested.c: looks into an archive that is held in memory. False where it is none. */
bool nested_is_archive(str head);
bool nested_scan(struct secret_scan *scan, str bytes, struct err *err);

/* `most`: bytes of the longest text that it will be given, if that is known. */
struct secret_scan *scan_open(const struct secret_finder *finder, size_t most);
void scan_close(struct secret_scan *scan);
void scan_read_file(struct secret_scan *scan, const struct file_reader *reader, str content);
/* Ends a stream's hits as facts, and gets ready for another. */
void scan_start(struct secret_scan *scan, str path, str inside, str head);
void scan_feed(struct secret_scan *scan, str piece);
void scan_finish(struct secret_scan *scan);
/* A whole text as a stream of its own: scan_start(), scan_feed(), the reader of its format,
 * scan_finish(). */
void scan_whole(struct secret_scan *scan, str path, str inside, str text);

/* "ghp_...Zk", or all of it with --show-secrets. */
str scan_mask(struct arena *arena, str value, bool show);
str scan_fingerprint(struct arena *arena, const char *about, str value);

#endif
