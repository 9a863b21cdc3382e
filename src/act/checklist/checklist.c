// SPDX-License-Identifier: Apache-2.0
#include "act/checklist/checklist.h"

#include "act/report/page/page.h"

static size_t count(const struct checklist_lines *lines, enum checklist_answer answer)
{
    size_t found = 0;
    for (size_t i = 0; i < lines->count; i++)
        found += lines->items[i].answer == answer;
    return found;
}

/* What to do about it, and where to read why. */
static void put_way(struct text *text, const struct checklist_line *line, size_t column)
{
    if (line->fix.len) {
        text_to_column(text, column);
        text_say(text, "%s ", text_arrow(text));
        text_style(text, STYLE_COMMAND);
        text_wrap(text, line->fix, column + 2);
        text_style(text, STYLE_PLAIN);
        text_newline(text);
    }
    text_to_column(text, column);
    text_style(text, STYLE_DIM);
    text_say(text, "? harden explain ");
    text_put(text, line->explain);
    text_style(text, STYLE_PLAIN);
    text_newline(text);
}

void checklist_tty(const struct checklist_lines *lines, str target,
                   const struct render_options *options, FILE *out)
{
    enum { ANSWER = 2, TEXT = 8 };
    static const struct {
        const char *word;
        enum text_style style;
    } looks[] = {[CHECKLIST_YES] = {"yes", STYLE_GOOD},
                 [CHECKLIST_NO] = {"NO", STYLE_HIGH},
                 [CHECKLIST_CANNOT_TELL] = {"?", STYLE_DIM}};
    struct text text = text_make(out, options->width, options->color, options->unicode);
    text_styled(&text, STYLE_BOLD, STR("Hardening checklist"));
    text_say(&text, " for ");
    text_wrap(&text, target, ANSWER);
    text_say(&text, "\n\n");
    for (size_t i = 0; i < lines->count; i++) {
        const struct checklist_line *line = &lines->items[i];
        text_to_column(&text, ANSWER);
        text_styled(&text, looks[line->answer].style, str_from(looks[line->answer].word));
        text_to_column(&text, TEXT);
        text_style(&text, STYLE_BOLD);
        text_wrap(&text, str_from(line->question), TEXT);
        text_style(&text, STYLE_PLAIN);
        text_newline(&text);
        text_to_column(&text, TEXT);
        text_wrap(&text, line->evidence, TEXT);
        text_newline(&text);
        if (line->answer != CHECKLIST_YES)
            put_way(&text, line, TEXT);
    }
    text_say(&text, "\n%zu yes, %zu no, %zu cannot tell\n", count(lines, CHECKLIST_YES),
             count(lines, CHECKLIST_NO), count(lines, CHECKLIST_CANNOT_TELL));
}

/* Inline text of Markdown (GitHub's): nothing of a target becomes markup or a link. */
static void put_markdown(FILE *out, str s)
{
    struct text text = text_make(out, 0, false, true);
    while (s.len) {
        str rest = s;
        uint32_t rune;
        bool valid;
        text_next_rune(&rest, &rune, &valid);
        if (rune < 0x80 && str_find_char(STR("\\`*_{}[]<>()#!|~@&"), (char)rune) != STR_NONE)
            fputc('\\', out);
        text_put(&text, str_sub(s, 0, s.len - rest.len));
        s = rest;
    }
}

/* Code in Markdown: a fence longer than any in it. What cannot be seen is escaped. */
static void put_code(FILE *out, str s)
{
    struct text text = text_make(out, 0, false, true);
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < s.len; i++) {
        run = s.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
    fputs(longest ? " " : "", out);
    text_put(&text, s);
    fputs(longest ? " " : "", out);
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
}

