// SPDX-License-Identifier: Apache-2.0
#include "judge/policy/action.h"

#include "base/map.h"
#include "judge/advisory/upgrade.h"
#include "judge/rule/rule.h"
#include "judge/version/version.h"
#include "model/language.h"

#include <stdlib.h>
#include <string.h>

/* How a package type is upgraded from inside the target. */
struct manager {
    str type;
    const char *everything, *some; /* `some` is followed by package names */
};
static const struct manager managers[] = {
    {STR_INIT("deb"), "apt-get update && apt-get upgrade -y",
     "apt-get update && apt-get install -y --only-upgrade"},
    {STR_INIT("apk"), "apk upgrade --no-cache", "apk upgrade --no-cache"},
};
enum { MANAGER_COUNT = sizeof(managers) / sizeof(managers[0]) };
enum { NAMES_MOST = 100 }; /* in one command; past it, everything is upgraded */

/* The findings that go away together. */
struct group {
    str type, source; /* of a package; empty for a rule */
    str fixed_version;
    struct str_list names; /* installed binary packages of that source */
    bool bare;             /* recorded the way of images without a package manager */
    const struct rule *rule;
    str remedy;
    bool remedies_differ;
    struct action action;
};

struct plan {
    struct arena *arena;
    const struct report *report;
    struct map keys; /* to index into groups */
    VEC(struct group) groups;
};

static struct group *group_of(struct plan *plan, str type, str name, bool create)
{
    str key = arena_join(plan->arena, type, STR("\n"), name);
    uintptr_t *index = map_get(&plan->keys, key);
    if (!index && !create)
        return NULL;
    if (!index) {
        index = map_put(plan->arena, &plan->keys, key, NULL);
        *index = plan->groups.count;
        struct group *group = vec_push(plan->arena, &plan->groups);
        group->type = type;
        group->source = name;
    }
    return &plan->groups.items[*index];
}

static void add_finding(struct arena *arena, struct action *action, const struct finding *finding,
                        size_t index)
{
    *vec_push(arena, &action->findings) = index;
    action->removes[finding->severity]++;
    action->risk += finding->risk;
}

/*
 * One command upgrades all there is; but what a rule finds is mended at each place by itself. So
 * the worst of its findings counts, and the others little: sixty containers that keep capabilities
 * do not come before the one that has the engine's socket.
 */
static const double elsewhere_weight = 0.05;

static void weigh_places(const struct report *report, struct action *action)
{
    double worst = 0;
    for (size_t i = 0; i < action->findings.count; i++) {
        double risk = report->findings.items[action->findings.items[i]].risk;
        worst = risk > worst ? risk : worst;
    }
    action->risk = worst + (action->risk - worst) * elsewhere_weight;
}

static void raise_version(struct group *group, str version)
{
    const struct version_scheme *scheme = version_of_type(group->type);
    if (group->fixed_version.len == 0)
        group->fixed_version = version;
    else if (scheme && version.len && scheme->valid(version) &&
             (!scheme->valid(group->fixed_version) ||
              scheme->compare(version, group->fixed_version) > 0))
        group->fixed_version = version;
}

static void place_finding(struct plan *plan, size_t index)
{
    const struct finding *finding = &plan->report->findings.items[index];
    const struct vulnerability *flaw = finding->vulnerability;
    if (finding->status != STATUS_OPEN || !finding_is_fixable(finding))
        return;
    if (!flaw) {
        struct group *group = group_of(plan, (str){0}, finding->id, true);
        group->rule = rule_by_id(finding->id);
        group->remedies_differ |=
            group->action.findings.count > 0 && !str_eq(group->remedy, finding->remedy);
        group->remedy = finding->remedy;
        group->action.title = finding->title;
        add_finding(plan->arena, &group->action, finding, index);
        return;
    }
    str source = flaw->source_package.len ? flaw->source_package : flaw->package;
    struct group *group = group_of(plan, flaw->type, source, true);
    raise_version(group, flaw->fixed_version);
    *vec_push(plan->arena, &group->names) = flaw->package;
    group->bare |= str_starts(finding->location.path, STR("var/lib/dpkg/status.d/"));
    add_finding(plan->arena, &group->action, finding, index);
}

