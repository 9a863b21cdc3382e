// SPDX-License-Identifier: Apache-2.0
#include "act/report/page/page.h"
#include "base/map.h"
#include "judge/rule/rule.h"

/* What comes behind them is folded. */
enum { FIRST_ACTIONS = 7 };

/* "in a, b and 3 more": where what an action removes was found, for findings in places. */
static void put_places(const struct page *page, const struct action *action)
{
    enum { MOST_PLACES = 3 };
    ARENA_SCOPED scratch = {0};
    struct map seen = {0};
    size_t shown = 0;
    for (size_t i = 0; i < action->findings.count; i++) {
        const struct finding *finding = &page->report->findings.items[action->findings.items[i]];
        bool is_new = false;
        if (finding->vulnerability || !finding->location.path.len)
            continue;
        map_put(&scratch, &seen, finding->location.path, &is_new);
        if (!is_new || shown == MOST_PLACES)
            continue;
        fputs(shown++ ? ", <code>" : "<p>in <code>", page->out);
        page_text(page, finding->location.path);
        fputs("</code>", page->out);
    }
    if (seen.count > shown)
        fprintf(page->out, " and %zu more", seen.count - shown);
    if (shown)
        fputs("</p>", page->out);
}

void page_actions(const struct page *page)
{
    const struct action_list *actions = &page->report->actions;
    if (actions->count == 0)
        return;
    fputs("<section aria-labelledby=\"todo\"><h2 id=\"todo\">What to do first</h2>\n<ol "
          "class=\"actions\">\n",
          page->out);
    for (size_t i = 0; i < actions->count; i++) {
        const struct action *action = &actions->items[i];
        if (i == FIRST_ACTIONS)
            fprintf(page->out,
                    "</ol><details><summary>%zu more</summary><ol class=\"actions\" "
                    "start=\"%d\">\n",
                    actions->count - i, FIRST_ACTIONS + 1);
        fputs("<li><h3>", page->out);
        page_text(page, action->title);
        fputs("</h3><p>removes ", page->out);
        page_counts(page, action->removes);
        fputs("</p>", page->out);
        put_places(page, action);
        if (action->command.len) {
            fputs("<pre><code>", page->out);
            page_text(page, action->command);
            fputs("</code></pre>", page->out);
        }
        if (action->note.len) {
            fputs("<p>", page->out);
            page_text(page, action->note);
            fputs("</p>", page->out);
        }
        fputs("</li>\n", page->out);
    }
    fputs(actions->count > FIRST_ACTIONS ? "</ol></details></section>\n" : "</ol></section>\n",
          page->out);
}

static void put_paragraph(const struct page *page, const char *heading, str text)
{
    if (text.len == 0)
        return;
    fprintf(page->out, "<dt>%s</dt><dd>", heading);
    page_text(page, text);
    fputs("</dd>", page->out);
}

static void put_place(const struct page *page, const struct finding *finding)
{
    const struct location *at = &finding->location;
    size_t layer = report_layer_index(page->report, at->layer);
    if (at->path.len) {
        fputs("<dt>Where</dt><dd><code>", page->out);
        page_text(page, at->path);
        if (at->line)
            fprintf(page->out, ":%u", at->line);
        fputs("</code>", page->out);
        if (layer < page->report->image.layers.count)
            fprintf(page->out, " in layer %zu", layer + 1);
        fputs("</dd>", page->out);
    }
}

static void put_links(const struct page *page, const struct str_list *links)
{
    for (size_t i = 0; i < links->count; i++) {
        str link = links->items[i];
        fputs(i ? "<br>" : "<dt>See</dt><dd>", page->out);
        if (str_starts(link, STR("https://"))) {
            fputs("<a rel=\"noreferrer noopener\" href=\"", page->out);
            page_text(page, link);
            fputs("\">", page->out);
            page_text(page, link);
            fputs("</a>", page->out);
        } else {
            page_text(page, link);
        }
    }
    if (links->count)
        fputs("</dd>", page->out);
}

static void put_flaw(const struct page *page, const struct vulnerability *flaw)
{
    str installed = arena_printf(page->arena, "%.*s %.*s", STR_ARG(flaw->package),
                                 STR_ARG(flaw->installed_version));
    put_paragraph(page, "Installed", installed);
    put_paragraph(page, "Fixed in", flaw->fixed_version);
    put_paragraph(page, "Vendor", flaw->vendor_reason);
    if (flaw->cvss >= 0)
        put_paragraph(
            page, "CVSS",
            arena_printf(page->arena, "%.1f %.*s", flaw->cvss, STR_ARG(flaw->cvss_vector)));
    if (flaw->epss >= 0)
        put_paragraph(page, "EPSS",
                      arena_printf(page->arena, "%.1f %% chance of an attack within 30 days",
                                   flaw->epss * 100));
    if (flaw->kev)
        put_paragraph(page, "CISA KEV", STR("attackers are known to use it"));
    put_paragraph(page, "About", flaw->description);
}

