// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include "app/terminal.h"
#include "base/die.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

int output_open(struct output *output, const struct output_settings *settings, struct err *err)
{
    *output = (struct output){.fd = STDOUT_FILENO};
    const char *name = settings->format ? settings->format : "tty";
    output->format = format_by_name(str_from(name));
    if (!output->format)
        return err_set(err, ERR_USAGE, "--format %s: no such format", name);
    if (settings->output) {
        output->fd = open(settings->output, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        output->is_file = true;
        if (output->fd < 0)
            return err_sys(err, "cannot write %s", settings->output);
    }
    setlocale(LC_CTYPE, "");
    output->options = (struct render_options){
        .color = terminal_wants_color(output->fd, settings->color),
        .unicode = str_eq(str_from(nl_langinfo(CODESET)), STR("UTF-8")),
        .width = terminal_width(output->fd),
        .verbose = settings->verbose,
    };
    output->stream = open_memstream(&output->text, &output->len);
    if (!output->stream)
        die_out_of_memory(0);
    return 0;
}

static void close_stream(struct output *output)
{
    if (output->stream && output->stream != stdout)
        fclose(output->stream);
    output->stream = NULL;
}

void output_go(struct output *output)
{
    if (output->is_file)
        return;
    close_stream(output);
    output->stream = stdout;
}

void output_abandon(struct output *output)
{
    close_stream(output);
    free(output->text);
    if (output->is_file)
        fd_close(&output->fd);
    *output = (struct output){.fd = -1};
}

/* Only now is the former content given up; a pipe or a terminal has none. */
static int replace_content(struct output *output, struct err *err)
{
    /* No format makes an empty report: no target could be read, or --quiet was given. */
    if (output->len == 0)
        return 0;
    if (output->is_file && ftruncate(output->fd, 0) < 0 && errno != EINVAL)
        return err_sys(err, "cannot write the output file");
    return fd_write_all(output->fd, output->text, output->len, err);
}

int output_finish(struct output *output, struct err *err)
{
    if (output->stream != stdout && fclose(output->stream) != 0)
        die_out_of_memory(output->len);
    output->stream = NULL;
    int result = replace_content(output, err);
    if (result < 0 && err->sys == EPIPE) /* `| head` has seen enough */
        result = 0;
    output_abandon(output);
    return result;
}