/* Binaries of one source go up together, also those that no finding names. */
static void place_package(struct plan *plan, const struct package *package)
{
    str source = package->source_name.len ? package->source_name : package->name;
    struct group *group = group_of(plan, package->type, source, false);
    if (group)
        *vec_push(plan->arena, &group->names) = package->name;
}

/*
 * Leaving a release that nobody repairs comes before the upgrades within it: none of them lasts.
 * Which of the open flaws the next release has repaired is not known here, so none is promised.
 */
static void put_move_first(struct plan *plan)
{
    struct group *move = group_of(plan, (str){0}, STR("os/end-of-life"), false);
    for (size_t i = 0; move && i < plan->report->findings.count; i++)
        if (plan->report->findings.items[i].vulnerability)
            move->action.risk += plan->report->findings.items[i].risk;
}

static bool is_safe_name(str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (i == 0 || !str_contains(STR("+-.:_~"), (str){&c, 1})))
            return false;
    }
    return name.len > 0;
}

static int compare_names(const void *left, const void *right)
{
    const str *a = left, *b = right;
    return str_cmp(*a, *b);
}

static void sort_names(struct str_list *names)
{
    size_t kept = 0;
    if (names->count > 1)
        qsort(names->items, names->count, sizeof(*names->items), compare_names);
    for (size_t i = 0; i < names->count; i++)
        if (i == 0 || !str_eq(names->items[i], names->items[kept - 1]))
            names->items[kept++] = names->items[i];
    names->count = kept;
}

/* Absent where a name is not safe to paste. */
static str command_for(struct arena *arena, const struct manager *manager,
                       const struct str_list *names)
{
    if (names->count > NAMES_MOST)
        return str_from(manager->everything);
    str start = str_from(manager->some);
    size_t len = start.len;
    for (size_t i = 0; i < names->count; i++) {
        if (!is_safe_name(names->items[i]))
            return (str){0};
        len += 1 + names->items[i].len;
    }
    char *text = arena_alloc(arena, len + 1), *at = text;
    memcpy(at, start.ptr, start.len);
    at += start.len;
    for (size_t i = 0; i < names->count; i++) {
        *at++ = ' ';
        memcpy(at, names->items[i].ptr, names->items[i].len);
        at += names->items[i].len;
    }
    return (str){text, len};
}

/* "then build it" as "Then build it." */
static str sentence(struct arena *arena, str text)
{
    if (text.len == 0)
        return text;
    char *copy = arena_copy(arena, text.ptr, text.len);
    if (copy[0] >= 'a' && copy[0] <= 'z')
        copy[0] = (char)(copy[0] - 'a' + 'A');
    return arena_join(arena, str_make(copy, text.len), STR("."), (str){0});
}

static void describe_package(struct plan *plan, struct group *group)
{
    struct arena *arena = plan->arena;
    struct action *action = &group->action;
    action->title = arena_printf(arena, "Upgrade %.*s", STR_ARG(group->source));
    if (group->fixed_version.len)
        action->title = arena_join(arena, action->title, STR(" to "), group->fixed_version);
    if (language_has_type(group->type)) {
        struct upgrade upgrade =
            upgrade_of(arena, group->type, group->source, group->fixed_version);
        action->command = upgrade.command;
        action->note = sentence(arena, upgrade.note);
        return;
    }
    if (group->bare) {
        action->note = STR("The image has no package manager: rebuild it on a base that has this.");
        return;
    }
    for (size_t i = 0; i < MANAGER_COUNT; i++)
        if (str_eq(managers[i].type, group->type))
            action->command = command_for(arena, &managers[i], &group->names);
}

/* The first colon or full stop that ends a part of the sentence, not one in `code: like this`, and
 * not one before an --option, which says nothing as a note of its own. */
static size_t title_end(str text)
{
    bool in_code = false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        char c = text.ptr[i];
        in_code ^= c == '`';
        bool ends = c == '.' || (c == ':' && (i + 2 >= text.len || text.ptr[i + 2] != '-'));
        if (!in_code && ends && text.ptr[i + 1] == ' ')
            return i;
    }
    return STR_NONE;
}