static void put_finding(const struct page *page, const struct finding *finding)
{
    const struct rule *rule = rule_by_id(finding->id);
    bool open = finding->status == STATUS_OPEN;
    fprintf(page->out, "<details class=\"finding\" data-severity=\"%.*s\" data-kind=\"%.*s\"%s>",
            STR_ARG(severity_name(finding->severity)), STR_ARG(kind_name(finding->kind)),
            open ? "" : " data-closed");
    fputs("<summary>", page->out);
    page_severity(page, finding->severity);
    fputs(" <span class=\"what\">", page->out);
    page_text(page, finding->title);
    fputs("</span> <code>", page->out);
    page_text(page, finding->id);
    fputs("</code>", page->out);
    /* Of ten alike, the place tells them apart; of a flaw, the title names the package. */
    if (!finding->vulnerability && finding->location.path.len) {
        fputs(" <code class=\"at\">", page->out);
        page_text(page, finding->location.path);
        if (finding->location.line)
            fprintf(page->out, ":%u", finding->location.line);
        fputs("</code>", page->out);
    }
    if (!open)
        fprintf(page->out, " <i>%.*s</i>", STR_ARG(status_name(finding->status)));
    fputs("</summary><dl>", page->out);
    put_paragraph(page, "Because", finding->reason);
    put_place(page, finding);
    put_paragraph(page, "Seen", finding->evidence);
    if (finding->vulnerability)
        put_flaw(page, finding->vulnerability);
    if (rule)
        put_paragraph(page, "Why it matters", str_from(rule->why));
    put_paragraph(page, "What to do", finding->remedy);
    put_links(page, &finding->references);
    fputs("</dl></details>\n", page->out);
}

/* Shown by the script alone: without it, these would do nothing. */
static void put_filter(const struct page *page)
{
    bool kinds[KIND_COUNT] = {0};
    for (size_t i = 0; i < page->report->findings.count; i++)
        kinds[page->report->findings.items[i].kind] = true;
    fputs("<form id=\"filter\" hidden role=\"search\"><label>Search <input type=\"search\" "
          "id=\"words\"></label> <fieldset><legend>Severity</legend>",
          page->out);
    for (size_t i = SEVERITY_COUNT; i-- > 0;)
        fprintf(page->out,
                "<label><input type=\"checkbox\" name=\"severity\" value=\"%.*s\" checked> "
                "%.*s</label> ",
                STR_ARG(severity_name((enum severity)i)), STR_ARG(severity_name((enum severity)i)));
    fputs("</fieldset> <label>Kind <select id=\"kind\"><option value=\"\">all</option>", page->out);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i])
            fprintf(page->out, "<option>%.*s</option>", STR_ARG(kind_name((enum finding_kind)i)));
    fputs("</select></label> <label><input type=\"checkbox\" id=\"closed\"> also what is waived or "
          "not affected</label> <output id=\"shown\" aria-live=\"polite\"></output></form>\n",
          page->out);
}

/* In parts, so that a browser lays out only those that are seen: of ten thousand findings, a screen
 * shows twenty. A part is about as high as its findings are when they are folded. */
static void put_findings(const struct page *page, bool open)
{
    enum { PART = 50, FOLDED_PIXELS = 41 };
    const struct finding_list *findings = &page->report->findings;
    size_t count = 0, total = 0, left;
    for (size_t i = 0; i < findings->count; i++)
        total += (findings->items[i].status == STATUS_OPEN) == open;
    for (size_t i = 0; i < findings->count; i++) {
        if ((findings->items[i].status == STATUS_OPEN) != open)
            continue;
        left = total - count < PART ? total - count : PART;
        if (count % PART == 0)
            fprintf(page->out,
                    "%s<div class=\"part\" style=\"contain-intrinsic-height:auto %zupx\">\n",
                    count ? "</div>\n" : "", left * FOLDED_PIXELS);
        put_finding(page, &findings->items[i]);
        count++;
    }
    fputs(count ? "</div>\n" : "", page->out);
}

void page_findings(const struct page *page)
{
    const struct finding_list *findings = &page->report->findings;
    if (findings->count == 0)
        return;
    fputs("<section aria-labelledby=\"all\"><h2 id=\"all\">All findings</h2>\n", page->out);
    put_filter(page);
    put_findings(page, true);
    if (page->report->suppressed) {
        fputs("<details class=\"closed\"><summary>Waived, or not affected</summary>\n", page->out);
        put_findings(page, false);
        fputs("</details>\n", page->out);
    }
    fputs("</section>\n", page->out);
}

void page_controls(const struct page *page)
{
    const struct control_list *controls = &page->report->controls;
    if (controls->count == 0)
        return;
    fputs("<section aria-labelledby=\"controls\"><h2 id=\"controls\">Controls of ", page->out);
    page_text(page, controls->items[0].benchmark);
    fputs(
        "</h2><div class=\"wide\"><table class=\"lines\"><thead><tr><th scope=\"col\">No.</th><th "
        "scope=\"col\">Result</th><th scope=\"col\">What it wants</th><th scope=\"col\">What was "
        "seen, and what to do</th></tr></thead><tbody>\n",
        page->out);
    for (size_t i = 0; i < controls->count; i++) {
        const struct control *control = &controls->items[i];
        fputs("<tr><th scope=\"row\">", page->out);
        page_text(page, control->id);
        fprintf(page->out, "</th><td class=\"r%d\">%.*s</td><td>", control->result,
                STR_ARG(control_result_name(control->result)));
        page_text(page, control->title);
        fputs("</td><td>", page->out);
        page_text(page, control->evidence);
        if (control->result == CONTROL_FAIL && control->remedy.len) {
            fputs("<p><b>Remedy</b> ", page->out);
            page_text(page, control->remedy);
            fputs("</p>", page->out);
        }
        fputs("</td></tr>\n", page->out);
    }
    fputs("</tbody></table></div></section>\n", page->out);
}
