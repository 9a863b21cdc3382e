// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "judge/reach/reach_internal.h"

#include <string.h>

static const char any_text[] = {REACH_ANY, 0};

/* A word, or a part of one, as it is written: raw[0] stands at `from`. */
struct part {
    struct reach *reach;
    const struct reach_scope *scope;
    str raw;
    uint32_t from;
    const struct shell_expansion *expansions;
};

static void expand_part(const struct part *part, struct reach_text *to);

str reach_variable(struct reach *reach, str name)
{
    return arena_join(&reach->words, STR("$"), STR(""), name);
}

struct reach_text *reach_set(struct reach *reach, str name)
{
    uintptr_t *at = map_get(&reach->sets, name);
    if (!at) {
        at = map_put(&reach->scratch, &reach->sets, arena_str(&reach->scratch, name), NULL);
        *at = (uintptr_t)arena_new(&reach->scratch, struct reach_text);
    }
    return (struct reach_text *)*at;
}

static bool has(const struct reach_text *set, str text)
{
    for (size_t i = 0; i < set->count; i++)
        if (str_eq(set->items[i], text))
            return true;
    return false;
}

void reach_set_add(struct reach *reach, struct reach_text *set, str text)
{
    if (set->count >= LIMIT_REACH_VALUES || text.len > LIMIT_PATH)
        text = str_from(any_text);
    if (has(set, text))
        return;
    *vec_push(&reach->scratch, set) = arena_str(&reach->scratch, text);
    reach->changed = true;
}

static void add(struct reach *reach, struct reach_text *to, str text)
{
    if (to->count >= LIMIT_REACH_VALUES)
        text = str_from(any_text);
    if (!has(to, text))
        *vec_push(&reach->words, to) = text;
}

static void add_all(struct reach *reach, struct reach_text *to, const struct reach_text *values)
{
    for (size_t i = 0; i < values->count; i++)
        add(reach, to, values->items[i]);
}

/* Every text of `to` goes on with every one of `values`. */
static void append(struct reach *reach, struct reach_text *to, const struct reach_text *values)
{
    struct reach_text joined = {0};
    size_t count = to->count * values->count;
    for (size_t i = 0; i < to->count; i++)
        for (size_t j = 0; j < values->count; j++) {
            bool many = count > LIMIT_REACH_VALUES;
            str value = many ? str_from(any_text) : values->items[j];
            bool doubled = str_eq(value, str_from(any_text)) && str_ends(to->items[i], value);
            str text =
                doubled ? to->items[i] : arena_join(&reach->words, to->items[i], STR(""), value);
            add(reach, &joined, text.len > LIMIT_PATH ? str_from(any_text) : text);
            if (many)
                break;
        }
    *to = joined;
}

static void append_text(struct reach *reach, struct reach_text *to, str text)
{
    struct reach_text one = {.items = &text, .count = 1};
    if (text.len)
        append(reach, to, &one);
}

/* ---- what a command prints ---- */

static const struct shell_word *last_word(const struct shell_command *command)
{
    size_t count = command->words.count;
    return count > 1 ? &command->words.items[count - 1] : NULL;
}

static bool add_parents(struct part *part, const struct shell_word *word, struct reach_text *to,
                        bool base)
{
    struct reach_text values = reach_values(part->reach, part->scope, word);
    for (size_t i = 0; i < values.count; i++)
        add(part->reach, to, base ? path_base(values.items[i]) : path_parent(values.items[i]));
    return true;
}

/* find and ls print what is below the folders that they are given. */
static bool add_listed(struct part *part, const struct shell_command *command,
                       struct reach_text *to)
{
    for (size_t i = 1; i < command->words.count; i++) {
        struct reach_text values = reach_values(part->reach, part->scope, &command->words.items[i]);
        for (size_t j = 0; j < values.count; j++)
            if (str_find_char(values.items[j], '/') != STR_NONE)
                add(part->reach, to,
                    arena_join(&part->reach->words, values.items[j], STR("/"), str_from(any_text)));
    }
    return to->count > 0;
}

/* Whether the command is one of those, perhaps by a variable: "$find". */
static bool is_named(struct part *part, const struct shell_command *command,
                     const char *const *names)
{
    struct reach_text values = {0};
    if (command->words.count)
        values = reach_values(part->reach, part->scope, &command->words.items[0]);
    for (size_t i = 0; i < values.count; i++)
        for (const char *const *name = names; *name; name++)
            if (str_eq(path_base(values.items[i]), str_from(*name)))
                return true;
    return false;
}

