// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ENGINE_RECORD_H
#define HARDEN_READ_ENGINE_RECORD_H

#include "io/json.h"
#include "read/engine/engine.h"

/* The parts of a container's record, under whatever name they came. */
struct record {
    const struct json *top;         /* Id, Name, State, AppArmorProfile ... */
    const struct json *config;      /* Config */
    const struct json *host_config; /* HostConfig */
    const struct json *networks;    /* NetworkSettings.Networks */
    const struct json *ports;       /* NetworkSettings.Ports */
    const struct json *mounts;      /* Mounts[], or MountPoints{} of a state folder */
};

/* A string or number copied into the arena. */
str record_text(struct arena *arena, const struct json *object, const char *name);

/* Fills what the record declares; strings are copied. */
void record_workload(struct arena *arena, const struct record *record, struct workload *ret);

/* Named volumes that are a folder of the host in truth (driver "local", o=bind): each mount of
 * one becomes a bind of that folder. `volumes`: the answer to /volumes. */
void volumes_resolve(struct arena *arena, str volumes, struct workload_list *workloads);

#endif
