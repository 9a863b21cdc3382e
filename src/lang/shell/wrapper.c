// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/parse_internal.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

/*
 * Programs that run another: what of their words is theirs. Options with values as their manual
 * pages of Debian 12 list them.
 */
struct wrapper {
    const char *name;
    const char *valued; /* options that take a value, as shell_argument() wants them */
    uint8_t operands;   /* words of its own before the command */
    bool assignments;   /* NAME=value may stand before the command */
    bool open_ended;    /* adds arguments when it runs */
    const char *unless; /* with one of these options it runs nothing */
};

static const struct wrapper wrappers[] = {
    /* sorted by name */
    {"builtin", "", 0, false, false, ""},
    {"busybox", "", 0, false, false, "-help -list -list-full -install"},
    {"catatonit", "", 0, false, false, ""},
    {"chpst", "u U b e / n l L m d o p f c r t", 0, false, false, ""},
    {"chroot", "userspec groups", 1, false, false, ""},
    {"command", "", 0, false, false, "v V"},
    {"doas", "u C a", 0, false, false, "L s"},
    {"dumb-init", "r rewrite", 0, false, false, ""},
    {"eatmydata", "", 0, false, false, ""},
    {"env", "u C unset chdir S split-string", 0, true, false, ""},
    {"exec", "a", 0, false, false, ""},
    {"fakeroot", "l s i b lib faked", 0, false, false, ""},
    {"flock", "w E timeout wait conflict-exit-code", 1, false, false, "c command"},
    {"gosu", "", 1, false, false, ""},
    {"ionice", "c n p P u class classdata", 0, false, false, ""},
    {"linux32", "", 0, false, false, ""},
    {"linux64", "", 0, false, false, ""},
    {"nice", "n adjustment", 0, false, false, ""},
    {"nohup", "", 0, false, false, ""},
    {"parallel", "j I a d L n N S jobs arg-file delimiter", 0, false, true, ""},
    {"runuser", "u g G c s w user group supp-group command shell", 0, false, false, "c command l"},
    {"s6-setuidgid", "", 1, false, false, ""},
    {"setarch", "", 1, false, false, ""},
    {"setpriv", "reuid regid groups inh-caps bounding-set ambient-caps securebits", 0, false, false,
     ""},
    {"setsid", "", 0, false, false, ""},
    {"setuidgid", "", 1, false, false, ""},
    {"stdbuf", "i o e input output error", 0, false, false, ""},
    {"strace", "e o p s u E a b I O S P X", 0, false, false, ""},
    {"su-exec", "", 1, false, false, ""},
    {"sudo", "u g h p C r t T U D R user group host prompt chdir chroot role type", 0, true, false,
     "l v k K e list validate"},
    {"taskset", "", 1, false, false, "p"},
    {"time", "f o format output", 0, false, false, ""},
    {"timeout", "s k signal kill-after", 1, false, false, ""},
    {"tini", "p e", 0, false, false, ""},
    {"tini-static", "p e", 0, false, false, ""},
    {"toybox", "", 0, false, false, ""},
    {"unbuffer", "", 0, false, false, ""},
    {"unshare", "S G R w setuid setgid root wd propagation setgroups", 0, false, false, ""},
    {"xargs", "I n P L d E s a max-args max-procs max-lines max-chars arg-file delimiter", 0, false,
     true, ""},
    {"xvfb-run", "e f n p s w error-file auth-file server-num server-args", 0, false, false, ""},
};

static int compare_wrapper(const void *key, const void *row)
{
    return str_cmp(*(const str *)key, str_from(((const struct wrapper *)row)->name));
}

static bool is_shell(const struct shell_command *command)
{
    static const char *const shells[] = {"sh",  "bash", "dash",  "ash", "zsh",
                                         "ksh", "mksh", "rbash", NULL};
    return shell_command_among(command, shells);
}

/* ---- commands in words ---- */

static uint32_t word_index(const struct shell_command *command, const struct shell_word *word)
{
    return (uint32_t)(word - command->words.items);
}

