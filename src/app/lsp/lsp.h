// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_LSP_LSP_H
#define HARDEN_APP_LSP_LSP_H

#include "act/report/writer.h"
#include "app/texts/texts.h"
#include "io/json.h"

/*
 * The Language Server Protocol 3.17 over standard input and output, for editors: diagnostics while
 * typing, quick fixes, and the explanation of a rule on hover. Positions are lines and UTF-16 code
 * units from 0. What a client sends is not trusted: messages and documents are bounded, and
 * nonsense is answered with an error.
 */

/* --- framing (frame.c) --------------------------------------------------------------------------
 */
enum lsp_frame { LSP_FRAME_MORE, LSP_FRAME_WHOLE, LSP_FRAME_BAD };
/* Looks for a message at the beginning of `bytes`: MORE until its header is there, then its
 * content is the `*ret_len` bytes behind `*ret_header`, which may not be there yet. */
enum lsp_frame lsp_frame_parse(str bytes, size_t *ret_header, size_t *ret_len);

/* --- positions (position.c) ---------------------------------------------------------------------
 */
struct lsp_position {
    uint32_t line, character;
};
struct lsp_position lsp_position_of(const struct text_file *file, uint32_t offset);
/* Clamped to the line, and to the text. */
uint32_t lsp_offset_of(const struct text_file *file, struct lsp_position position);
struct span lsp_span_of(const struct text_file *file, const struct finding *finding);

/* --- documents (document.c) ---------------------------------------------------------------------
 */
struct lsp_document {
    struct lsp_document *next;
    char *uri;
    char *text;
    size_t len;
    int64_t version;
    struct arena arena; /* of what follows, made anew with each change */
    struct text_file file;
    struct report report;
};

struct lsp {
    const struct invocation *invocation;
    struct texts texts;
    struct lsp_document *documents;
    size_t document_count;
    bool initialized, shut_down, done;
    int out;
};

struct lsp_document *lsp_document_find(struct lsp *lsp, str uri);
/* NULL past LIMIT_LSP_DOCUMENTS. */
struct lsp_document *lsp_document_open(struct lsp *lsp, str uri, str text);
/* Replaces bytes [from, to); false where the text would become too long. */
bool lsp_document_edit(struct lsp_document *document, uint32_t from, uint32_t to, str text);
void lsp_document_judge(struct lsp *lsp, struct lsp_document *document);
void lsp_document_close(struct lsp *lsp, struct lsp_document *document);
/* The path of a file: URI, percent-decoded; of others the last part of their name. */
str lsp_path(struct arena *arena, str uri);

/* --- answers (answer.c, server.c) ---------------------------------------------------------------
 */
void lsp_put_range(struct writer *w, const char *key, const struct text_file *file,
                   struct span span);
void lsp_put_diagnostic(struct writer *w, const char *key, struct arena *arena,
                        const struct lsp_document *document, const struct finding *finding);
void lsp_answer_hover(struct writer *w, struct arena *arena, const struct lsp_document *document,
                      struct lsp_position at);
void lsp_answer_actions(struct writer *w, struct arena *arena, const struct lsp_document *document,
                        struct span range);

/* Handles one message; answers are written to lsp->out. */
void lsp_message(struct lsp *lsp, str message);

#endif
