// SPDX-License-Identifier: Apache-2.0
/*
 * daemon.json: an object of the Docker daemon's settings, and the flags that say the same on its
 * command line (dockerd(8)). The daemon refuses to start where both say something else, so which
 * one wins hardly matters; here it is the flag.
 */
#include "base/limits.h"
#include "io/json.h"
#include "read/host/reader.h"

/* Lines of the keys of the outermost object, in order. Nothing is decoded here: a key that is
 * spelled with escapes has no line. */
static uint32_t line_of_key(str text, str key)
{
    uint32_t line = 1, found = 0;
    size_t depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n') {
            line++;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        } else if (c == '"') {
            size_t end = i + 1;
            while (end < text.len && text.ptr[end] != '"')
                end += text.ptr[end] == '\\' ? 2 : 1;
            str word = str_sub(text, i + 1, end - i - 1);
            str after = str_trim(str_from_index(text, end + 1));
            /* The last one wins, as in Go. */
            if (depth == 1 && str_eq_nocase(word, key) && str_starts(after, STR(":")))
                found = line;
            i = end;
        }
    }
    return found;
}

struct json_target {
    struct arena *arena;
    struct daemon_setting_list *list;
};

static str value_text(struct arena *arena, const struct json *value)
{
    if (json_is_string(value))
        return arena_str(arena, json_string(value));
    if (json_bool(value, true) == json_bool(value, false))
        return json_bool(value, false) ? STR("true") : STR("false");
    double number = json_double(value, -0.5);
    if (number >= -9e15 && number <= 9e15 && number == (double)(int64_t)number)
        return arena_printf(arena, "%lld", (long long)number);
    return json_is_object(value) ? STR("{...}") : json_is_array(value) ? STR("[...]") : STR("null");
}

static void add_setting(struct json_target *to, str name, str value, struct place place)
{
    if (to->list->count < LIMIT_HOST_ROWS)
        *vec_push(to->arena, to->list) =
            (struct daemon_setting){.name = name, .value = value, .place = place};
}

int daemon_json_parse(struct arena *arena, str path, str text, struct daemon_setting_list *ret,
                      struct err *err)
{
    struct json_target to = {.arena = arena, .list = ret};
    /* The daemon takes an empty file, and one with a byte order mark, as no settings. */
    str_skip(&text, STR("\xef\xbb\xbf"));
    if (str_trim(text).len == 0)
        return 0;
    JSON_SCOPED document = json_parse(text, err);
    if (!document)
        return -1;
    if (!json_is_object(document))
        return err_set(err, ERR_FORMAT, "not an object of settings");
    size_t members = 0;
    for (const struct json *item = json_first(document); item; item = json_next(item)) {
        /* Finding lines reads the whole text for each key. */
        if (++members > LIMIT_DAEMON_KEYS)
            return err_set(err, ERR_LIMIT, "more than %d settings", LIMIT_DAEMON_KEYS);
        str name = arena_str(arena, json_name(item));
        struct place place = {.path = path, .line = line_of_key(text, name)};
        if (!json_is_array(item) && !json_is_object(item)) {
            add_setting(&to, name, value_text(arena, item), place);
            continue;
        }
        for (const struct json *entry = json_first(item); entry; entry = json_next(entry)) {
            str value = value_text(arena, entry);
            if (json_is_object(item))
                value = arena_join(arena, json_name(entry), STR("="), value);
            add_setting(&to, name, value, place);
        }
    }
    return 0;
}

/* Flags whose name is not that of the setting: repeated ones are lists in daemon.json. */
static const struct {
    str flag, setting;
} renamed[] = {
    {STR_INIT("host"), STR_INIT("hosts")},
    {STR_INIT("insecure-registry"), STR_INIT("insecure-registries")},
    {STR_INIT("registry-mirror"), STR_INIT("registry-mirrors")},
    {STR_INIT("authorization-plugin"), STR_INIT("authorization-plugins")},
    {STR_INIT("default-ulimit"), STR_INIT("default-ulimits")},
    {STR_INIT("storage-opt"), STR_INIT("storage-opts")},
    {STR_INIT("log-opt"), STR_INIT("log-opts")},
    {STR_INIT("exec-opt"), STR_INIT("exec-opts")},
    {STR_INIT("label"), STR_INIT("labels")},
};

/* Flags without a value; all others take one, in the same argument or the next. */
static const str switches[] = {
    STR_INIT("debug"),
    STR_INIT("experimental"),
    STR_INIT("icc"),
    STR_INIT("init"),
    STR_INIT("ip-forward"),
    STR_INIT("ip-masq"),
    STR_INIT("ip6tables"),
    STR_INIT("iptables"),
    STR_INIT("ipv6"),
    STR_INIT("live-restore"),
    STR_INIT("no-new-privileges"),
    STR_INIT("raw-logs"),
    STR_INIT("rootless"),
    STR_INIT("selinux-enabled"),
    STR_INIT("tls"),
    STR_INIT("tlsverify"),
    STR_INIT("userland-proxy"),
    STR_INIT("validate"),
    STR_INIT("allow-direct-routing"),
    STR_INIT("bridge-accept-fwmark"),
};

static bool is_switch(str name)
{
    for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
        if (str_eq(switches[i], name))
            return true;
    return false;
}

/* pflag takes what strconv.ParseBool does. */
static str switch_value(str value)
{
    bool off = str_eq_nocase(value, STR("false")) || str_eq_nocase(value, STR("f")) ||
               str_eq(value, STR("0"));
    return off ? STR("false") : STR("true");
}

static bool split_flag(str argument, str *ret_name, str *ret_value, bool *ret_has_value)
{
    static const struct {
        char letter;
        str name;
    } letters[] = {{'H', STR_INIT("host")},      {'D', STR_INIT("debug")},
                   {'l', STR_INIT("log-level")}, {'s', STR_INIT("storage-driver")},
                   {'G', STR_INIT("group")},     {'b', STR_INIT("bridge")},
                   {'p', STR_INIT("pidfile")}};
    if (str_skip(&argument, STR("--"))) {
        *ret_has_value = str_cut(argument, '=', ret_name, ret_value);
        return ret_name->len > 0;
    }
    if (!str_skip(&argument, STR("-")) || argument.len == 0)
        return false;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
        if (letters[i].letter == argument.ptr[0]) {
            *ret_name = letters[i].name;
            *ret_value = str_from_index(argument, 1);
            str_skip(ret_value, STR("="));
            *ret_has_value = ret_value->len > 0;
            return true;
        }
    return false;
}

void daemon_flags_parse(struct arena *arena, const struct str_list *arguments, str path,
                        struct daemon_setting_list *ret, str *ret_config)
{
    for (size_t i = 1; i < arguments->count && ret->count < LIMIT_HOST_ROWS; i++) {
        str name = {0}, value = {0};
        bool has_value = false;
        if (!split_flag(arguments->items[i], &name, &value, &has_value))
            continue;
        if (is_switch(name))
            value = has_value ? switch_value(value) : STR("true");
        else if (!has_value && i + 1 < arguments->count)
            value = arguments->items[++i];
        for (size_t r = 0; r < sizeof(renamed) / sizeof(renamed[0]); r++)
            if (str_eq(renamed[r].flag, name))
                name = renamed[r].setting;
        if (str_eq(name, STR("config-file")))
            *ret_config = value;
        *vec_push(arena, ret) = (struct daemon_setting){
            .name = name, .value = value, .place = {.path = path}, .is_flag = true};
    }
}
