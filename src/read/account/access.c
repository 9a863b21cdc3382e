// SPDX-License-Identifier: Apache-2.0
/*
 * Settings of who may do what: sudoers(5), pam.conf(5) and pam.d, sshd_config(5), authorized_keys
 * of sshd(8), crontab(5). Lines as they are, without comments; what they mean is for rules.
 */
#include "base/limits.h"
#include "base/path.h"
#include "model/damage.h"
#include "read/account/account.h"

#include <ctype.h>

struct reader {
    struct collect *to;
    struct damage damage;
    str path;
    size_t kept;
};

static void add(struct reader *reader, str topic, str name, str value, uint64_t line)
{
    struct arena *arena = reader->to->arena;
    if (++reader->kept > LIMIT_ACCESS_LINES)
        return;
    struct setting *setting = &fact_add(reader->to, FACT_SETTING, reader->path)->setting;
    *setting = (struct setting){
        .topic = topic,
        .name = arena_str(arena, name),
        .value = arena_str(arena, value),
        .line = line,
    };
}

/* Files that are named in others cannot be asked for once the layer has gone by. */
static void look_elsewhere(struct reader *reader, str what, const char *const *read)
{
    for (; *read; read++)
        if (str_eq(what, str_from(*read)))
            return;
    damage_add(&reader->damage, "what it includes was not looked at: %.*s",
               STR_ARG(str_sub(what, 0, 200)));
}

