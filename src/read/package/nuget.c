// SPDX-License-Identifier: Apache-2.0
/* What a .NET program was published with: NAME.deps.json, "libraries": {"Name/1.0": {"type":
 * "package"}}. Projects of the program itself have another type. */
#include "base/limits.h"
#include "io/content.h"
#include "io/json.h"
#include "model/language.h"

static bool takes(const struct entry *entry, str head)
{
    (void)head;
    return str_ends(entry->path, STR(".deps.json"));
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    str text;
    if (content_read_all(content, LIMIT_LANGUAGE_JSON, &text, err) < 0)
        return -1;
    JSON_SCOPED json = json_parse(text, err);
    if (!json)
        return -1;
    const struct json *item = json_first(json_get(json, "libraries"));
    for (; item; item = json_next(item)) {
        struct package package = {.type = STR("nuget")};
        if (!str_eq(json_get_string(item, "type"), STR("package")))
            continue;
        str_cut(json_name(item), '/', &package.name, &package.version);
        language_add(to, entry->path, &package);
    }
    return 0;
}

const struct collector package_nuget = {
    .name = "nuget",
    .version = 2,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
