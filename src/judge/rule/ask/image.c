// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "model/image_view.h"

static const struct file *file_of(const struct image_view *view, const struct finding *finding)
{
    bool is_one = finding->location.path.len && !finding->several && !finding->package.len;
    return is_one ? files_find(view->files, finding->location.path) : NULL;
}

/* Says of what was found at a file whose package the file is. */
static void name_packages(struct rule_run *run, const struct image_view *view, size_t first)
{
    ARENA_SCOPED scratch = {0};
    struct files_last last = {0};
    struct finding_list *findings = &run->report->findings;
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_OWNED_FILE, &count);
    if (!view->files || !count || first == findings->count)
        return;
    const struct owned_file **owners =
        arena_array(&scratch, const struct owned_file *, view->files->count);
    for (; count; count--, fact++) {
        const struct file *file = files_owned(view->files, fact->owned_file.path, &last);
        if (file && file->type != ENTRY_DIRECTORY)
            owners[file - view->files->items] = &fact->owned_file;
    }
    for (size_t i = first; i < findings->count; i++) {
        const struct file *file = file_of(view, &findings->items[i]);
        const struct owned_file *owned = file ? owners[file - view->files->items] : NULL;
        if (owned) /* dpkg's name:amd64 */
            findings->items[i].package =
                str_sub(owned->package, 0, str_find_char(owned->package, ':'));
    }
}

void rule_ask_image(struct rule_run *run, const struct image_view *view)
{
    size_t first = run->report->findings.count;
    for (const struct rule *rule = rule_next(NULL); rule; rule = rule_next(rule)) {
        if (!rule->image || !rule_is_wanted(run->settings, rule))
            continue;
        run->rule = rule;
        rule->image(run, view);
    }
    run->rule = NULL;
    name_packages(run, view, first);
    rule_ask_history(run, view);
}
