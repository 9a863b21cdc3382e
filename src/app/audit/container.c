// SPDX-License-Identifier: Apache-2.0
#include "app/audit/look.h"

#include "act/fix/fix.h"
#include "app/cli/cli.h"
#include "app/policy_options.h"
#include "base/limits.h"
#include "base/sandbox.h"

/* A container that was asked for, with the engine that knows it. */
struct chosen {
    const struct engine_facts *engine;
    const struct engine_container *container;
    struct workload *workload; /* its record, which names it as its path */
};

struct containers {
    struct machine machine;
    const char *const *names; /* that were asked for */
    size_t name_count;
    struct policy policy;
    struct rule_settings rules;
    struct report report;
    struct live live;
    VEC(struct chosen) chosen;
    struct look look;
};

static int read_request(const struct invocation *invocation, const struct audit_settings *settings,
                        struct policy *ret, struct err *err)
{
    *ret = (struct policy){.fail_on = SEVERITY_HIGH, .allow_gaps = settings->allow_gaps};
    if (settings->plan || settings->compat || settings->benchmark)
        return err_set(err, ERR_USAGE, "--plan, --compat and --benchmark are for: audit host");
    policy_take_threshold(ret, settings->fail_on);
    policy_take_ignored(invocation->arena, &settings->ignore, ret);
    return policy_take_kinds(&settings->only, &ret->kinds, err);
}

/* --- choosing --------------------------------------------------------------------------------- */

static void choose(struct containers *all, const struct engine_facts *engine,
                   const struct engine_container *container)
{
    struct arena *arena = &all->machine.arena;
    for (size_t i = 0; i < all->chosen.count; i++)
        if (str_eq(all->chosen.items[i].container->id, container->id))
            return;
    struct workload *record = arena_new(arena, struct workload);
    *record = engine->workloads.items[container->workload];
    record->path = arena_join(arena, STR("container"), STR(" "), container->name);
    *vec_push(arena, &all->chosen) =
        (struct chosen){.engine = engine, .container = container, .workload = record};
}

/* The engine's own order of preference: the whole id, the name, the beginning of the id. */
enum fit { FIT_NONE, FIT_PREFIX, FIT_NAME, FIT_ID };
static enum fit fit_of(const struct engine_container *container, str word)
{
    if (str_eq(container->id, word))
        return FIT_ID;
    if (str_eq(container->name, word))
        return FIT_NAME;
    return word.len && str_starts(container->id, word) ? FIT_PREFIX : FIT_NONE;
}

struct near {
    struct arena *arena;
    const struct engine_facts_list *engines;
};

static const char *next_name(const void *context, size_t index)
{
    const struct near *near = context;
    for (size_t e = 0; e < near->engines->count; e++) {
        const struct engine_container_list *list = &near->engines->items[e].containers;
        if (index < list->count)
            return arena_cstr(near->arena, list->items[index].name);
        index -= list->count;
    }
    return NULL;
}

static int not_found(struct containers *all, str word, struct err *err)
{
    const struct near context = {&all->machine.arena, &all->machine.engines};
    const char *near = cli_nearest(word, next_name, &context);
    size_t count = 0;
    for (size_t e = 0; e < all->machine.engines.count; e++)
        count += all->machine.engines.items[e].containers.count;
    if (near)
        return err_set(err, ERR_NOT_FOUND, "no container is called \"%.*s\"; did you mean: %s",
                       STR_ARG(word), near);
    if (all->machine.engines.count == 0)
        return err_set(err, ERR_NOT_FOUND, "no engine was found that could know \"%.*s\"",
                       STR_ARG(word));
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "no container is called \"%.*s\"; there is none at all",
                       STR_ARG(word));
    return err_set(err, ERR_NOT_FOUND,
                   "no container is called \"%.*s\"; harden audit container all looks at all %zu",
                   STR_ARG(word), count);
}

