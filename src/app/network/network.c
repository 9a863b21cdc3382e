// SPDX-License-Identifier: Apache-2.0
#include "app/network/network.h"

#include "act/network/network.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "io/graphviz.h"

/* What `explain` was asked. */
struct question {
    str from, to;
    uint16_t port;
    bool is_udp;
};

/* "B:5432", "B:53/udp" */
static int read_question(const struct invocation *invocation, struct question *ret, struct err *err)
{
    if (invocation->operand_count != 3)
        return err_set(err, ERR_USAGE, "network explain takes two names: A B:PORT");
    str target = str_from(invocation->operands[2]), number = {0}, protocol = {0};
    size_t colon = str_rfind_char(target, ':');
    uint64_t port;
    *ret = (struct question){.from = str_from(invocation->operands[1])};
    if (colon != STR_NONE) {
        ret->to = str_sub(target, 0, colon);
        str_cut(str_from_index(target, colon + 1), '/', &number, &protocol);
    }
    ret->is_udp = str_eq(protocol, STR("udp"));
    if (!ret->to.len || !str_to_u64(number, UINT16_MAX, &port) || port == 0 ||
        !(protocol.len == 0 || ret->is_udp || str_eq(protocol, STR("tcp"))))
        return err_set(err, ERR_USAGE,
                       "\"%s\" is no NAME:PORT, as in db:5432, host:22 or dns:53/udp",
                       invocation->operands[2]);
    ret->port = (uint16_t)port;
    return 0;
}

static bool is_format(const struct network_settings *settings, const char *name)
{
    return settings->output.format && str_eq(str_from(settings->output.format), str_from(name));
}

/* 1 where it can be reached, as `explain` says 1 for a flaw that is reported. */
static int explain(struct machine *machine, const struct network_graph *graph,
                   const struct network_settings *settings, const struct question *question,
                   const struct output *output, struct err *err)
{
    struct network_answer answer = {
        .graph = graph, .port = question->port, .is_udp = question->is_udp};
    const str *names[] = {&question->from, &question->to};
    size_t *found[] = {&answer.from, &answer.to};
    for (size_t i = 0; i < 2; i++)
        if (!network_find(graph, *names[i], found[i]))
            return err_set(err, ERR_NOT_FOUND,
                           "no running container is called \"%.*s\"; there are also host, "
                           "lan and internet",
                           STR_ARG(*names[i]));
    network_ways(&machine->arena, graph, answer.from, answer.to, answer.port, answer.is_udp,
                 &answer.ways);
    if (is_format(settings, "json"))
        network_answer_json(&answer, output->stream);
    else
        network_answer_tty(&answer, &output->options, output->stream);
    enum network_verdict best = answer.ways.count ? answer.ways.items[0].verdict : NETWORK_BLOCKED;
    if (best == NETWORK_OPEN)
        return 1;
    return (best == NETWORK_POSSIBLE || graph->gaps.count) && !settings->allow_gaps ? 3 : 0;
}

/* What `diff` compares: two reports, or one and now (then `after` is absent). */
struct reports {
    const char *names[2];
    str texts[2];
};

/* Reports of other hours: read before the sandbox, parsed inside. */
static int open_seen(struct machine *machine, const struct network_settings *settings,
                     struct str_list *ret, struct err *err)
{
    for (size_t i = 0; i < settings->seen.count; i++) {
        str text;
        if (fd_read_file(&machine->arena, settings->seen.items[i], LIMIT_DOCUMENT, &text, err) < 0)
            return -1;
        *vec_push(&machine->arena, ret) = text;
    }
    return 0;
}

static int read_seen(struct machine *machine, const struct network_settings *settings,
                     const struct str_list *texts, struct network_seen_list *ret, struct err *err)
{
    for (size_t i = 0; i < texts->count; i++)
        if (network_seen_read(&machine->arena, texts->items[i], ret, err) < 0)
            return err_wrap(err, "%s", settings->seen.items[i]);
    return 0;
}

static int open_reports(struct machine *machine, const struct invocation *invocation,
                        struct reports *ret, struct err *err)
{
    size_t count = invocation->operand_count - 1;
    if (count < 1 || count > 2)
        return err_set(err, ERR_USAGE, "network diff takes one saved report, or two");
    for (size_t i = 0; i < count; i++) {
        ret->names[i] = invocation->operands[i + 1];
        if (fd_read_file(&machine->arena, ret->names[i], LIMIT_DOCUMENT, &ret->texts[i], err) < 0)
            return -1;
    }
    return 0;
}

