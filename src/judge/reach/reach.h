// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_REACH_REACH_H
#define HARDEN_JUDGE_REACH_REACH_H

#include "model/image_view.h"
#include "model/report.h"

/*
 * What starts with the container: from ENTRYPOINT, CMD and HEALTHCHECK through PATH, "#!", the
 * commands of shell scripts, interpreters and the folders they load modules from, and the libraries
 * that programs ask for, by the loader's rules (ld.so(8): RPATH, RUNPATH, ld.so.conf, the default
 * folders; musl's /etc/ld-musl-ARCH.path), and the libraries of name services (nsswitch.conf(5)).
 *
 * Rather too much than too little is reached: a script's branches are all taken, and what opens
 * libraries while it runs reaches all libraries of its own package. Where nothing can be said (no
 * entry point, or an interactive shell, which starts whatever its user types), nothing is. Where
 * something may start that no text names, what is not reached is USE_UNKNOWN.
 */

/* Sets `use`, `reached_by` and `size` of the report's packages, and `use` of its binaries and of
 * the vulnerabilities of packages. Needs WANT_REACH, WANT_BINARIES, WANT_OWNERS and the tree. */
void reach_judge(struct arena *arena, const struct image_view *view, struct report *report);

#endif
