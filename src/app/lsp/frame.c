// SPDX-License-Identifier: Apache-2.0
#include "app/lsp/lsp.h"
#include "base/limits.h"

/* "Content-Length: 12\r\n...\r\n\r\n"; other fields are passed over. */
enum lsp_frame lsp_frame_parse(str bytes, size_t *ret_header, size_t *ret_len)
{
    static const str end = STR_INIT("\r\n\r\n"), field = STR_INIT("Content-Length");
    size_t at = str_find(str_sub(bytes, 0, LIMIT_LSP_HEADER), end);
    if (at == STR_NONE)
        return bytes.len >= LIMIT_LSP_HEADER ? LSP_FRAME_BAD : LSP_FRAME_MORE;
    str header = str_sub(bytes, 0, at), line, name, value;
    bool found = false;
    uint64_t len = 0;
    while (str_next_line(&header, &line)) {
        if (!str_cut(line, ':', &name, &value))
            return LSP_FRAME_BAD;
        if (!str_eq_nocase(str_trim(name), field))
            continue;
        if (found || !str_to_u64(str_trim(value), LIMIT_LSP_MESSAGE, &len))
            return LSP_FRAME_BAD;
        found = true;
    }
    *ret_header = at + end.len;
    *ret_len = (size_t)len;
    return found ? LSP_FRAME_WHOLE : LSP_FRAME_BAD;
}
