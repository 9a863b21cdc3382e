// SPDX-License-Identifier: Apache-2.0
#include "act/network/network.h"
#include "act/report/page/page.h"

/* Without it, everything is there all the same: findings fold by themselves. */
static const char script[] =
    "(function(){\n"
    "var form=document.getElementById(\"filter\");\n"
    "if(!form)return;\n"
    "var words=document.getElementById(\"words\"),kind=document.getElementById(\"kind\"),"
    "closed=document.getElementById(\"closed\");\n"
    "var shown=document.getElementById(\"shown\"),box=document.querySelector(\"details.cl"
    "osed\");\n"
    "var all=[].slice.call(document.querySelectorAll(\"details.finding\"));\n"
    "var parts=[].slice.call(document.querySelectorAll(\".part\")),text=null;\n"
    "function hide(item,yes){if(item.hidden!==yes)item.hidden=yes;}\n"
    "function apply(){\n"
    "var want={},look=words.value.toLowerCase().trim(),count=0;\n"
    "if(look&&!text)text=all.map(function(item){return item.textContent.toLowerCase();});\n"
    "look=look?look.split(/\\s+/):[];\n"
    "[].forEach.call(form.querySelectorAll(\"[name=severity]\"),function(box){want[box.va"
    "lue]=box.checked;});\n"
    "all.forEach(function(item,i){\n"
    "var isClosed=item.hasAttribute(\"data-closed\");\n"
    "var fits=want[item.dataset.severity]&&(!kind.value||item.dataset.kind===kind.value)&"
    "&(!isClosed||closed.checked)&&\n"
    "look.every(function(word){return text[i].indexOf(word)>=0;});\n"
    "hide(item,!fits);\n"
    "if(fits)count++;\n"
    "});\n"
    "parts.forEach(function(part){hide(part,!part.querySelector(\"details.finding:not([hid"
    "den])\"));});\n"
    "if(box){hide(box,!closed.checked);if(closed.checked)box.open=true;}\n"
    "shown.textContent=count+\" of \"+all.length+\" shown\";\n"
    "}\n"
    "form.hidden=false;\n"
    "form.addEventListener(\"input\",apply);\n"
    "form.addEventListener(\"submit\",function(event){event.preventDefault();});\n"
    "apply();\n"
    "})();\n";

struct chapter {
    bool is_there;
    const char *id, *name;
};

/* A host's page is long: what comes behind its findings is one step away. */
static void put_contents(const struct page *page)
{
    const struct report *report = page->report;
    const struct chapter chapters[] = {
        {report->findings.count > 0, "all", "All findings"},
        {report->controls.count > 0, "controls", "Controls"},
        {page_has_inventory(report), "inside", "What is inside"},
        {report->network.graph, "network", "Who reaches whom"},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++)
        count += chapters[i].is_there;
    if (count < 2)
        return;
    fputs("<nav aria-label=\"On this page\">", page->out);
    for (size_t i = 0; i < sizeof(chapters) / sizeof(chapters[0]); i++)
        if (chapters[i].is_there)
            fprintf(page->out, "<a href=\"#%s\">%s</a> ", chapters[i].id, chapters[i].name);
    fputs("</nav>\n", page->out);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    (void)options;
    ARENA_SCOPED arena = {0};
    const struct page page = {.out = out, .arena = &arena, .report = report};
    page_begin(&page, report->image.name, "harden report", str_make(script, sizeof(script) - 1));
    page_head(&page);
    put_contents(&page);
    page_actions(&page);
    page_findings(&page);
    page_controls(&page);
    page_inventory(&page);
    if (report->network.graph)
        network_sections(&page, &report->network);
    fprintf(out,
            "</main>\n<footer>harden %.*s. `harden explain ID` tells more about a "
            "finding.</footer>\n<script>%s</script>\n</body>\n</html>\n",
            STR_ARG(report->tool_version), script);
}

const struct format format_html = {
    .name = "html",
    .summary = "one page for a browser, with filters; needs no network and no JavaScript",
    .render = render,
};
