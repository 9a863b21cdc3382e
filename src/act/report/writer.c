// SPDX-License-Identifier: Apache-2.0
#include "act/report/writer.h"

#include "act/report/text.h"
#include "base/die.h"

#include <inttypes.h>

struct writer writer_make(FILE *out)
{
    return (struct writer){.out = out};
}

static void write_line_start(struct writer *writer)
{
    putc_unlocked('\n', writer->out);
    for (unsigned i = 0; i < writer->depth; i++)
        fwrite_unlocked("  ", 1, 2, writer->out);
}

/* Characters that stand for themselves go out in runs: nearly all of a report is one. */
static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

static void write_rune(FILE *out, str bytes, uint32_t rune, bool valid)
{
    if (!valid || rune == 0)
        fputs("\xEF\xBF\xBD", out);
    else if (rune == '"' || rune == '\\')
        fprintf(out, "\\%c", (char)rune);
    else if (rune == '\n')
        fputs("\\n", out);
    else if (rune == '\t')
        fputs("\\t", out);
    else if (!text_is_unsafe(rune))
        fwrite(bytes.ptr, 1, bytes.len, out);
    else if (rune < 0x10000)
        fprintf(out, "\\u%04x", (unsigned)rune);
    else
        fprintf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((rune - 0x10000) >> 10)),
                (unsigned)(0xDC00 + ((rune - 0x10000) & 0x3FF)));
}

static void write_text(struct writer *writer, str value)
{
    putc_unlocked('"', writer->out);
    while (value.len) {
        size_t run = 0;
        while (run < value.len && is_plain(value.ptr[run]))
            run++;
        fwrite_unlocked(value.ptr, 1, run, writer->out);
        value = str_from_index(value, run);
        str before = value;
        uint32_t rune;
        bool valid;
        if (text_next_rune(&value, &rune, &valid))
            write_rune(writer->out, str_sub(before, 0, before.len - value.len), rune, valid);
    }
    putc_unlocked('"', writer->out);
}

static void write_key(struct writer *writer, const char *key)
{
    if (writer->depth > 0) {
        INVARIANT((writer->closers[writer->depth - 1] == '}') == (key != NULL));
        if (writer->filled)
            fputc(',', writer->out);
        write_line_start(writer);
    }
    writer->filled = true;
    if (key) {
        write_text(writer, str_from(key));
        fputs(": ", writer->out);
    }
}

static void open_level(struct writer *writer, const char *key, char opener, char closer)
{
    write_key(writer, key);
    INVARIANT(writer->depth < WRITER_DEPTH);
    writer->closers[writer->depth++] = closer;
    writer->filled = false;
    fputc(opener, writer->out);
}

void writer_object(struct writer *writer, const char *key)
{
    open_level(writer, key, '{', '}');
}

void writer_array(struct writer *writer, const char *key)
{
    open_level(writer, key, '[', ']');
}

void writer_end(struct writer *writer)
{
    INVARIANT(writer->depth > 0);
    char closer = writer->closers[--writer->depth];
    if (writer->filled)
        write_line_start(writer);
    fputc(closer, writer->out);
    writer->filled = true;
    if (writer->depth == 0)
        fputc('\n', writer->out);
}

void writer_string(struct writer *writer, const char *key, str value)
{
    write_key(writer, key);
    write_text(writer, value);
}

void writer_fact(struct writer *writer, const char *key, str value)
{
    if (value.len > 0)
        writer_string(writer, key, value);
}

void writer_u64(struct writer *writer, const char *key, uint64_t value)
{
    write_key(writer, key);
    fprintf(writer->out, "%" PRIu64, value);
}

void writer_bool(struct writer *writer, const char *key, bool value)
{
    write_key(writer, key);
    fputs(value ? "true" : "false", writer->out);
}

void writer_null(struct writer *writer, const char *key)
{
    write_key(writer, key);
    fputs("null", writer->out);
}

void writer_decimal(struct writer *writer, const char *key, double value)
{
    const double largest = 1e12, unit = 1e6;
    if (!(value >= -largest && value <= largest))
        return;
    write_key(writer, key);
    double size = value < 0 ? -value : value;
    uint64_t scaled = (uint64_t)(size * unit + 0.5);
    uint64_t whole = scaled / 1000000, part = scaled % 1000000;
    fprintf(writer->out, "%s%" PRIu64, value < 0 && scaled ? "-" : "", whole);
    if (part == 0)
        return;
    int digits = 6;
    for (; part % 10 == 0; part /= 10)
        digits--;
    fprintf(writer->out, ".%0*" PRIu64, digits, part);
}
