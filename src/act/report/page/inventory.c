// SPDX-License-Identifier: Apache-2.0
#include "act/report/page/page.h"

static str size_text(const struct page *page, uint64_t bytes)
{
    char text[16];
    return arena_str(page->arena, str_from(str_size(bytes, text)));
}

static uint64_t packages_of_layer(const struct page *page, uint32_t layer,
                                  struct treemap_item *item)
{
    const struct report_package_list *packages = &page->report->packages;
    uint64_t sum = 0;
    for (size_t i = 0; i < packages->count; i++) {
        const struct report_package *package = &packages->items[i];
        if (package->layer != layer || package->size == 0)
            continue;
        *vec_push(page->arena, &item->children) = (struct treemap_item){
            .name = package->package.name,
            .note = arena_printf(page->arena, "%.*s%s", STR_ARG(size_text(page, package->size)),
                                 package->use == USE_NOT_REACHED ? ", nothing reaches it" : ""),
            .size = package->size,
            .tone = package->use == USE_NOT_REACHED ? 2 : 1,
        };
        sum += package->size;
    }
    return sum;
}

/* Layers, in them the packages they brought, what they waste, and the rest. */
static void put_map(const struct page *page)
{
    const struct layer_list *layers = &page->report->image.layers;
    struct treemap_items items = {0};
    for (size_t i = 0; i < layers->count; i++) {
        const struct layer *layer = &layers->items[i];
        struct treemap_item *item = vec_push(page->arena, &items);
        *item = (struct treemap_item){.name = arena_printf(page->arena, "Layer %zu", i + 1)};
        uint64_t known = packages_of_layer(page, (uint32_t)i, item);
        if (layer->wasted)
            *vec_push(page->arena, &item->children) = (struct treemap_item){
                .name = STR("wasted"),
                .note = arena_printf(page->arena, "%.*s that later layers delete or replace",
                                     STR_ARG(size_text(page, layer->wasted))),
                .size = layer->wasted,
                .tone = 3,
            };
        uint64_t content = layer->content > known + layer->wasted ? layer->content : 0;
        if (content)
            *vec_push(page->arena, &item->children) = (struct treemap_item){
                .name = STR("other files"),
                .note = size_text(page, content - known - layer->wasted),
                .size = content - known - layer->wasted,
                .tone = 0,
            };
        item->size = content ? content : known + layer->wasted;
        item->note = arena_printf(page->arena, "%.*s, %.*s", STR_ARG(size_text(page, item->size)),
                                  STR_ARG(str_sub(layer->created_by, 0, 160)));
    }
    page_treemap(page, &items, STR("Sizes of layers and packages; the table below has them too"));
    fputs("<p class=\"legend\"><span class=\"k t1\"></span>packages in use or unknown <span "
          "class=\"k t2\"></span>packages that nothing reaches <span class=\"k t3\"></span>wasted "
          "<span class=\"k t0\"></span>other files</p>\n",
          page->out);
}

static void put_layers(const struct page *page)
{
    const struct layer_list *layers = &page->report->image.layers;
    fputs("<details><summary>Layers</summary><div class=\"wide\"><table><thead><tr><th "
          "scope=\"col\">No.</th><th scope=\"col\">Content</th><th scope=\"col\">Wasted</th><th "
          "scope=\"col\">Made by</th></tr></thead><tbody>\n",
          page->out);
    for (size_t i = 0; i < layers->count; i++) {
        const struct layer *layer = &layers->items[i];
        fprintf(page->out, "<tr><th scope=\"row\">%zu</th><td>%.*s</td><td>%.*s</td><td><code>",
                i + 1, STR_ARG(size_text(page, layer->content)),
                STR_ARG(size_text(page, layer->wasted)));
        page_text(page, layer->created_by);
        fputs("</code></td></tr>\n", page->out);
    }
    fputs("</tbody></table></div></details>\n", page->out);
}

static void put_packages(const struct page *page)
{
    static const char *const uses[] = {
        [USE_UNKNOWN] = "", [USE_REACHED] = "yes", [USE_NOT_REACHED] = "no"};
    const struct report_package_list *packages = &page->report->packages;
    if (packages->count == 0)
        return;
    fprintf(page->out,
            "<details><summary>%zu packages</summary><div class=\"wide\"><table><thead><tr><th "
            "scope=\"col\">Name</th><th scope=\"col\">Version</th><th scope=\"col\">Layer</th><th "
            "scope=\"col\">Size</th><th scope=\"col\">In use</th></tr></thead><tbody>\n",
            packages->count);
    for (size_t i = 0; i < packages->count; i++) {
        const struct report_package *package = &packages->items[i];
        fputs("<tr><th scope=\"row\">", page->out);
        page_text(page, package->package.name);
        fputs("</th><td>", page->out);
        page_text(page, package->package.version);
        fprintf(page->out, "</td><td>%u</td><td>%.*s</td><td>%s</td></tr>\n", package->layer + 1,
                STR_ARG(package->size ? size_text(page, package->size) : STR("")),
                uses[package->use]);
    }
    fputs("</tbody></table></div></details>\n", page->out);
}

bool page_has_inventory(const struct report *report)
{
    return !report_is_of_files(report) && report->image.layers.count;
}

void page_inventory(const struct page *page)
{
    if (!page_has_inventory(page->report))
        return;
    fputs("<section aria-labelledby=\"inside\"><h2 id=\"inside\">What is inside</h2>\n", page->out);
    put_map(page);
    put_layers(page);
    put_packages(page);
    fputs("</section>\n", page->out);
}
