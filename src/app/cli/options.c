// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

#include <string.h>

static const struct option common[] = {
    {.name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "show this help"},
};

static size_t own_count(const struct command *command)
{
    size_t count = 0;
    while (command->options && command->options[count].name)
        count++;
    return count;
}

size_t cli_option_count(const struct command *command)
{
    return own_count(command) + sizeof(common) / sizeof(*common);
}

const struct option *cli_option(const struct command *command, size_t index)
{
    size_t own = own_count(command);
    if (index < own)
        return &command->options[index];
    return index < cli_option_count(command) ? &common[index - own] : NULL;
}

static bool is_common(const struct option *option)
{
    return option >= common && option < common + sizeof(common) / sizeof(*common);
}

static const struct option *find_name(const struct command *command, str name, size_t *ret_index)
{
    const struct option *option;
    for (*ret_index = 0; (option = cli_option(command, *ret_index)); ++*ret_index)
        if (str_eq(str_from(option->name), name))
            return option;
    return NULL;
}

static const struct option *find_letter(const struct command *command, char letter,
                                        size_t *ret_index)
{
    const struct option *option;
    for (*ret_index = 0; (option = cli_option(command, *ret_index)); ++*ret_index)
        if (option->letter == letter)
            return option;
    return NULL;
}

/* --- values ----------------------------------------------------------------------------------- */

struct choice_words {
    struct arena *arena;
    const char *words;
};

static const char *choice_word(const void *context, size_t index)
{
    const struct choice_words *choices = context;
    str rest = str_from(choices->words), word;
    for (size_t i = 0; str_next_word(&rest, &word); i++)
        if (i == index)
            return arena_cstr(choices->arena, word);
    return NULL;
}

const char *cli_choices(struct arena *arena, const struct option *option)
{
    str rest = str_from(option->choices), word, all = {0};
    while (str_next_word(&rest, &word))
        all = all.len ? arena_join(arena, all, STR(", "), word) : word;
    return arena_cstr(arena, all);
}

static int set_flag(const char *value, const char *where, bool *to, struct err *err)
{
    bool yes = str_has_word(STR("yes true on 1"), str_from(value));
    if (!yes && !str_has_word(STR("no false off 0"), str_from(value)))
        return err_set(err, ERR_USAGE, "%s %s: want yes or no", where, value);
    *to = yes;
    return 0;
}

static int set_number(const struct option *option, const char *value, const char *where,
                      uint64_t *to, struct err *err)
{
    uint64_t max = option->max ? option->max : UINT64_MAX;
    if (str_to_u64(str_from(value), max, to))
        return 0;
    if (option->max)
        return err_set(err, ERR_USAGE, "%s %s: want a whole number up to %llu", where, value,
                       (unsigned long long)max);
    return err_set(err, ERR_USAGE, "%s %s: want a whole number", where, value);
}

static int set_choice(struct arena *arena, const struct option *option, const char *value,
                      const char *where, const char **to, struct err *err)
{
    if (str_has_word(str_from(option->choices), str_from(value))) {
        *to = value;
        return 0;
    }
    const struct choice_words choices = {arena, option->choices};
    const char *near = cli_nearest(str_from(value), choice_word, &choices);
    if (near)
        return err_set(err, ERR_USAGE, "%s %s: did you mean %s? Known are %s", where, value, near,
                       cli_choices(arena, option));
    return err_set(err, ERR_USAGE, "%s %s: want one of %s", where, value,
                   cli_choices(arena, option));
}

static void add_to_list(struct arena *arena, const char *value, char separator,
                        struct option_list *list)
{
    str rest = str_from(value), piece;
    while (str_next(&rest, separator, &piece)) {
        piece = str_trim(piece);
        if (piece.len)
            *vec_push(arena, list) = arena_cstr(arena, piece);
    }
}

/* `where` says who speaks: "--format", "HARDEN_FORMAT", ".harden.yaml:3: format". */
static int set_value(struct arena *arena, const struct option *option, const char *value,
                     const char *where, void *options, struct err *err)
{
    void *to = (char *)options + option->offset;
    if (!*value)
        return err_set(err, ERR_USAGE, "%s: the value is empty", where);
    switch (option->kind) {
    case OPTION_FLAG: return set_flag(value, where, to, err);
    case OPTION_NUMBER: return set_number(option, value, where, to, err);
    case OPTION_CHOICE: return set_choice(arena, option, value, where, to, err);
    case OPTION_LIST: add_to_list(arena, value, option->whole ? '\n' : ',', to); return 0;
    case OPTION_TEXT: *(const char **)to = value; return 0;
    }
    return 0;
}

/* --- the command line ------------------------------------------------------------------------- */

struct parser {
    struct arena *arena;
    const struct command *command;
    const char *const *words; /* the next one */
    struct cli_line *line;
    struct err *err;
};

static const char *option_word(const void *context, size_t index)
{
    const struct option *option = cli_option(context, index);
    return option ? option->name : NULL;
}

static int unknown_option(const struct parser *parser, str name)
{
    const char *near = cli_nearest(name, option_word, parser->command);
    if (near)
        return err_set(parser->err, ERR_USAGE, "%s has no option --%.*s; did you mean --%s?",
                       parser->command->name, STR_ARG(name), near);
    return err_set(parser->err, ERR_USAGE, "%s has no option --%.*s", parser->command->name,
                   STR_ARG(name));
}

