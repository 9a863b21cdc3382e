// SPDX-License-Identifier: Apache-2.0
#include "act/report/page/page.h"
#include "judge/policy/policy.h"

void page_text(const struct page *page, str s)
{
    uint32_t rune;
    bool valid;
    while (s.len) {
        str rest = s;
        text_next_rune(&rest, &rune, &valid);
        size_t len = s.len - rest.len;
        if (!valid)
            fprintf(page->out, "\\x%02x", rune);
        else if (text_is_unsafe(rune))
            fprintf(page->out, rune < 0x100 ? "\\x%02x" : "\\u%04x", rune);
        else if (rune == '&')
            fputs("&amp;", page->out);
        else if (rune == '<')
            fputs("&lt;", page->out);
        else if (rune == '>')
            fputs("&gt;", page->out);
        else if (rune == '"')
            fputs("&quot;", page->out);
        else if (rune == '\'')
            fputs("&#39;", page->out);
        else
            fwrite(s.ptr, 1, len, page->out);
        s = rest;
    }
}

void page_severity(const struct page *page, enum severity severity)
{
    fprintf(page->out, "<b class=\"sev %.*s\">%.*s</b>", STR_ARG(severity_name(severity)),
            STR_ARG(severity_name(severity)));
}

void page_counts(const struct page *page, const size_t counts[SEVERITY_COUNT])
{
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        if (counts[i])
            fprintf(page->out, "<b class=\"sev %.*s\">%zu %.*s</b> ",
                    STR_ARG(severity_name((enum severity)i)), counts[i],
                    STR_ARG(severity_name((enum severity)i)));
}

/* A bar whose parts are as wide as severities are frequent. */
static void put_bar(const struct page *page)
{
    const struct report *report = page->report;
    size_t total = 0;
    for (size_t i = 0; i < SEVERITY_COUNT; i++)
        total += report->counts[i];
    fputs("<section aria-labelledby=\"counts\"><h2 id=\"counts\">What was found</h2>\n", page->out);
    if (total == 0) {
        fputs("<p>Nothing that needs work.</p></section>\n", page->out);
        return;
    }
    fputs("<div class=\"bar\" aria-hidden=\"true\">", page->out);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        if (report->counts[i])
            fprintf(page->out, "<span class=\"%.*s\" style=\"flex-grow:%zu\">%zu</span>",
                    STR_ARG(severity_name((enum severity)i)), report->counts[i], report->counts[i]);
    fputs("</div>\n<table class=\"numbers\"><thead><tr><th></th>", page->out);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        fprintf(page->out, "<th scope=\"col\">%.*s</th>", STR_ARG(severity_name((enum severity)i)));
    fputs("</tr></thead><tbody><tr><th scope=\"row\">fix now</th>", page->out);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        fprintf(page->out, "<td>%zu</td>", report->counts[i] - report->unfixed[i]);
    fputs("</tr><tr><th scope=\"row\">no fix yet</th>", page->out);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        fprintf(page->out, "<td>%zu</td>", report->unfixed[i]);
    fputs("</tr></tbody></table>\n", page->out);
    if (report->suppressed)
        fprintf(page->out, "<p>%zu more are waived or do not affect this target.</p>\n",
                report->suppressed);
    fputs("</section>\n", page->out);
}

static void put_fact(const struct page *page, const char *name, str value)
{
    if (value.len == 0)
        return;
    fprintf(page->out, "<dt>%s</dt><dd>", name);
    page_text(page, value);
    fputs("</dd>", page->out);
}

static void put_coverage(const struct page *page)
{
    const struct report *report = page->report;
    size_t gaps = report->gaps.count + report->gaps_unnamed;
    if (gaps == 0) {
        fputs("<p class=\"good\">Everything could be looked at.</p>\n", page->out);
        return;
    }
    fprintf(page->out,
            "<details class=\"gaps\"><summary>Incomplete: %zu %s could not be looked "
            "at</summary><ul>\n",
            gaps, gaps == 1 ? "thing" : "things");
    for (size_t i = 0; i < report->gaps.count; i++) {
        fputs("<li><code>", page->out);
        page_text(page, report->gaps.items[i].path);
        fputs("</code> ", page->out);
        page_text(page, report->gaps.items[i].reason);
        fputs("</li>\n", page->out);
    }
    if (report->gaps_unnamed)
        fprintf(page->out, "<li>and %zu more</li>\n", report->gaps_unnamed);
    fputs("</ul></details>\n", page->out);
}

void page_head(const struct page *page)
{
    const struct report *report = page->report;
    struct grade grade = policy_grade(report);
    fputs("<header><div><p class=\"kind\">harden report</p><h1>", page->out);
    page_text(page, report->image.name);
    fputs("</h1><dl>", page->out);
    put_fact(page, "System", report->distribution.pretty_name);
    put_fact(page, "Platform", report->image.platform);
    /* To the second: "2026-11-28T13:12:12" of what may go on to nanoseconds. */
    put_fact(page, "Built", str_sub(report->image.created, 0, STR("2026-11-28T13:12:12").len));
    put_fact(page, "Digest", report->image.digest);
    if (report->image.layers.count && !report_is_of_files(report)) {
        put_fact(page, "Layers", arena_printf(page->arena, "%zu", report->image.layers.count));
        put_fact(page, "Packages", arena_printf(page->arena, "%zu", report->packages.count));
    }
    if (report->file_count)
        put_fact(page, "Files", arena_printf(page->arena, "%zu", report->file_count));
    for (size_t i = 0; i < report->feeds.count; i++)
        put_fact(page, "Checked by",
                 arena_printf(page->arena, "%.*s of %.*s", STR_ARG(report->feeds.items[i].feed),
                              STR_ARG(report->feeds.items[i].updated)));
    fputs("</dl></div>", page->out);
    if (grade.letter)
        fprintf(page->out,
                "<div class=\"grade g%c\"><span aria-hidden=\"true\">%c</span><p>Grade %c: %s</p>"
                "</div>",
                grade.letter, grade.letter, grade.letter, grade.why ? grade.why : "");
    fputs("</header>\n<main>\n", page->out);
    put_coverage(page);
    put_bar(page);
}
