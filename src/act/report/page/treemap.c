// SPDX-License-Identifier: Apache-2.0
#include "act/report/page/page.h"

#include <stdlib.h>

enum { WIDTH = 960, HEIGHT = 420, TITLE = 18, GAP = 2, LETTER = 7 };

struct box {
    double x, y, width, height;
};

static int by_size(const void *a, const void *b)
{
    const struct treemap_item *left = a, *right = b;
    if (left->size != right->size)
        return left->size > right->size ? -1 : 1;
    return str_cmp(left->name, right->name);
}

/* The worst ratio of sides in a row of that area, whose smallest and largest areas are given. */
static double worst(double smallest, double largest, double sum, double side)
{
    double a = side * side * largest / (sum * sum), b = sum * sum / (side * side * smallest);
    return a > b ? a : b;
}

static void put_label(const struct page *page, struct box box, str name)
{
    size_t letters = box.width > 2 * LETTER ? (size_t)((box.width - LETTER) / LETTER) : 0;
    if (letters < 3 || box.height < TITLE)
        return;
    fprintf(page->out, "<text x=\"%.1f\" y=\"%.1f\">", box.x + 4, box.y + TITLE - 5);
    page_text(page, str_sub(name, 0, letters));
    fputs("</text>", page->out);
}

static void put_items(const struct page *page, const struct treemap_items *items, struct box box,
                      unsigned depth);

static void put_item(const struct page *page, const struct treemap_item *item, struct box box,
                     unsigned depth)
{
    double gap = box.width > 3 * GAP && box.height > 3 * GAP ? GAP : 0;
    fputs("<g><title>", page->out);
    page_text(page, item->name);
    fputs(": ", page->out);
    page_text(page, item->note);
    fprintf(page->out,
            "</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
            "class=\"t%u d%u\"/>",
            box.x, box.y, box.width - gap, box.height - gap, item->tone, depth);
    put_label(page, box, item->name);
    struct box inner = {box.x + GAP, box.y + TITLE, box.width - 3 * GAP - gap,
                        box.height - TITLE - 2 * GAP - gap};
    if (item->children.count && inner.width > TITLE && inner.height > TITLE)
        put_items(page, &item->children, inner, depth + 1);
    fputs("</g>\n", page->out);
}

/* One row along the shorter side of what is left of the box. */
static void put_row(const struct page *page, const struct treemap_item *items, size_t count,
                    double scale, double sum, struct box *left, unsigned depth)
{
    bool upright = left->width >= left->height; /* the row is a column at the left */
    double thickness = sum / (upright ? left->height : left->width), at = 0;
    for (size_t i = 0; i < count; i++) {
        double length = (double)items[i].size * scale / thickness;
        struct box box = upright ? (struct box){left->x, left->y + at, thickness, length}
                                 : (struct box){left->x + at, left->y, length, thickness};
        put_item(page, &items[i], box, depth);
        at += length;
    }
    if (upright) {
        left->x += thickness;
        left->width -= thickness;
    } else {
        left->y += thickness;
        left->height -= thickness;
    }
}

static void put_items(const struct page *page, const struct treemap_items *items, struct box box,
                      unsigned depth)
{
    struct treemap_item *sorted =
        arena_copy(page->arena, items->items, items->count * sizeof(*items->items));
    double total = 0;
    size_t count = 0;
    qsort(sorted, items->count, sizeof(*sorted), by_size);
    for (; count < items->count && sorted[count].size; count++)
        total += (double)sorted[count].size;
    if (count == 0)
        return;
    double scale = box.width * box.height / total;
    for (size_t first = 0; first < count;) {
        double side = box.width < box.height ? box.width : box.height;
        double largest = (double)sorted[first].size * scale, sum = largest;
        double ratio = worst(largest, largest, sum, side);
        size_t end = first + 1;
        for (; end < count; end++) {
            double area = (double)sorted[end].size * scale;
            double next = worst(area, largest, sum + area, side);
            if (next > ratio)
                break;
            ratio = next;
            sum += area;
        }
        put_row(page, sorted + first, end - first, scale, sum, &box, depth);
        first = end;
    }
}

void page_treemap(const struct page *page, const struct treemap_items *items, str label)
{
    fprintf(page->out, "<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
            HEIGHT);
    page_text(page, label);
    fputs("\">\n", page->out);
    if (items->count)
        put_items(page, items, (struct box){0, 0, WIDTH, HEIGHT}, 0);
    fputs("</svg>\n", page->out);
}
