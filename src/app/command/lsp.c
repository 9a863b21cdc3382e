// SPDX-License-Identifier: Apache-2.0
#include "app/lsp/lsp.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/sandbox.h"

#include <errno.h>
#include <unistd.h>

struct lsp_settings {
    struct texts_settings texts;
    bool stdio;
};

static const struct option options[] = {
    {.name = "stdio",
     .kind = OPTION_FLAG,
     .help = "talk on standard input and output; there is no other way",
     .offset = offsetof(struct lsp_settings, stdio)},
    TEXTS_RULE_OPTIONS(struct lsp_settings, texts),
    {0},
};

/* Handles what is whole; leaves the rest in the buffer. -1: the peer does not speak the protocol.
 */
static int take_messages(struct lsp *lsp, struct buf *buf, struct err *err)
{
    size_t at = 0;
    while (!lsp->done) {
        size_t header, len;
        enum lsp_frame frame = lsp_frame_parse(str_from_index(buf_str(buf), at), &header, &len);
        if (frame == LSP_FRAME_BAD)
            return err_set(err, ERR_FORMAT, "this is not the language server protocol");
        if (frame == LSP_FRAME_MORE || buf->len - at - header < len)
            break;
        lsp_message(lsp, str_sub(buf_str(buf), at + header, len));
        at += header + len;
    }
    if (at == 0)
        return 0;
    str rest = str_from_index(buf_str(buf), at);
    struct buf left = buf_make(buf->max);
    buf_add_str(&left, rest);
    buf_free(buf);
    *buf = left;
    return 0;
}

static int serve(struct lsp *lsp, struct err *err)
{
    enum { STEP = 64 << 10 };
    BUF_SCOPED buf = buf_make(LIMIT_LSP_MESSAGE + LIMIT_LSP_HEADER + STEP);
    while (!lsp->done) {
        char *to = buf_reserve(&buf, STEP);
        if (!to)
            return err_set(err, ERR_LIMIT, "a message that is too long");
        ssize_t got = read(STDIN_FILENO, to, STEP);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, "cannot read standard input");
        if (got == 0)
            break;
        buf.len += (size_t)got;
        if (take_messages(lsp, &buf, err) < 0)
            return -1;
    }
    return lsp->shut_down ? 0 : 1;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct lsp_settings *settings = invocation->options;
    struct lsp lsp = {.invocation = invocation, .out = STDOUT_FILENO};
    enum sandbox_level level;
    int code = texts_begin(&lsp.texts, invocation->arena, &settings->texts, err);
    if (code == 0)
        code = sandbox_enter(&(struct sandbox){0}, &level, err);
    if (code == 0)
        code = texts_configure(&lsp.texts, err);
    if (code == 0)
        code = serve(&lsp, err);
    while (lsp.documents)
        lsp_document_close(&lsp, lsp.documents);
    texts_end(&lsp.texts);
    return code;
}

const struct command command_lsp = {
    .name = "lsp",
    .summary = "the same findings in an editor (language server)",
    .usage = "",
    .description =
        "Speaks the Language Server Protocol on standard input and output: diagnostics for "
        "Dockerfiles, compose files and Kubernetes manifests while they are written, quick fixes, "
        "and on hover why it matters. Nothing is written and nothing is sent anywhere.\n\n"
        "Exit codes: 0 after shutdown and exit, 1 if the client left without, 2 if it does not "
        "speak the protocol.",
    .options = options,
    .options_size = sizeof(struct lsp_settings),
    .examples =
        (const struct example[]){
            {"harden lsp", "to be started by an editor"},
            {0},
        },
    .least_operands = 0,
    .most_operands = 0,
    .run = run,
};