static int choose_by(struct containers *all, str word, struct err *err)
{
    const struct engine_facts_list *engines = &all->machine.engines;
    enum fit best = FIT_NONE;
    size_t count = 0, before = all->chosen.count;
    if (str_skip(&word, STR("/")) && word.len == 0)
        return not_found(all, word, err);
    for (size_t e = 0; e < engines->count; e++)
        for (size_t i = 0; i < engines->items[e].containers.count; i++) {
            enum fit fit = fit_of(&engines->items[e].containers.items[i], word);
            best = fit > best ? fit : best;
        }
    for (size_t e = 0; e < engines->count && best != FIT_NONE; e++)
        for (size_t i = 0; i < engines->items[e].containers.count; i++)
            if (fit_of(&engines->items[e].containers.items[i], word) == best) {
                count++;
                choose(all, &engines->items[e], &engines->items[e].containers.items[i]);
            }
    if (count == 0)
        return not_found(all, word, err);
    if (best == FIT_PREFIX && count > 1) {
        all->chosen.count = before;
        return err_set(err, ERR_USAGE, "the ids of %zu containers begin with \"%.*s\"", count,
                       STR_ARG(word));
    }
    return 0;
}

static int choose_all(struct containers *all, struct err *err)
{
    const struct engine_facts_list *engines = &all->machine.engines;
    bool known = false;
    for (size_t e = 0; e < engines->count; e++) {
        known |= engines->items[e].knows_containers;
        for (size_t i = 0; i < engines->items[e].containers.count; i++)
            choose(all, &engines->items[e], &engines->items[e].containers.items[i]);
    }
    return known ? 0 : err_set(err, ERR_NOT_FOUND, "no engine lists its containers");
}

/* --- judging ---------------------------------------------------------------------------------- */

static struct container_view view_of(struct containers *all, const struct chosen *chosen)
{
    const struct live_container *actual = live_container(&all->live, chosen->container->id);
    return (struct container_view){
        .host = &all->machine.host,
        .engine = chosen->engine,
        .container = chosen->container,
        .workload = chosen->workload,
        .live = &all->live,
        .actual = actual,
        .calls = actual ? look_at_calls(&all->look, actual) : NULL,
    };
}

static void judge_one(struct containers *all, const struct chosen *chosen)
{
    struct arena *arena = &all->machine.arena;
    struct rule_run run = {.arena = arena, .report = &all->report, .settings = &all->rules};
    struct live_container *actual = live_container(&all->live, chosen->container->id);
    const struct container_view view = view_of(all, chosen);
    if (actual)
        look_into(&all->look, &view, actual, &all->report);
    *vec_push(arena, &all->report.containers) = (struct report_container){
        .name = chosen->container->name,
        .id = chosen->container->id,
        .image = chosen->workload->image.value,
        .image_id = chosen->container->image_id,
        .is_running = chosen->container->is_running,
        .live = actual,
        .calls = view.calls,
        .host_namespaces = all->live.namespaces,
    };
    rule_ask_workload(&run, chosen->workload);
    if (view.actual) {
        rule_ask_container(&run, &view);
        audit_judge_container(arena, &view, all->machine.store, &all->report);
    } else if (chosen->container->is_running)
        report_add_gap(arena, &all->report, chosen->workload->path,
                       STR("it runs, but none of its processes is to be seen from here: only its "
                           "record was judged"));
}

/* "/proc/123" */
static bool is_of_process(str path)
{
    return str_skip(&path, STR("/proc/")) && path.len && path.ptr[0] >= '0' && path.ptr[0] <= '9';
}

static void take_gaps(struct containers *all, const char *root)
{
    struct machine *machine = &all->machine;
    machine_start_report(machine, &all->report);
    for (size_t e = 0; e < machine->engines.count; e++)
        for (size_t i = 0; i < machine->engines.items[e].gaps.count; i++)
            report_add_gap(&machine->arena, &all->report,
                           machine->engines.items[e].gaps.items[i].path,
                           machine->engines.items[e].gaps.items[i].reason);
    /* Of the host's own gaps, those about containers. */
    for (size_t i = 0; i < machine->host.gaps.count; i++)
        if (is_of_process(machine->host.gaps.items[i].path))
            report_add_gap(&machine->arena, &all->report, machine->host.gaps.items[i].path,
                           machine->host.gaps.items[i].reason);
    if (!machine->host.is_root && !root)
        report_add_gap(&machine->arena, &all->report, STR("/proc"),
                       STR("not looked at as root: namespaces and labels of processes are not "
                           "shown"));
}

