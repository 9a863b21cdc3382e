// SPDX-License-Identifier: Apache-2.0
#include "app/cli/cli.h"

#include <ctype.h>
#include <string.h>

/* man(7) macros. Hyphens are minus signs, so that options can be copied; a control character at
 * the start of a line, quotes and accents are written so that every formatter shows them. */
static void put_char(FILE *out, char c, bool line_start)
{
    switch (c) {
    case '\\': fputs("\\e", out); return;
    case '-': fputs("\\-", out); return;
    case '`': fputs("\\(ga", out); return;
    case '^': fputs("\\(ha", out); return;
    case '~': fputs("\\(ti", out); return;
    case '"': fputs("\\(dq", out); return;
    case '\'': fputs("\\(aq", out); return;
    case '.':
        if (line_start)
            fputs("\\&", out);
        break;
    default: break;
    }
    fputc(c, out);
}

static void put(FILE *out, str s)
{
    for (size_t i = 0; i < s.len; i++)
        put_char(out, s.ptr[i], i == 0 || s.ptr[i - 1] == '\n');
}

/* Prose: what stands between backquotes is bold, and so is an option's name. */
static void prose(FILE *out, str s)
{
    bool bold = false, quoted = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool word_start = i == 0 || strchr(" (\n", s.ptr[i - 1]);
        if (c == '`') {
            quoted = !quoted;
            fputs(quoted ? "\\fB" : "\\fR", out);
            continue;
        }
        if (!quoted && !bold && word_start && c == '-' && i + 1 < s.len && s.ptr[i + 1] == '-') {
            bold = true;
            fputs("\\fB", out);
        } else if (bold && !isalnum((unsigned char)c) && c != '-') {
            bold = false;
            fputs("\\fR", out);
        }
        put_char(out, c, i == 0 || s.ptr[i - 1] == '\n');
    }
    if (bold || quoted)
        fputs("\\fR", out);
    fputc('\n', out);
}

static void paragraphs(FILE *out, str rest)
{
    while (rest.len) {
        size_t end = str_find(rest, STR("\n\n"));
        str paragraph = str_sub(rest, 0, end == STR_NONE ? rest.len : end);
        rest = end == STR_NONE ? (str){0} : str_from_index(rest, end + 2);
        if (str_starts(paragraph, STR(" "))) {
            fputs(".PP\n.nf\n", out);
            put(out, paragraph);
            fputs("\n.fi\n", out);
        } else {
            fputs(".PP\n", out);
            prose(out, paragraph);
        }
    }
}

static void styled(FILE *out, char font, const char *s)
{
    fprintf(out, "\\f%c", font);
    put(out, str_from(s));
    fputs("\\fR", out);
}

/* Operands: names in capitals are placeholders, the rest is typed as it stands. */
static void usage(FILE *out, const char *s)
{
    while (*s) {
        size_t upper = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), lower = strcspn(s, " []|.") - upper;
        if (upper)
            fputs("\\fI", out), put(out, str_make(s, upper)), fputs("\\fR", out);
        else if (lower && islower((unsigned char)*s))
            fputs("\\fB", out), put(out, str_make(s, lower)), fputs("\\fR", out);
        else
            put_char(out, *s, false), upper = 1, lower = 0;
        s += upper ? upper : lower;
    }
}

static void options(FILE *out, const struct command *command)
{
    ARENA_SCOPED arena = {0};
    const struct option *option;
    fputs(".SH OPTIONS\n", out);
    for (size_t i = 0; (option = cli_option(command, i)); i++) {
        fputs(".TP\n", out);
        if (option->letter)
            fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
        fputs("\\fB\\-\\-", out);
        put(out, str_from(option->name));
        fputs("\\fR", out);
        if (option->kind != OPTION_FLAG) {
            fputc(' ', out);
            styled(out, 'I', option->argument ? option->argument : "VALUE");
        }
        fputc('\n', out);
        str help = str_from(option->help);
        if (option->kind == OPTION_CHOICE)
            help = arena_printf(&arena, "%s: %s", option->help, cli_choices(&arena, option));
        prose(out, help);
    }
}

static void examples(FILE *out, const struct example *example)
{
    if (!example || !example->command)
        return;
    fputs(".SH EXAMPLES\n", out);
    for (; example->command; example++) {
        fputs(".TP\n", out);
        styled(out, 'B', example->command);
        fputc('\n', out);
        prose(out, str_from(example->what));
    }
}

static void topics(FILE *out)
{
    for (const struct cli_topic *topic = cli_topics(); topic->title; topic++) {
        fputs(".SH ", out);
        for (const char *c = topic->title; *c; c++)
            fputc(toupper((unsigned char)*c), out);
        fputc('\n', out);
        if (topic->text)
            paragraphs(out, str_from(topic->text));
        for (size_t i = 0; topic->rows[i].term; i++) {
            fputs(".TP\n", out);
            styled(out, 'B', topic->rows[i].term);
            fputc('\n', out);
            prose(out, str_from(topic->rows[i].text));
        }
    }
}

static void title(FILE *out, const struct command *command)
{
    fputs(".TH \"HARDEN", out);
    if (command)
        fputs("\\-", out);
    for (const char *c = command ? command->name : ""; *c; c++)
        fputc(toupper((unsigned char)*c), out);
    fputs("\" 1 \"\" \"harden " HARDEN_VERSION "\" \"User Commands\"\n.SH NAME\nharden", out);
    if (command)
        fprintf(out, "\\-%s", command->name);
    fputs(" \\- ", out);
    put(out, str_from(command ? command->summary : cli_slogan()));
    fputs("\n.SH SYNOPSIS\n", out);
}

static void command_page(FILE *out, const struct command *command)
{
    fprintf(out, "\\fBharden %s\\fR [\\fIOPTION\\fR...]%s", command->name,
            *command->usage ? " " : "");
    usage(out, command->usage);
    fputs("\n.SH DESCRIPTION\n", out);
    paragraphs(out, str_from(command->description));
    options(out, command);
    examples(out, command->examples);
    topics(out);
    fputs(".SH SEE ALSO\n.BR harden (1)\n", out);
}

static void main_page(FILE *out)
{
    const struct command *const *all = command_all();
    fputs("\\fBharden\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIOPERAND\\fR...]\n.br\n"
          "\\fBharden\\fR \\fITARGET\\fR\n.SH DESCRIPTION\n"
          "The second form is short for \\fBharden scan\\fR \\fITARGET\\fR.\n.SH COMMANDS\n",
          out);
    for (size_t i = 0; all[i]; i++) {
        if (all[i]->hidden)
            continue;
        fputs(".TP\n", out);
        fprintf(out, ".BR harden\\-%s (1)\n", all[i]->name);
        prose(out, str_from(all[i]->summary));
    }
    topics(out);
}

void cli_man(const struct command *command, FILE *out)
{
    title(out, command);
    if (command)
        command_page(out, command);
    else
        main_page(out);
}
