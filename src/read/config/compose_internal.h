// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CONFIG_COMPOSE_INTERNAL_H
#define HARDEN_READ_CONFIG_COMPOSE_INTERNAL_H

#include "read/config/config_internal.h"

/* One file of a compose project. */
struct compose_file {
    str path, text;
    str folder; /* where relative paths in it begin */
    const struct config_scope *scope;
    bool is_included;
    bool is_part; /* only loaded for services that others extend */
    struct config_entries root, services;
    struct map by_name; /* index of a service */
};
struct compose_file_list VEC_BODY(struct compose_file);

/* Files that are laid over each other: the given ones, or those of an entry of `include`. */
struct compose_project {
    size_t first, count;                    /* in the list of files */
    const struct compose_project *includer; /* NULL: given */
    unsigned depth;
};
struct compose_project_list VEC_BODY(const struct compose_project *);

struct compose {
    struct config_reader *reader;
    str folder; /* of the file at hand, as reader->path is its path */
    struct compose_file_list files;
    struct compose_project_list projects; /* the given one first */
    struct map included;                  /* what was included, and how */
    struct map binds;                     /* volumes that are host paths -> str * */
    struct map host_networks;             /* names */
    struct map services;                  /* name -> struct declared (compose.c) */
};

/* Loads the given files and what they include, into files and projects. */
void compose_open(struct compose *compose, const struct config_text *texts, size_t count);
/* Another file of the project at hand, for `extends`: one that is loaded, or is loaded now; NULL
 * where it cannot be, which is said. */
const struct compose_file *compose_load(struct compose *compose, str name, struct place place);
/* Makes this the file at hand. */
void compose_enter(struct compose *compose, const struct compose_file *file);
/* The entry of a service; NULL: the file has none of that name. */
const struct config_entry *compose_service(const struct compose_file *file, str name);

/* Lays what one key of a service says over what is known of it. Keys that say nothing about
 * hardening are known, and passed over; unknown ones are a problem. */
void compose_service_key(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload);
void compose_ports(struct config_reader *reader, const struct yaml_node *node,
                   struct workload *workload);
void compose_volumes(struct config_reader *reader, const struct yaml_node *node,
                     struct workload *workload);
void compose_devices(struct config_reader *reader, const struct yaml_node *node,
                     struct workload *workload);
void compose_gpus(struct config_reader *reader, const struct config_entry *entry,
                  struct workload *workload);
void compose_build(struct config_reader *reader, const struct config_entry *entry,
                   struct workload *workload);
void compose_deploy(struct config_reader *reader, const struct yaml_node *node,
                    struct workload *workload);
void compose_healthcheck(struct config_reader *reader, const struct config_entry *entry,
                         struct workload *workload);
/* A list, or the words of a shell-like line. Replaces what was there. */
void compose_words(struct config_reader *reader, const struct yaml_node *node,
                   struct set_text_list *list);

#endif
