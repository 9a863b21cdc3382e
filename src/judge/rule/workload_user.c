// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/workload/workload.h"

/* As whom the program runs, and what it may change in its own image. */

#define SERVICE "services:\n  web:\n    image: nginx:1.27.3\n"
#define POD                                                                                        \
    "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"      \
    "    image: nginx:1.27.3\n"

static const struct workload_remedy some_user = {
    "Add `user: \"10001:10001\"` (numbers, and a user that may read what the program needs).",
    "Write `runAsNonRoot: true` and `runAsUser: 10001` in securityContext.",
    "Add --user 10001:10001 (numbers, and a user that may read what the program needs).",
};

static bool is_root(str user)
{
    str name, group;
    uint64_t number = 1;
    str_cut(user, ':', &name, &group);
    name = str_trim(name);
    return str_eq(name, STR("root")) || (str_to_u64(name, UINT64_MAX, &number) && number == 0);
}

static void root_user(struct rule_run *run, const struct workload *workload)
{
    if (workload->is_windows || workload->is_settings)
        return;
    bool by_default = workload_is_final(workload) && !workload->user.value.len;
    if (workload->user.set && !by_default && is_root(workload->user.value))
        workload_found(run, workload, &workload->user.place, &some_user, "runs as %.*s",
                       STR_ARG(workload->user.value));
    else if (by_default)
        workload_found(run, workload, &workload->user.place, &some_user,
                       "runs as root, because neither it nor its image names a user");
}

/* With `build` the Dockerfile's own rule speaks of it. */
static void user_not_set(struct rule_run *run, const struct workload *workload)
{
    if (workload->is_windows || workload->is_settings || workload_is_final(workload) ||
        workload->build.set || (workload->user.set && workload->user.value.len))
        return;
    if (workload->run_as_non_root.set && workload->run_as_non_root.value)
        return;
    static const struct workload_addition repair = {
        .title = "Refuse to start as root",
        .context = "runAsNonRoot: true",
    };
    bool denied = workload->run_as_non_root.set;
    struct finding *finding = workload_found(
        run, workload, &workload->run_as_non_root.place, &some_user,
        denied ? "root is allowed on purpose" : "runs as whom the image says, which is often root");
    if (workload->dialect == DIALECT_KUBERNETES)
        finding->severity = SEVERITY_MEDIUM;
    if (!denied)
        workload_add(run, workload, finding, &repair);
}

static void low_user_id(struct rule_run *run, const struct workload *workload)
{
    str name, group;
    uint64_t number;
    str_cut(workload->user.value, ':', &name, &group);
    if (workload->user.set && str_to_u64(name, UINT64_MAX, &number) && number > 0 &&
        number <= 10000)
        workload_found(run, workload, &workload->user.place, NULL, "runs as user id %.*s",
                       STR_ARG(name));
}

static bool is_powerful_group(str group)
{
    static const char *const groups[] = {"0",     "root",   "docker", "disk", "sudo",
                                         "wheel", "shadow", "kmem",   "lxd",  "podman"};
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
        if (str_eq(group, str_from(groups[i])))
            return true;
    return false;
}

static void powerful_group(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Remove it from `group_add`.",
        "Remove 0 from supplementalGroups, and set runAsGroup to another number.",
        "Leave out that --group-add.",
    };
    for (size_t i = 0; i < workload->groups.count; i++)
        if (is_powerful_group(workload->groups.items[i].value))
            workload_found(run, workload, &workload->groups.items[i].place, &remedy,
                           "belongs to the group %.*s", STR_ARG(workload->groups.items[i].value));
    str name, group;
    bool has_group = str_cut(workload->user.value, ':', &name, &group);
    if (has_group && !is_root(name) && is_powerful_group(group))
        workload_found(run, workload, &workload->user.place, &remedy, "its group is %.*s",
                       STR_ARG(group));
    if (workload->group.set && workload->group.value <= 0)
        workload_found(run, workload, &workload->group.place, &remedy, "its group is root's");
}

static void writable_root(struct rule_run *run, const struct workload *workload)
{
    static const struct workload_remedy remedy = {
        "Add `read_only: true`, and `tmpfs: [/tmp]` for what the program must write.",
        "Write `readOnlyRootFilesystem: true`, and mount an emptyDir where the program writes.",
        "Add --read-only, and --tmpfs /tmp for what the program must write.",
    };
    static const struct workload_addition repair = {
        .title = "Make the root file system read-only",
        .key = "read_only: true",
        .context = "readOnlyRootFilesystem: true",
        .option = "--read-only",
    };
    if (!workload->is_settings && !workload->is_windows &&
        !(workload->read_only_root.set && workload->read_only_root.value))
        workload_add(run, workload,
                     workload_found(run, workload, &workload->read_only_root.place, &remedy,
                                    "its programs and settings can be changed while it runs"),
                     &repair);
}

static const struct rule rules[] = {
    {
        .id = "container/root-user",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The program runs as root",
        .why = "Root in a container is the same root as outside, behind thinner walls. A flaw in "
               "the program gives an attacker all files of the container at once; a flaw in the "
               "engine or the kernel then gives the host. As a user without rights most of these "
               "ways are closed.",
        .fix = "Run it as a user without rights, by number.",
        .bad = SERVICE "    user: root\n",
        .good = SERVICE "    user: \"10001:10001\"\n",
        .aliases = {"KSV-0105", "CIS 4.1"},
        .workload = root_user,
    },
    {
        .id = "container/user-not-set",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "Nothing says that the program must not run as root",
        .why = "The image decides then, and most images run as root. An update of the image can "
               "change it without anybody noticing.",
        .fix = "Name a user without rights, by number; in Kubernetes ask for runAsNonRoot.",
        .bad = SERVICE,
        .good = SERVICE "    user: \"10001:10001\"\n",
        .aliases = {"KSV-0012", "run-as-non-root"},
        .workload = user_not_set,
    },
    {
        .id = "container/low-user-id",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_INFO,
        .off = true,
        .title = "The user id may be that of a user of the host",
        .why = "User ids of the container and of the host are the same numbers. With 1000, the "
               "container's files and processes belong to the first person on the host.",
        .fix = "Use a number above 10000.",
        .bad = SERVICE "    user: \"1000\"\n",
        .good = SERVICE "    user: \"10001\"\n",
        .aliases = {"KSV-0020", "KSV-0021"},
        .workload = low_user_id,
    },
    {
        .id = "container/powerful-group",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "The program belongs to a group that is as good as root",
        .why = "Members of `docker` command the engine, members of `disk` read every file past its "
               "rights, and much belongs to the group of root. A powerless user is not powerless "
               "in such a group.",
        .fix = "Leave the group away; give the program a group of its own.",
        .bad = SERVICE "    group_add: [docker]\n",
        .good = SERVICE "    group_add: [\"10001\"]\n",
        .aliases = {"KSV-0116"},
        .workload = powerful_group,
    },
    {
        .id = "container/writable-root",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "The container's own programs and settings can be changed while it runs",
        .why = "An attacker who gets in can replace programs and leave tools behind. With a root "
               "file system that cannot be written there is nowhere to put them, and what runs "
               "stays what was tested.",
        .fix = "Make it read-only, with a place in memory for what the program must write.",
        .bad = SERVICE,
        .good = SERVICE "    read_only: true\n    tmpfs: [/tmp, /var/cache/nginx, /run]\n",
        .aliases = {"CIS 5.13", "KSV-0014", "no-read-only-root-fs"},
        .workload = writable_root,
    },
};

const struct rule_family rule_workload_user = {"container", rules,
                                               sizeof(rules) / sizeof(rules[0])};
