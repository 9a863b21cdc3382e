// SPDX-License-Identifier: Apache-2.0
#include "base/date.h"
#include "judge/rule/check.h"
#include "judge/rule/live/live.h"
#include "judge/rule/workload/workload.h"

/* What is inside of a container that runs: its programs, files and secrets, and its image's age. */

/* --- programs --------------------------------------------------------------------------------- */

static const struct live_change *change_of(const struct live_container *actual, str path)
{
    size_t low = 0, high = actual->changes.count; /* they are sorted */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(actual->changes.items[middle].path, path);
        if (order == 0)
            return &actual->changes.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Where the kernel says that it is not of the image, or no longer. */
static const char *strangeness(const struct container_view *view,
                               const struct live_process *process)
{
    const str deleted = STR(" (deleted)");
    str path = process->executable;
    if (str_starts(path, STR("/memfd:")))
        return "was never a file";
    if (str_ends(path, deleted))
        return "was deleted since";
    if (str_starts(path, STR("/dev/shm/")))
        return "is in shared memory";
    const struct live_change *change = change_of(view->actual, path);
    if (!change || change->kind == CHANGE_DELETED)
        return NULL;
    return change->kind == CHANGE_ADDED ? "is not in the image" : "is not what the image has";
}

/* Processes of the host that were put into the container see other files than it. */
static bool is_inside(const struct container_view *view, const struct live_process *process)
{
    uint64_t host = view->live->namespaces[NS_MNT], own = process->namespaces[NS_MNT];
    return !host || !own || host != own;
}

static void foreign_program(struct rule_run *run, const struct container_view *view)
{
    struct str_list names = {0};
    for (size_t i = 0; i < view->actual->processes.count; i++) {
        const struct live_process *process = &view->actual->processes.items[i];
        const char *why = strangeness(view, process);
        if (why && is_inside(view, process))
            *vec_push(run->arena, &names) =
                arena_printf(run->arena, "%.*s (pid %u): %.*s %s", STR_ARG(process->name),
                             process->pid, STR_ARG(process->executable), why);
    }
    if (names.count)
        live_found(run, view, "%.*s", STR_ARG(check_names(run, &names)));
}

static void new_program(struct rule_run *run, const struct container_view *view)
{
    struct str_list names = {0};
    for (size_t i = 0; i < view->actual->changes.count; i++) {
        const struct live_change *change = &view->actual->changes.items[i];
        if (change->is_program && change->kind != CHANGE_DELETED)
            *vec_push(run->arena, &names) =
                arena_join(run->arena, change->path, STR(" "),
                           change->kind == CHANGE_ADDED ? STR("(new)") : STR("(changed)"));
    }
    if (names.count)
        live_found(run, view, "%.*s", STR_ARG(check_names(run, &names)));
}

/* --- secrets ---------------------------------------------------------------------------------- */

/* The record has it too, where the rules about containers see it. */
static bool is_recorded(const struct container_view *view, str name, str value)
{
    const struct named_value *recorded = named_value_find(&view->workload->environment, name);
    return recorded && (!value.ptr || str_eq(recorded->value, value));
}

static bool is_in_list(const struct str_list *list, str text)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i], text))
            return true;
    return false;
}

static void add_variable(struct rule_run *run, const struct live_process *process, str name,
                         struct str_list *seen)
{
    str text = arena_printf(run->arena, "%.*s of %.*s (pid %u)", STR_ARG(name),
                            STR_ARG(process->name), process->pid);
    if (!is_in_list(seen, text))
        *vec_push(run->arena, seen) = text;
}

/* What the finder knows by its looks, and what its name gives away. */
static void secret_in_environment(struct rule_run *run, const struct container_view *view)
{
    const struct live_secret_list *secrets = &view->actual->secrets;
    struct str_list names = {0};
    for (size_t i = 0; i < secrets->count; i++) {
        const struct live_secret *secret = &secrets->items[i];
        const struct live_process process = {.pid = secret->pid, .name = secret->process};
        const struct named_value *recorded =
            named_value_find(&view->workload->environment, secret->variable);
        if (secret->variable.len &&
            !(recorded && rule_is_secret_variable(recorded->name, recorded->value)))
            add_variable(run, &process, secret->variable, &names);
    }
    for (size_t i = 0; i < view->actual->processes.count; i++) {
        const struct live_process *process = &view->actual->processes.items[i];
        str rest = process->environment, line, name, value;
        while (str_next(&rest, '\0', &line))
            if (str_cut(line, '=', &name, &value) && rule_is_secret_variable(name, value) &&
                !is_recorded(view, name, value))
                add_variable(run, process, name, &names);
    }
    if (names.count)
        live_found(run, view, "the value of %.*s", STR_ARG(check_names(run, &names)));
}

static void secret_in_command_line(struct rule_run *run, const struct container_view *view)
{
    const struct live_secret_list *secrets = &view->actual->secrets;
    struct str_list names = {0};
    for (size_t i = 0; i < secrets->count; i++)
        if (!secrets->items[i].variable.len)
            *vec_push(run->arena, &names) =
                arena_printf(run->arena, "%.*s (pid %u): %.*s", STR_ARG(secrets->items[i].process),
                             secrets->items[i].pid, STR_ARG(secrets->items[i].what));
    if (names.count)
        live_found(run, view, "%.*s", STR_ARG(check_names(run, &names)));
}

