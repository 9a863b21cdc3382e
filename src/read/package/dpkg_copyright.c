// SPDX-License-Identifier: Apache-2.0
/*
 * Which licenses a Debian package is under: usr/share/doc/NAME/copyright. Mostly in the form of
 * DEP 5 (paragraphs whose License field begins with a short name: "GPL-2+ or Artistic"); of older
 * ones, what they name below /usr/share/common-licenses counts.
 */
#include "base/limits.h"
#include "base/path.h"
#include "io/deb822.h"
#include "model/collector.h"

struct reader {
    struct collect *to;
    str path, package;
    size_t first; /* of this file's facts */
};

static void add(struct reader *reader, str name)
{
    struct fact_list *facts = reader->to->facts;
    name = str_trim(name);
    if (name.len == 0 || name.len > LIMIT_LICENSE || facts->count - reader->first > LIMIT_LICENSES)
        return;
    for (size_t i = reader->first; i < facts->count; i++)
        if (str_eq(facts->items[i].license.name, name))
            return;
    struct license *license = &fact_add(reader->to, FACT_LICENSE, reader->path)->license;
    license->package = reader->package;
    license->name = arena_str(reader->to->arena, name);
}

static void read_paragraphs(struct reader *reader, str content)
{
    str paragraph, name, value, first;
    int more;
    while (deb822_next(&content, &paragraph))
        while ((more = deb822_next_field(&paragraph, &name, &value)) != 0)
            if (more > 0 && str_eq_nocase(name, STR("License"))) {
                str_cut(value, '\n', &first, &value);
                add(reader, first);
            }
}

/* "/usr/share/common-licenses/GPL-2." in running text. */
static void read_references(struct reader *reader, str content)
{
    const str folder = STR("/usr/share/common-licenses/");
    for (size_t at; (at = str_find(content, folder)) != STR_NONE;) {
        content = str_from_index(content, at + folder.len);
        size_t len = 0;
        while (len < content.len) {
            char c = content.ptr[len];
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.')
                break;
            len++;
        }
        str name = str_sub(content, 0, len);
        while (str_ends(name, STR(".")) || str_ends(name, STR("-")))
            name = str_sub(name, 0, name.len - 1);
        add(reader, name);
    }
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct reader reader = {to, entry->path, path_base(path_parent(entry->path)), to->facts->count};
    reader.package = arena_str(to->arena, reader.package);
    if (str_starts(content, STR("Format:")) || str_starts(content, STR("Format-Specification:")))
        read_paragraphs(&reader, content);
    if (to->facts->count == reader.first)
        read_references(&reader, content);
    return 0;
}

static const char *const paths[] = {"usr/share/doc/*/copyright", NULL};

const struct collector package_dpkg_copyright = {
    .name = "dpkg_copyright",
    .version = 1,
    .wants = WANT_LICENSES,
    .limit = MIB(4),
    .paths = paths,
    .collect = collect,
};
