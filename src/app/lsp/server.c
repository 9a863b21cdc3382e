// SPDX-License-Identifier: Apache-2.0
#include "app/lsp/lsp.h"
#include "base/die.h"
#include "base/fd.h"
#include "base/limits.h"

#include <math.h>
#include <stdlib.h>

/* JSON-RPC 2.0 and the protocol's own. */
enum {
    CODE_PARSE = 32700,
    CODE_REQUEST = 32600,
    CODE_METHOD = 32601,
    CODE_PARAMS = 32602,
    CODE_EARLY = 32002,
};

/* One message to the client, gathered in memory: its length comes first. */
struct reply {
    char *bytes;
    size_t len;
    FILE *out;
    struct writer w;
};

static void reply_begin(struct reply *reply)
{
    *reply = (struct reply){0};
    reply->out = open_memstream(&reply->bytes, &reply->len);
    if (!reply->out)
        die_out_of_memory(0);
    reply->w = writer_make(reply->out);
    writer_object(&reply->w, NULL);
    writer_string(&reply->w, "jsonrpc", STR("2.0"));
}

static void reply_send(struct reply *reply, struct lsp *lsp)
{
    char head[64];
    struct err err = {0};
    writer_end(&reply->w);
    if (fclose(reply->out) != 0)
        die_out_of_memory(reply->len);
    int len = snprintf(head, sizeof(head), "Content-Length: %zu\r\n\r\n", reply->len);
    /* A client that is gone will not say "exit". */
    if (fd_write_all(lsp->out, head, (size_t)len, &err) < 0 ||
        fd_write_all(lsp->out, reply->bytes, reply->len, &err) < 0)
        lsp->done = true;
    free(reply->bytes);
}

/* An id is a number or a string, and goes back as it came. */
static void put_id(struct writer *w, const struct json *id)
{
    double number = json_double(id, NAN);
    if (json_is_string(id))
        writer_string(w, "id", json_string(id));
    else if (!isnan(number))
        writer_decimal(w, "id", number);
    else
        writer_null(w, "id");
}

static void send_error(struct lsp *lsp, const struct json *id, unsigned code, const char *message)
{
    struct reply reply;
    reply_begin(&reply);
    put_id(&reply.w, id);
    writer_object(&reply.w, "error");
    writer_decimal(&reply.w, "code", -(double)code);
    writer_string(&reply.w, "message", str_from(message));
    writer_end(&reply.w);
    reply_send(&reply, lsp);
}

/* --- documents ----------------------------------------------------------------------------------
 */

static void publish(struct lsp *lsp, const struct lsp_document *document, bool empty)
{
    ARENA_SCOPED arena = {0};
    struct reply reply;
    struct writer *w = &reply.w;
    reply_begin(&reply);
    writer_string(w, "method", STR("textDocument/publishDiagnostics"));
    writer_object(w, "params");
    writer_string(w, "uri", str_from(document->uri));
    if (!empty)
        writer_decimal(w, "version", (double)document->version);
    writer_array(w, "diagnostics");
    for (size_t i = 0; !empty && i < document->report.findings.count; i++) {
        const struct finding *finding = &document->report.findings.items[i];
        if (finding->status == STATUS_OPEN && str_eq(finding->location.path, document->file.path))
            lsp_put_diagnostic(w, NULL, &arena, document, finding);
    }
    writer_end(w);
    writer_end(w);
    reply_send(&reply, lsp);
}

static int64_t version_of(const struct json *document)
{
    double version = json_double(json_get(document, "version"), 0);
    return version > -1e9 && version < 1e12 ? (int64_t)version : 0;
}

static void judge(struct lsp *lsp, struct lsp_document *document, int64_t version)
{
    document->version = version;
    lsp_document_judge(lsp, document);
    publish(lsp, document, false);
}

static void did_open(struct lsp *lsp, const struct json *params)
{
    const struct json *item = json_get(params, "textDocument");
    str uri = json_get_string(item, "uri");
    struct lsp_document *document = NULL;
    if (uri.len && uri.len <= LIMIT_PATH)
        document = lsp_document_open(lsp, uri, json_get_string(item, "text"));
    if (document)
        judge(lsp, document, version_of(item));
}

static struct lsp_position position_of(const struct json *position)
{
    uint64_t line = json_u64(json_get(position, "line"), 0);
    uint64_t character = json_u64(json_get(position, "character"), 0);
    return (struct lsp_position){line < UINT32_MAX ? (uint32_t)line : UINT32_MAX - 1,
                                 character < UINT32_MAX ? (uint32_t)character : UINT32_MAX};
}

static struct span span_of(const struct text_file *file, const struct json *range)
{
    return (struct span){lsp_offset_of(file, position_of(json_get(range, "start"))),
                         lsp_offset_of(file, position_of(json_get(range, "end")))};
}

