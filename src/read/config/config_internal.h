// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CONFIG_INTERNAL_H
#define HARDEN_READ_CONFIG_INTERNAL_H

#include "base/map.h"
#include "io/yaml.h"
#include "read/config/config.h"

/* Variables for ${NAME}: what an outer scope has counts before what is in an inner one. */
struct config_scope {
    const struct config_scope *outer; /* or NULL */
    const struct named_value_list *values;
    struct map by_name; /* index of a value */
};
/* Both borrowed; `outer` may be NULL. */
const struct config_scope *config_scope_make(struct arena *arena, const struct config_scope *outer,
                                             const struct named_value_list *values);

/* What every reader of this folder works with. `path` and `text` change with the file at hand. */
struct config_reader {
    struct arena *arena;
    const struct config_options *options;
    struct workload_file *file;
    str path, text;
    const struct config_scope *scope; /* NULL: nobody said what any variable is */
    bool interpolates;                /* compose: ${NAME} in values */
    size_t visits;                    /* of nodes, so far: aliases make few bytes look like many */
    size_t loaded;                    /* other files, so far */
    size_t together;                  /* their bytes */
    size_t expanded;                  /* bytes looked at and written for variables, so far */
    bool substituted; /* set by config_scalar() where it put in a variable of the caller's */
};

/* The format readers. */
void compose_read(struct config_reader *reader, const struct config_text *texts, size_t count);
void kubernetes_read(struct config_reader *reader, const struct config_text *text);
void run_line_read(struct config_reader *reader, const struct config_text *text);
bool run_line_detect(str text);

/* --- problems ----------------------------------------------------------------------------- */
__attribute__((format(printf, 4, 5))) void config_problem(struct config_reader *reader,
                                                          struct place place, bool lost,
                                                          const char *format, ...);
/* config_read_variables() of a file that `file` names, with a problem where some are left out. */
void config_read_variable_file(struct config_reader *reader, const struct set_text *file, str path,
                               str text, struct named_value_list *ret);
/* Whether one more container fits; says so where it does not. */
bool config_room(struct config_reader *reader, struct place place);
/* Says where lists of a container that is read are cut off. */
void config_check_full(struct config_reader *reader, const struct workload *workload);
/* The error of yaml_parse(), whose message begins with its place. */
void config_yaml_problem(struct config_reader *reader, const struct err *err);

/* Another file that one names, within the bounds for all of them; the error is a limit's, or the
 * loader's. */
int config_load(struct config_reader *reader, str path, str *ret_text, struct err *err);

/* --- trees (tree.c) ------------------------------------------------------------------------ */
struct config_entry {
    const struct yaml_node *key, *value;
    str name; /* of the key; scalars only */
};
struct config_entries VEC_BODY(struct config_entry);

struct place config_place(const struct config_reader *reader, const struct yaml_node *node);
/* From the key to the end of the value. */
struct place config_entry_place(const struct config_reader *reader,
                                const struct config_entry *entry);
/* The place of a mapping that a line can be added to: one in block style that stands where `key`
 * says, not where an alias leads. Nothing otherwise. */
struct place config_body(const struct config_reader *reader, const struct yaml_node *key,
                         const struct yaml_node *mapping);
/* The entries of a mapping, those that `<<` brings among them: own ones first, each name once.
 * Empty for everything else. */
struct config_entries config_entries(struct config_reader *reader, const struct yaml_node *node);
const struct config_entry *config_find(const struct config_entries *entries, str name);
/* The value at that key; NULL if absent. */
const struct yaml_node *config_get(struct config_reader *reader, const struct yaml_node *mapping,
                                   str name);
bool config_is_null(const struct yaml_node *node);
/* The text of a scalar, variables put in; absent for collections, which are a problem. Names and
 * numbers are no longer than LIMIT_CONFIG_SCALAR; what is longer is cut off, and said. */
str config_long_scalar(struct config_reader *reader, const struct yaml_node *node);
str config_scalar(struct config_reader *reader, const struct yaml_node *node);

void config_text_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_text *ret);
void config_flag_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_flag *ret);
/* A scalar, or the scalars of a sequence, behind what the list has. */
void config_list_of(struct config_reader *reader, const struct yaml_node *node,
                    struct set_text_list *list);
/* A mapping, or a sequence of "NAME=VALUE"; a name that is there already is replaced. */
void config_named_of(struct config_reader *reader, const struct yaml_node *node,
                     struct named_value_list *list);
bool config_truth(str text, bool *ret); /* true, yes, on, 1 ... in any case */

/* --- values that compose files and command lines share (values.c, mounts.c) ----------------- */
struct set_text config_set(struct place place, str value);
void config_named_put(struct arena *arena, struct named_value_list *list, struct named_value item);
void config_named_add(struct config_reader *reader, struct place place, str text,
                      struct named_value_list *list); /* "NAME=VALUE", "NAME" */
bool config_bytes(str text, double *ret);             /* "512m", "1.5 GiB", "-1" */
void config_bytes_set(struct config_reader *reader, struct place place, str text,
                      struct set_number *ret);
void config_number_set(struct config_reader *reader, struct place place, str text,
                       struct set_number *ret);
void config_capability_add(struct config_reader *reader, struct place place, str text,
                           struct set_text_list *list);
void config_security_add(struct config_reader *reader, struct place place, str text,
                         struct workload *workload);
void config_restart_set(struct config_reader *reader, struct place place, str text,
                        struct workload *workload);
void config_ulimit_put(struct arena *arena, struct workload *workload, struct workload_ulimit item);
void config_ulimit_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload);
bool config_port_range(str text, uint32_t *ret_first, uint32_t *ret_last);
void config_port_add(struct config_reader *reader, struct place place, str text, bool published,
                     struct workload *workload);
void config_device_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload);
void config_mount_put(struct arena *arena, struct workload *workload, struct workload_mount mount);
void config_volume_add(struct config_reader *reader, struct place place, str text,
                       struct workload *workload); /* "SOURCE:TARGET:OPTIONS" */
void config_mount_add(struct config_reader *reader, struct place place, str text,
                      struct workload *workload); /* --mount type=bind,source=... */
void config_tmpfs_add(struct config_reader *reader, struct place place, str text,
                      struct workload *workload);

/* Words of a command line as a POSIX shell splits it, or compose does with `command: a 'b c'`. */
struct config_word {
    str text; /* quotes resolved; variables stay as they are written */
    size_t offset, end_offset;
    char operator; /* of a word that is none: ';' '&' '|' '\n' '(' ')' '<' '>'; else 0 */
};
struct config_words VEC_BODY(struct config_word);
/* False where a quote is not closed; the words before it are there. */
bool config_words(struct arena *arena, str text, struct config_words *ret);

#endif
