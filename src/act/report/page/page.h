// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_PAGE_PAGE_H
#define HARDEN_ACT_REPORT_PAGE_PAGE_H

#include "act/report/render.h"

/*
 * The HTML report: one file that needs nothing else, no network and no JavaScript. Whatever comes
 * from a target goes through page_text(): it can neither become markup nor hide what is around it.
 */
struct page {
    FILE *out;
    struct arena *arena;
    const struct report *report;
};

/* Text, escaped: & < > " ', and characters that are not to be seen as \x1b and \u202e. */
void page_text(const struct page *page, str s);
/* "3 high, 1 low" as small coloured labels. */
void page_counts(const struct page *page, const size_t counts[SEVERITY_COUNT]);
void page_severity(const struct page *page, enum severity severity);

/* Everything up to <body>, with the style of all pages; the page's policy lets that one script run
 * ("" for none), and no other. */
void page_begin(const struct page *page, str name, const char *what, str script);

/* Parts of the page, from top to bottom. */
void page_head(const struct page *page);
void page_actions(const struct page *page);
void page_findings(const struct page *page);
void page_controls(const struct page *page);
void page_inventory(const struct page *page);
bool page_has_inventory(const struct report *report);

/*
 * A treemap as SVG: rectangles whose area is their size, the largest first (squarified: Bruls,
 * Huizing, van Wijk, 2000). Items with children are boxes around them.
 */
struct treemap_item {
    str name, note; /* the note is shown when pointed at, and read aloud */
    uint64_t size;
    unsigned tone; /* 0..7: the colour */
    struct treemap_items VEC_BODY(struct treemap_item) children;
};
void page_treemap(const struct page *page, const struct treemap_items *items, str label);

#endif
