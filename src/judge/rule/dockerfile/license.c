// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/license.h"

#include "base/tsv.h"
#include "data.h"

static bool has_name_form(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-')
            return false;
    }
    return text.len > 0;
}

/* Names mean the same in any case. */
static bool is_listed(str name, bool exception)
{
    char key[64];
    str rows, row, table = str_make(data_spdx, data_spdx_len);
    if (name.len > sizeof(key))
        return false;
    for (size_t i = 0; i < name.len; i++)
        key[i] = (char)(name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? name.ptr[i] + ('a' - 'A')
                                                                 : name.ptr[i]);
    if (!tsv_find(table, str_make(key, name.len), &rows))
        return false;
    while (tsv_next(&rows, &row))
        if (str_eq(tsv_field(row, 2), STR("exception")) == exception)
            return true;
    return false;
}

/* What a document or its author defines: "LicenseRef-NAME", "DocumentRef-NAME:LicenseRef-NAME". */
static bool is_own(str name)
{
    str document, rest;
    if (str_cut(name, ':', &document, &rest)) {
        if (!str_skip(&document, STR("DocumentRef-")) || !has_name_form(document))
            return false;
        name = rest;
    }
    return str_skip(&name, STR("LicenseRef-")) && has_name_form(name);
}

static bool is_license(str name)
{
    if (is_own(name))
        return true;
    if (str_ends(name, STR("+")))
        name.len--;
    return is_listed(name, false);
}

/* The next bracket or word; false at the end. */
static bool next_token(str *rest, str *ret)
{
    *rest = str_trim(*rest);
    size_t len = 0;
    while (len < rest->len && str_find_char(STR(" \t\r\n()"), rest->ptr[len]) == STR_NONE)
        len++;
    if (len == 0 && rest->len)
        len = 1;
    *ret = str_sub(*rest, 0, len);
    *rest = str_from_index(*rest, len);
    return len > 0;
}

bool license_fits(str text)
{
    /* What may come: a licence or "(", an exception, or an operator or ")". */
    enum { WANTS_LICENSE, WANTS_EXCEPTION, WANTS_MORE } state = WANTS_LICENSE;
    bool after_name = false; /* WITH belongs to one licence, not to brackets */
    size_t open = 0;
    str token;
    while (next_token(&text, &token)) {
        bool closes = str_eq(token, STR(")"));
        if (state == WANTS_LICENSE && str_eq(token, STR("("))) {
            open++;
        } else if (state == WANTS_LICENSE && is_license(token)) {
            state = WANTS_MORE;
            after_name = true;
        } else if (state == WANTS_EXCEPTION && is_listed(token, true)) {
            state = WANTS_MORE;
            after_name = false;
        } else if (state == WANTS_MORE && closes && open) {
            open--;
            after_name = false;
        } else if (state == WANTS_MORE && after_name && str_eq(token, STR("WITH"))) {
            state = WANTS_EXCEPTION;
        } else if (state == WANTS_MORE && (str_eq(token, STR("AND")) || str_eq(token, STR("OR")))) {
            state = WANTS_LICENSE;
        } else {
            return false;
        }
    }
    return state == WANTS_MORE && !open;
}
