// SPDX-License-Identifier: Apache-2.0
#include "read/secret/table.h"

#include "base/tsv.h"

#include <string.h>

enum { COLUMNS = 11, MOST_KINDS = 1000 };

static const struct {
    str name;
    unsigned check;
} check_names[] = {
    {STR_INIT("crc62"), CHECK_CRC62},       {STR_INIT("aws"), CHECK_AWS},
    {STR_INIT("nkey"), CHECK_NKEY},         {STR_INIT("bech32"), CHECK_BECH32},
    {STR_INIT("wg"), CHECK_WIREGUARD},      {STR_INIT("jwt64"), CHECK_JWT64},
    {STR_INIT("basic"), CHECK_BASIC},       {STR_INIT("discord"), CHECK_DISCORD},
    {STR_INIT("mixed"), CHECK_MIXED},       {STR_INIT("digits"), CHECK_DIGITS},
    {STR_INIT("plain"), CHECK_PLAIN},       {STR_INIT("generic"), CHECK_GENERIC},
    {STR_INIT("weak"), CHECK_WEAK},         {STR_INIT("sealed"), CHECK_SEALED},
    {STR_INIT("inside"), CHECK_INSIDE},     {STR_INIT("putty"), CHECK_PUTTY},
    {STR_INIT("wifi"), CHECK_WIFI},         {STR_INIT("bearer"), CHECK_BEARER},
    {STR_INIT("pem"), CHECK_PEM},           {STR_INIT("jwt"), CHECK_JWT},
    {STR_INIT("url"), CHECK_URL},           {STR_INIT("sas"), CHECK_SAS},
    {STR_INIT("curl"), CHECK_CURL},         {STR_INIT("login"), CHECK_LOGIN},
    {STR_INIT("chpasswd"), CHECK_CHPASSWD}, {STR_INIT("gcp"), CHECK_GCP},
};

static bool read_checks(str list, unsigned *ret)
{
    str name;
    *ret = 0;
    while (str_next(&list, ',', &name)) {
        unsigned check = 0;
        for (size_t i = 0; i < sizeof(check_names) / sizeof(check_names[0]); i++)
            if (str_eq(name, check_names[i].name))
                check = check_names[i].check;
        if (!check)
            return false;
        *ret |= check;
    }
    return true;
}

static bool read_how(str name, enum kind_how *ret)
{
    static const str names[] = {STR_INIT("token"), STR_INIT("word"), STR_INIT("code"),
                                STR_INIT("file")};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_eq(name, names[i])) {
            *ret = (enum kind_how)i;
            return true;
        }
    return false;
}

static int read_row(struct arena *arena, str row, struct kind *kind, struct err *err)
{
    str fields[COLUMNS] = {0};
    for (size_t i = 0; i < COLUMNS && row.len; i++)
        str_cut(row, '\t', &fields[i], &row);
    str shape = fields[5], entropy = fields[6];
    *kind = (struct kind){.id = fields[0],
                          .rule = fields[2],
                          .title = fields[3],
                          .words = fields[7],
                          .positive = fields[9],
                          .negative = fields[10]};
    if (!severity_parse(fields[1], &kind->severity) || !read_how(fields[4], &kind->how) ||
        !read_checks(fields[8], &kind->checks) ||
        (entropy.len && !str_to_double(entropy, &kind->entropy)))
        return err_set(err, ERR_FORMAT, "%.*s: a field that is not understood", STR_ARG(kind->id));
    if (shape.len && shape_parse(arena, shape, &kind->shapes, err) < 0)
        return err_wrap(err, "%.*s", STR_ARG(kind->id));
    bool needs_shape = kind->how != KIND_BY_FILE;
    if (needs_shape != (kind->shapes.count > 0) ||
        (kind->how == KIND_BY_WORD) != (kind->words.len > 0))
        return err_set(err, ERR_FORMAT, "%.*s: no shape, or no words", STR_ARG(kind->id));
    return 0;
}

static size_t count_lines(str text)
{
    size_t count = 0;
    for (str line; str_next_line(&text, &line);)
        count++;
    return count;
}

int kind_table_read(str text, struct kind_table *ret, struct err *err)
{
    *ret = (struct kind_table){0};
    ret->kinds = arena_array(&ret->arena, struct kind, count_lines(text));
    str row;
    while (tsv_next(&text, &row)) {
        if (ret->count == MOST_KINDS)
            return err_set(err, ERR_LIMIT, "more than %d kinds", MOST_KINDS);
        if (read_row(&ret->arena, row, &ret->kinds[ret->count], err) < 0)
            return -1;
        ret->count++;
    }
    return 0;
}

void kind_table_free(struct kind_table *table)
{
    arena_free(&table->arena);
}

const struct kind *kind_by_id(const struct kind_table *table, str id)
{
    for (size_t i = 0; i < table->count; i++)
        if (str_eq(table->kinds[i].id, id))
            return &table->kinds[i];
    return NULL;
}
