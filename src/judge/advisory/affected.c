// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/affected.h"

#include "base/limits.h"

/* --- words ------------------------------------------------------------------------------------ */

struct word {
    char mark;
    str text;
};

static bool next_word(str *words, struct word *ret)
{
    str piece;
    do {
        if (!str_next(words, ' ', &piece))
            return false;
    } while (!piece.len);
    *ret = (struct word){piece.ptr[0], str_from_index(piece, 1)};
    return true;
}

/* --- one range -------------------------------------------------------------------------------- */

/* The version that is asked about, and what can be said about it. */
struct question {
    const struct version_scheme *scheme;
    str version;
    bool comparable;
};

struct range {
    struct word last; /* the event that decides: the highest at or below the version */
    str from;         /* where the part that it lies in, or behind, begins */
    struct word end;  /* the lowest above it that ends the flaw */
    bool has_limit, within_limit;
    str incomparable;
};

static const str first_version = STR_INIT("0");

static bool is_valid(const struct question *question, str version)
{
    return question->scheme && question->scheme->valid(version);
}

static int compare(const struct question *question, str a, str b)
{
    return question->scheme->compare(a, b);
}

/* Below everything, in any scheme. */
static bool is_first(const struct word *event)
{
    return event->mark == MARK_INTRODUCED && str_eq(event->text, first_version);
}

/* Whether event a stands at or above event b; of equal ones the later in the record counts. */
static bool is_above(const struct question *question, const struct word *a, const struct word *b)
{
    if (!b->mark || is_first(b))
        return true;
    return !is_first(a) && compare(question, a->text, b->text) >= 0;
}

static void take_event(const struct question *question, struct range *range, struct word event)
{
    bool first = is_first(&event);
    if (!first && (!question->comparable || !is_valid(question, event.text))) {
        range->incomparable = question->comparable ? event.text : question->version;
        return;
    }
    int order = first ? 1 : compare(question, question->version, event.text);
    if (event.mark == MARK_LIMIT) {
        range->has_limit = true;
        range->within_limit |= order < 0;
        return;
    }
    bool reached = event.mark == MARK_LAST ? order > 0 : order >= 0;
    if (reached && is_above(question, &event, &range->last)) {
        range->last = event;
        if (event.mark == MARK_INTRODUCED)
            range->from = event.text;
    }
    if (!reached && event.mark != MARK_INTRODUCED &&
        (!range->end.mark || compare(question, event.text, range->end.text) < 0))
        range->end = event;
}

static bool holds(const struct range *range)
{
    return range->last.mark == MARK_INTRODUCED && (!range->has_limit || range->within_limit);
}