/* Changes come one after the other: each is about the text that the one before it made. */
static void did_change(struct lsp *lsp, const struct json *params)
{
    const struct json *item = json_get(params, "textDocument");
    struct lsp_document *document = lsp_document_find(lsp, json_get_string(item, "uri"));
    if (!document)
        return;
    const struct json *changes = json_get(params, "contentChanges");
    size_t left = LIMIT_LSP_CHANGES;
    for (const struct json *change = json_first(changes); change && left;
         change = json_next(change)) {
        const struct json *range = json_get(change, "range");
        struct span span = {0, (uint32_t)document->len};
        ARENA_SCOPED arena = {0};
        left--;
        if (json_is_object(range)) {
            struct text_file file =
                text_file_make(&arena, (str){0}, (str){document->text, document->len});
            span = span_of(&file, range);
        }
        lsp_document_edit(document, span.start, span.end, json_get_string(change, "text"));
    }
    judge(lsp, document, version_of(item));
}

static void did_close(struct lsp *lsp, const struct json *params)
{
    str uri = json_get_string(json_get(params, "textDocument"), "uri");
    struct lsp_document *document = lsp_document_find(lsp, uri);
    if (!document)
        return;
    publish(lsp, document, true);
    lsp_document_close(lsp, document);
}

/* --- requests -----------------------------------------------------------------------------------
 */

static void initialize(struct lsp *lsp, struct writer *w)
{
    lsp->initialized = true;
    writer_object(w, "result");
    writer_object(w, "capabilities");
    writer_string(w, "positionEncoding", STR("utf-16"));
    writer_object(w, "textDocumentSync");
    writer_bool(w, "openClose", true);
    writer_u64(w, "change", 2); /* incremental */
    writer_end(w);
    writer_bool(w, "hoverProvider", true);
    writer_object(w, "codeActionProvider");
    writer_array(w, "codeActionKinds");
    writer_string(w, NULL, STR("quickfix"));
    writer_end(w);
    writer_end(w);
    writer_end(w);
    writer_object(w, "serverInfo");
    writer_string(w, "name", STR("harden"));
    writer_string(w, "version", STR(HARDEN_VERSION));
    writer_end(w);
    writer_end(w);
}

static void request(struct lsp *lsp, str method, const struct json *id, const struct json *params)
{
    ARENA_SCOPED arena = {0};
    bool hover = str_eq(method, STR("textDocument/hover"));
    bool actions = str_eq(method, STR("textDocument/codeAction"));
    bool first = str_eq(method, STR("initialize")), last = str_eq(method, STR("shutdown"));
    struct lsp_document *document =
        lsp_document_find(lsp, json_get_string(json_get(params, "textDocument"), "uri"));
    if (!lsp->initialized && !first)
        send_error(lsp, id, CODE_EARLY, "initialize comes first");
    else if (lsp->shut_down || (lsp->initialized && first))
        send_error(lsp, id, CODE_REQUEST, "not at this time");
    else if (!hover && !actions && !first && !last)
        send_error(lsp, id, CODE_METHOD, "no such method");
    else if ((hover || actions) && !document)
        send_error(lsp, id, CODE_PARAMS, "no such document is open");
    else {
        struct reply reply;
        reply_begin(&reply);
        put_id(&reply.w, id);
        if (first)
            initialize(lsp, &reply.w);
        else if (hover)
            lsp_answer_hover(&reply.w, &arena, document, position_of(json_get(params, "position")));
        else if (actions)
            lsp_answer_actions(&reply.w, &arena, document,
                               span_of(&document->file, json_get(params, "range")));
        else
            writer_null(&reply.w, "result");
        lsp->shut_down |= last;
        reply_send(&reply, lsp);
    }
}

static void notification(struct lsp *lsp, str method, const struct json *params)
{
    if (str_eq(method, STR("exit")))
        lsp->done = true;
    else if (!lsp->initialized || lsp->shut_down)
        return;
    else if (str_eq(method, STR("textDocument/didOpen")))
        did_open(lsp, params);
    else if (str_eq(method, STR("textDocument/didChange")))
        did_change(lsp, params);
    else if (str_eq(method, STR("textDocument/didClose")))
        did_close(lsp, params);
}

void lsp_message(struct lsp *lsp, str message)
{
    struct err err = {0};
    JSON_SCOPED document = json_parse(message, &err);
    if (!document) {
        send_error(lsp, NULL, CODE_PARSE, "this is no JSON");
        return;
    }
    const struct json *id = json_get(document, "id");
    str method = json_get_string(document, "method");
    if (!json_is_object(document) ||
        (method.len == 0 && !json_get(document, "result") && !json_get(document, "error")))
        send_error(lsp, id, CODE_REQUEST, "this is no request");
    else if (method.len && id)
        request(lsp, method, id, json_get(document, "params"));
    else if (method.len)
        notification(lsp, method, json_get(document, "params"));
}
