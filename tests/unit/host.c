// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/fd.h"
#include "read/host/reader.h"
#include "tests/unit/test.h"

#include <linux/audit.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct daemon_setting *setting_of(const struct daemon_setting_list *list,
                                               const char *name)
{
    const struct daemon_setting *found = NULL;
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->items[i].name, str_from(name)))
            found = &list->items[i];
    return found;
}

TEST(daemon_json_has_lines)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct daemon_setting_list list = {0};
    str text =
        STR("\xef\xbb\xbf{\n  \"icc\": false,\n  \"hosts\": [\"fd://\", \"tcp://0.0.0.0:2375\"],\n"
            "  \"log-opts\": {\"icc\": \"no\"},\n\n  \"max-concurrent-downloads\": 3 }");
    CHECK_OK(daemon_json_parse(&arena, STR("/d.json"), text, &list, &err), &err);
    CHECK_EQ(5, list.count);
    CHECK_STR("false", setting_of(&list, "icc")->value);
    CHECK_EQ(2, setting_of(&list, "icc")->place.line);
    CHECK_STR("tcp://0.0.0.0:2375", setting_of(&list, "hosts")->value);
    CHECK_EQ(3, setting_of(&list, "hosts")->place.line);
    CHECK_STR("icc=no", setting_of(&list, "log-opts")->value);
    CHECK_STR("3", setting_of(&list, "max-concurrent-downloads")->value);
    CHECK_EQ(6, setting_of(&list, "max-concurrent-downloads")->place.line);
}

TEST(daemon_json_refuses_what_the_daemon_does)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct daemon_setting_list list = {0};
    CHECK_OK(daemon_json_parse(&arena, STR("/d"), STR(" \n"), &list, &err), &err);
    CHECK_EQ(0, list.count);
    CHECK_EQ(-1, daemon_json_parse(&arena, STR("/d"), STR("{\"icc\": false,}"), &list, &err));
    CHECK_EQ(-1, daemon_json_parse(&arena, STR("/d"), STR("[1]"), &list, &err));
}

