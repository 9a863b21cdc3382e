// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_OUTPUT_H
#define HARDEN_APP_OUTPUT_H

#include "act/report/render.h"
#include "app/command/command.h"

/* Where and how a command writes; filled from OUTPUT_OPTIONS rows. */
struct output_settings {
    const char *format; /* NULL: tty on a terminal and elsewhere too, it has no escapes there */
    const char *output; /* a file; NULL: standard output */
    const char *color;  /* auto, always, never */
    bool verbose;
};

/* For commands that have nothing to unfold. */
#define OUTPUT_PLACE_OPTIONS(type, member, formats)                                                \
    {.name = "format",                                                                             \
     .letter = 'f',                                                                                \
     .kind = OPTION_CHOICE,                                                                        \
     .argument = "NAME",                                                                           \
     .help = "output format (default tty)",                                                        \
     .choices = formats,                                                                           \
     .offset = offsetof(type, member.format)},                                                     \
        {.name = "output",                                                                         \
         .letter = 'o',                                                                            \
         .kind = OPTION_TEXT,                                                                      \
         .argument = "FILE",                                                                       \
         .help = "write to FILE; what it held stays if the work fails",                            \
         .personal = true,                                                                         \
         .offset = offsetof(type, member.output)},                                                 \
    {                                                                                              \
        .name = "color", .kind = OPTION_CHOICE, .argument = "WHEN",                                \
        .help = "colour and emphasis (default auto; NO_COLOR is honoured)",                        \
        .choices = "auto always never", .offset = offsetof(type, member.color)                     \
    }
#define OUTPUT_OPTIONS(type, member, formats)                                                      \
    OUTPUT_PLACE_OPTIONS(type, member, formats),                                                   \
    {                                                                                              \
        .name = "verbose", .letter = 'v', .kind = OPTION_FLAG,                                     \
        .help = "unfold what is folded: findings without a fix, all gaps",                         \
        .offset = offsetof(type, member.verbose)                                                   \
    }

/*
 * The text is gathered in memory and reaches the file only when the work is done, so that a
 * failure or a full disk leaves the former report whole. Opened before the sandbox.
 */
struct output {
    int fd;
    bool is_file;
    FILE *stream; /* write here */
    char *text;
    size_t len;
    struct render_options options;
    const struct format *format;
};

int output_open(struct output *output, const struct output_settings *settings, struct err *err);
/* From now on nothing can fail but the writing, so what goes to standard output is not gathered. To
 * be called before anything was written. */
void output_go(struct output *output);
/* Writes what was gathered; frees everything, also on failure. */
int output_finish(struct output *output, struct err *err);
void output_abandon(struct output *output);

#endif
