// SPDX-License-Identifier: Apache-2.0
#include "act/report/text.h"
#include "app/cli/cli.h"
#include "app/terminal.h"

#include <string.h>

enum { WIDEST = 100, TERM_COLUMN = 2, WIDEST_TERM = 28 };

static struct text page_for(FILE *out)
{
    int fd = fileno(out);
    unsigned width = terminal_width(fd);
    return text_make(out, width < WIDEST ? width : WIDEST, terminal_wants_color(fd, "auto"), true);
}

static void heading(struct text *text, const char *title)
{
    text_newline(text);
    text_styled(text, STYLE_BOLD, str_from(title));
    text_newline(text);
}

/* A term and its explanation beside it, or below where the term is too long. */
static void row(struct text *text, str term, str explanation, size_t column)
{
    text_to_column(text, TERM_COLUMN);
    text_styled(text, STYLE_COMMAND, term);
    if (TERM_COLUMN + term.len + 2 > column)
        text_newline(text);
    text_to_column(text, column);
    text_wrap(text, explanation, column);
    text_newline(text);
}

/* Paragraphs; one that starts with a space stands as it is. */
static void paragraphs(struct text *text, str rest)
{
    while (rest.len) {
        size_t end = str_find(rest, STR("\n\n"));
        str paragraph = str_sub(rest, 0, end == STR_NONE ? rest.len : end), line;
        rest = end == STR_NONE ? (str){0} : str_from_index(rest, end + 2);
        if (str_starts(paragraph, STR(" "))) {
            while (str_next_line(&paragraph, &line)) {
                text_put(text, line);
                text_newline(text);
            }
        } else {
            text_wrap(text, paragraph, 0);
            text_newline(text);
        }
        if (rest.len)
            text_newline(text);
    }
}

/* "-f, --format NAME" */
static str option_term(struct arena *arena, const struct option *option)
{
    str letter = option->letter ? arena_printf(arena, "-%c, ", option->letter) : STR("    ");
    const char *argument = option->kind == OPTION_FLAG ? NULL
                           : option->argument          ? option->argument
                                                       : "VALUE";
    return arena_printf(arena, "%.*s--%s%s%s", STR_ARG(letter), option->name, argument ? " " : "",
                        argument ? argument : "");
}

static str option_text(struct arena *arena, const struct option *option)
{
    if (option->kind != OPTION_CHOICE)
        return str_from(option->help);
    return arena_printf(arena, "%s: %s", option->help, cli_choices(arena, option));
}

static void options(struct text *text, struct arena *arena, const struct command *command)
{
    const struct option *option;
    size_t column = 0;
    for (size_t i = 0; (option = cli_option(command, i)); i++) {
        size_t len = option_term(arena, option).len;
        if (len > column && len <= WIDEST_TERM)
            column = len;
    }
    column += TERM_COLUMN + 2;
    heading(text, "Options:");
    for (size_t i = 0; (option = cli_option(command, i)); i++)
        row(text, option_term(arena, option), option_text(arena, option), column);
}

static void examples(struct text *text, const struct example *example)
{
    if (!example || !example->command)
        return;
    heading(text, "Examples:");
    for (; example->command; example++) {
        text_to_column(text, TERM_COLUMN);
        text_styled(text, STYLE_COMMAND, str_from(example->command));
        text_newline(text);
        text_to_column(text, 3 * TERM_COLUMN);
        text_wrap(text, str_from(example->what), 3 * TERM_COLUMN);
        text_newline(text);
    }
}

static void command_help(struct text *text, struct arena *arena, const struct command *command)
{
    text_styled(text, STYLE_BOLD, arena_printf(arena, "harden %s", command->name));
    text_say(text, " - ");
    text_wrap(text, str_from(command->summary), 4);
    text_newline(text);
    text_newline(text);
    text_styled(text, STYLE_BOLD, STR("Usage:"));
    text_say(text, " harden %s [OPTION...]%s%s\n\n", command->name, *command->usage ? " " : "",
             command->usage);
    paragraphs(text, str_from(command->description));
    options(text, arena, command);
    examples(text, command->examples);
}

static void usage(struct text *text)
{
    const struct command *const *all = command_all();
    text_styled(text, STYLE_BOLD, STR("Usage:"));
    text_say(text, " harden COMMAND [OPTION...] [OPERAND...]\n");
    text_say(text, "       harden TARGET    (short for: harden scan TARGET)\n");
    heading(text, "Commands:");
    size_t widest = 0;
    for (size_t i = 0; all[i]; i++)
        if (!all[i]->hidden && strlen(all[i]->name) > widest)
            widest = strlen(all[i]->name);
    for (size_t i = 0; all[i]; i++)
        if (!all[i]->hidden)
            row(text, str_from(all[i]->name), str_from(all[i]->summary), TERM_COLUMN + widest + 2);
    text_newline(text);
    text_wrap(text, STR("harden COMMAND --help explains a command, and shows examples."), 0);
    text_newline(text);
}

static void topics(struct text *text)
{
    for (const struct cli_topic *topic = cli_topics(); topic->title; topic++) {
        size_t widest = 0;
        text_newline(text);
        text_styled(text, STYLE_BOLD, str_from(topic->title));
        text_say(text, ":\n");
        if (topic->text)
            paragraphs(text, str_from(topic->text));
        for (size_t i = 0; topic->rows[i].term; i++)
            if (strlen(topic->rows[i].term) > widest)
                widest = strlen(topic->rows[i].term);
        for (size_t i = 0; topic->rows[i].term; i++)
            row(text, str_from(topic->rows[i].term), str_from(topic->rows[i].text),
                TERM_COLUMN + widest + 2);
    }
}

void cli_usage(FILE *out)
{
    struct text text = page_for(out);
    usage(&text);
}

void cli_help(const struct command *command, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct text text = page_for(out);
    if (command) {
        command_help(&text, &arena, command);
        return;
    }
    text_wrap(&text, arena_printf(&arena, "harden %s.", cli_slogan()), 0);
    text_newline(&text);
    text_newline(&text);
    usage(&text);
    topics(&text);
}