/* "Move to a newer release: change the FROM line." is a title and a note. */
static void describe_rule(struct arena *arena, struct group *group)
{
    struct action *action = &group->action;
    /* A host's remedies are patches and commands; what they are for stands in the rule. */
    bool general = group->remedies_differ || (group->rule && group->rule->host);
    str text = general ? (str){0} : group->remedy;
    if (text.len == 0 && group->rule)
        text = str_from(group->rule->fix);
    if (text.len == 0)
        return;
    size_t cut = title_end(text);
    action->title = cut == STR_NONE ? text : str_sub(text, 0, cut);
    action->note = cut == STR_NONE ? (str){0} : str_from_index(text, cut + 2);
    if (str_ends(action->title, STR(".")))
        action->title.len--;
    if (action->note.len == 0)
        return;
    char *note = arena_copy(arena, action->note.ptr, action->note.len);
    /* A command ("apt-get install -y ...") stays as it is typed. */
    str first = str_sub(action->note, 0, str_find_char(action->note, ' '));
    bool prose = str_find_char(first, '-') == STR_NONE && str_find_char(first, '.') == STR_NONE;
    if (prose && note[0] >= 'a' && note[0] <= 'z')
        note[0] = (char)(note[0] - 'a' + 'A');
    action->note.ptr = note;
}

/* A newer version that fixes nothing known is no reason to act. */
static bool is_worth_it(const struct action *action)
{
    return action->findings.count > action->removes[SEVERITY_INFO];
}

/* One action for all source packages of a type that a manager upgrades in one go. */
static void add_everything(struct plan *plan, const struct manager *manager,
                           struct action_list *list)
{
    struct action action = {0};
    size_t sources = 0, names = 0;
    bool bare = true, image = !str_eq(plan->report->image.kind, STR("rootfs")) &&
                              !str_eq(plan->report->image.kind, STR("host")) &&
                              !report_is_of_containers(plan->report);
    for (size_t i = 0; i < plan->groups.count; i++) {
        const struct group *group = &plan->groups.items[i];
        if (!str_eq(group->type, manager->type) || !is_worth_it(&group->action))
            continue;
        sources++;
        names += group->names.count;
        bare &= group->bare;
        for (size_t f = 0; f < group->action.findings.count; f++) {
            size_t index = group->action.findings.items[f];
            add_finding(plan->arena, &action, &plan->report->findings.items[index], index);
        }
    }
    if (sources < 2)
        return;
    action.title = arena_printf(plan->arena, "Upgrade all %zu packages at once", names);
    if (bare) {
        action.command = STR("docker build --pull --no-cache .");
        action.note = STR("In place of the upgrades below, one by one. The image has no package "
                          "manager: rebuild it on a newer base.");
    } else {
        action.command = str_from(manager->everything);
        action.note = image ? STR("In place of the upgrades below, one by one. Or rebuild on a "
                                  "fresh base: docker build --pull --no-cache .")
                            : STR("In place of the upgrades below, one by one.");
    }
    *vec_push(plan->arena, list) = action;
}

struct action_list action_list(struct arena *arena, const struct report *report)
{
    struct plan plan = {.arena = arena, .report = report};
    struct action_list list = {0};
    for (size_t i = 0; i < report->findings.count; i++)
        place_finding(&plan, i);
    for (size_t i = 0; i < report->packages.count && plan.groups.count; i++)
        place_package(&plan, &report->packages.items[i].package);
    for (size_t i = 0; i < plan.groups.count; i++)
        if (plan.groups.items[i].type.len == 0)
            weigh_places(report, &plan.groups.items[i].action);
    put_move_first(&plan);
    for (size_t i = 0; i < plan.groups.count; i++)
        sort_names(&plan.groups.items[i].names);
    for (size_t i = 0; i < MANAGER_COUNT; i++)
        add_everything(&plan, &managers[i], &list);
    for (size_t i = 0; i < plan.groups.count; i++) {
        struct group *group = &plan.groups.items[i];
        if (!is_worth_it(&group->action))
            continue;
        if (group->type.len)
            describe_package(&plan, group);
        else
            describe_rule(arena, group);
        *vec_push(arena, &list) = group->action;
    }
    return list;
}
