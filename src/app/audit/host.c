// SPDX-License-Identifier: Apache-2.0
#include "app/audit/audit.h"
#include "app/policy_options.h"
#include "base/sandbox.h"
#include "io/graphviz.h"

struct request {
    struct policy policy;
    struct audit_options options;
    struct rule_settings rules;
    bool draws_network;
};

/* --only takes numbers of controls ("2.*") and kinds of findings ("daemon"). */
static int read_only(const struct invocation *invocation, const struct audit_settings *settings,
                     struct request *request, struct err *err)
{
    str *patterns = arena_array(invocation->arena, str, settings->only.count);
    for (size_t i = 0; i < settings->only.count; i++) {
        enum finding_kind kind;
        str word = str_from(settings->only.items[i]);
        if (kind_parse(word, &kind))
            request->policy.kinds |= 1u << kind;
        else if (audit_has_control(request->options.benchmark, word))
            patterns[request->options.only_count++] = word;
        else
            return err_set(err, ERR_USAGE,
                           "--only %s: %s has no such control, and findings no such kind",
                           settings->only.items[i], request->options.benchmark);
    }
    request->options.only = patterns;
    return 0;
}

static int read_request(const struct invocation *invocation, const struct audit_settings *settings,
                        struct request *request, struct err *err)
{
    *request = (struct request){
        .policy = {.fail_on = SEVERITY_HIGH, .allow_gaps = settings->allow_gaps},
        .options = {.benchmark = settings->benchmark ? settings->benchmark : "cis-1.8.0"},
    };
    policy_take_threshold(&request->policy, settings->fail_on);
    policy_take_ignored(invocation->arena, &settings->ignore, &request->policy);
    if (ignore_file_take(invocation->arena, settings->ignore_file, &request->rules, true,
                         &request->policy, err) < 0)
        return -1;
    return read_only(invocation, settings, request, err);
}

/* The page for browsers shows who reaches whom beside what was found, where nobody asked for less.
 * Its gaps stand there: no exit code depends on a format. */
static bool draws_network(const struct request *request, const struct output *output)
{
    unsigned kinds = request->policy.kinds;
    return str_eq(str_from(output->format->name), STR("html")) && !request->options.only_count &&
           (!kinds || kinds & 1u << KIND_NETWORK);
}

static void look_at_network(struct machine *machine, struct report *report)
{
    const struct network_seen_list seen = {0};
    struct network_graph *graph = arena_new(&machine->arena, struct network_graph);
    machine_reach(machine, &seen, graph);
    report->network = machine_draw(machine, graph);
}

static int audit(struct machine *machine, struct request *request, const struct output *output,
                 bool quiet, struct err *err)
{
    struct report report = {0};
    const struct sandbox sandbox = {0};
    enum sandbox_level level;
    if (sandbox_enter(&sandbox, &level, err) < 0)
        return -1;
    machine_read(machine);
    machine_start_report(machine, &report);
    request->rules.today = machine->today;
    request->options.rules = &request->rules;
    request->options.store = machine->store;
    audit_judge(&machine->arena, &machine->host, &machine->engines, &request->options, &report);
    if (request->draws_network)
        look_at_network(machine, &report);
    policy_apply(&machine->arena, &request->policy, &report);
    report_sort(&machine->arena, &report);
    if (!quiet)
        output->format->render(&report, &output->options, output->stream);
    return policy_exit_code(&request->policy, &report);
}

int audit_host(const struct invocation *invocation, const struct audit_settings *settings,
               struct err *err)
{
    if (settings->suggest)
        return err_set(err, ERR_USAGE, "--suggest is for: audit container");
    if (settings->plan)
        return audit_fix_host(invocation, settings, err);
    struct request request;
    struct output output;
    struct machine machine = {0};
    struct output_settings where = settings->output;
    if (settings->compat)
        where.format = settings->compat;
    if (read_request(invocation, settings, &request, err) < 0 ||
        output_open(&output, &where, err) < 0)
        return -1;
    request.draws_network = draws_network(&request, &output);
    struct err no_drawing = {0};
    if (request.draws_network)
        graphviz_load(&no_drawing); /* without it, the page tells why there is no drawing */
    int code = machine_open(&machine, invocation, settings->root, &settings->hosts,
                            &settings->advisories, false, err);
    if (code == 0 && request.draws_network)
        host_gather_namespaces(machine.reader);
    if (code == 0)
        code = audit(&machine, &request, &output, settings->quiet, err);
    machine_close(&machine);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}