static struct shell_command *wrap_words(struct shell_parser *parser, struct shell_command *wrapper,
                                        uint32_t from, uint32_t to)
{
    const struct shell_word *words = wrapper->words.items;
    if (from >= to || parser->wraps >= LIMIT_SHELL_WRAPPERS ||
        parser->script->commands.count >= LIMIT_SHELL_COMMANDS)
        return NULL;
    struct shell_command *command = shell_make_command(parser, words[from].from);
    command->words = (struct shell_words){wrapper->words.items + from, to - from, to - from};
    shell_find_flags_end(command);
    command->to = words[to - 1].to;
    command->span = (struct span){words[from].span.start, words[to - 1].span.end};
    command->wrapper = wrapper;
    command->from_string = false;
    if (!wrapper->wrapped)
        wrapper->wrapped = command;
    return command;
}

static void unwrap_inner(struct shell_parser *parser, struct shell_command *command)
{
    if (!command)
        return;
    parser->wraps++;
    shell_unwrap(parser, command);
    parser->wraps--;
}

/* Assignments before the command are the command's. */
static void wrap_assigned(struct shell_parser *parser, struct shell_command *wrapper,
                          const struct wrapper *row, uint32_t from)
{
    struct shell_assignments assignments = {0};
    struct shell_assignment assignment;
    uint32_t count = (uint32_t)wrapper->words.count;
    for (; row->assignments && from < count &&
           shell_split_assignment(parser, &wrapper->words.items[from], &assignment);
         from++)
        *vec_push(parser->arena, &assignments) = assignment;
    struct shell_command *command = wrap_words(parser, wrapper, from, count);
    if (!command)
        return;
    command->assignments = assignments;
    command->open_ended = row->open_ended;
    unwrap_inner(parser, command);
}

static bool runs_nothing(const struct shell_command *command, const struct wrapper *row)
{
    str rest = str_from(row->unless), flag;
    const struct shell_word *first = shell_argument(command, row->valued, NULL);
    struct shell_command own = *command; /* its own options: those before the command */
    if (first && word_index(command, first) < own.flags_end)
        own.flags_end = word_index(command, first);
    while (str_next_word(&rest, &flag)) {
        char name[24] = {0};
        if (flag.len < sizeof(name))
            memcpy(name, flag.ptr, flag.len);
        if (shell_has_flag(&own, name))
            return true;
    }
    return false;
}

static void unwrap_row(struct shell_parser *parser, struct shell_command *command,
                       const struct wrapper *row)
{
    const struct shell_word *word = shell_argument(command, row->valued, NULL);
    if (!word || runs_nothing(command, row))
        return;
    uint32_t from = word_index(command, word);
    uint32_t count = (uint32_t)command->words.count;
    for (uint8_t i = 0; i < row->operands; i++) {
        from++;
        while (from < count && str_eq(command->words.items[from].value, STR("--")))
            from++;
    }
    wrap_assigned(parser, command, row, from);
}

/* find -exec command {} \; */
static void unwrap_find(struct shell_parser *parser, struct shell_command *command)
{
    uint32_t count = (uint32_t)command->words.count;
    for (uint32_t i = 1; i + 1 < count; i++) {
        str value = command->words.items[i].value;
        if (!str_eq(value, STR("-exec")) && !str_eq(value, STR("-execdir")) &&
            !str_eq(value, STR("-ok")) && !str_eq(value, STR("-okdir")))
            continue;
        uint32_t end = i + 1;
        while (end < count && !str_eq(command->words.items[end].value, STR(";")) &&
               !str_eq(command->words.items[end].value, STR("+")))
            end++;
        struct shell_command *inner = wrap_words(parser, command, i + 1, end);
        if (inner)
            inner->open_ended = true;
        unwrap_inner(parser, inner);
        i = end;
    }
}

/* python -m pip install ... is pip install ... */
static void unwrap_python(struct shell_parser *parser, struct shell_command *command)
{
    uint32_t count = (uint32_t)command->words.count;
    for (uint32_t i = 1; i + 1 < count; i++) {
        str value = command->words.items[i].value;
        if (!str_starts(value, STR("-")))
            return;
        if (str_ends(value, STR("m")) && !str_starts(value, STR("--"))) {
            unwrap_inner(parser, wrap_words(parser, command, i + 1, count));
            return;
        }
        i += str_eq(value, STR("-W")) || str_eq(value, STR("-X"));
    }
}