/* --- the image -------------------------------------------------------------------------------- */

static void replaced_image(struct rule_run *run, const struct container_view *view)
{
    const struct engine_facts *engine = view->engine;
    str name = view->workload->image.value, own = view->container->image_id;
    if (!engine->knows_images || !own.len || !name.len)
        return;
    if (!engine_image_by_id(engine, own)) {
        live_found(run, view, "the image that it was made from is gone");
        return;
    }
    str tagged = name;
    if (str_find_char(str_from_index(name, str_rfind_char(name, '/') == STR_NONE
                                               ? 0
                                               : str_rfind_char(name, '/')),
                      ':') == STR_NONE)
        tagged = arena_join(run->arena, name, STR(":"), STR("latest"));
    for (size_t i = 0; i < engine->images.count; i++)
        if (is_in_list(&engine->images.items[i].tags, tagged) &&
            !str_eq(engine->images.items[i].id, own))
            live_found(run, view, "%.*s is another image by now", STR_ARG(tagged));
}

static void old_image(struct rule_run *run, const struct container_view *view)
{
    enum { OLD_DAYS = 90, VERY_OLD_DAYS = 365, FIRST_REAL_YEAR_DAYS = 15706 };
    const struct engine_image *image = engine_image_by_id(view->engine, view->container->image_id);
    int64_t created, today;
    /* As for images: fixed dates of reproducible builds say nothing. */
    if (!image || !run->settings->today || !date_day(str_from(run->settings->today), &today) ||
        !date_day(image->created, &created) || created < FIRST_REAL_YEAR_DAYS ||
        today - created < OLD_DAYS)
        return;
    struct finding *finding =
        live_found(run, view, "built on %.*s, %lld days ago",
                   STR_ARG(str_sub(image->created, 0, 10)), (long long)(today - created));
    if (today - created >= VERY_OLD_DAYS)
        finding->severity = SEVERITY_LOW;
}

static const struct rule rules[] = {
    {
        .id = "live/foreign-program",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .title = "A program runs that is not the image's",
        .why = "A container runs what its image has: that was built, scanned and tested. This "
               "program came in afterwards: it was copied or downloaded into the container, or "
               "only ever was in memory. Intruders do that; so does software that updates itself, "
               "which nobody can repeat or check.",
        .fix = "Find out where it came from. Where it is wanted, put it into the image; and start "
               "the container with a read-only root, so that nothing can be added.",
        .bad = "docker run -d --name web app:1\ndocker cp ./tool web:/tmp/tool\n"
               "docker exec -d web /tmp/tool\n",
        .good = "docker run -d --name web --read-only app:2   # the tool is in the image\n",
        .container = foreign_program,
    },
    {
        .id = "live/new-program",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "Programs were put into the container that its image does not have",
        .why = "What is written in a running container is in no image: no scan has seen it, nobody "
               "can repeat it, and it is gone with the container. New programs are what an "
               "intruder leaves first.",
        .fix = "Put them into the image, or find out who brought them; then make the container "
               "anew, with a read-only root.",
        .bad = "docker exec web apt-get install -y netcat-openbsd\n",
        .good = "docker run -d --name web --read-only --tmpfs /tmp nginx:1.27.3\n",
        .container = new_program,
    },
    {
        .id = "live/secret-in-environment",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A process has a password or key in its environment",
        .why = "The environment of a process is handed on to every program that it starts, ends up "
               "in reports of crashes, and can be read by whoever gets into the container or is "
               "root on the host. The record of the container does not show this one: a script "
               "set it, or somebody who entered.",
        .fix = "Hand it over as a file below /run/secrets, and have the program read that.",
        .bad = "docker exec -e DB_PASSWORD=hunter22 web ./migrate\n",
        .good = "docker exec web ./migrate --password-file /run/secrets/db\n",
        .container = secret_in_environment,
    },
    {
        .id = "live/secret-in-command-line",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A password or key is on the command line of a process",
        .why = "Everybody who may list processes sees command lines: ps, monitoring, `docker top`, "
               "and the engine's events have them word for word.",
        .fix = "Hand it over as a file, and name the file on the command line.",
        .bad = "docker exec web curl -H 'Authorization: Bearer TOKEN' https://api.example\n",
        .good = "docker exec web curl -H @/run/secrets/header https://api.example\n",
        .container = secret_in_command_line,
    },
    {
        .id = "live/image-replaced",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container runs an image that its name no longer means",
        .why = "The image was built or pulled anew since the container was started, or was "
               "removed: what runs is the old one, with the flaws that the new one may have "
               "mended, and scans of the name look at another image.",
        .fix = "Make the container anew from the image of today.",
        .bad = "docker run -d --name web app:1\ndocker build -t app:1 .\n",
        .good = "docker build -t app:1 .\ndocker rm -f web\ndocker run -d --name web app:1\n",
        .container = replaced_image,
    },
    {
        .id = "live/old-image",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_INFO,
        .title = "The image of the container was built long ago",
        .why = "Security updates come out every week, and an image has none of those that came "
               "after it was built.",
        .fix = "Build or pull it anew, and make the container from that.",
        .bad = "docker run -d app:1   # built last year\n",
        .good = "docker build --pull -t app:2 .\ndocker run -d app:2\n",
        .container = old_image,
    },
};

const struct rule_family rule_live_content = {"live", rules, sizeof(rules) / sizeof(rules[0])};
