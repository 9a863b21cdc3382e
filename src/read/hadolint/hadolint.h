// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_HADOLINT_HADOLINT_H
#define HARDEN_READ_HADOLINT_HADOLINT_H

#include "base/err.h"
#include "base/vec.h"

/*
 * hadolint's configuration file (.hadolint.yaml; its README and docs/SCHEMA). Unknown keys are
 * passed over, as hadolint does; a value of the wrong form is ERR_USAGE with its line.
 */
enum hadolint_level {
    HADOLINT_ERROR,
    HADOLINT_WARNING,
    HADOLINT_INFO,
    HADOLINT_STYLE,
    HADOLINT_IGNORE,
    HADOLINT_UNSAID,
};
/* "error", "warning" ...; "none" is "ignore". */
bool hadolint_level_parse(str name, enum hadolint_level *ret);
const char *hadolint_level_name(enum hadolint_level level);

struct hadolint_names VEC_BODY(str);
struct hadolint_override {
    str rule;
    enum hadolint_level level;
};
struct hadolint_label {
    str name, type; /* text, url, rfc3339, spdx, hash, semver, email */
};
struct hadolint_config {
    enum hadolint_level threshold;
    str format;
    bool no_fail, no_color, disable_pragmas, strict_labels;
    struct hadolint_names ignored, trusted;
    struct hadolint_overrides VEC_BODY(struct hadolint_override) overrides;
    struct hadolint_labels VEC_BODY(struct hadolint_label) labels;
};

/* Adds what `text` says; strings are in the arena. `path` is for messages. */
int hadolint_read(struct arena *arena, const char *path, str text, struct hadolint_config *ret,
                  struct err *err);

#endif
