// SPDX-License-Identifier: Apache-2.0
#include "io/graphviz.h"

#include "io/library.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>

/* As libgvc.so.6 and libcgraph.so.6 have them (Graphviz 2.30 to 10); all its structs stay opaque.
 */
struct gvc;
struct graph;
struct plugin_row {
    const char *name;
    void *library;
};
static struct {
    struct gvc *(*context)(const struct plugin_row *plugins, int demand_loading);
    int (*layout)(struct gvc *gvc, struct graph *graph, const char *engine);
    int (*render)(struct gvc *gvc, struct graph *graph, const char *format, char **text,
                  unsigned *len);
    void (*free_text)(char *text);
    struct graph *(*parse)(const char *text);
    int (*set_errors)(int level);
    struct plugin_row plugins[2 + 1]; /* ends with a row of zeros */
    /* What was drawn last. It is never given back: in Graphviz 2.42 that frees twice what arrows
     * with labels within the first column took, and a process draws once. */
    struct gvc *gvc;
    struct graph *graph;
    bool ready;
} api;

static const struct library_symbol layout_symbols[] = {
    {"gvContextPlugins", &api.context},
    {"gvLayout", &api.layout},
    {"gvRenderData", &api.render},
    {"gvFreeRenderData", &api.free_text},
};
static const struct library_symbol graph_symbols[] = {
    {"agmemread", &api.parse},
    {"agseterr", &api.set_errors},
};

/* Beside the library, and named like their symbol. */
static const struct {
    const char *file, *symbol;
} plugins[] = {
    {"graphviz/libgvplugin_dot_layout.so.6", "gvplugin_dot_layout_LTX_library"},
    {"graphviz/libgvplugin_core.so.6", "gvplugin_core_LTX_library"},
};
enum { PLUGINS = sizeof(plugins) / sizeof(plugins[0]) };

static void load_once(void)
{
    enum { ERRORS_NONE = 3 }; /* above its AGMAX: nothing is printed */
    char folder[PATH_MAX / 2], path[PATH_MAX];
    void *library = library_open("libgvc.so.6", layout_symbols,
                                 sizeof(layout_symbols) / sizeof(layout_symbols[0]));
    if (!library || !library_folder(library, folder, sizeof(folder)) ||
        !library_open("libcgraph.so.6", graph_symbols,
                      sizeof(graph_symbols) / sizeof(graph_symbols[0])))
        return;
    for (size_t i = 0; i < PLUGINS; i++) {
        const struct library_symbol symbol = {plugins[i].symbol, &api.plugins[i].library};
        snprintf(path, sizeof(path), "%s%s", folder, plugins[i].file);
        if (!library_open(path, &symbol, 1))
            return;
        api.plugins[i].name = plugins[i].symbol;
    }
    api.set_errors(ERRORS_NONE);
    api.ready = true;
}

int graphviz_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load_once);
    if (!api.ready)
        return err_set(err, ERR_UNSUPPORTED,
                       "drawings need Graphviz's library libgvc.so.6 (Debian package libgvc6)");
    return 0;
}

int graphviz_svg(struct arena *arena, str dot, str *ret, struct err *err)
{
    char *text = NULL;
    unsigned len = 0;
    if (graphviz_load(err) < 0)
        return -1;
    api.gvc = api.context(api.plugins, 0);
    api.graph = api.gvc ? api.parse(arena_str(arena, dot).ptr) : NULL;
    bool done = api.graph && api.layout(api.gvc, api.graph, "dot") == 0 &&
                api.render(api.gvc, api.graph, "svg", &text, &len) == 0 && text;
    if (done)
        *ret = arena_str(arena, str_make(text, len));
    if (text)
        api.free_text(text);
    return done ? 0 : err_set(err, ERR_FORMAT, "Graphviz could not draw this graph");
}
