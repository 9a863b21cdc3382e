// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_NETWORK_DRAWING_H
#define HARDEN_ACT_NETWORK_DRAWING_H

#include "judge/network/network.h"

#include <stdio.h>

/* Between the files that draw the graph (dot.c, dot_arrows.c). */
#define COLOR_ATTACK  "#c1121f"
#define COLOR_OUTSIDE "#bc4c00"
#define COLOR_USED    "#1a7f37"
#define COLOR_LINK    "#8250df"
#define COLOR_PLAIN   "#57606a"

/* A network, as the box that is drawn around its containers. */
struct cluster {
    const struct network_attachment *attachment;
    size_t members, hidden; /* containers on it, and those that are not drawn */
    size_t plain;           /* drawn ones of which there is nothing to tell */
};

enum drawing_outside {
    OUTSIDE_IS_TWO,       /* the Internet and the host's network reach different things */
    OUTSIDE_IS_ONE,       /* the same, so they are one node: the Internet's */
    OUTSIDE_BEHIND_ROUTER /* the Internet reaches nothing for sure: one arrow to the network */
};

struct drawing {
    struct arena *arena;
    const struct network_graph *graph;
    FILE *out;
    VEC(struct cluster) clusters;
    bool *is_drawn; /* of a node */
    size_t drawn;
    size_t arrows, left_out; /* between containers */
    enum drawing_outside outside;
};

/* Inside of quotes: hostile names become harmless, and no name ends the string. */
void drawing_put_name(const struct drawing *drawing, str name);
/* A container as a node. */
void drawing_put_node(const struct drawing *drawing, size_t index, const char *indent);
/* "tcp 80" */
void drawing_put_port(const struct drawing *drawing, bool is_udp, uint16_t port);
bool drawing_is_repeated(const struct network_node *node, size_t publication);
/* Whether arrows from there, LAN or Internet, are drawn. */
static inline bool drawing_has_outside(const struct drawing *drawing, size_t node)
{
    return !(node == NETWORK_NODE_LAN && drawing->outside == OUTSIDE_IS_ONE) &&
           !(node == NETWORK_NODE_INTERNET && drawing->outside == OUTSIDE_BEHIND_ROUTER);
}
/* All arrows, after all nodes. */
void drawing_put_arrows(struct drawing *drawing);

#endif
