// SPDX-License-Identifier: Apache-2.0
/* What Composer installed: vendor/composer/installed.json, a list of packages (version 1), or an
 * object that has it as "packages" (version 2). */
#include "base/limits.h"
#include "io/content.h"
#include "io/json.h"
#include "model/language.h"

static bool takes(const struct entry *entry, str head)
{
    (void)head;
    return str_ends(entry->path, STR("composer/installed.json"));
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
    const struct json *list = json_is_array(json) ? json : json_get(json, "packages");
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        struct package package = {
            .type = STR("composer"),
            .name = json_get_string(item, "name"),
            .version = json_get_string(item, "version"),
            .license = json_string(json_first(json_get(item, "license"))),
        };
        str_skip(&package.version, STR("v"));
        language_add(to, entry->path, &package);
    }
    return 0;
}

const struct collector package_composer = {
    .name = "composer",
    .version = 2,
    .wants = WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
};