static str unquoted(str text)
{
    text = str_trim(text);
    if (text.len > 1 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
        text = str_sub(text, 1, text.len - 2);
    return text;
}

/* "@include FILE", "@includedir FOLDER"; also with "#", by which older files have it. */
static bool read_sudoers_include(struct reader *reader, str line)
{
    static const char *const read[] = {"/etc/sudoers.d", "/etc/sudoers.d/", "sudoers.d", NULL};
    str rest = line, word;
    str_next_word(&rest, &word);
    word = str_from_index(word, 1);
    if ((line.ptr[0] != '@' && line.ptr[0] != '#') ||
        (!str_eq(word, STR("include")) && !str_eq(word, STR("includedir"))))
        return false;
    look_elsewhere(reader, unquoted(rest), read);
    return true;
}

/* sudo passes over what editors and package managers leave in the folder. */
static bool is_ignored_sudoers(str path)
{
    str name = path_base(path);
    return path_is_ancestor(STR("etc/sudoers.d"), path) &&
           (str_find_char(name, '.') != STR_NONE || str_ends(name, STR("~")));
}

/* Who, and the rest: "deploy", "ALL=(ALL) NOPASSWD: ALL". */
static void read_sudoers(struct reader *reader, str line, uint64_t number)
{
    str rest = line, who;
    if (str_next_word(&rest, &who))
        add(reader, STR("sudoers"), who, str_trim(rest), number);
}

/* `type control module arguments`; control may be [in=brackets with=blanks]. */
static void read_pam(struct reader *reader, str line, uint64_t number)
{
    str rest = line, word;
    if (!str_next_word(&rest, &word) || str_starts(word, STR("@include")))
        return;
    rest = str_trim(rest);
    size_t close = str_starts(rest, STR("[")) ? str_find_char(rest, ']') : STR_NONE;
    if (close != STR_NONE)
        rest = str_from_index(rest, close + 1);
    else if (!str_next_word(&rest, &word))
        return;
    if (str_next_word(&rest, &word))
        add(reader, STR("pam"), word, str_trim(rest), number);
}

/* Keywords without case; "=" may stand between keyword and value. */
static void read_sshd(struct reader *reader, str line, uint64_t number)
{
    size_t end = 0;
    while (end < line.len && !isspace((unsigned char)line.ptr[end]) && line.ptr[end] != '=')
        end++;
    str value = str_trim(str_from_index(line, end));
    str_skip(&value, STR("="));
    str name = arena_lower(reader->to->arena, str_sub(line, 0, end));
    static const char *const read[] = {"/etc/ssh/sshd_config.d/*.conf", "/etc/ssh/sshd_config.d/*",
                                       "sshd_config.d/*.conf", "sshd_config.d/*", NULL};
    if (str_eq(name, STR("include")))
        look_elsewhere(reader, unquoted(value), read);
    add(reader, STR("sshd"), name, str_trim(value), number);
}

static bool is_key_type(str word)
{
    return str_starts(word, STR("ssh-")) || str_starts(word, STR("ecdsa-")) ||
           str_starts(word, STR("sk-"));
}

/* Options may stand before the type, with quoted blanks in them. The key itself is no secret, but
 * its comment says more to a person. */
static void read_key(struct reader *reader, str line, uint64_t number)
{
    str rest = line, word;
    while (str_next_word(&rest, &word)) {
        if (!is_key_type(word))
            continue;
        str type = word, key;
        if (str_next_word(&rest, &key))
            add(reader, STR("authorized-key"), type, str_trim(rest), number);
        return;
    }
}

static void read_cron(struct reader *reader, str line, uint64_t number)
{
    /* NAME=value lines set the environment. */
    size_t equals = str_find_char(line, '='), blank = str_find_char(line, ' ');
    if (equals != STR_NONE && equals < blank && isalpha((unsigned char)line.ptr[0]))
        return;
    add(reader, STR("cron"), (str){0}, line, number);
}

static void read_line(struct reader *reader, str line, uint64_t number)
{
    str path = reader->path;
    if (str_starts(path, STR("etc/sudoers")))
        read_sudoers(reader, line, number);
    else if (str_starts(path, STR("etc/pam.")))
        read_pam(reader, line, number);
    else if (str_starts(path, STR("etc/ssh/")))
        read_sshd(reader, line, number);
    else if (str_ends(path, STR("authorized_keys")) || str_ends(path, STR("authorized_keys2")))
        read_key(reader, line, number);
    else
        read_cron(reader, line, number);
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct reader reader = {
        .to = to, .damage = {.to = to, .path = entry->path}, .path = entry->path};
    bool sudoers = str_starts(entry->path, STR("etc/sudoers"));
    str line;
    if (is_ignored_sudoers(entry->path))
        return 0;
    for (uint64_t number = 1; str_next_line(&content, &line); number++) {
        str text = str_trim(line);
        bool include = sudoers && text.len && read_sudoers_include(&reader, text);
        if (text.len == 0 || text.ptr[0] == '#' || include)
            continue;
        if (text.len > LIMIT_FIELD) {
            damage_add(&reader.damage, "line %zu is longer than %zu bytes", (size_t)number,
                       (size_t)LIMIT_FIELD);
            continue;
        }
        read_line(&reader, text, number);
        if (reader.kept > LIMIT_ACCESS_LINES) {
            damage_add(&reader.damage, "more than %d lines", LIMIT_ACCESS_LINES);
            break;
        }
    }
    damage_end(&reader.damage);
    return 0;
}

static const char *const paths[] = {
    "etc/sudoers",
    "etc/sudoers.d/*",
    "etc/pam.conf",
    "etc/pam.d/*",
    "etc/ssh/sshd_config",
    "etc/ssh/sshd_config.d/*",
    "root/.ssh/authorized_keys",
    "root/.ssh/authorized_keys2",
    "home/*/.ssh/authorized_keys",
    "home/*/.ssh/authorized_keys2",
    /* Homes of services. */
    "var/jenkins_home/.ssh/authorized_keys",
    "var/lib/git/.ssh/authorized_keys",
    "var/lib/jenkins/.ssh/authorized_keys",
    "var/lib/postgresql/.ssh/authorized_keys",
    "var/opt/gitlab/.ssh/authorized_keys",
    "var/www/.ssh/authorized_keys",
    "etc/crontab",
    "etc/cron.d/*",
    "var/spool/cron/*",
    "var/spool/cron/crontabs/*",
    "etc/crontabs/*",
    NULL,
};

const struct collector account_access = {
    .name = "access",
    .version = 2,
    .wants = WANT_ACCOUNTS,
    .limit = LIMIT_SETTINGS,
    .paths = paths,
    .collect = collect,
};
