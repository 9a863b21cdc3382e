// SPDX-License-Identifier: Apache-2.0
/*
 * What npm, yarn and pnpm installed: a package.json with a name and a version, wherever it stands.
 * Below node_modules each folder must have one; elsewhere (tests of parsers, templates) one that
 * cannot be read is none.
 */
#include "base/limits.h"
#include "base/path.h"
#include "io/content.h"
#include "io/json.h"
#include "model/language.h"

static bool takes(const struct entry *entry, str head)
{
    (void)head;
    return str_eq(path_base(entry->path), STR("package.json"));
}

/* node_modules/NAME/package.json, or node_modules/@SCOPE/NAME/package.json. */
static bool is_installed(str path)
{
    str folder = path_parent(path_parent(path));
    if (str_starts(path_base(folder), STR("@")))
        folder = path_parent(folder);
    return str_eq(path_base(folder), STR("node_modules"));
}

static str license_of(const struct json *json)
{
    const struct json *license = json_get(json, "license");
    return json_is_object(license) ? json_get_string(license, "type") : json_string(license);
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    struct err bad = {0};
    str text;
    if (content_read_all(content, LIMIT_LANGUAGE_JSON, &text, err) < 0)
        return -1;
    JSON_SCOPED json = json_parse(text, &bad);
    const struct package package = {
        .type = STR("npm"),
        .name = json_get_string(json, "name"),
        .version = json_get_string(json, "version"),
        .license = license_of(json),
    };
    if (language_add(to, entry->path, &package) || json || !is_installed(entry->path))
        return 0;
    *err = bad;
    return -1;
}

const struct collector package_npm = {
    .name = "npm",
    .version = 2,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
