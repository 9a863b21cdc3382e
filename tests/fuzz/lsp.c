// SPDX-License-Identifier: Apache-2.0
#include "app/lsp/lsp.h"

#include <fcntl.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A stream of messages, as a client sends them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    static const struct texts_settings settings = {.no_config = true};
    const struct invocation invocation = {.arena = &arena};
    struct lsp lsp = {.invocation = &invocation, .out = open("/dev/null", O_WRONLY | O_CLOEXEC)};
    struct err err = {0};
    size_t header, len;
    str rest = str_make(data, size);
    if (texts_begin(&lsp.texts, &arena, &settings, &err) < 0)
        return 0;
    while (!lsp.done && lsp_frame_parse(rest, &header, &len) == LSP_FRAME_WHOLE) {
        lsp_message(&lsp, str_sub(rest, header, len));
        rest = str_from_index(rest, header + len);
    }
    while (lsp.documents)
        lsp_document_close(&lsp, lsp.documents);
    texts_end(&lsp.texts);
    close(lsp.out);
    return 0;
}