/* `value` NULL: not given with the option itself. */
static int take_option(struct parser *parser, const struct option *option, size_t index,
                       const char *where, const char *value)
{
    if (is_common(option)) {
        parser->line->help = true;
        return 0;
    }
    parser->line->set[index] = true;
    if (!value && option->kind == OPTION_FLAG)
        value = "yes";
    if (!value) {
        if (!*parser->words)
            return err_set(parser->err, ERR_USAGE, "%s wants a value: %s", where,
                           option->argument ? option->argument : "VALUE");
        value = *parser->words++;
    }
    return set_value(parser->arena, option, value, where, parser->line->options, parser->err);
}

static int take_long(struct parser *parser, str word)
{
    str name, value;
    size_t index;
    bool has_value = str_cut(word, '=', &name, &value);
    const struct option *option = find_name(parser->command, name, &index);
    if (!option)
        return unknown_option(parser, name);
    const char *where = arena_printf(parser->arena, "--%s", option->name).ptr;
    return take_option(parser, option, index, where,
                       has_value ? arena_cstr(parser->arena, value) : NULL);
}

static int take_letters(struct parser *parser, const char *letters)
{
    for (; *letters && !parser->line->help; letters++) {
        size_t index;
        const struct option *option = find_letter(parser->command, *letters, &index);
        if (!option)
            return err_set(parser->err, ERR_USAGE, "%s has no option -%c", parser->command->name,
                           *letters);
        const char *where = arena_printf(parser->arena, "-%c", option->letter).ptr;
        bool flag = option->kind == OPTION_FLAG;
        if (take_option(parser, option, index, where, !flag && letters[1] ? letters + 1 : NULL) < 0)
            return -1;
        if (!flag)
            break;
    }
    return 0;
}

static int parse_words(struct parser *parser)
{
    VEC(const char *) operands = {0};
    bool only_operands = false;
    while (*parser->words && !parser->line->help) {
        const char *word = *parser->words++;
        int result = 0;
        if (only_operands || word[0] != '-' || !word[1])
            *vec_push(parser->arena, &operands) = word;
        else if (!strcmp(word, "--"))
            only_operands = true;
        else if (word[1] == '-')
            result = take_long(parser, str_from(word + 2));
        else
            result = take_letters(parser, word + 1);
        if (result < 0)
            return -1;
    }
    parser->line->operand_count = operands.count;
    *vec_push(parser->arena, &operands) = NULL;
    parser->line->operands = operands.items;
    return 0;
}

int cli_parse(struct arena *arena, const struct command *command, const char *const *words,
              struct cli_line *ret, struct err *err)
{
    *ret = (struct cli_line){
        .options = arena_alloc(arena, command->options_size ? command->options_size : 1),
        .set = arena_array(arena, bool, cli_option_count(command)),
    };
    struct parser parser = {arena, command, words, ret, err};
    return parse_words(&parser);
}

int cli_check_operands(const struct command *command, const struct cli_line *line, struct err *err)
{
    if (line->operand_count < command->least_operands)
        return err_set(err, ERR_USAGE, "%s: %s is missing", command->name, command->usage);
    if (line->operand_count <= command->most_operands)
        return 0;
    if (command->most_operands == 0)
        return err_set(err, ERR_USAGE, "%s takes no operand, but got %s", command->name,
                       line->operands[0]);
    return err_set(err, ERR_USAGE, "%s takes at most %u operand%s; one too many: %s", command->name,
                   command->most_operands, command->most_operands > 1 ? "s" : "",
                   line->operands[command->most_operands]);
}

/* --- environment and settings ------------------------------------------------------------------
 */

/* Whether another command's row of that name would take the value. */
static bool others_know(struct arena *arena, const struct command *command, str name,
                        const char *value)
{
    for (size_t c = 0; command_all()[c]; c++) {
        const struct command *other = command_all()[c];
        size_t index;
        struct err ignored = {0};
        const struct option *option = find_name(other, name, &index);
        if (other == command || !option || is_common(option))
            continue;
        if (set_value(arena, option, value, "", arena_alloc(arena, other->options_size),
                      &ignored) == 0)
            return true;
    }
    return false;
}

int cli_set_shared(struct arena *arena, const struct command *command, str name, const char *value,
                   const char *where, struct cli_line *line, struct err *err)
{
    size_t index;
    struct err problem = {0};
    const struct option *option = find_name(command, name, &index);
    if (!option || is_common(option) || line->set[index])
        return 0;
    if (set_value(arena, option, value, where, line->options, &problem) == 0) {
        line->set[index] = true;
        return 0;
    }
    if (others_know(arena, command, name, value))
        return 0;
    *err = problem;
    return -1;
}

/* --fail-on is HARDEN_FAIL_ON. */
static const char *variable_name(struct arena *arena, const char *option)
{
    size_t len = strlen(option);
    char *name = arena_alloc(arena, sizeof("HARDEN_") + len);
    memcpy(name, "HARDEN_", sizeof("HARDEN_"));
    for (size_t i = 0; i < len; i++) {
        char c = option[i];
        name[sizeof("HARDEN_") - 1 + i] = c == '-' ? '_' : c >= 'a' ? (char)(c - 'a' + 'A') : c;
    }
    return name;
}

int cli_environment(struct arena *arena, const struct command *command, cli_lookup *lookup,
                    struct cli_line *line, struct err *err)
{
    const struct option *option;
    for (size_t i = 0; (option = cli_option(command, i)); i++) {
        const char *name = variable_name(arena, option->name);
        const char *value = lookup(name);
        if (!value || !*value)
            continue;
        if (cli_set_shared(arena, command, str_from(option->name),
                           arena_cstr(arena, str_from(value)), name, line, err) < 0)
            return -1;
    }
    return 0;
}
