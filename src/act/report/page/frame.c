// SPDX-License-Identifier: Apache-2.0
#include "act/report/page/page.h"
#include "io/digest.h"

/* Light and dark as the reader's system has it; colours pass WCAG's AA contrast on both. */
static const char style[] =
    ":root{color-scheme:light dark;--back:#fff;--fore:#1b1f24;--dim:#59636e;"
    "--line:#d1d9e0;--soft:#f6f8fa;--link:#0757b3;\n"
    "--critical:#a40e26;--high:#b3460b;--medium:#7d5a00;--low:#1f5fa8;--info:#59636e;"
    "--good:#1a6f37}\n"
    "@media (prefers-color-scheme:dark){:root{--back:#0f1318;--fore:#e4e9ee;"
    "--dim:#9aa5b1;--line:#38414c;--soft:#181e25;--link:#79b8ff;\n"
    "--critical:#ff8a94;--high:#ffa566;--medium:#e3b341;--low:#79b8ff;--info:#9aa5b1;"
    "--good:#56d37c}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1rem;max-width:70rem;font:16px/1.5 system-ui,sans-serif;"
    "background:var(--back);color:var(--fore)}\n"
    "header{display:flex;flex-wrap:wrap;gap:1rem 2rem;justify-content:space-between;"
    "border-bottom:1px solid var(--line);padding-bottom:.75rem}\n"
    "h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}\n"
    "h2{font-size:1.25rem;margin:2rem 0 .5rem}\n"
    "h3{font-size:1rem;margin:0}\n"
    "a{color:var(--link)}\n"
    ".kind{margin:0;color:var(--dim)}\n"
    "header>div:first-child{flex:1 1 20rem;min-width:0}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;"
    "margin:.75rem 0}\n"
    "dt{color:var(--dim)}\n"
    "dd{margin:0;min-width:0;overflow-wrap:anywhere}\n"
    ".grade{max-width:16rem;text-align:center}\n"
    ".grade span{display:inline-block;width:5rem;font-size:3.5rem;line-height:5rem;"
    "font-weight:700;border:3px solid;border-radius:.75rem}\n"
    ".gA span,.gB span{color:var(--good)}.gC span{color:var(--medium)}"
    ".gD span{color:var(--high)}.gF span{color:var(--critical)}\n"
    ".grade p{margin:.25rem 0 1rem}\n"
    ".good{color:var(--good)}\n"
    ".bar{display:flex;gap:2px;border-radius:.4rem;overflow:hidden;font-weight:600;"
    "text-align:center}\n"
    ".bar span{flex:1 1 2.2rem;padding:.15rem .3rem;background:currentColor;"
    "min-width:2.2rem}\n"
    ".bar span::first-line{color:var(--back)}\n"
    ".critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}"
    ".low{color:var(--low)}.info{color:var(--info)}\n"
    ".sev{display:inline-block;border:1px solid;border-radius:1rem;padding:0 .6rem;"
    "font-size:.8rem;font-weight:600}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}\n"
    "th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    ".numbers{width:auto;margin-top:.5rem}.numbers th{overflow-wrap:normal}"
    ".numbers td{text-align:right;font-variant-numeric:tabular-nums}\n"
    ".wide{overflow-x:auto}\n"
    ".wide td:last-child:not(.numbers *){min-width:14rem}"
    ".lines td:first-child,.lines th[scope=row]{overflow-wrap:normal}"
    ".lines td:nth-child(2){overflow-wrap:break-word}\n"
    "pre{background:var(--soft);border:1px solid var(--line);border-radius:.4rem;"
    "padding:.5rem .75rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}\n"
    "code{font:.85em/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    ".actions li{margin-bottom:1.25rem}.actions p{margin:.25rem 0}\n"
    "details{border-bottom:1px solid var(--line);padding:.25rem 0}\n"
    "summary{cursor:pointer;padding:.25rem 0}\n"
    "nav{display:flex;flex-wrap:wrap;gap:0 1.25rem;margin:.75rem 0}nav a{padding:.25rem 0}\n"
    "details>dl,details>ul,details>.wide{margin-left:1.2rem}\n"
    ".finding code{color:var(--dim)}.finding .at{color:var(--fore)}\n"
    ".closed>.part{margin-left:1.2rem}\n"
    ".part{content-visibility:auto}.part[hidden]{display:none}\n"
    "form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;"
    "background:var(--soft);border:1px solid var(--line);border-radius:.4rem;"
    "padding:.5rem .75rem;margin-bottom:.5rem}\n"
    "form[hidden]{display:none}form label{min-height:1.75rem}\n"
    "fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.1rem .75rem}\n"
    "legend{float:left;margin-right:.75rem;color:var(--dim)}\n"
    "input[type=search],select{font:inherit;padding:.2rem .4rem;background:var(--back);"
    "color:var(--fore);border:1px solid var(--line);border-radius:.3rem;max-width:100%}\n"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
    ".map{width:100%;height:auto;display:block;border:1px solid var(--line);"
    "border-radius:.4rem}\n"
    ".map rect{stroke:var(--back);stroke-width:1}\n"
    ".map text{font:12px ui-monospace,monospace;fill:var(--fore);pointer-events:none}\n"
    ".map g:hover>rect{stroke:var(--fore)}\n"
    ".t0{fill:#c9d1d9;background:#c9d1d9}.t1{fill:#a9cdf2;background:#a9cdf2}"
    ".t2{fill:#f2cf8f;background:#f2cf8f}.t3{fill:#f2a6a0;background:#f2a6a0}\n"
    ".map .d0{fill:var(--soft)}\n"
    "@media (prefers-color-scheme:dark){.t0{fill:#3a434e;background:#3a434e}"
    ".t1{fill:#1f4b78;background:#1f4b78}.t2{fill:#6b4e12;background:#6b4e12}"
    ".t3{fill:#7a2c2c;background:#7a2c2c}}\n"
    ".k{display:inline-block;width:.9rem;height:.9rem;border-radius:.2rem;"
    "margin:0 .3rem -.1rem .8rem}\n"
    ".legend{font-size:.85rem;color:var(--dim)}\n"
    ".graph{margin:0;padding:.5rem;background:#fff;border:1px solid var(--line);border-radius:.4rem;"
    "width:max-content;max-width:100%;min-width:46rem}.graph svg{max-width:100%;height:auto;"
    "display:block}\n"
    "@media (prefers-color-scheme:dark){.graph{background:#0d0d0d}"
    ".graph svg{filter:invert(.95) hue-rotate(180deg)}}\n"
    ".self{background:var(--soft)}.matrix td{text-align:center}"
    ".ports td:nth-child(odd){white-space:nowrap}.ports td:nth-child(2){min-width:9rem}"
    ".ports td:last-child{width:60%;min-width:18rem;white-space:normal}\n"
    ".r0{color:var(--good)}.r1{color:var(--critical);font-weight:600}\n"
    "footer{margin:3rem 0 1rem;color:var(--dim);font-size:.85rem}\n"
    "@media (max-width:40rem){.numbers th,.numbers td{padding:.3rem .25rem;"
    "font-size:.8rem}body{padding:.75rem}dl{grid-template-columns:1fr;gap:0}"
    "dt{margin-top:.4rem}.grade{max-width:none;width:100%;display:flex;gap:1rem;"
    "align-items:center;text-align:left}.grade span{flex:none;text-align:center}"
    /* A row of sentences becomes a paragraph: of four columns, each would be a word wide. */
    ".lines thead{position:absolute;clip-path:inset(50%)}.lines tr{display:block;"
    "border-bottom:1px solid var(--line);padding:.4rem 0}.lines th,.lines td{display:inline;"
    "border:0;padding:0 .5rem 0 0}.lines td:last-child{display:block;min-width:0;width:auto;"
    "padding:.2rem 0 0}}\n"
    "@media print{form{display:none}details.finding,.actions li{break-inside:avoid}"
    "h2,h3{break-after:avoid}.part,details:not(.finding)::details-content"
    "{content-visibility:visible}}\n";