TEST(daemon_flags_are_settings)
{
    ARENA_SCOPED arena = {0};
    struct daemon_setting_list list = {0};
    struct str_list arguments = {0};
    str config = {0};
    static const char *const words[] = {"dockerd",
                                        "-H",
                                        "tcp://0.0.0.0:2375",
                                        "--icc=false",
                                        "--tlsverify",
                                        "--log-level",
                                        "debug",
                                        "-D",
                                        "--no-new-privileges=0",
                                        "--config-file=/etc/d.json",
                                        "--insecure-registry",
                                        "r.lan"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        *vec_push(&arena, &arguments) = str_from(words[i]);
    daemon_flags_parse(&arena, &arguments, STR("/proc/1/cmdline"), &list, &config);
    CHECK_STR("/etc/d.json", config);
    CHECK_STR("tcp://0.0.0.0:2375", setting_of(&list, "hosts")->value);
    CHECK_STR("false", setting_of(&list, "icc")->value);
    CHECK_STR("true", setting_of(&list, "tlsverify")->value);
    CHECK_STR("debug", setting_of(&list, "log-level")->value);
    CHECK_STR("true", setting_of(&list, "debug")->value);
    CHECK_STR("false", setting_of(&list, "no-new-privileges")->value);
    CHECK_STR("r.lan", setting_of(&list, "insecure-registries")->value);
}

TEST(units_join_lines)
{
    ARENA_SCOPED arena = {0};
    struct unit_line_list list = {0};
    unit_parse(&arena, STR("docker.service"), STR("/u"),
               STR("[Unit]\n; note\nAfter=a\n[Service]\nExecStart=/usr/bin/dockerd \\\n"
                   "# between\n -H fd://\nLimitNOFILE = 5 \n"),
               &list);
    CHECK_EQ(3, list.count);
    CHECK_STR("Service", list.items[1].section);
    CHECK(str_contains(list.items[1].value, STR("dockerd")));
    CHECK(str_contains(list.items[1].value, STR("-H fd://")));
    CHECK_EQ(5, list.items[1].place.line);
    CHECK_STR("5", list.items[2].value);
    CHECK_EQ(8, list.items[2].place.line);
}

TEST(audit_rules_watch)
{
    ARENA_SCOPED arena = {0};
    struct audit_watch_list list = {0};
    audit_rules_parse(&arena, STR("/r"),
                      STR("-w /gone -p wa\n-D\n# -w /comment\n-w /usr/bin/dockerd -k docker\n"
                          "-a always,exit -F path=/usr/bin/runc -F perm=x\n"
                          "-a exit,always -S all -F dir=/etc/docker/ -F perm=wa\n"
                          "-a never,exit -F path=/never\n-w /taken/back\n-W /taken/back\n"),
                      &list);
    CHECK_EQ(3, list.count);
    CHECK_STR("/usr/bin/dockerd", list.items[0].path);
    CHECK_EQ(4, list.items[0].place.line);
    CHECK_STR("/usr/bin/runc", list.items[1].path);
    CHECK(!list.items[1].is_folder);
    CHECK_STR("/etc/docker", list.items[2].path);
    CHECK(list.items[2].is_folder);
}

/* A rule as the kernel lists it; the fields' texts follow each other. */
static void list_rule(struct buf *out, uint32_t action, const uint32_t *fields,
                      const char *const *texts, size_t count)
{
    struct audit_rule_data rule = {.flags = AUDIT_FILTER_EXIT, .action = action};
    struct nlmsghdr head = {.nlmsg_type = AUDIT_LIST_RULES};
    rule.field_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        rule.fields[i] = fields[i];
        rule.values[i] = texts[i] ? (uint32_t)strlen(texts[i]) : 7;
        rule.buflen += texts[i] ? rule.values[i] : 0;
    }
    head.nlmsg_len = (uint32_t)(sizeof(head) + sizeof(rule) + rule.buflen);
    buf_add_str(out, str_make(&head, sizeof(head)));
    buf_add_str(out, str_make(&rule, sizeof(rule)));
    for (size_t i = 0; i < count; i++)
        if (texts[i])
            buf_add_str(out, str_from(texts[i]));
    while (out->len % NLMSG_ALIGNTO)
        buf_add_char(out, 0);
}

TEST(audit_rules_of_the_kernel)
{
    ARENA_SCOPED arena = {0};
    struct audit_watch_list list = {0};
    BUF_SCOPED bytes = buf_make(8192);
    list_rule(&bytes, AUDIT_ALWAYS, (const uint32_t[]){AUDIT_WATCH, AUDIT_PERM, AUDIT_FILTERKEY},
              (const char *const[]){"/usr/bin/runc", NULL, "docker"}, 3);
    list_rule(&bytes, AUDIT_ALWAYS, (const uint32_t[]){AUDIT_FILTERKEY, AUDIT_DIR},
              (const char *const[]){"/key", "/etc/docker/"}, 2);
    list_rule(&bytes, AUDIT_NEVER, (const uint32_t[]){AUDIT_DIR}, (const char *const[]){"/n"}, 1);
    audit_list_parse(&arena, buf_str(&bytes), &list);
    CHECK_EQ(2, list.count);
    CHECK_STR("/usr/bin/runc", list.items[0].path);
    CHECK(!list.items[0].is_folder && list.items[1].is_folder);
    CHECK_STR("/etc/docker", list.items[1].path);
    /* Cut short at any place: fewer rules, and nothing else. */
    for (size_t len = 0; len < bytes.len; len++) {
        struct audit_watch_list part = {0};
        audit_list_parse(&arena, str_sub(buf_str(&bytes), 0, len), &part);
        CHECK(part.count <= 2);
    }
}

