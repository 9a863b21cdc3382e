// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_AUDIT_AUDIT_H
#define HARDEN_APP_AUDIT_AUDIT_H

#include "app/ignore_file.h"
#include "app/output.h"
#include "app/pipeline.h"
#include "judge/audit/audit.h"
#include "judge/network/network.h"
#include "read/engine/engine.h"
#include "read/host/host.h"

/*
 * The door of app/audit: looking at what runs, one file for each thing that `harden audit` can
 * look at. Steps as in app/pipeline.h: ask and open, enter the sandbox, read, judge.
 */

/* Filled from the rows of `harden audit`. */
struct audit_settings {
    struct advisory_settings advisories;
    struct output_settings output;
    struct option_list hosts, only, ignore;
    const char *root, *benchmark, *compat, *fail_on, *dialect, *ignore_file;
    bool no_ptrace, no_files, suggest, plan, allow_gaps, quiet;
};

/* Everything that is known of one machine and its engines. */
struct machine {
    struct arena arena, host_arena; /* the second is the reader's */
    struct host_reader *reader;
    VEC(struct answers *) answers;
    struct gap_list gaps; /* engines that did not answer */
    bool no_packages;     /* the host's are not wanted: for machine_read() */
    bool names_engines;   /* others than those are not asked for, not even on disk */
    struct store *store;
    const char *today;
    struct host host;
    struct engine_facts_list engines;
};

/* Before the sandbox: processes of the host (those of containers closely too, `with_live`), answers
 * of engines, the store. An engine that does not answer is a gap; -1 only where the root folder or
 * the store cannot be opened. */
int machine_open(struct machine *machine, const struct invocation *invocation, const char *root,
                 const struct option_list *hosts, const struct advisory_settings *advisories,
                 bool with_live, struct err *err);
/* Inside: fills host and engines. Without an engine, containers come from its state folder. */
void machine_read(struct machine *machine);
void machine_close(struct machine *machine);
/* Inside, after machine_read(), where host_gather_namespaces() went before: who reaches whom.
 * `seen` is what was in use at other hours. Has the gaps of namespaces; the second adds those of
 * the machine and its engines, for who reports nothing else. */
void machine_reach(struct machine *machine, const struct network_seen_list *seen,
                   struct network_graph *ret);
void machine_reach_gaps(struct machine *machine, struct network_graph *ret);
/* With its drawing, which lacks where Graphviz's library was not loaded before the sandbox. */
struct report_network machine_draw(struct machine *machine, const struct network_graph *graph);
/* The host as the target of a report, and gaps. */
void machine_start_report(struct machine *machine, struct report *report);

/* `harden audit host`: the exit code, or -1. */
int audit_host(const struct invocation *invocation, const struct audit_settings *settings,
               struct err *err);

/* `harden audit container NAME...|all`: what the engine recorded of containers, and where what runs
 * differs from that. The exit code, or -1; a name that nothing has is an error. */
int audit_container(const struct invocation *invocation, const struct audit_settings *settings,
                    struct err *err);

/* Reads as audit_container() does, and shows what is known of one container, inside the sandbox;
 * the strings of the view end with the call. For `harden explain`. */
struct container_view;
typedef void container_show(void *context, const struct container_view *view);
int audit_show_container(const struct invocation *invocation, const struct audit_settings *settings,
                         const char *name, container_show *show, void *context, struct err *err);

/* `harden fix --host` and `harden audit host --plan`: prints what to change, in a safe order; root,
 * hosts, output and advisories of the settings count. Changes nothing. */
int audit_fix_host(const struct invocation *invocation, const struct audit_settings *settings,
                   struct err *err);

#endif