void checklist_markdown(const struct checklist_lines *lines, str target, FILE *out)
{
    ARENA_SCOPED arena = {0};
    fputs("### Hardening checklist for ", out);
    put_markdown(out, target);
    fputs("\n\n", out);
    for (size_t i = 0; i < lines->count; i++) {
        const struct checklist_line *line = &lines->items[i];
        fprintf(out, "- [%c] **%s**%s  \n  ", line->answer == CHECKLIST_YES ? 'x' : ' ',
                line->question, line->answer == CHECKLIST_CANNOT_TELL ? " (cannot tell)" : "");
        put_markdown(out, line->evidence);
        if (line->fix.len) {
            fputs("  \n  Fix: ", out);
            put_code(out, line->fix);
        }
        if (line->answer != CHECKLIST_YES) {
            fputs("  \n  Why: ", out);
            put_code(out, arena_join(&arena, STR("harden explain"), STR(" "), line->explain));
        }
        fputc('\n', out);
    }
    fprintf(out, "\n%zu yes, %zu no, %zu cannot tell\n", count(lines, CHECKLIST_YES),
            count(lines, CHECKLIST_NO), count(lines, CHECKLIST_CANNOT_TELL));
}

static void put_row(const struct page *page, const struct checklist_line *line)
{
    static const struct {
        const char *word, *tone;
    } looks[] = {[CHECKLIST_YES] = {"yes", "good"},
                 [CHECKLIST_NO] = {"no", "high"},
                 [CHECKLIST_CANNOT_TELL] = {"cannot tell", "info"}};
    fprintf(page->out,
            "<tr id=\"%s\"><td><b class=\"sev %s\">%s</b></td><th scope=\"row\">%s</th><td>",
            line->id, looks[line->answer].tone, looks[line->answer].word, line->question);
    page_text(page, line->evidence);
    if (line->fix.len) {
        fputs("<pre><code>", page->out);
        page_text(page, line->fix);
        fputs("</code></pre>", page->out);
    }
    if (line->answer != CHECKLIST_YES) {
        fputs("<p>Why: <code>harden explain ", page->out);
        page_text(page, line->explain);
        fputs("</code></p>", page->out);
    }
    fputs("</td></tr>\n", page->out);
}

void checklist_html(const struct checklist_lines *lines, str target, FILE *out)
{
    ARENA_SCOPED arena = {0};
    const struct page page = {.out = out, .arena = &arena};
    page_begin(&page, target, "hardening checklist", STR(""));
    fputs("<header><div><p class=\"kind\">Hardening checklist</p><h1>", out);
    page_text(&page, target);
    fprintf(out,
            "</h1><p><b class=\"sev good\">%zu yes</b> <b class=\"sev high\">%zu no</b> "
            "<b class=\"sev info\">%zu cannot tell</b></p></div></header>\n<main>\n"
            "<div class=\"wide\"><table class=\"lines\"><thead><tr><th scope=\"col\">Answer</th>"
            "<th scope=\"col\">What should hold</th><th scope=\"col\">What was seen, and what to "
            "do</th></tr></thead><tbody>\n",
            count(lines, CHECKLIST_YES), count(lines, CHECKLIST_NO),
            count(lines, CHECKLIST_CANNOT_TELL));
    for (size_t i = 0; i < lines->count; i++)
        put_row(&page, &lines->items[i]);
    fputs("</tbody></table></div>\n</main>\n<footer>harden checklist. `harden explain ID` tells "
          "more about a finding.</footer>\n</body>\n</html>\n",
          out);
}

void checklist_json(const struct checklist_lines *lines, str target, FILE *out)
{
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    writer_string(&writer, "schema", STR("harden.checklist/1"));
    writer_string(&writer, "target", target);
    writer_object(&writer, "summary");
    writer_u64(&writer, "yes", count(lines, CHECKLIST_YES));
    writer_u64(&writer, "no", count(lines, CHECKLIST_NO));
    writer_u64(&writer, "cannot_tell", count(lines, CHECKLIST_CANNOT_TELL));
    writer_end(&writer);
    writer_array(&writer, "answers");
    for (size_t i = 0; i < lines->count; i++) {
        const struct checklist_line *line = &lines->items[i];
        writer_object(&writer, NULL);
        writer_string(&writer, "id", str_from(line->id));
        writer_string(&writer, "question", str_from(line->question));
        writer_string(&writer, "answer", checklist_answer_name(line->answer));
        writer_string(&writer, "evidence", line->evidence);
        writer_u64(&writer, "against", line->against);
        writer_fact(&writer, "fix", line->fix);
        writer_fact(&writer, "explain", line->explain);
        writer_end(&writer);
    }
    writer_end(&writer);
    writer_end(&writer);
}
