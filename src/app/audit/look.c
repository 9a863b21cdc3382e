// SPDX-License-Identifier: Apache-2.0
#include "app/audit/look.h"

#include "base/limits.h"
#include "judge/seccomp/seccomp.h"

void look_open(struct look *look, struct machine *machine, const struct audit_settings *settings)
{
    *look = (struct look){.machine = machine, .no_files = settings->no_files};
    if (!settings->suggest &&
        secret_finder_open(&(struct secret_settings){0}, &look->secrets, &look->no_secrets) < 0)
        look->secrets = NULL;
}

void look_close(struct look *look)
{
    secret_finder_close(look->secrets);
}

/* --- system calls ----------------------------------------------------------------------------- */

static bool are_equal(const struct live_filter_list *a, const struct live_filter_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct live_filter *left = &a->items[i], *right = &b->items[i];
        if (left->count != right->count)
            return false;
        for (size_t n = 0; n < left->count; n++) {
            const struct live_instruction *x = &left->items[n], *y = &right->items[n];
            if (x->code != y->code || x->jt != y->jt || x->jf != y->jf || x->k != y->k)
                return false;
        }
    }
    return true;
}

const struct live_calls *look_at_calls(struct look *look, const struct live_container *actual)
{
    struct arena *arena = &look->machine->arena;
    if (actual->filters.count == 0)
        return NULL;
    uint64_t capabilities = actual->processes.items[0].bounding;
    for (size_t i = 0; i < look->surveyed.count; i++)
        if (look->surveyed.items[i].capabilities == capabilities &&
            are_equal(look->surveyed.items[i].filters, &actual->filters))
            return look->surveyed.items[i].calls;
    struct live_calls *calls = arena_new(arena, struct live_calls);
    bool valid = seccomp_survey(arena, &actual->filters, capabilities, calls);
    *vec_push(arena, &look->surveyed) = (struct surveyed){
        .filters = &actual->filters, .capabilities = capabilities, .calls = valid ? calls : NULL};
    return valid ? calls : NULL;
}

/* --- changed files ---------------------------------------------------------------------------- */

/* Of an option of the mounted overlay: the kernel's own word, where no engine says it. */
static str option_of(const struct live_container *actual, str name)
{
    for (size_t i = 0; i < actual->mounts.count; i++) {
        str options = actual->mounts.items[i].super_options, option;
        if (!str_eq(actual->mounts.items[i].point, STR("/")))
            continue;
        while (str_next(&options, ',', &option))
            if (str_skip(&option, name) && str_starts(option, STR("/")))
                return option;
    }
    return (str){0};
}

/* Of what keeps its files: as the engine calls it, else as the kernel does. */
static str storage_of(const struct container_view *view, const struct live_container *actual)
{
    if (view->engine->storage_driver.len)
        return view->engine->storage_driver;
    for (size_t i = 0; i < actual->mounts.count; i++)
        if (str_eq(actual->mounts.items[i].point, STR("/")))
            return actual->mounts.items[i].type;
    return STR("an unknown driver");
}

/* Places for mounts are made by the engine. */
static bool is_mount_point(const struct live_container *actual, str path)
{
    for (size_t i = 0; i < actual->mounts.count; i++)
        if (str_eq(actual->mounts.items[i].point, path))
            return true;
    return false;
}

static void find_changes(struct look *look, const struct container_view *view,
                         struct live_container *actual, struct report *report)
{
    struct live_change_list all = {0};
    str upper = view->container->upper, lower = view->container->lower;
    if (!upper.len) {
        upper = option_of(actual, STR("upperdir="));
        lower = option_of(actual, STR("lowerdir="));
    }
    if (look->no_files)
        return;
    if (!upper.len) {
        report_add_gap(
            &look->machine->arena, report, view->workload->path,
            arena_printf(
                &look->machine->arena,
                "no folder has what is its own, and not its image's (it is stored by \"%.*s\"): "
                "what it changed is not known",
                STR_ARG(storage_of(view, actual))));
        return;
    }
    if (!host_read_changes(look->machine->reader, upper, lower, &all)) {
        report_add_gap(&look->machine->arena, report, view->workload->path,
                       STR("the folder of its own layer cannot be read: what it changed against "
                           "its image is not known"));
        return;
    }
    actual->knows_changes = true;
    for (size_t i = 0; i < all.count; i++)
        if (!is_mount_point(actual, all.items[i].path))
            *vec_push(&look->machine->arena, &actual->changes) = all.items[i];
}