/* 1 where something opened, as `explain` says 1 for what can be reached. */
static int compare(struct machine *machine, const struct network_settings *settings,
                   const struct reports *reports, const struct network_graph *now,
                   const struct output *output, struct err *err)
{
    struct network_row_list rows[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        if (!reports->names[i])
            network_rows(&machine->arena, now, &rows[i]);
        else if (network_rows_read(&machine->arena, reports->texts[i], &rows[i], err) < 0)
            return err_wrap(err, "%s", reports->names[i]);
    }
    struct network_changes changes = network_compare(&machine->arena, &rows[0], &rows[1]);
    if (is_format(settings, "json"))
        network_changes_json(&changes, output->stream);
    else
        network_changes_tty(&changes, &output->options, output->stream);
    if (changes.opened)
        return 1;
    return now && now->gaps.count && !settings->allow_gaps ? 3 : 0;
}

static int draw(struct machine *machine, const struct network_graph *graph,
                const struct output *output, struct err *err)
{
    str svg;
    if (network_svg(&machine->arena, graph, &svg, err) < 0)
        return -1;
    fwrite(svg.ptr, 1, svg.len, output->stream);
    return 0;
}

static int work(struct machine *machine, const struct network_settings *settings,
                const struct question *question, const struct reports *reports,
                const struct str_list *earlier, const struct output *output, struct err *err)
{
    const struct sandbox sandbox = {0};
    enum sandbox_level level;
    struct network_graph graph;
    struct network_seen_list seen = {0};
    if (sandbox_enter(&sandbox, &level, err) < 0)
        return -1;
    if (reports && reports->names[1])
        return compare(machine, settings, reports, NULL, output, err);
    if (read_seen(machine, settings, earlier, &seen, err) < 0)
        return -1;
    machine_read(machine);
    machine_reach(machine, &seen, &graph);
    machine_reach_gaps(machine, &graph);
    if (reports)
        return compare(machine, settings, reports, &graph, output, err);
    if (question)
        return explain(machine, &graph, settings, question, output, err);
    if (is_format(settings, "svg")) {
        if (draw(machine, &graph, output, err) < 0)
            return -1;
    } else if (is_format(settings, "json"))
        network_json(&graph, output->stream);
    else if (is_format(settings, "dot"))
        network_dot(&graph, output->stream);
    else if (is_format(settings, "html")) {
        const struct report_network network = machine_draw(machine, &graph);
        network_html(&network, output->stream);
    } else
        network_tty(&graph, &output->options, output->stream);
    return graph.gaps.count && !settings->allow_gaps ? 3 : 0;
}

int network_run(const struct invocation *invocation, struct err *err)
{
    const struct network_settings *settings = invocation->options;
    /* Advisories are not asked; what is built in needs no folder. */
    const struct advisory_settings advisories = {.built_in = true, .offline = true};
    /* The formats are ours alone: a report's would not know them. */
    const struct output_settings where = {.output = settings->output.output,
                                          .color = settings->output.color};
    struct question question;
    struct output output;
    struct machine machine = {0};
    struct reports reports = {0};
    struct str_list earlier = {0};
    str verb = str_from(invocation->operand_count ? invocation->operands[0] : NULL);
    bool asks = str_eq(verb, STR("explain")), compares = str_eq(verb, STR("diff"));
    if (verb.len && !asks && !compares)
        return err_set(err, ERR_USAGE,
                       "cannot do network \"%.*s\"; there are: explain A B:PORT, diff A.json "
                       "[B.json]",
                       STR_ARG(verb));
    if (asks && read_question(invocation, &question, err) < 0)
        return -1;
    if (verb.len && is_format(settings, "dot"))
        return err_set(err, ERR_USAGE, "network %.*s has the formats tty and json", STR_ARG(verb));
    struct err no_drawing = {0};
    if ((is_format(settings, "svg") || is_format(settings, "html")) &&
        graphviz_load(&no_drawing) < 0 && is_format(settings, "svg")) {
        *err = no_drawing;
        return -1;
    }
    if (output_open(&output, &where, err) < 0)
        return -1;
    int code = machine_open(&machine, invocation, settings->root, &settings->hosts, &advisories,
                            false, err);
    if (code == 0 && compares)
        code = open_reports(&machine, invocation, &reports, err);
    if (code == 0)
        code = open_seen(&machine, settings, &earlier, err);
    if (code == 0) {
        host_gather_namespaces(machine.reader);
        code = work(&machine, settings, asks ? &question : NULL, compares ? &reports : NULL,
                    &earlier, &output, err);
    }
    machine_close(&machine);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}