TEST(mountinfo_lines)
{
    ARENA_SCOPED arena = {0};
    struct host_mount_list list = {0};
    mountinfo_parse(&arena,
                    STR("1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\nbroken line\n"
                        "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw\n"),
                    &list);
    CHECK_EQ(2, list.count);
    CHECK(list.items[0].is_shared && !list.items[1].is_shared);
    CHECK_STR("/mnt 2", list.items[1].point);
    CHECK_STR("/mnt1", list.items[1].root);
    CHECK_EQ(98, list.items[1].major);
    CHECK_STR("ext3", list.items[1].type);
}

TEST(net_tcp_lists_listeners)
{
    ARENA_SCOPED arena = {0};
    struct host_listener_list list = {0};
    net_tcp_parse(&arena,
                  STR("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                      "   uid  timeout inode\n"
                      "   0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000"
                      "     0        0 1234 1 0 100 0 0 10 0\n"
                      "   1: 0100007F:0016 0100007F:AAAA 01 00000000:00000000 00:00000000 00000000"
                      "     0        0 99 1 0 100 0 0 10 0\n"
                      "   2: 00000000000000000000000000000000:0947 "
                      "00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 "
                      "00000000     0        0 77 1\n"),
                  &list);
    CHECK_EQ(2, list.count);
    CHECK_STR("127.0.0.1", list.items[0].address);
    CHECK_EQ(2375, list.items[0].port);
    CHECK_EQ(1234, list.items[0].inode);
    CHECK_STR("::", list.items[1].address);
}

TEST(containers_are_found_in_cgroups)
{
    static const char id[] = "4c01db0b339c4ae1b8b0a6c2cf8dd9d6b5d5e9d5d4bb3f0e9a3d1c0f6b7a8e90";
    ARENA_SCOPED arena = {0};
    CHECK_STR(id, cgroup_container(arena_printf(&arena, "12:cpu:/docker/%s\n0::/\n", id)));
    CHECK_STR(id, cgroup_container(arena_printf(&arena, "0::/system.slice/docker-%s.scope\n", id)));
    CHECK_STR("", cgroup_container(STR("0::/user.slice/user-1000.slice\n")));
    CHECK_STR("", cgroup_container(arena_printf(&arena, "0::/%sff\n", id)));
}

TEST(users_of_processes)
{
    CHECK_EQ(1001, status_uid(STR("Name:\tdockerd\nUid:\t1000\t1001\t0\t0\nGid:\t7\t7\t7\t7\n")));
    CHECK_EQ(0, status_uid(STR("Uid:\t")));
}

TEST(podman_files_are_read)
{
    ARENA_SCOPED arena = {0};
    struct host_assignment_list list = {0};
    toml_parse(&arena, STR("/c"),
               STR("[containers] # note\nlog_driver = \"journald\"\n#x = 1\n"
                   "default_ulimits = [\"nofile=1:2\"]\n[[registry]]\ninsecure=true # bad\n"),
               &list);
    CHECK_EQ(3, list.count);
    CHECK_STR("containers.log_driver", list.items[0].name);
    CHECK_STR("journald", list.items[0].value);
    CHECK_STR("registry.insecure", list.items[2].name);
    CHECK_STR("true", list.items[2].value);
    CHECK_EQ(6, list.items[2].place.line);
}

static void put(const char *root, const char *path, const char *text)
{
    ARENA_SCOPED arena = {0};
    const char *full = arena_printf(&arena, "%s/%s", root, path).ptr;
    struct err err = {0};
    str parent = str_from(full);
    parent = str_sub(parent, 0, str_rfind_char(parent, '/'));
    CHECK_OK(fd_make_dirs(arena_cstr(&arena, parent), &err), &err);
    CHECK_OK(fd_replace_file(full, str_from(text), &err), &err);
}

static void read_tree(struct arena *arena, const char *root, struct host *ret)
{
    struct err err = {0};
    struct host_reader *reader;
    CHECK_OK(host_open(arena, root, &reader, &err), &err);
    host_read(reader, ret);
    host_close(reader);
}

