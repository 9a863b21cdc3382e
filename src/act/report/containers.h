// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_ACT_REPORT_CONTAINERS_H
#define HARDEN_ACT_REPORT_CONTAINERS_H

#include "act/report/writer.h"
#include "model/report.h"

/* The member "containers" of a report (docs/report.schema.json): what the kernel has of each.
 * Nothing where there are none. */
void report_write_containers(struct writer *writer, const struct report *report);

#endif
