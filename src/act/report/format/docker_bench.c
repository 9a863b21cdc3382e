// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"
#include "base/date.h"
#include "base/map.h"

/*
 * The JSON of docker-bench-security, for whoever has programs that read it: sections of tests,
 * each PASS, WARN, INFO or NOTE, with details, items (containers, images) and remediation. The
 * score counts automated controls, up for PASS and down for WARN.
 */
static const char *const sections[] = {
    "Host",       "Docker daemon", "Files of the Docker daemon", "Images", "Containers",
    "Operations", "Swarm",
};
enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

static str result_of(const struct control *control)
{
    switch (control->result) {
    case CONTROL_PASS: return STR("PASS");
    case CONTROL_FAIL: return STR("WARN");
    case CONTROL_NOT_APPLICABLE: return STR("INFO");
    case CONTROL_UNKNOWN: break;
    }
    return control->is_manual ? STR("NOTE") : STR("INFO");
}

/* To the day: a report has no finer clock. */
static uint64_t clock_seconds(struct arena *arena)
{
    const uint64_t day_seconds = 86400;
    int64_t day;
    return date_day(date_now(arena), &day) && day > 0 ? (uint64_t)day * day_seconds : 0;
}

/* "web" of "containers/web", where that finding fails the control. */
static bool item_of(const struct finding *finding, const struct control *control, str *ret)
{
    *ret = finding->location.path;
    if (finding->status != STATUS_OPEN ||
        (!str_skip(ret, STR("containers/")) && !str_skip(ret, STR("images/"))))
        return false;
    for (size_t i = 0; i < finding->aliases.count; i++) {
        str alias = finding->aliases.items[i];
        if (str_skip(&alias, STR("CIS ")) && str_eq(alias, control->id))
            return true;
    }
    return false;
}

/* Which containers or images; several findings of one are one item. */
static void write_items(struct writer *w, const struct report *report,
                        const struct control *control)
{
    ARENA_SCOPED arena = {0};
    struct map seen = {0};
    bool fresh;
    str item;
    for (size_t i = 0; control->result == CONTROL_FAIL && i < report->findings.count; i++) {
        if (!item_of(&report->findings.items[i], control, &item))
            continue;
        if (seen.count == 0)
            writer_array(w, "items");
        map_put(&arena, &seen, item, &fresh);
        if (fresh)
            writer_string(w, NULL, item);
    }
    if (seen.count)
        writer_end(w);
}

static void write_section(struct writer *w, const struct report *report, size_t section)
{
    const char number[] = {(char)('1' + section), 0};
    writer_object(w, NULL);
    writer_string(w, "id", str_from(number));
    writer_string(w, "desc", str_from(sections[section]));
    writer_array(w, "results");
    for (size_t i = 0; i < report->controls.count; i++) {
        const struct control *control = &report->controls.items[i];
        if (control->id.len == 0 || control->id.ptr[0] != number[0])
            continue;
        writer_object(w, NULL);
        writer_string(w, "id", control->id);
        writer_string(w, "desc", control->title);
        writer_string(w, "result", result_of(control));
        writer_fact(w, "details", control->evidence);
        write_items(w, report, control);
        if (control->result != CONTROL_PASS)
            writer_fact(w, "remediation", control->remedy);
        writer_end(w);
    }
    writer_end(w);
    writer_end(w);
}

static void render(const struct report *report, const struct render_options *options, FILE *out)
{
    ARENA_SCOPED arena = {0};
    struct writer writer = writer_make(out), *w = &writer;
    str version = report->controls.count ? report->controls.items[0].benchmark : (str){0};
    int64_t score = 0;
    (void)options;
    str_skip(&version, STR("cis-"));
    for (size_t i = 0; i < report->controls.count; i++)
        if (!report->controls.items[i].is_manual)
            score += (report->controls.items[i].result == CONTROL_PASS) -
                     (report->controls.items[i].result == CONTROL_FAIL);
    writer_object(w, NULL);
    writer_string(w, "dockerbenchsecurity", version);
    writer_u64(w, "start", clock_seconds(&arena));
    writer_array(w, "tests");
    for (size_t s = 0; s < SECTIONS; s++)
        write_section(w, report, s);
    writer_end(w);
    writer_u64(w, "checks", report->controls.count);
    writer_decimal(w, "score", (double)score);
    writer_u64(w, "end", clock_seconds(&arena));
    writer_end(w);
}

const struct format format_docker_bench = {
    .name = "docker-bench",
    .summary = "the JSON of docker-bench-security (--compat docker-bench)",
    .render = render,
};
