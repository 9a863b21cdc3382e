// SPDX-License-Identifier: Apache-2.0
/*
 * apk-repositories(5): a URL or folder a line, "@tag" before it where packages come from it on
 * request only; apk-tools 3 also knows a keyword before the URL and components behind it. The
 * URL's last parts tell branch and component: ".../v3.19/community".
 */
#include "base/limits.h"
#include "model/damage.h"

struct reader {
    struct collect *to;
    struct damage damage;
    size_t repositories;
};

static str last_part(str *url)
{
    while (str_ends(*url, STR("/")))
        url->len--;
    size_t slash = str_rfind_char(*url, '/');
    str part = str_from_index(*url, slash == STR_NONE ? 0 : slash + 1);
    *url = str_sub(*url, 0, slash == STR_NONE ? 0 : slash);
    return part;
}

static bool is_number(str text)
{
    uint64_t value;
    return str_to_u64(text, UINT32_MAX, &value);
}

/* "v3.19", "edge", "latest-stable"; what has a variable in it is not known here. */
static bool is_branch(str text)
{
    str major, minor;
    if (str_eq(text, STR("edge")) || str_eq(text, STR("latest-stable")))
        return true;
    return str_skip(&text, STR("v")) && str_cut(text, '.', &major, &minor) && is_number(major) &&
           is_number(minor);
}

/* `component` is empty where it is the URL's last part. */
static void add_repository(struct reader *reader, str tag, str url, str component)
{
    if (++reader->repositories > LIMIT_REPOSITORIES)
        return;
    struct arena *arena = reader->to->arena;
    struct apk_repository *repository =
        &fact_add(reader->to, FACT_APK_REPOSITORY, reader->damage.path)->apk_repository;
    repository->url = tag.len ? arena_join(arena, tag, STR(" "), url) : arena_str(arena, url);
    if (component.len == 0)
        component = last_part(&url);
    str branch = last_part(&url);
    if (!is_branch(branch))
        return;
    repository->branch = arena_str(arena, branch);
    repository->component = arena_str(arena, component);
}

static bool is_keyword(str word)
{
    return str_eq(word, STR("ndx")) || str_eq(word, STR("v2")) || str_eq(word, STR("v3"));
}

static void read_line(struct reader *reader, str line, size_t number)
{
    str tag = {0}, word, component;
    if (!str_next_word(&line, &word) || word.ptr[0] == '#' || str_eq(word, STR("set")))
        return;
    if (word.ptr[0] == '@') {
        tag = word;
        word = (str){0};
        str_next_word(&line, &word);
    }
    if (is_keyword(word)) {
        word = (str){0};
        str_next_word(&line, &word);
    }
    if (str_find_char(word, '/') == STR_NONE || word.len > LIMIT_PATH) {
        damage_add(&reader->damage, "line %zu is no repository", number);
        return;
    }
    if (!str_next_word(&line, &component)) {
        add_repository(reader, tag, word, (str){0});
        return;
    }
    do
        add_repository(reader, tag, word, component);
    while (reader->repositories <= LIMIT_REPOSITORIES && str_next_word(&line, &component));
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct reader reader = {.to = to, .damage = {.to = to, .path = entry->path}};
    str line;
    for (size_t number = 1; str_next_line(&content, &line); number++) {
        read_line(&reader, line, number);
        if (reader.repositories > LIMIT_REPOSITORIES) {
            damage_add(&reader.damage, "more than %d repositories", LIMIT_REPOSITORIES);
            break;
        }
    }
    damage_end(&reader.damage);
    return 0;
}

static const char *const paths[] = {"etc/apk/repositories", "etc/apk/repositories.d/*.list", NULL};

const struct collector package_apk_repositories = {
    .name = "apk_repositories",
    .version = 1,
    .wants = WANT_PACKAGES,
    .limit = LIMIT_SETTINGS,
    .paths = paths,
    .collect = collect,
};