static bool is_behind(const struct range *range)
{
    return range->last.mark == MARK_FIXED || range->last.mark == MARK_LAST;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* What one record says, or all of them. */
struct said {
    struct affected open;   /* a range without an end that it lies in */
    struct affected behind; /* a range that it lies behind; best one that a fix ends */
    bool unsure;
};

struct asking {
    struct question question;
    struct affected yes; /* a range with an end, or the version itself: of any record */
    struct said all, own;
    str record, incomparable;
    struct range range;
};

static void note(struct affected *slot, const struct asking *asking, str from,
                 const struct word *end)
{
    if (!slot->yes || (slot->end_mark != MARK_FIXED && end->mark == MARK_FIXED))
        *slot = (struct affected){.yes = true,
                                  .record = asking->record,
                                  .from = from,
                                  .end = end->text,
                                  .end_mark = end->mark};
}

static void range_done(struct asking *asking)
{
    const struct range *range = &asking->range;
    /* Who does harm by intent is not excused by another record. */
    bool is_final = range->end.mark || range->has_limit || str_starts(asking->record, STR("MAL-"));
    if (range->incomparable.len) {
        asking->incomparable = range->incomparable;
        asking->own.unsure = true;
    } else if (holds(range)) {
        note(is_final ? &asking->yes : &asking->own.open, asking, range->from, &range->end);
    } else if (is_behind(range)) {
        note(&asking->own.behind, asking, range->from, &range->last);
    }
    asking->range = (struct range){0};
}

/* A version may lie behind one range of a record and in another one, which counts. */
static void record_done(struct asking *asking)
{
    struct said *own = &asking->own, *all = &asking->all;
    range_done(asking);
    if (own->open.yes && !all->open.yes)
        all->open = own->open;
    if (!own->open.yes && !own->unsure && own->behind.yes &&
        (!all->behind.yes || all->behind.end_mark != MARK_FIXED))
        all->behind = own->behind;
    *own = (struct said){0};
}

static bool is_same(const struct question *question, str version)
{
    return str_eq(question->version, version) ||
           (question->comparable && is_valid(question, version) &&
            compare(question, question->version, version) == 0);
}

static struct affected ask_once(const struct version_scheme *scheme, str words, str version)
{
    struct asking asking = {.question = {scheme, version, scheme && scheme->valid(version)}};
    static const struct word none;
    struct word word;
    while (next_word(&words, &word)) {
        if (word.mark == MARK_RECORD)
            record_done(&asking);
        else if (word.mark == MARK_RANGE)
            range_done(&asking);
        if (word.mark == MARK_RECORD)
            asking.record = word.text;
        else if (word.mark == MARK_VERSION && is_same(&asking.question, word.text))
            note(&asking.yes, &asking, (str){0}, &none);
        else if (word.mark != MARK_VERSION && word.mark != MARK_RANGE)
            take_event(&asking.question, &asking.range, word);
    }
    record_done(&asking);
    if (asking.yes.yes)
        return asking.yes;
    if (asking.all.open.yes && asking.all.behind.end_mark != MARK_FIXED)
        return asking.all.open;
    asking.all.behind.yes = false;
    asking.all.behind.incomparable = asking.incomparable;
    return asking.all.behind;
}

/* The lowest version above `version` that is named as a fix. */
static str next_fix(const struct question *question, str words, str version)
{
    struct word word;
    str lowest = {0};
    while (next_word(&words, &word))
        if (word.mark == MARK_FIXED && is_valid(question, word.text) &&
            compare(question, word.text, version) > 0 &&
            (!lowest.len || compare(question, word.text, lowest) < 0))
            lowest = word.text;
    return lowest;
}

struct affected affected_ask(const struct version_scheme *scheme, str words, str version)
{
    enum { TRIES = 32 };
    struct affected answer = ask_once(scheme, words, version);
    const struct question question = {scheme, version, scheme && scheme->valid(version)};
    if (!answer.yes || !question.comparable)
        return answer;
    str fix = next_fix(&question, words, version);
    for (int i = 0; fix.len && i < TRIES; i++) {
        if (!ask_once(scheme, words, fix).yes) {
            answer.fixed = fix;
            break;
        }
        fix = next_fix(&question, words, fix);
    }
    return answer;
}

/* --- for people ------------------------------------------------------------------------------- */

str affected_describe(struct arena *arena, str words)
{
    enum { RANGES_MOST = 6 };
    BUF_SCOPED text = buf_make(KIB(4));
    struct word word;
    size_t ranges = 0, versions = 0;
    bool begun = false, twice = false;
    str first = {0};
    while (ranges <= RANGES_MOST && next_word(&words, &word)) {
        if (word.mark == MARK_RECORD) {
            /* What the first record says is enough for people. */
            twice = first.len > 0;
            first = word.text;
        }
        if (twice)
            break;
        versions += word.mark == MARK_VERSION;
        if (word.mark == MARK_INTRODUCED) {
            if (++ranges > RANGES_MOST)
                break;
            buf_add_str(&text, begun ? STR("; ") : STR(""));
            if (!str_eq(word.text, first_version))
                buf_printf(&text, "from %.*s on", STR_ARG(word.text));
            begun = true;
        }
        const char *until = word.mark == MARK_FIXED  ? "before"
                            : word.mark == MARK_LAST ? "up to"
                                                     : NULL;
        if (until)
            buf_printf(&text, "%s%s %.*s", text.len && text.ptr[text.len - 1] != ' ' ? ", " : "",
                       until, STR_ARG(word.text));
    }
    if (ranges > RANGES_MOST)
        buf_add_str(&text, STR("; and more"));
    if (begun && !text.len)
        buf_add_str(&text, STR("all versions"));
    if (versions)
        buf_printf(&text, "%s%zu version%s by name", text.len ? "; " : "", versions,
                   versions == 1 ? "" : "s");
    return arena_str(arena, buf_str(&text));
}

/* --- for the store ---------------------------------------------------------------------------- */

static str next_record(str *words)
{
    str all = *words;
    size_t at = str_find(str_from_index(all, all.len ? 1 : 0), STR(" @"));
    size_t len = at == STR_NONE ? all.len : at + 1;
    *words = str_from_index(all, len + 1);
    return str_sub(all, 0, len);
}

static size_t count_events(str words)
{
    struct word word;
    size_t count = 0;
    while (next_word(&words, &word))
        count += word.mark != MARK_VERSION;
    return count;
}

/* The record without its versions: it answers the same, in the time that its ranges take. */
static void add_words(str record, bool versions, const struct version_scheme *scheme, str ranges,
                      struct buf *to)
{
    struct word word;
    while (next_word(&record, &word)) {
        if ((word.mark == MARK_VERSION) != versions)
            continue;
        if (versions && scheme && ranges.len && ask_once(scheme, ranges, word.text).yes)
            continue;
        if (to->len)
            buf_add_char(to, ' ');
        buf_add_char(to, word.mark);
        buf_add_str(to, word.text);
    }
}

void affected_compact(const struct version_scheme *scheme, str words, struct buf *to)
{
    enum { EFFORT = 20000000 };
    while (words.len) {
        str record = next_record(&words);
        size_t from = to->len;
        add_words(record, false, scheme, (str){0}, to);
        BUF_SCOPED ranges = buf_make(LIMIT_OSV_RECORD * 2);
        buf_add(&ranges, to->ptr + from, to->len - from);
        /* Absurdly many of both stay as they are. */
        bool sane = count_events(record) < EFFORT / (record.len + 1);
        add_words(record, true, sane ? scheme : NULL, buf_str(&ranges), to);
    }
}
