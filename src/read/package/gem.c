// SPDX-License-Identifier: Apache-2.0
/*
 * What RubyGems installed: specifications/NAME-VERSION.gemspec, which RubyGems writes itself, one
 * assignment a line: s.name = "rack".freeze. The file is a program; nothing else of it is read.
 */
#include "base/limits.h"
#include "base/path.h"
#include "io/content.h"
#include "model/language.h"

static bool takes(const struct entry *entry, str head)
{
    (void)head;
    str folder = path_parent(entry->path);
    return str_ends(entry->path, STR(".gemspec")) &&
           (str_eq(path_base(folder), STR("specifications")) ||
            str_eq(path_base(path_parent(folder)), STR("specifications")));
}

/* The first text in quotes. */
static str quoted(str value)
{
    size_t from = 0;
    while (from < value.len && value.ptr[from] != '"' && value.ptr[from] != '\'')
        from++;
    if (from == value.len)
        return (str){0};
    str text = str_from_index(value, from + 1);
    return str_sub(text, 0, str_find_char(text, value.ptr[from]));
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    struct package package = {.type = STR("gem")};
    str text, line, name, value;
    if (content_read_head(content, LIMIT_LANGUAGE_HEAD, &text, err) < 0)
        return -1;
    while (str_next_line(&text, &line)) {
        if (!str_cut(line, '=', &name, &value))
            continue;
        name = str_trim(name);
        if (str_ends(name, STR(".name")) && !package.name.len)
            package.name = quoted(value);
        else if (str_ends(name, STR(".version")) && !package.version.len)
            package.version = quoted(value);
        else if (str_ends(name, STR(".licenses")) && !package.license.len)
            package.license = quoted(value);
    }
    if (!language_add(to, entry->path, &package))
        return err_set(err, ERR_FORMAT, "does not say which gem it belongs to");
    return 0;
}

const struct collector package_gem = {
    .name = "gem",
    .version = 1,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