static void describe_one(struct arena *arena, const struct live *live, const struct chosen *chosen,
                         struct report *report)
{
    const struct live_container *actual = live_container(live, chosen->container->id);
    report->image.kind = STR("container");
    report->image.name = chosen->container->name;
    report->image.digest = chosen->container->image_id;
    *vec_push(arena, &report->about) =
        chosen->container->is_running ? STR("running") : STR("stopped");
    if (chosen->workload->image.set)
        *vec_push(arena, &report->about) =
            arena_join(arena, STR("image"), STR(" "), chosen->workload->image.value);
    if (actual)
        *vec_push(arena, &report->about) =
            arena_printf(arena, "%zu process%s", actual->processes.count,
                         actual->processes.count == 1 ? "" : "es");
}

static void describe(struct containers *all)
{
    struct arena *arena = &all->machine.arena;
    struct report *report = &all->report;
    size_t running = 0, count = all->chosen.count;
    report->distribution = (struct distribution){0};
    if (count == 1) {
        describe_one(arena, &all->live, &all->chosen.items[0], report);
        return;
    }
    for (size_t i = 0; i < count; i++)
        running += all->chosen.items[i].container->is_running;
    report->image.kind = STR("containers");
    report->image.name =
        arena_printf(arena, "%zu containers on %.*s", count, STR_ARG(report->image.name));
    *vec_push(arena, &report->about) = arena_printf(arena, "%zu running", running);
    for (size_t i = 0; i < count; i++)
        if (!all->chosen.items[i].container->is_running)
            *vec_push(arena, &report->about) = arena_join(
                arena, all->chosen.items[i].container->name, STR(" is "), STR("stopped"));
}

static bool is_dialect(const struct audit_settings *settings, const char *dialect)
{
    return settings->dialect && str_eq(str_from(settings->dialect), str_from(dialect));
}

/* Comments and commands, to be copied into a shell or a file as they stand. */
static void suggest(struct containers *all, const struct audit_settings *settings, FILE *out)
{
    struct arena *arena = &all->machine.arena;
    bool compose = is_dialect(settings, "compose"), pod = is_dialect(settings, "kubernetes");
    for (size_t i = 0; i < all->chosen.count; i++) {
        const struct chosen *chosen = &all->chosen.items[i];
        struct suggestion suggestion;
        suggest_harden(arena, chosen->engine, chosen->container, chosen->workload, &suggestion);
        fprintf(out, "%s# container %.*s, hardened.%s\n", i ? (pod ? "---\n" : "\n") : "",
                STR_ARG(suggest_quote(arena, chosen->container->name)),
                pod ? "" : " The old one must go first: docker rm -f.");
        for (size_t n = 0; n < suggestion.notes.count; n++)
            fprintf(out, "# - %.*s\n", STR_ARG(suggestion.notes.items[n]));
        if (compose || pod) {
            str text = compose ? suggest_compose(arena, &suggestion)
                               : suggest_kubernetes(arena, &suggestion);
            fwrite(text.ptr, 1, text.len, out);
            continue;
        }
        struct str_list commands = suggest_run(arena, &suggestion);
        for (size_t c = 0; c < commands.count; c++)
            fprintf(out, "%.*s\n", STR_ARG(commands.items[c]));
    }
}

/* Names are not parsed yet: what may be meant is looked at, and no other container is touched. */
static bool is_wanted(const void *context, str id)
{
    const struct containers *all = context;
    struct arena scratch = {0};
    bool wanted = false;
    for (size_t i = 0; i < all->name_count && !wanted; i++) {
        str word = str_from(all->names[i]);
        wanted = str_eq(word, STR("all"));
        for (size_t a = 0; a < all->machine.answers.count && !wanted; a++)
            wanted = answers_may_mean(&scratch, all->machine.answers.items[a], id, word);
    }
    arena_free(&scratch);
    return wanted;
}

