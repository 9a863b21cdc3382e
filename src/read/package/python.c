// SPDX-License-Identifier: Apache-2.0
/*
 * What pip, setuptools and their kin installed: NAME-VERSION.dist-info/METADATA of wheels, and
 * PKG-INFO of eggs, or NAME.egg-info that is a file (PyPA, core metadata 2.4). Headers as in mail,
 * up to the first empty line.
 */
#include "base/limits.h"
#include "base/path.h"
#include "io/content.h"
#include "io/deb822.h"
#include "model/language.h"

static bool takes(const struct entry *entry, str head)
{
    (void)head;
    str folder = path_parent(entry->path), name = path_base(entry->path);
    if (str_eq(name, STR("METADATA")))
        return str_ends(folder, STR(".dist-info"));
    if (str_eq(name, STR("PKG-INFO")))
        return str_ends(folder, STR(".egg-info")) || str_ends(folder, STR("EGG-INFO"));
    return str_ends(name, STR(".egg-info"));
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    struct package package = {.type = STR("pypi")};
    str text, headers, name, value;
    int more;
    if (content_read_head(content, LIMIT_LANGUAGE_HEAD, &text, err) < 0)
        return -1;
    if (deb822_next(&text, &headers))
        while ((more = deb822_next_field(&headers, &name, &value)) != 0) {
            if (more < 0)
                continue;
            if (str_eq_nocase(name, STR("Name")))
                package.name = value;
            else if (str_eq_nocase(name, STR("Version")))
                package.version = value;
            else if (str_eq_nocase(name, STR("License-Expression")) ||
                     (str_eq_nocase(name, STR("License")) && !package.license.len &&
                      !str_eq_nocase(value, STR("UNKNOWN"))))
                package.license = value;
        }
    if (!language_add(to, entry->path, &package))
        return err_set(err, ERR_FORMAT, "does not say which package of Python it belongs to");
    return 0;
}

const struct collector package_python = {
    .name = "python",
    .version = 1,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