static bool add_printed(struct part *part, const struct shell_node *node, struct reach_text *to)
{
    static const char *const repeaters[] = {"command",  "which",    "type", "echo",
                                            "readlink", "realpath", NULL};
    static const char *const listers[] = {"find", "ls", NULL};
    while (
        node &&
        (node->kind == SHELL_LIST || node->kind == SHELL_AND_OR || node->kind == SHELL_PIPELINE) &&
        node->first) {
        if (node->kind == SHELL_LIST && node->first == node->last) {
            node = node->first;
            continue;
        }
        /* cd folder && pwd */
        const struct shell_node *last = node->last;
        if (node->first->command && shell_command_is(node->first->command, "cd") && last->command &&
            shell_command_is(last->command, "pwd") && last_word(node->first->command)) {
            struct reach_text values =
                reach_values(part->reach, part->scope, last_word(node->first->command));
            add_all(part->reach, to, &values);
            return true;
        }
        if (node->kind != SHELL_PIPELINE)
            return false;
        node = node->first;
        if (!node->command || !is_named(part, node->command, listers))
            return false;
    }
    const struct shell_command *command = node ? node->command : NULL;
    const struct shell_word *word = command ? last_word(command) : NULL;
    if (command && shell_command_is(command, "pwd"))
        add_all(part->reach, to, reach_set(part->reach, STR(".")));
    if (!word)
        return to->count > 0;
    if (shell_command_is(command, "dirname") || shell_command_is(command, "basename"))
        return add_parents(part, &command->words.items[1], to,
                           shell_command_is(command, "basename"));
    if (is_named(part, command, listers))
        return add_listed(part, command, to);
    if (!is_named(part, command, repeaters) ||
        (command->words.count > 2 && shell_command_is(command, "echo")))
        return false;
    struct reach_text values = reach_values(part->reach, part->scope, word);
    add_all(part->reach, to, &values);
    return true;
}

/* ---- parameters ---- */

static bool is_argument(str name)
{
    return str_eq(name, STR("@")) || str_eq(name, STR("*")) || str_eq(name, STR("OPTARG")) ||
           (name.len && name.ptr[0] >= '1' && name.ptr[0] <= '9');
}

/* What the shell, or whoever starts the container, sets. */
static bool is_given(str name)
{
    static const char *const names[] = {"HOME",   "USER",   "LOGNAME",      "HOSTNAME", "UID",
                                        "EUID",   "RANDOM", "PPID",         "SECONDS",  "REPLY",
                                        "OPTIND", "OLDPWD", "BASH_VERSION", NULL};
    for (const char *const *at = names; *at; at++)
        if (str_eq(name, str_from(*at)))
            return true;
    return name.len == 1 && strchr("#?$!-", name.ptr[0]);
}

static void add_parameter(struct part *part, str name, struct reach_text *to)
{
    struct reach *reach = part->reach;
    if (str_eq(name, STR("0")) || str_eq(name, STR("BASH_SOURCE"))) {
        uint32_t file = part->scope->file;
        add(reach, to,
            file == REACH_NONE
                ? STR("sh")
                : arena_join(&reach->words, STR(""), STR("/"),
                             files_path(&reach->words, reach->files, &reach->files->items[file])));
    } else if (is_argument(name)) {
        add_all(reach, to, reach_set(reach, part->scope->arguments));
    } else if (str_eq(name, STR("PWD"))) {
        add_all(reach, to, reach_set(reach, STR(".")));
    } else {
        const struct reach_text *set = reach_set(reach, reach_variable(reach, name));
        add_all(reach, to, set);
        if (!set->count && is_given(name))
            add(reach, to, str_from(any_text));
    }
}

/* Taking the last part of a path, or what stands before it; other operators are not followed. */
static void add_cut(struct part *part, const struct reach_text *values, str op,
                    struct reach_text *to)
{
    bool base = str_eq(op, STR("##*/")), parent = str_eq(op, STR("%/*"));
    for (size_t i = 0; i < values->count; i++)
        add(part->reach, to,
            base     ? path_base(values->items[i])
            : parent ? path_parent(values->items[i])
                     : str_from(any_text));
}