/* ---- commands in text ---- */

/* A part of the parser's text as a text of its own. */
static struct mapped_text *part_of(struct shell_parser *parser, uint32_t from, uint32_t to)
{
    struct mapped_text *text = arena_new(parser->arena, struct mapped_text);
    const struct text_piece *pieces = parser->text->pieces.items;
    text->text = str_make(parser->bytes + from, to - from);
    mapped_text_piece(parser->arena, text, 0, shell_parser_span(parser, from, from).start);
    for (size_t i = parser->piece; i < parser->text->pieces.count && pieces[i].at < to; i++)
        if (pieces[i].at > from)
            mapped_text_piece(parser->arena, text, pieces[i].at - from, pieces[i].offset);
    return text;
}

static struct mapped_text *without_tabs(struct shell_parser *parser, uint32_t from, uint32_t to)
{
    struct mapped_text *text = arena_new(parser->arena, struct mapped_text);
    char *out = arena_array(parser->arena, char, to - from);
    uint32_t length = 0;
    bool at_start = true;
    for (uint32_t i = from; i < to; i++) {
        if (at_start && parser->bytes[i] == '\t')
            continue;
        at_start = parser->bytes[i] == '\n';
        mapped_text_piece(parser->arena, text, length, shell_parser_span(parser, i, i).start);
        out[length++] = parser->bytes[i];
    }
    text->text = str_make(out, length);
    return text;
}

struct shell_parser shell_inner_parser(const struct shell_parser *parser,
                                       const struct mapped_text *text)
{
    struct shell_parser inner = *parser;
    inner.text = text;
    inner.bytes = text->text.ptr;
    inner.at = 0;
    inner.end = (uint32_t)text->text.len;
    inner.piece = 0;
    memset(&inner.words, 0, sizeof(inner.words));
    memset(&inner.pending, 0, sizeof(inner.pending));
    return inner;
}

void shell_read_string(struct shell_parser *parser, struct shell_command *wrapper,
                       const struct mapped_text *text, bool known_bodies)
{
    if (!text->text.len || !shell_enter(parser))
        return;
    struct shell_parser inner = shell_inner_parser(parser, text);
    const struct shell_command *outer = wrapper;
    size_t first = parser->script->commands.count;
    while (!outer->node && outer->wrapper)
        outer = outer->wrapper;
    inner.wrapper = wrapper;
    inner.holder = outer->node;
    inner.known_bodies |= known_bodies;
    shell_read_part(&inner, inner.end);
    if (!wrapper->wrapped && parser->script->commands.count > first)
        wrapper->wrapped = parser->script->commands.items[first];
    parser->look_ahead = inner.look_ahead;
    shell_leave(parser);
}

/* The value of a word as a text with the places of its bytes. */
static struct mapped_text value_of(struct shell_parser *parser, const struct shell_word *word)
{
    struct mapped_text text = {0};
    if (!word->raw.ptr) /* an argument in exec form, whose text it is already */
        return parser->arguments[word - parser->argument_words];
    shell_word_value(parser, word, &text);
    return text;
}

static bool has_substitution(const struct shell_word *word)
{
    const struct shell_expansion *expansion = word->expansions;
    while (expansion && !expansion->body)
        expansion = expansion->next;
    return expansion != NULL;
}

static void unwrap_string(struct shell_parser *parser, struct shell_command *command,
                          const struct shell_word *word)
{
    struct mapped_text *text = arena_new(parser->arena, struct mapped_text);
    *text = value_of(parser, word);
    shell_read_string(parser, command, text, has_substitution(word));
}

