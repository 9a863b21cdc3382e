// SPDX-License-Identifier: Apache-2.0
#include "model/shell.h"

#include <string.h>

/* How many commands back a variable is looked for. */
enum { LOOK_BACK = 1000 };

str shell_command_name(const struct shell_command *command)
{
    if (!command->words.count || command->words.items[0].expansions)
        return (str){0};
    str name = command->words.items[0].value;
    size_t slash = str_rfind_char(name, '/');
    return slash == STR_NONE ? name : str_from_index(name, slash + 1);
}

bool shell_command_is(const struct shell_command *command, const char *name)
{
    return str_eq(shell_command_name(command), str_from(name));
}

bool shell_command_among(const struct shell_command *command, const char *const *names)
{
    str name = shell_command_name(command);
    for (; name.len && *names; names++)
        if ((*names)[0] == name.ptr[0] && str_eq(name, str_from(*names)))
            return true;
    return false;
}

/* ---- flags ---- */

static bool is_flag(str word)
{
    return word.len > 1 && word.ptr[0] == '-';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether a word is that flag; what follows = is the value, if there is one. */
static bool is_long_flag(str word, const char *name, bool single, str *ret_value)
{
    *ret_value = (str){0};
    if (!str_skip(&word, STR("--")) && !(single && str_skip(&word, STR("-"))))
        return false;
    if (!str_skip(&word, str_from(name)))
        return false;
    if (word.len && word.ptr[0] != '=')
        return false;
    *ret_value = str_from_index(word, 1);
    if (word.len && !ret_value->ptr)
        *ret_value = STR("");
    return true;
}

/* Short flags in one word: what stands behind the letter, which may be its value. */
static bool has_letter(str word, char letter, str *ret_rest)
{
    *ret_rest = (str){0};
    if (!is_flag(word) || word.ptr[1] == '-')
        return false;
    for (size_t i = 1; i < word.len; i++) {
        char c = word.ptr[i];
        if (c == letter) {
            *ret_rest = str_from_index(word, i + 1);
            return true;
        }
        if (!is_letter(c))
            return false; /* the value of a flag */
    }
    return false;
}

bool shell_has_flag(const struct shell_command *command, const char *name)
{
    str value;
    bool is_short = name[0] && !name[1];
    for (size_t i = 1; i < command->flags_end; i++) {
        str word = command->words.items[i].value;
        if (is_flag(word) && (is_short ? has_letter(word, name[0], &value)
                                       : is_long_flag(word, name, false, &value)))
            return true;
    }
    return false;
}

bool shell_has_single_flag(const struct shell_command *command, const char *name)
{
    str value;
    for (size_t i = 1; i < command->flags_end; i++)
        if (is_long_flag(command->words.items[i].value, name, true, &value))
            return true;
    return false;
}

uint32_t shell_flag_count(const struct shell_command *command, char name)
{
    uint32_t count = 0;
    for (size_t i = 1; i < command->flags_end; i++) {
        str rest = command->words.items[i].value;
        if (!is_flag(rest) || rest.ptr[1] == '-')
            continue;
        for (rest = str_from_index(rest, 1); rest.len && is_letter(rest.ptr[0]);
             rest = str_from_index(rest, 1))
            count += rest.ptr[0] == name;
    }
    return count;
}

bool shell_flag_value(const struct shell_command *command, const char *name, str *ret_value)
{
    bool found = false, is_short = name[0] && !name[1];
    str value;
    *ret_value = (str){0};
    for (size_t i = 1; i < command->flags_end; i++) {
        str word = command->words.items[i].value;
        if (!is_flag(word) || !(is_short ? has_letter(word, name[0], &value)
                                         : is_long_flag(word, name, false, &value)))
            continue;
        bool next = is_short ? !value.len : !value.ptr;
        if (next && i + 1 < command->words.count)
            value = command->words.items[++i].value;
        *ret_value = value;
        found = true;
    }
    return found;
}

/* ---- arguments ---- */

/* Whether that flag, written so, takes the next word as its value. */
static bool takes_next(str word, const char *valued)
{
    str rest = str_from(valued), name;
    bool is_long = str_skip(&word, STR("--"));
    if (!is_long)
        word = str_from_index(word, 1);
    if (!word.len)
        return false;
    while (str_next_word(&rest, &name)) {
        if (is_long || name.len > 1 ? str_eq(word, name) : word.ptr[word.len - 1] == name.ptr[0])
            return true;
    }
    return false;
}

const struct shell_word *shell_argument(const struct shell_command *command, const char *valued,
                                        const struct shell_word *after)
{
    size_t i = after ? (size_t)(after - command->words.items) + 1 : 1;
    for (; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        if (i > command->flags_end)
            return &command->words.items[i];
        if (i == command->flags_end)
            continue;
        if (!is_flag(word))
            return &command->words.items[i];
        if (takes_next(word, valued))
            i++;
    }
    return NULL;
}

str shell_subcommand(const struct shell_command *command, const char *valued)
{
    const struct shell_word *word = shell_argument(command, valued, NULL);
    return word ? word->value : (str){0};
}

bool shell_has_word(const struct shell_command *command, const char *value)
{
    for (size_t i = 1; i < command->words.count; i++)
        if (str_eq(command->words.items[i].value, str_from(value)))
            return true;
    return false;
}

/* ---- order, lists, pipes ---- */

bool shell_is_after(const struct shell_command *later, const struct shell_command *earlier)
{
    return later->script == earlier->script && later->index > earlier->index;
}

/* The node that it stands in: its own, or that of the command it is a part of. */
static const struct shell_node *node_of(const struct shell_command *command)
{
    while (!command->node && command->wrapper)
        command = command->wrapper;
    return command->node;
}

static const struct shell_node *list_of(const struct shell_command *command)
{
    const struct shell_node *node = node_of(command);
    while (node && node->kind != SHELL_LIST)
        node = node->parent;
    return node;
}

bool shell_same_list(const struct shell_command *a, const struct shell_command *b)
{
    const struct shell_node *list = list_of(a);
    return list && list == list_of(b);
}

static const struct shell_command *first_command(const struct shell_node *node)
{
    while (node && node->kind != SHELL_COMMAND)
        node = node->first;
    return node ? node->command : NULL;
}

/* What the texts that `sh -c` and the like run write is what `sh` writes. */
static const struct shell_command *text_runner(const struct shell_command *command)
{
    while (command && !command->from_string)
        command = command->wrapper;
    return command ? command->wrapper : NULL;
}

const struct shell_command *shell_piped_into(const struct shell_command *command)
{
    const struct shell_node *node = node_of(command);
    while (node) {
        const struct shell_node *parent = node->parent;
        if (node->joint == SHELL_PIPE || node->joint == SHELL_PIPE_BOTH)
            return first_command(node->next);
        /* All that a group, a loop or a subshell writes goes into its pipe; what a substitution
         * writes becomes a word of the command that it stands in. */
        if (parent && parent->kind == SHELL_COMMAND) {
            command = text_runner(command);
            if (!command || node_of(command) != parent)
                return NULL;
        } else if (parent && parent->kind == SHELL_FUNCTION) {
            return NULL;
        }
        node = parent;
    }
    return NULL;
}

const struct shell_command *shell_outermost(const struct shell_command *command)
{
    while (command->wrapper)
        command = command->wrapper;
    return command;
}

/* ---- variables ---- */

static bool assigned(const struct shell_assignments *assignments, str name, str *ret_value)
{
    for (size_t i = assignments->count; i-- > 0;)
        if (str_eq(assignments->items[i].name, name)) {
            *ret_value = assignments->items[i].value.value;
            return true;
        }
    return false;
}

static bool exported(const struct shell_command *command, str name, str *ret_value)
{
    static const char *const names[] = {"export", "declare", "typeset", "readonly", NULL};
    if (!shell_command_among(command, names))
        return false;
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        if (str_skip(&word, name) && str_skip(&word, STR("="))) {
            *ret_value = word;
            return true;
        }
    }
    return false;
}

bool shell_variable_before(const struct shell_command *command, const char *name, str *ret_value)
{
    str wanted = str_from(name);
    *ret_value = (str){0};
    for (const struct shell_command *each = command; each; each = each->wrapper)
        if (assigned(&each->assignments, wanted, ret_value))
            return true;
    size_t last = command->index, first = last > LOOK_BACK ? last - LOOK_BACK : 0;
    for (size_t i = last; i-- > first;) {
        const struct shell_command *earlier = command->script->commands.items[i];
        bool plain = !earlier->words.count; /* for itself alone if a command follows */
        if ((plain && assigned(&earlier->assignments, wanted, ret_value)) ||
            exported(earlier, wanted, ret_value))
            return true;
    }
    return false;
}

struct span shell_span(const struct shell_command *command, uint32_t from, uint32_t to)
{
    return mapped_text_span(command->text, from, to);
}
