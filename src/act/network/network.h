// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_NETWORK_NETWORK_H
#define HARDEN_ACT_NETWORK_NETWORK_H

#include "act/report/render.h"
#include "base/err.h"
#include "model/network.h"

/* Reachability for people, for programs (schema harden.network/1), and as a drawing in Graphviz's
 * language. */
void network_tty(const struct network_graph *graph, const struct render_options *options,
                 FILE *out);
void network_json(const struct network_graph *graph, FILE *out);
void network_dot(const struct network_graph *graph, FILE *out);
/* One page for a browser. */
void network_html(const struct report_network *network, FILE *out);
/* The same as sections of a page about more, from the drawing to the list of ports. */
struct page;
void network_sections(const struct page *page, const struct report_network *network);
/* Of one service: what is told of one route can be told of both at once. */
bool network_same_reason(const struct network_route *a, const struct network_route *b);
/* That drawing, as an SVG document; ERR_UNSUPPORTED without Graphviz's library (io/graphviz.h). */
int network_svg(struct arena *arena, const struct network_graph *graph, str *ret, struct err *err);

/* One question and its answer: `ways` are the best first. */
struct network_answer {
    const struct network_graph *graph;
    size_t from, to;
    uint16_t port;
    bool is_udp;
    struct network_way_list ways;
};
void network_answer_tty(const struct network_answer *answer, const struct render_options *options,
                        FILE *out);
void network_answer_json(const struct network_answer *answer, FILE *out);

/* Routes as a report keeps them, sorted; strings as they came, or copied from the report. */
struct network_row {
    str from, to, verdict, reason;
    uint16_t port;
    bool is_udp;
};
struct network_row_list VEC_BODY(struct network_row);
void network_rows(struct arena *arena, const struct network_graph *graph,
                  struct network_row_list *ret);
/* From a saved report; ERR_FORMAT for what is none. */
int network_rows_read(struct arena *arena, str json, struct network_row_list *ret, struct err *err);

/* What a saved report says of use, added to `ret`; ERR_FORMAT for what is none. */
int network_seen_read(struct arena *arena, str json, struct network_seen_list *ret,
                      struct err *err);

/* `before` NULL: it opened; `after` NULL: it closed. */
struct network_change {
    const struct network_row *before, *after;
};
struct network_changes {
    struct network_change_list VEC_BODY(struct network_change) list;
    size_t opened; /* or from "possible" to "open" */
};
struct network_changes network_compare(struct arena *arena, const struct network_row_list *before,
                                       const struct network_row_list *after);
void network_changes_tty(const struct network_changes *changes,
                         const struct render_options *options, FILE *out);
void network_changes_json(const struct network_changes *changes, FILE *out);

#endif