/* Options of a shell: -c may be bundled, -o and -O take a value. The word behind them, or NULL. */
static const struct shell_word *shell_operand(const struct shell_command *command, bool *ret_string)
{
    *ret_string = false;
    for (uint32_t i = 1; i < command->words.count; i++) {
        str value = command->words.items[i].value;
        bool option = value.len > 1 && (value.ptr[0] == '-' || value.ptr[0] == '+');
        if (str_eq(value, STR("--")) || str_eq(value, STR("-")))
            return i + 1 < command->words.count ? &command->words.items[i + 1] : NULL;
        if (!option)
            return &command->words.items[i];
        if (str_starts(value, STR("--"))) {
            i += str_eq(value, STR("--rcfile")) || str_eq(value, STR("--init-file"));
            continue;
        }
        *ret_string |= value.ptr[0] == '-' && str_find_char(value, 'c') != STR_NONE;
        i += str_ends(value, STR("o")) || str_ends(value, STR("O"));
    }
    return NULL;
}

static void unwrap_shell(struct shell_parser *parser, struct shell_command *command)
{
    bool string;
    const struct shell_word *word = shell_operand(command, &string);
    if (word && string)
        unwrap_string(parser, command, word);
}

static const struct shell_word *option_word(const struct shell_command *command,
                                            const char *short_name, const char *long_name)
{
    for (uint32_t i = 1; i + 1 < command->words.count; i++) {
        str value = command->words.items[i].value;
        if (str_eq(value, str_from(short_name)) || str_eq(value, str_from(long_name)))
            return &command->words.items[i + 1];
    }
    return NULL;
}

/* eval a "b c": the words with a blank between them. */
static void unwrap_eval(struct shell_parser *parser, struct shell_command *command)
{
    const struct shell_words *words = &command->words;
    struct mapped_text *text = arena_new(parser->arena, struct mapped_text);
    size_t size = 0, length = 0;
    bool known = false;
    for (size_t i = 1; i < words->count; i++) {
        size += words->items[i].value.len + 1;
        known |= has_substitution(&words->items[i]);
    }
    char *out = arena_array(parser->arena, char, size);
    for (size_t i = 1; i < words->count; i++) {
        struct mapped_text value = value_of(parser, &words->items[i]);
        for (size_t j = 0; j < value.pieces.count; j++)
            mapped_text_piece(parser->arena, text, (uint32_t)length + value.pieces.items[j].at,
                              value.pieces.items[j].offset);
        if (value.text.len)
            memcpy(out + length, value.text.ptr, value.text.len);
        length += value.text.len;
        if (i + 1 == words->count)
            break;
        mapped_text_piece(parser->arena, text, (uint32_t)length, words->items[i].span.end);
        out[length++] = ' ';
    }
    text->text = str_make(out, length);
    shell_read_string(parser, command, text, known);
}

void shell_unwrap(struct shell_parser *parser, struct shell_command *command)
{
    str name = shell_command_name(command);
    if (!name.len || command->words.count < 2)
        return;
    const struct wrapper *row = bsearch(&name, wrappers, sizeof(wrappers) / sizeof(wrappers[0]),
                                        sizeof(wrappers[0]), compare_wrapper);
    if (is_shell(command)) {
        unwrap_shell(parser, command);
    } else if (str_eq(name, STR("su")) || str_eq(name, STR("script")) ||
               (str_eq(name, STR("runuser")) && runs_nothing(command, row))) {
        const struct shell_word *word = option_word(command, "-c", "--command");
        if (word)
            unwrap_string(parser, command, word);
    } else if (str_eq(name, STR("eval"))) {
        unwrap_eval(parser, command);
    } else if (str_eq(name, STR("find"))) {
        unwrap_find(parser, command);
    } else if (str_starts(name, STR("python")) || str_starts(name, STR("pypy"))) {
        unwrap_python(parser, command);
    } else if (row) {
        unwrap_row(parser, command, row);
    }
}

void shell_unwrap_heredoc(struct shell_parser *parser, struct shell_command *command,
                          const struct shell_heredoc *heredoc)
{
    bool string;
    while (command->wrapped && !command->wrapped->from_string)
        command = command->wrapped;
    if (!is_shell(command))
        return;
    const struct shell_word *operand = shell_operand(command, &string);
    if (operand && !string && !shell_has_flag(command, "s"))
        return; /* the script is a file */
    if (string)
        return;
    shell_read_string(parser, command,
                      heredoc->strip_tabs ? without_tabs(parser, heredoc->from, heredoc->to)
                                          : part_of(parser, heredoc->from, heredoc->to),
                      heredoc->expansions != NULL);
}
