// SPDX-License-Identifier: Apache-2.0
#include "read/secret/files.h"

#include "base/path.h"

#include <string.h>

bool file_ends(str path, const char *end)
{
    str tail = str_from(end);
    if (!str_ends(path, tail))
        return false;
    return path.len == tail.len || path.ptr[path.len - tail.len - 1] == '/' || end[0] == '*' ||
           end[0] == '.';
}

str file_unquote(str value)
{
    value = str_trim(value);
    if (value.len >= 2 && (value.ptr[0] == '"' || value.ptr[0] == '\'') &&
        value.ptr[value.len - 1] == value.ptr[0])
        return str_sub(value, 1, value.len - 2);
    return value;
}

static void place(struct hit *hit, str content)
{
    hit->line = hit->column = 1;
    for (size_t i = 0; i < hit->offset && i < content.len; i++) {
        hit->column = content.ptr[i] == '\n' ? 1 : hit->column + 1;
        hit->line += content.ptr[i] == '\n';
    }
}

struct hit *file_hit(struct secret_scan *scan, const char *kind, str content, str value, str where)
{
    enum { LONG = 200 }; /* nobody writes a stand-in that long, and chance makes all words */
    if (value.len < LONG && weigh_is_stand_in(value))
        return NULL;
    uintptr_t from = (uintptr_t)content.ptr, at = (uintptr_t)value.ptr;
    size_t offset = at >= from && at < from + content.len ? at - from : str_find(content, value);
    struct hit *hit =
        scan_hit(scan, scan_kind(scan, kind), offset == STR_NONE ? HIT_NOWHERE : offset, value);
    if (!hit)
        return NULL;
    hit->where = arena_str(&scan->arena, where);
    if (offset != STR_NONE && !scan->binary)
        place(hit, content);
    return hit;
}

/* --- settings: a line each, "key = value" or "key: value", sections in brackets ---- */

static const struct {
    const char *paths; /* ends of paths, separated by spaces */
    const char *keys;  /* ends of keys */
    char separator;
    const char *kind;
} settings[] = {
    {".npmrc /npmrc", "_authToken _auth _password", '=', "npmrc-auth"},
    {".yarnrc.yml", "npmAuthToken npmAuthIdent", ':', "npmrc-auth"},
    {".pypirc", "password", '=', "pypirc-password"},
    {".my.cnf /my.cnf debian.cnf", "password", '=', "my-cnf"},
    {".repo", "password", '=', "yum-repo-password"},
    {".cargo/credentials .cargo/credentials.toml", "token", '=', "cargo-credentials"},
    {".gem/credentials", "key", ' ', "gem-credentials"},
    {"rclone.conf", "pass password token client_secret secret_access_key", '=', "rclone-password"},
    {".aws/credentials .aws/config .boto", "aws_secret_access_key", '=', "aws-credentials"},
    {".s3cfg", "secret_key", '=', "aws-credentials"},
    {"gh/hosts.yml", "oauth_token", ':', "gh-hosts"},
    {".terraformrc terraform.rc", "token", '=', "terraformrc-token"},
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static bool any_end(str text, const char *list, bool path)
{
    str rest = str_from(list), word;
    while (str_next(&rest, ' ', &word)) {
        if (!str_ends(text, word))
            continue;
        char before = text.len > word.len ? text.ptr[text.len - word.len - 1] : '/';
        if (!path || word.ptr[0] == '/' || word.ptr[0] == '.' || before == '/')
            return true;
    }
    return false;
}

static bool is_settings(str path, str head)
{
    (void)head;
    for (size_t i = 0; i < SETTINGS; i++)
        if (any_end(path, settings[i].paths, true))
            return true;
    return false;
}

static void read_line(struct secret_scan *scan, str content, str line, str section, size_t row)
{
    str key, value;
    line = str_trim(line);
    if (line.len == 0 || strchr("#;[", line.ptr[0]) ||
        !str_cut(line, settings[row].separator, &key, &value))
        return;
    key = str_trim(key);
    str_skip(&key, STR("- "));
    while (key.len && key.ptr[key.len - 1] == ':')
        key.len--;
    if (any_end(key, settings[row].keys, false))
        file_hit(scan, settings[row].kind, content, file_unquote(value), section);
}

static void read_settings(struct secret_scan *scan, str content)
{
    for (size_t row = 0; row < SETTINGS; row++) {
        if (!any_end(scan->name, settings[row].paths, true))
            continue;
        str rest = content, line, section = {0};
        while (str_next_line(&rest, &line)) {
            str bare = str_trim(line);
            if (bare.len > 2 && bare.ptr[0] == '[' && bare.ptr[bare.len - 1] == ']')
                section = str_sub(bare, 1, bare.len - 2);
            read_line(scan, content, line, section, row);
        }
    }
}

const struct file_reader file_settings = {"settings", is_settings, read_settings};

const struct file_reader *file_reader_of(str path, str head)
{
    const struct file_reader *const lists[] = {file_store, file_text, file_json, file_yaml};
    if (is_settings(path, head))
        return &file_settings;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (const struct file_reader *reader = lists[i]; reader->name; reader++)
            if (reader->fits(path, head))
                return reader;
    return NULL;
}