/* Everything up to the names: what is asked for is chosen then. */
static int look_around(struct containers *all, const struct audit_settings *settings,
                       struct err *err)
{
    const struct sandbox sandbox = {0};
    enum sandbox_level level;
    look_open(&all->look, &all->machine, settings);
    if (!settings->no_ptrace && !settings->suggest)
        host_gather_filters(all->machine.reader, is_wanted, all);
    if (sandbox_enter(&sandbox, &level, err) < 0)
        return -1;
    all->machine.no_packages = true; /* containers stand on the kernel alone */
    machine_read(&all->machine);
    host_read_live(all->machine.reader, &all->live);
    for (size_t i = 0; i < all->name_count; i++) {
        str word = str_from(all->names[i]);
        if ((str_eq(word, STR("all")) ? choose_all(all, err) : choose_by(all, word, err)) < 0)
            return -1;
    }
    return 0;
}

/* Remedies in the words of who reads them. */
static void set_dialect(struct containers *all, const struct audit_settings *settings)
{
    for (size_t i = 0; i < all->chosen.count && settings->dialect; i++) {
        struct workload *workload = all->chosen.items[i].workload;
        workload->remedies_set = true;
        workload->remedies = is_dialect(settings, "compose")      ? DIALECT_COMPOSE
                             : is_dialect(settings, "kubernetes") ? DIALECT_KUBERNETES
                                                                  : DIALECT_RUN;
    }
}

static int audit(struct containers *all, const struct audit_settings *settings,
                 const struct output *output, struct err *err)
{
    struct arena *arena = &all->machine.arena;
    if (look_around(all, settings, err) < 0)
        return -1;
    set_dialect(all, settings);
    if (settings->suggest) {
        suggest(all, settings, output->stream);
        return 0;
    }
    take_gaps(all, settings->root);
    describe(all);
    all->rules.today = all->machine.today;
    for (size_t i = 0; i < all->chosen.count; i++)
        judge_one(all, &all->chosen.items[i]);
    policy_apply(arena, &all->policy, &all->report);
    report_sort(arena, &all->report);
    if (!settings->quiet)
        output->format->render(&all->report, &output->options, output->stream);
    return policy_exit_code(&all->policy, &all->report);
}

static int show(struct containers *all, const struct audit_settings *settings,
                container_show *callback, void *context, struct err *err)
{
    if (look_around(all, settings, err) < 0)
        return -1;
    struct container_view view = view_of(all, &all->chosen.items[0]);
    struct live_container *actual = live_container(&all->live, view.container->id);
    if (actual)
        look_into(&all->look, &view, actual, &all->report);
    callback(context, &view);
    return 0;
}

int audit_show_container(const struct invocation *invocation, const struct audit_settings *settings,
                         const char *name, container_show *callback, void *context, struct err *err)
{
    struct containers all = {.names = &name, .name_count = 1};
    int code = machine_open(&all.machine, invocation, settings->root, &settings->hosts,
                            &settings->advisories, true, err);
    if (code == 0)
        code = show(&all, settings, callback, context, err);
    look_close(&all.look);
    machine_close(&all.machine);
    return code;
}

int audit_container(const struct invocation *invocation, const struct audit_settings *settings,
                    struct err *err)
{
    struct containers all = {
        .names = invocation->operands + 1,
        .name_count = invocation->operand_count - 1,
    };
    struct output output;
    if (read_request(invocation, settings, &all.policy, err) < 0 ||
        ignore_file_take(invocation->arena, settings->ignore_file, &all.rules, true, &all.policy,
                         err) < 0 ||
        output_open(&output, &settings->output, err) < 0)
        return -1;
    int code = machine_open(&all.machine, invocation, settings->root, &settings->hosts,
                            &settings->advisories, true, err);
    if (code == 0)
        code = audit(&all, settings, &output, err);
    look_close(&all.look);
    machine_close(&all.machine);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}
