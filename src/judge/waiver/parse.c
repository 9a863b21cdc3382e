// SPDX-License-Identifier: Apache-2.0
#include "judge/waiver/waiver.h"

#include <string.h>

static void add_ids(struct arena *arena, str list, struct str_list *ids)
{
    str id;
    while (str_next(&list, ',', &id)) {
        id = str_trim(id);
        if (id.len)
            *vec_push(arena, ids) = id;
    }
}

static bool is_date(str s)
{
    static const char form[] = "dddd-dd-dd";
    if (s.len != sizeof(form) - 1)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (form[i] == 'd' ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] != form[i])
            return false;
    uint64_t month, day;
    return str_to_u64(str_sub(s, 5, 2), 12, &month) && month > 0 &&
           str_to_u64(str_sub(s, 8, 2), 31, &day) && day > 0;
}

/* --- our own ------------------------------------------------------------------------------------
 */

/* The value behind "name=": a word, or what stands in quotes. False where a quote is open. */
static bool take_value(str *rest, str *ret)
{
    if (rest->len && (rest->ptr[0] == '"' || rest->ptr[0] == '\'')) {
        char quote = rest->ptr[0];
        *rest = str_from_index(*rest, 1);
        return str_cut(*rest, quote, ret, rest);
    }
    if (!str_next_word(rest, ret))
        *ret = (str){0};
    return true;
}

static str wrong_word(struct arena *arena, str word, bool conditions)
{
    return arena_printf(arena, "%.*s is neither a rule, reason= nor until=%s",
                        (int)(word.len < 60 ? word.len : 60), word.ptr,
                        conditions ? ", nor path=, package=, image=, status=" : "");
}

/* "path=GLOB" and its like; false: it is something else. */
static bool parse_condition(str *rest, struct waiver *ret)
{
    const struct {
        str name, *value;
    } conditions[] = {
        {STR("path="), &ret->path}, {STR("package="), &ret->package}, {STR("image="), &ret->image}};
    str status;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++)
        if (str_skip(rest, conditions[i].name)) {
            if (!take_value(rest, conditions[i].value) || conditions[i].value->len == 0)
                ret->wrong = STR("a condition has no value, or its quote is not closed");
            return true;
        }
    if (!str_skip(rest, STR("status=")))
        return false;
    ret->not_affected = take_value(rest, &status) && str_eq(status, STR("not-affected"));
    if (!ret->not_affected && (!status.len || !str_eq(status, STR("waived"))))
        ret->wrong = STR("status= wants waived or not-affected");
    return true;
}

/* What stands behind the verb. */
static void parse_rest(struct arena *arena, str rest, bool conditions, struct waiver *ret)
{
    str word;
    bool more = false;
    for (rest = str_trim(rest); rest.len && !ret->wrong.len; rest = str_trim(rest)) {
        if (str_skip(&rest, STR("reason="))) {
            if (!take_value(&rest, &ret->reason))
                ret->wrong = STR("a quote is not closed");
        } else if (str_skip(&rest, STR("until="))) {
            if (!take_value(&rest, &ret->until) || !is_date(ret->until))
                ret->wrong = STR("until= wants a date like 2027-01-31");
        } else if (!conditions || !parse_condition(&rest, ret)) {
            str_next_word(&rest, &word);
            if (ret->ids.count && !more && !str_starts(word, STR(",")))
                ret->wrong = wrong_word(arena, word, conditions);
            add_ids(arena, word, &ret->ids);
            more = str_ends(word, STR(","));
        }
    }
    if (!ret->wrong.len && ret->ids.count == 0)
        ret->wrong = STR("it names no rule");
}

bool waiver_parse_line(struct arena *arena, str line, struct waiver *ret)
{
    *ret = (struct waiver){.form = WAIVER_OWN, .scope = WAIVER_FILE};
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return false;
    parse_rest(arena, line, true, ret);
    return true;
}

static void parse_own(struct arena *arena, str rest, struct waiver *ret)
{
    static const struct {
        str word;
        enum waiver_scope scope;
    } verbs[] = {{STR_INIT("ignore"), WAIVER_NEXT},
                 {STR_INIT("ignore-stage"), WAIVER_STAGE},
                 {STR_INIT("ignore-file"), WAIVER_FILE}};
    str verb;
    bool known = false;
    str_next_word(&rest, &verb);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (str_eq(verb, verbs[i].word)) {
            ret->scope = verbs[i].scope;
            known = true;
        }
    if (!known) {
        ret->wrong = STR("behind \"harden:\" comes ignore, ignore-stage or ignore-file");
        return;
    }
    parse_rest(arena, rest, false, ret);
}

/* --- those of others ----------------------------------------------------------------------------
 */

/* hadolint takes only such names, and nothing at all of a list that has another one. */
static bool is_hadolint_name(str id)
{
    for (size_t i = 0; i < id.len; i++)
        if ((id.ptr[i] < '0' || id.ptr[i] > '9') && !strchr("DLSC", id.ptr[i]))
            return false;
    return id.len > 0;
}

static bool parse_hadolint(struct arena *arena, str rest, struct waiver *ret)
{
    rest = str_trim(rest);
    ret->scope = WAIVER_NEXT_LINE;
    if (str_skip(&rest, STR("stage ")))
        ret->scope = WAIVER_STAGE;
    else if (str_skip(&rest, STR("global ")))
        ret->scope = WAIVER_FILE;
    rest = str_trim(rest);
    if (!str_skip(&rest, STR("ignore")))
        return false;
    rest = str_trim(rest);
    if (!str_skip(&rest, STR("=")))
        return false;
    str list;
    str_cut(rest, '#', &list, &ret->reason);
    ret->reason = str_trim(ret->reason);
    add_ids(arena, list, &ret->ids);
    for (size_t i = 0; i < ret->ids.count; i++)
        if (!is_hadolint_name(ret->ids.items[i]))
            return false;
    return ret->ids.count > 0;
}

