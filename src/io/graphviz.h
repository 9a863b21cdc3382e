// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_GRAPHVIZ_H
#define HARDEN_IO_GRAPHVIZ_H

#include "base/arena.h"
#include "base/err.h"

/*
 * Drawings of graphs, laid out by Graphviz's own library. It is opened when first needed; without
 * it everything here fails with ERR_UNSUPPORTED, which names the package. Only its layout "dot" and
 * its writer of SVG are opened, by name: neither its list of plugins nor fonts are read, so that a
 * graph looks the same everywhere.
 */

/* Loads the library, once for the process: needed before a sandbox that cannot open it. */
int graphviz_load(struct err *err);
/* A graph in Graphviz's language as an SVG document. The time it takes grows faster than the
 * graph: callers bound that. One thread at a time; its memory stays until the process ends. */
int graphviz_svg(struct arena *arena, str dot, str *ret, struct err *err);

#endif
