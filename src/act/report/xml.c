// SPDX-License-Identifier: Apache-2.0
#include "act/report/xml.h"

#include "act/report/text.h"

static bool is_xml(uint32_t rune)
{
    if (rune < 0x20)
        return rune == '\t' || rune == '\n' || rune == '\r';
    return rune != 0xfffe && rune != 0xffff;
}

void xml_text(FILE *out, str s)
{
    uint32_t rune;
    bool valid;
    for (str at = s; text_next_rune(&s, &rune, &valid); at = s) {
        if (!valid || !is_xml(rune))
            fputs("\xef\xbf\xbd", out);
        else if (rune == '&')
            fputs("&amp;", out);
        else if (rune == '<')
            fputs("&lt;", out);
        else if (rune == '>')
            fputs("&gt;", out);
        else if (rune == '"')
            fputs("&quot;", out);
        else if (rune < 0x20 || text_is_unsafe(rune))
            fprintf(out, "&#%u;", (unsigned)rune);
        else
            fwrite(at.ptr, 1, at.len - s.len, out);
    }
}

void xml_attribute(FILE *out, const char *name, str value)
{
    fprintf(out, " %s=\"", name);
    xml_text(out, value);
    fputc('"', out);
}