TEST(host_trees_are_read)
{
    ARENA_SCOPED arena = {0};
    struct host host;
    const char *root = arena_printf(&arena, "%s/host-tree", test_folder()).ptr;
    put(root, "proc/self/mountinfo",
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    put(root, "proc/77/comm", "dockerd\n");
    put(root, "proc/77/cmdline", "dockerd");
    put(root, "etc/docker/daemon.json", "{\"debug\": true, \"hosts\": [\"fd://\"]}");
    put(root, "lib/systemd/system/docker.service",
        "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n");
    put(root, "lib/systemd/system/docker.socket", "[Socket]\nListenStream=/run/docker.sock\n");
    put(root, "etc/systemd/system/docker.socket.d/net.conf",
        "[Socket]\nListenStream=0.0.0.0:2375\n");
    put(root, "etc/passwd", "root:x:0:0::/root:/bin/sh\nbob:x:1000:999::/home/bob:/bin/sh\n");
    put(root, "etc/group", "root:x:0:\ndocker:x:999:alice,bob\n");
    put(root, "etc/profile.d/trust.sh", "export DOCKER_CONTENT_TRUST=1\n");
    put(root, "home/bob/.docker/trust/private/ab.key", "-----BEGIN\n");
    read_tree(&arena, root, &host);
    CHECK_EQ(2, host.cgroup);
    CHECK_EQ(1, host.daemons.count);
    const struct host_daemon *daemon = &host.daemons.items[0];
    CHECK_EQ(77, daemon->pid);
    CHECK(daemon_setting_is(daemon, STR("debug"), STR("true")));
    CHECK_EQ(3, daemon->listens.count);
    CHECK_STR("unix:///run/docker.sock", daemon->listens.items[1]);
    CHECK_STR("tcp://0.0.0.0:2375", daemon->listens.items[2]);
    CHECK_EQ(2, host.docker_members.count);
    CHECK_EQ(1, host.trust_keys.count);
    CHECK_EQ(1, host.environment.count);
    CHECK_STR("/etc/profile.d/trust.sh", host.environment.items[0].place.path);
    const struct host_file *file = host_file(&host, STR("/etc/docker/daemon.json"));
    CHECK(file && file->kind == HOST_FILE_REGULAR);
}

/* An absolute link in a copied tree is meant within the tree. */
TEST(host_trees_do_not_leak)
{
    ARENA_SCOPED arena = {0};
    struct host host;
    const char *root = arena_printf(&arena, "%s/host-links", test_folder()).ptr;
    put(root, "proc/self/mountinfo", "");
    put(root, "real/daemon.json", "{\"icc\": false}");
    put(root, "etc/docker/x", "");
    const char *link = arena_printf(&arena, "%s/etc/docker/daemon.json", root).ptr;
    CHECK_EQ(0, symlink("/real/daemon.json", link));
    read_tree(&arena, root, &host);
    CHECK_EQ(1, host.daemons.count);
    CHECK(host.daemons.count == 1 &&
          daemon_setting_is(&host.daemons.items[0], STR("icc"), STR("false")));
    CHECK(host.distribution.id.len == 0);
}

TEST(damaged_settings_are_gaps)
{
    ARENA_SCOPED arena = {0};
    struct host host;
    const char *root = arena_printf(&arena, "%s/host-damaged", test_folder()).ptr;
    put(root, "proc/self/mountinfo", "");
    put(root, "etc/docker/daemon.json", "{\"icc\": fal");
    read_tree(&arena, root, &host);
    CHECK(host.daemons.items[0].config_error.len > 0);
    bool told = false;
    for (size_t i = 0; i < host.gaps.count; i++)
        told |= str_eq(host.gaps.items[i].path, STR("/etc/docker/daemon.json"));
    CHECK(told);
}