/* "sha256-<base64>" of the script, so that the page's policy lets this one run and no other. */
static str script_hash(struct arena *arena, str script)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    str hex = digest_of(arena, DIGEST_SHA256, script), out = STR("sha256-");
    str_skip(&hex, STR("sha256:"));
    uint64_t byte[3];
    for (size_t i = 0; i < hex.len; i += 6) {
        size_t bytes = hex.len - i >= 6 ? 3 : (hex.len - i) / 2;
        for (size_t j = 0; j < 3; j++)
            if (j >= bytes || !str_to_hex(str_sub(hex, i + 2 * j, 2), 255, &byte[j]))
                byte[j] = 0;
        uint64_t bits = byte[0] << 16 | byte[1] << 8 | byte[2];
        out = arena_printf(arena, "%.*s%c%c%c%c", STR_ARG(out), letters[bits >> 18 & 63],
                           letters[bits >> 12 & 63], bytes > 1 ? letters[bits >> 6 & 63] : '=',
                           bytes > 2 ? letters[bits & 63] : '=');
    }
    return out;
}

void page_begin(const struct page *page, str name, const char *what, str script)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; ",
          page->out);
    if (script.len)
        fprintf(page->out, "script-src '%.*s'; ", STR_ARG(script_hash(page->arena, script)));
    fputs("base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
          page->out);
    page_text(page, name);
    fprintf(page->out, " - %s</title>\n<style>\n%s</style>\n</head>\n<body>\n", what, style);
}
