// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/config_sample.h"

TEST(kubernetes_reads_pods_wherever_they_stand)
{
    static const char text[] =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c1}]}\n"
        "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: j}\n"
        "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c2}]}}}}}\n"
        "---\napiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d},\n"
        "   spec: {template: {spec: {initContainers: [{name: c3}], containers: [{name: c4}]}}}}\n"
        "---\napiVersion: v1\nkind: Service\nspec: {ports: [{port: 80}]}\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {A: b}\n"
        "---\napiVersion: v1\nkind: PodTemplate\ntemplate: {spec: {containers: [{name: c5}]}}\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_KUBERNETES, text);
    CHECK_EQ(0, file.problems.count);
    CHECK_EQ(6, file.workloads.count);
    CHECK_STR("Pod", config_named(&file, "c1")->kind);
    CHECK_STR("j", config_named(&file, "c2")->owner);
    CHECK(config_named(&file, "c2")->is_init && config_named(&file, "c3")->is_init);
    CHECK_STR("DaemonSet", config_named(&file, "c4")->kind);
    CHECK(config_named(&file, "m")->is_settings);
    CHECK_STR("b", named_value_find(&config_named(&file, "m")->environment, STR("A"))->value);
    config_named(&file, "c5");
}

TEST(kubernetes_lets_the_container_overrule_the_pod)
{
    static const char text[] =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  annotations:\n"
        "    container.apparmor.security.beta.kubernetes.io/old: localhost/mine\n"
        "spec:\n"
        "  hostPID: true\n"
        "  hostIPC: false\n"
        "  securityContext: {runAsUser: 0, runAsNonRoot: false,\n"
        "                    seccompProfile: {type: RuntimeDefault}}\n"
        "  volumes:\n"
        "  - {name: run, hostPath: {path: /run, type: Directory}}\n"
        "  - {name: tmp, emptyDir: {}}\n"
        "  - {name: key, secret: {secretName: k}}\n"
        "  - {name: net, nfs: {server: s, path: /}}\n"
        "  containers:\n"
        "  - name: old\n"
        "    image: a:1\n"
        "  - name: new\n"
        "    securityContext:\n"
        "      runAsUser: 1000\n"
        "      runAsGroup: 0\n"
        "      runAsNonRoot: true\n"
        "      allowPrivilegeEscalation: false\n"
        "      seccompProfile: {type: Localhost, localhostProfile: my.json}\n"
        "      appArmorProfile: {type: Unconfined}\n"
        "      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}\n"
        "      seLinuxOptions: {type: spc_t}\n"
        "    resources: {limits: {memory: 128Mi, cpu: 500m}, requests: {memory: 1e3}}\n"
        "    ports: [{containerPort: 80}, {containerPort: 53, hostPort: 53, hostIP: 127.0.0.1}]\n"
        "    env: [{name: A, value: x}, {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}]\n"
        "    volumeMounts:\n"
        "    - {name: run, mountPath: /host, readOnly: true, mountPropagation: Bidirectional}\n"
        "    - {name: tmp, mountPath: /tmp}\n"
        "    - {name: key, mountPath: /key}\n"
        "    - {name: net, mountPath: /net}\n"
        "    livenessProbe: {exec: {command: [x]}}\n";
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(&arena, DIALECT_KUBERNETES, text);
    const struct workload *old = config_named(&file, "old"), *new = config_named(&file, "new");
    CHECK_EQ(0, file.problems.count);
    CHECK_STR("0", old->user.value);
    CHECK_STR("default", old->seccomp.value);
    CHECK_STR("mine", old->apparmor.value);
    CHECK(!old->no_new_privileges.set && !old->healthcheck.set);
    CHECK_STR("host", old->pid_mode.value);
    CHECK_STR("private", old->ipc_mode.value);
    CHECK_STR("1000", new->user.value);
    CHECK(new->group.set &&new->group.value == 0);
    CHECK(new->run_as_non_root.value &&new->no_new_privileges.value);
    CHECK_STR("my.json", new->seccomp.value);
    CHECK_STR("unconfined", new->apparmor.value);
    CHECK_STR("type:spc_t", new->selinux.items[0].value);
    CHECK_STR("ALL", new->cap_drop.items[0].value);
    CHECK(new->memory.value == 128.0 * 1024 * 1024 && new->cpus.value == 0.5);
    CHECK(new->memory_reservation.value == 1000);
    CHECK(!new->ports.items[0].published &&new->ports.items[1].host_first == 53);
    CHECK(named_value_find(&new->environment, STR("B"))->is_secret);
    CHECK(new->mounts.items[0].kind == MOUNT_BIND &&new->mounts.items[0].read_only);
    CHECK_STR("/run", new->mounts.items[0].source);
    CHECK(new->mounts.items[1].kind == MOUNT_TMPFS &&new->mounts.items[2].kind == MOUNT_SECRET);
    CHECK(new->mounts.items[3].kind == MOUNT_OTHER);
    CHECK_STR("hostPID: true", config_slice(text, &old->pid_mode.place));
    CHECK(new->healthcheck.set);
}

TEST(kubernetes_keeps_what_stands_before_the_damage)
{
    ARENA_SCOPED arena = {0};
    struct workload_file file = config_sample(
        &arena, DIALECT_KUBERNETES,
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{name: ok}]}\n---\nkind: [\n");
    CHECK_EQ(1, file.workloads.count);
    CHECK(file.problems.count == 1 && file.problems.items[0].lost);
    CHECK_EQ(6, file.problems.items[0].place.line);
    struct workload_file template =
        config_sample(&arena, DIALECT_KUBERNETES,
                      "apiVersion: v1\nkind: Pod\nmetadata:\n{{ include \"x\" . }}\n");
    CHECK(template.problems.count == 1);
    CHECK(str_starts(template.problems.items[0].message, STR("a template")));
}
