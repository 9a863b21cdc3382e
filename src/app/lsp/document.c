// SPDX-License-Identifier: Apache-2.0
#include "app/lsp/lsp.h"
#include "base/die.h"
#include "base/limits.h"
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

struct lsp_document *lsp_document_find(struct lsp *lsp, str uri)
{
    struct lsp_document *document = lsp->documents;
    while (document && !str_eq(str_from(document->uri), uri))
        document = document->next;
    return document;
}

static char *copy_bytes(str s)
{
    char *copy = die_malloc(s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = 0;
    return copy;
}

struct lsp_document *lsp_document_open(struct lsp *lsp, str uri, str text)
{
    struct lsp_document *document = lsp_document_find(lsp, uri);
    if (!document && lsp->document_count >= LIMIT_LSP_DOCUMENTS)
        return NULL;
    if (!document) {
        document = die_malloc(sizeof(*document));
        *document = (struct lsp_document){.next = lsp->documents, .uri = copy_bytes(uri)};
        lsp->documents = document;
        lsp->document_count++;
    }
    free(document->text);
    document->text = copy_bytes(text);
    document->len = text.len;
    return document;
}

bool lsp_document_edit(struct lsp_document *document, uint32_t from, uint32_t to, str text)
{
    if (to < from || to > document->len)
        return false;
    size_t len = document->len - (to - from) + text.len;
    if (len > LIMIT_LSP_MESSAGE)
        return false;
    char *bytes = die_malloc(len + 1);
    memcpy(bytes, document->text, from);
    if (text.len)
        memcpy(bytes + from, text.ptr, text.len);
    memcpy(bytes + from + text.len, document->text + to, document->len - to);
    bytes[len] = 0;
    free(document->text);
    document->text = bytes;
    document->len = len;
    return true;
}

void lsp_document_close(struct lsp *lsp, struct lsp_document *document)
{
    struct lsp_document **at = &lsp->documents;
    while (*at != document)
        at = &(*at)->next;
    *at = document->next;
    lsp->document_count--;
    arena_free(&document->arena);
    free(document->uri);
    free(document->text);
    free(document);
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

str lsp_path(struct arena *arena, str uri)
{
    bool file = str_skip(&uri, STR("file://"));
    if (file && !str_starts(uri, STR("/"))) /* file://host/path */
        uri = str_from_index(uri, str_find_char(uri, '/') == STR_NONE ? uri.len
                                                                      : str_find_char(uri, '/'));
    char *path = arena_alloc(arena, uri.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < uri.len; i++) {
        int high = -1, low = -1;
        if (uri.ptr[i] == '%' && i + 2 < uri.len) {
            high = hex_of(uri.ptr[i + 1]);
            low = hex_of(uri.ptr[i + 2]);
        }
        bool escaped = high >= 0 && low >= 0;
        path[len++] = (char)(escaped ? high << 4 | low : uri.ptr[i]);
        i += escaped ? 2 : 0;
    }
    str decoded = {path, len};
    /* What is in no file has a name only: nothing is looked up around it. */
    return file ? decoded : path_base(decoded);
}

void lsp_document_judge(struct lsp *lsp, struct lsp_document *document)
{
    texts_forget(&lsp->texts);
    arena_free(&document->arena);
    document->report = (struct report){.image = {.kind = STR("files")}};
    str path = lsp_path(&document->arena, str_from(document->uri));
    str text = {document->text, document->len};
    const struct listed_file file = {.path = path, .named = true};
    document->file = text_file_make(&document->arena, path, text);
    texts_judge(&lsp->texts, &document->arena, &file, text, &document->report);
    policy_apply(&document->arena, &lsp->texts.policy, &document->report);
    report_sort(&document->arena, &document->report);
}