/* "skip=A,B;error=true"; behind a blank stands a reason. */
static bool parse_buildkit(struct arena *arena, str rest, struct waiver *ret)
{
    str value, part;
    bool found = false;
    ret->scope = WAIVER_FILE;
    rest = str_trim(rest);
    if (!str_skip(&rest, STR("=")))
        return false;
    str_cut(str_trim(rest), ' ', &value, &ret->reason);
    ret->reason = str_trim(ret->reason);
    while (str_next(&value, ';', &part))
        if (str_skip(&part, STR("skip="))) {
            add_ids(arena, part, &ret->ids);
            found = true;
        }
    return found && ret->ids.count > 0;
}

/* AVD-DS-0002 and DS002 are older names of DS-0002. */
static str trivy_name(struct arena *arena, str id)
{
    static const str prefixes[] = {STR_INIT("DS"), STR_INIT("KSV")};
    enum { OLD_DIGITS = 3 };
    str_skip(&id, STR("AVD-"));
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
        str digits = id;
        uint64_t number;
        if (str_skip(&digits, prefixes[i]) && digits.len == OLD_DIGITS &&
            str_to_u64(digits, 999, &number))
            return arena_printf(arena, "%.*s-0%.*s", STR_ARG(prefixes[i]), STR_ARG(digits));
    }
    return id;
}

static bool parse_trivy(struct arena *arena, str rest, struct waiver *ret)
{
    str word, id, tail;
    ret->scope = WAIVER_NEXT;
    while (str_next_word(&rest, &word)) {
        if (ret->ids.count && !str_skip(&word, STR("trivy:ignore:"))) {
            str_skip(&word, STR("#"));
            if (!str_skip(&word, STR("trivy:ignore:")))
                continue;
        }
        str_cut(word, ':', &id, &tail);
        str_cut(id, '[', &id, &word);
        if (str_skip(&tail, STR("exp:")) && is_date(tail))
            ret->until = tail;
        if (id.len)
            *vec_push(arena, &ret->ids) = trivy_name(arena, id);
    }
    return ret->ids.count > 0;
}

static bool parse_checkov(struct arena *arena, str rest, struct waiver *ret)
{
    str list;
    ret->scope = WAIVER_FILE;
    str_cut(rest, ':', &list, &ret->reason);
    ret->reason = str_trim(ret->reason);
    add_ids(arena, list, &ret->ids);
    return ret->ids.count > 0;
}

static bool skip_nocase(str *s, str prefix)
{
    if (!str_eq_nocase(str_sub(*s, 0, prefix.len), prefix))
        return false;
    *s = str_from_index(*s, prefix.len);
    return true;
}

/* Queries are called by their whole UUID; the first part of it is our alias. */
static bool parse_kics(struct arena *arena, str rest, struct waiver *ret)
{
    static const struct {
        str word;
        enum waiver_scope scope;
    } words[] = {{STR_INIT("ignore-line"), WAIVER_NEXT},
                 {STR_INIT("ignore-block"), WAIVER_STAGE},
                 {STR_INIT("ignore"), WAIVER_FILE}};
    str word, list, id, tail;
    if (!str_next_word(&rest, &word))
        return false;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_eq_nocase(word, words[i].word)) {
            ret->scope = words[i].scope;
            *vec_push(arena, &ret->ids) = STR("all");
            return true;
        }
    list = word;
    ret->scope = WAIVER_FILE;
    bool spares = skip_nocase(&list, STR("enable="));
    struct str_list *named = spares ? &ret->spared : &ret->ids;
    if (!spares && !skip_nocase(&list, STR("disable=")))
        return false;
    while (str_next(&list, ',', &id)) {
        str_cut(str_trim(id), '-', &id, &tail);
        if (id.len)
            *vec_push(arena, named) = id;
    }
    if (spares)
        *vec_push(arena, &ret->ids) = STR("all");
    return named->count > 0;
}

bool waiver_parse(struct arena *arena, str comment, struct waiver *ret)
{
    *ret = (struct waiver){0};
    while (str_skip(&comment, STR("#"))) {
    }
    str rest = str_trim(comment);
    if (str_skip(&rest, STR("harden:"))) {
        ret->form = WAIVER_OWN;
        parse_own(arena, rest, ret);
        return true;
    }
    if (str_skip(&rest, STR("hadolint "))) {
        ret->form = WAIVER_HADOLINT;
        return parse_hadolint(arena, rest, ret);
    }
    if (str_skip(&rest, STR("trivy:ignore:"))) {
        ret->form = WAIVER_TRIVY;
        return parse_trivy(arena, rest, ret);
    }
    if (str_skip(&rest, STR("checkov:skip=")) || str_skip(&rest, STR("bridgecrew:skip="))) {
        ret->form = WAIVER_CHECKOV;
        return parse_checkov(arena, rest, ret);
    }
    if (skip_nocase(&rest, STR("kics-scan "))) {
        ret->form = WAIVER_KICS;
        return parse_kics(arena, rest, ret);
    }
    if (skip_nocase(&rest, STR("check"))) {
        ret->form = WAIVER_BUILDKIT;
        return parse_buildkit(arena, rest, ret);
    }
    return false;
}