/* --- secrets ---------------------------------------------------------------------------------- */

/* NUL-separated text as lines; a line break within an item becomes a space. */
static str lines_of(struct arena *arena, str text)
{
    char *lines = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        lines[i] = lines[i] == '\n' ? ' ' : lines[i] ? lines[i] : '\n';
    return str_make(lines, text.len);
}

static str line_number(str text, uint64_t number)
{
    str line = {0};
    for (uint64_t i = 0; i < number; i++)
        if (!str_next_line(&text, &line))
            return (str){0};
    return line;
}

static void find_in(struct look *look, const struct live_process *process, str text,
                    bool is_environment, struct live_container *actual)
{
    struct arena *arena = &look->machine->arena;
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    if (!text.len)
        return;
    text = lines_of(arena, text);
    secret_scan_text(look->secrets, &to, STR("environ"), text);
    for (size_t i = 0; i < facts.count; i++) {
        const struct secret *secret = &facts.items[i].secret;
        str name = {0}, value;
        if (facts.items[i].kind != FACT_SECRET || secret->confidence == SECRET_LOW ||
            secret->by_name || actual->secrets.count >= LIMIT_RULE_FINDINGS)
            continue;
        if (is_environment)
            str_cut(line_number(text, secret->line), '=', &name, &value);
        *vec_push(arena, &actual->secrets) = (struct live_secret){
            .pid = process->pid, .process = process->name, .variable = name, .what = secret->title};
    }
}

static void find_secrets(struct look *look, struct live_container *actual, struct report *report)
{
    if (!look->secrets) {
        report_add_gap(&look->machine->arena, report, STR("secrets"),
                       arena_printf(&look->machine->arena, "secrets are not looked for: %s",
                                    look->no_secrets.message));
        return;
    }
    for (size_t i = 0; i < actual->processes.count; i++) {
        const struct live_process *process = &actual->processes.items[i];
        find_in(look, process, process->environment, true, actual);
        find_in(look, process, process->command_line, false, actual);
    }
}

static bool is_read(const struct live_container *actual, str name)
{
    for (size_t i = 0; i < actual->settings.count; i++)
        if (str_eq(actual->settings.items[i].name, name))
            return true;
    return false;
}

/* Of what the record sets, and the kernel was not asked for. */
static void note_settings(struct arena *arena, const struct container_view *view,
                          const struct live_container *actual, struct report *report)
{
    const struct named_value_list *asked = &view->workload->sysctls;
    for (size_t i = 0; i < asked->count; i++)
        if (!is_read(actual, asked->items[i].name))
            report_add_gap(arena, report, view->workload->path,
                           arena_printf(arena, "whether %.*s is in force is not known: %.*s",
                                        STR_ARG(asked->items[i].name),
                                        STR_ARG(actual->settings_error.len
                                                    ? actual->settings_error
                                                    : STR("it is none of those that are read"))));
}

void look_into(struct look *look, const struct container_view *view, struct live_container *actual,
               struct report *report)
{
    struct arena *arena = &look->machine->arena;
    str path = view->workload->path;
    if (actual->filters.count && !view->calls)
        report_add_gap(arena, report, path,
                       STR("its filter on system calls is not a program that can be followed"));
    if (!actual->knows_devices)
        report_add_gap(arena, report, path,
                       arena_join(arena, STR("which devices it may use is not known"), STR(": "),
                                  actual->devices_error));
    note_settings(arena, view, actual, report);
    find_changes(look, view, actual, report);
    find_secrets(look, actual, report);
}