/* ${name...}: `rest` is what stands behind the name, up to the brace. */
static void add_special(struct part *part, const struct shell_expansion *expansion, str rest,
                        uint32_t rest_from, struct reach_text *to)
{
    struct reach *reach = part->reach;
    struct reach_text values = {0}, other = {0};
    add_parameter(part, expansion->name, &values);
    size_t close = str_starts(rest, STR("[")) ? str_find_char(rest, ']') : STR_NONE;
    size_t skip = close == STR_NONE ? 0 : close + 1;
    str op = str_from_index(rest, skip);
    if (!op.len) {
        add_all(reach, to, &values);
        return;
    }
    size_t sign = op.ptr[0] == ':' ? 1 : 0;
    if (op.len <= sign || !strchr("-=+?", op.ptr[sign])) {
        add_cut(part, &values, op, to);
        return;
    }
    const struct part inner = {reach, part->scope, str_from_index(op, sign + 1),
                               rest_from + (uint32_t)(skip + sign + 1), expansion->next};
    char kind = op.ptr[sign];
    if (kind != '+')
        for (size_t i = 0; i < values.count; i++)
            if (values.items[i].len || !sign)
                add(reach, to, values.items[i]);
    if (kind != '?')
        expand_part(&inner, &other);
    for (size_t i = 0; kind == '=' && i < other.count; i++)
        reach_set_add(reach, reach_set(reach, reach_variable(reach, expansion->name)),
                      other.items[i]);
    add_all(reach, to, &other);
}

static struct reach_text expand(const struct part *outer, const struct shell_expansion *expansion)
{
    struct part part = *outer;
    struct reach_text to = {0};
    if (expansion->kind == SHELL_SUBSTITUTION || expansion->kind == SHELL_BACKQUOTE) {
        if (!add_printed(&part, expansion->body, &to))
            add(part.reach, &to, str_from(any_text));
    } else if (expansion->kind == SHELL_PARAMETER && expansion->braces && expansion->special) {
        uint32_t at = expansion->from - part.from, length = expansion->to - expansion->from;
        str raw = str_sub(part.raw, at, length), rest = raw;
        if (str_skip(&rest, STR("${")) && str_skip(&rest, expansion->name) &&
            str_ends(rest, STR("}")))
            add_special(&part, expansion, str_sub(rest, 0, rest.len - 1),
                        expansion->from + (uint32_t)(raw.len - rest.len), &to);
        else
            add(part.reach, &to, str_from(any_text)); /* ${#x}, ${!x} */
    } else if (expansion->kind == SHELL_PARAMETER) {
        add_parameter(&part, expansion->name, &to);
    } else {
        add(part.reach, &to, str_from(any_text));
    }
    if (!to.count)
        add(part.reach, &to, STR(""));
    return to;
}

/* ---- words ---- */

static void expand_part(const struct part *part, struct reach_text *to)
{
    struct reach *reach = part->reach;
    const struct shell_expansion *next = part->expansions;
    str raw = part->raw;
    bool quoted = false;
    add(reach, to, STR(""));
    for (size_t at = 0; at < raw.len;) {
        while (next && next->from < part->from + at)
            next = next->next;
        char c = raw.ptr[at];
        size_t end = at + 1;
        if (next && next->from == part->from + at && next->to > next->from) {
            struct reach_text values = expand(part, next);
            append(reach, to, &values);
            at = next->to - part->from;
            continue;
        }
        if (c == '"') {
            quoted = !quoted;
        } else if (c == '\'' && !quoted) {
            size_t close = str_find_char(str_from_index(raw, end), '\'');
            end = close == STR_NONE ? raw.len : end + close;
            append_text(reach, to, str_sub(raw, at + 1, end - at - 1));
            end++;
        } else if (c == '\\' && end < raw.len) {
            if (raw.ptr[end] != '\n')
                append_text(reach, to, str_sub(raw, end, 1));
            end++;
        } else {
            while (end < raw.len && !strchr("\"'\\$`", raw.ptr[end]) &&
                   !(next && next->from == part->from + end))
                end++;
            append_text(reach, to, str_sub(raw, at, end - at));
        }
        at = end;
    }
}

bool reach_printed(struct reach *reach, const struct reach_scope *scope,
                   const struct shell_node *node, struct reach_text *ret)
{
    struct part part = {.reach = reach, .scope = scope};
    return add_printed(&part, node, ret);
}

struct reach_text reach_values(struct reach *reach, const struct reach_scope *scope,
                               const struct shell_word *word)
{
    struct reach_text to = {0};
    reach->effort++;
    if (word->literal || !word->raw.ptr || !word->expansions) {
        add(reach, &to, word->value);
        return to;
    }
    const struct part part = {reach, scope, word->raw, word->from, word->expansions};
    expand_part(&part, &to);
    return to;
}
