// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_CHECK_H
#define HARDEN_JUDGE_RULE_CHECK_H

#include "judge/rule/rule.h"
#include "model/audit.h"

/* How predicates of hosts answer. The last answer holds; the evidence is one sentence or a list,
 * as a person would say it, with the file and value that were seen. */
void check_pass(struct rule_run *run, const struct host_view *view, const char *evidence, ...)
    __attribute__((format(printf, 3, 4)));
/* `remedy` is the exact patch or command; absent: the fix of the rule's row. */
void check_fail(struct rule_run *run, const struct host_view *view, str remedy,
                const char *evidence, ...) __attribute__((format(printf, 4, 5)));
void check_skip(struct rule_run *run, const struct host_view *view, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
void check_unknown(struct rule_run *run, const struct host_view *view, const char *why, ...)
    __attribute__((format(printf, 3, 4)));
/* Where the evidence stands. */
void check_at(const struct host_view *view, struct place place);

/* "\"icc\": \"false\" in /etc/docker/daemon.json, line 3". */
str check_setting(struct rule_run *run, const struct daemon_setting *setting);
/* The value of a key of Podman's files ("containers.log_driver"); NULL where it is not set. */
const struct host_assignment *check_podman(const struct host_view *view, str key);
/* A few names as a sentence: "a, b and 3 more". */
str check_names(struct rule_run *run, const struct str_list *names);

/* "before PATH after" as a command; absent where the path has characters that a shell would not
 * take as they are. */
str check_command(struct rule_run *run, str before, str path, str after);

/* Addresses that never leave the machine: 127.0.0.0/8, ::1, localhost. */
bool check_is_loopback(str address);

/* Paths that a control's word stands for ("docker.service", "tlskey", "/etc/docker"); none where
 * this machine has no such thing. */
struct str_list check_paths(struct rule_run *run, const struct host_view *view, str word);

#endif
