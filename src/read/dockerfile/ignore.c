// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "read/dockerfile/dockerfile.h"

#include <string.h>

/* ---- reading ---- */

/* Go's filepath.Clean for slashes, without a leading one: "./a//b/../c/" is "a/c". */
static str clean(struct arena *arena, str path)
{
    char *to = arena_alloc(arena, path.len + 1);
    size_t len = 0;
    str part;
    while (str_next(&path, '/', &part)) {
        if (part.len == 0 || str_eq(part, STR(".")))
            continue;
        if (str_eq(part, STR(".."))) {
            while (len > 0 && to[--len] != '/')
                ;
            continue;
        }
        if (len)
            to[len++] = '/';
        memcpy(to + len, part.ptr, part.len);
        len += part.len;
    }
    return (str){to, len};
}

struct ignore_patterns ignore_parse(struct arena *arena, str text)
{
    struct ignore_patterns patterns = {0};
    str line;
    str_skip(&text, STR("\xef\xbb\xbf"));
    for (uint32_t number = 1; str_next_line(&text, &line); number++) {
        if (str_starts(line, STR("#")))
            continue;
        line = str_trim(line);
        bool except = str_skip(&line, STR("!"));
        line = clean(arena, str_trim(line));
        if (line.len == 0 || line.len > LIMIT_IGNORE_PATTERN)
            continue;
        if (patterns.count >= LIMIT_IGNORE_PATTERNS)
            break;
        *vec_push(arena, &patterns) =
            (struct ignore_pattern){.text = line, .except = except, .line = number};
    }
    return patterns;
}

/* ---- matching ---- */

/* A pattern as steps of an automaton; all ways through it are followed at once, so that no pattern
 * takes longer than its length times that of the path. */
enum step_kind {
    STEP_BYTE,
    STEP_ONE,     /* ? */
    STEP_CLASS,   /* [a-z] */
    STEP_NAME,    /* *: any bytes of one name */
    STEP_ALL,     /* ** at the end: any bytes */
    STEP_FOLDERS, /* **: nothing, or any number of whole folders */
    STEP_INSIDE,  /* behind STEP_FOLDERS: within these folders */
};
struct step {
    enum step_kind kind;
    char byte;
    str set; /* between the brackets */
};
struct steps {
    struct step items[LIMIT_IGNORE_PATTERN * 2];
    size_t count;
};

static struct step take_step(str pattern, size_t *at)
{
    char c = pattern.ptr[(*at)++];
    bool more = *at < pattern.len;
    if (c == '*' && more && pattern.ptr[*at] == '*') {
        *at += 1;
        if (*at < pattern.len && pattern.ptr[*at] == '/')
            *at += 1;
        return (struct step){.kind = *at == pattern.len ? STEP_ALL : STEP_FOLDERS};
    }
    if (c == '*')
        return (struct step){.kind = STEP_NAME};
    if (c == '?')
        return (struct step){.kind = STEP_ONE};
    if (c == '[') {
        size_t close = str_find_char(str_from_index(pattern, *at), ']');
        if (close != STR_NONE && close > 0) {
            str set = str_sub(pattern, *at, close);
            *at += close + 1;
            return (struct step){.kind = STEP_CLASS, .set = set};
        }
    }
    if (c == '\\' && more)
        c = pattern.ptr[(*at)++];
    return (struct step){.kind = STEP_BYTE, .byte = c};
}

static bool in_set(str set, char c)
{
    bool negated = set.ptr[0] == '^', found = false;
    for (size_t i = negated; i < set.len; i++) {
        if (set.ptr[i] == '\\' && i + 1 < set.len)
            i++;
        char low = set.ptr[i], high = low;
        if (i + 2 < set.len && set.ptr[i + 1] == '-') {
            high = set.ptr[i + 2];
            i += 2;
        }
        found |= c >= low && c <= high;
    }
    return found != negated;
}

static bool takes(const struct step *step, char c)
{
    switch (step->kind) {
    case STEP_BYTE: return step->byte == c;
    case STEP_ONE: return c != '/';
    case STEP_CLASS: return in_set(step->set, c);
    case STEP_INSIDE: return c == '/';
    default: return false;
    }
}

static bool repeats(const struct step *step, char c)
{
    return step->kind == STEP_ALL || step->kind == STEP_INSIDE ||
           (step->kind == STEP_NAME && c != '/');
}

/*
 * Place s is before step s. STEP_FOLDERS is entered with an inside step behind it: at its beginning
 * it may be passed over, inside it only a slash leads out.
 */
static void pass_over(const struct steps *steps, bool *reached)
{
    for (size_t s = 0; s < steps->count; s++) {
        enum step_kind kind = steps->items[s].kind;
        if (!reached[s])
            continue;
        if (kind == STEP_NAME || kind == STEP_ALL)
            reached[s + 1] = true;
        if (kind == STEP_FOLDERS)
            reached[s + 1] = reached[s + 2] = true; /* its inside, and behind it */
    }
}

static bool pattern_matches(const struct steps *steps, str path)
{
    bool reached[LIMIT_IGNORE_PATTERN * 2 + 1] = {true};
    for (size_t at = 0;; at++) {
        pass_over(steps, reached);
        bool boundary = at == path.len || path.ptr[at] == '/';
        if (boundary && at > 0 && reached[steps->count])
            return true;
        if (at == path.len)
            return false;
        char c = path.ptr[at];
        for (size_t s = steps->count + 1; s-- > 0;) {
            bool stays = s < steps->count && reached[s] && repeats(&steps->items[s], c);
            bool comes = s > 0 && reached[s - 1] && takes(&steps->items[s - 1], c);
            reached[s] = stays || comes;
        }
    }
}

static void compile(str pattern, struct steps *steps)
{
    steps->count = 0;
    for (size_t at = 0; at < pattern.len;) {
        struct step step = take_step(pattern, &at);
        steps->items[steps->count++] = step;
        if (step.kind == STEP_FOLDERS)
            steps->items[steps->count++] = (struct step){.kind = STEP_INSIDE};
    }
}

static bool is_plain(str pattern)
{
    for (size_t i = 0; i < pattern.len; i++)
        if (strchr("*?[\\", pattern.ptr[i]))
            return false;
    return true;
}

/* It is the path, or a folder that the path is in. */
static bool is_at_or_above(str folder, str path)
{
    return str_starts(path, folder) && (path.len == folder.len || path.ptr[folder.len] == '/');
}

bool ignore_matches(const struct ignore_patterns *patterns, str path)
{
    bool matched = false;
    struct steps steps;
    if (path.len > LIMIT_PATH)
        return false;
    for (size_t i = 0; i < patterns->count; i++) {
        const struct ignore_pattern *pattern = &patterns->items[i];
        if (pattern->except != matched) /* it could only say what holds already */
            continue;
        bool matches;
        if (is_plain(pattern->text)) {
            matches = is_at_or_above(pattern->text, path);
        } else {
            compile(pattern->text, &steps);
            matches = pattern_matches(&steps, path);
        }
        if (matches)
            matched = !pattern->except;
    }
    return matched;
}
