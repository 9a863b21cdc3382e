// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_SECRET_H
#define HARDEN_READ_SECRET_SECRET_H

#include "model/collector.h"
#include "model/image.h"
#include "model/image_config.h"

/*
 * The door of read/secret: credentials in files, texts and the configuration of an image, as
 * FACT_SECRET (and FACT_PUBLIC_KEY, where keys are used). The kinds are rows of data/secrets.tsv.
 *
 * All are looked for at once, in every byte; files of known formats are read as what they are; what
 * is packed (zip, jar, whl, tar, gzip, xz, zstd, bzip2) is unpacked in memory, within limits. What
 * cannot be read becomes a gap. A secret itself is never kept: facts have its first and last bytes
 * and a fingerprint.
 */
struct secret_settings {
    const char *cache_dir; /* where compiled patterns are kept if those built in do not fit; NULL:
                              nowhere */
    bool texts;            /* only secret_scan_text() will be called: needs no library */
    bool show;             /* --show-secrets: facts have the whole secret; do not cache them */
};

struct secret_finder;

/* Opens no file of others, and must come before a sandbox. ERR_UNSUPPORTED: the library that
 * searches layers is not there; `err` says so in a form that fits behind "secrets are not looked
 * for: ". */
int secret_finder_open(const struct secret_settings *settings, struct secret_finder **ret,
                       struct err *err);
void secret_finder_close(struct secret_finder *finder); /* NULL is fine */

/* For image_read(): scans all files of all layers. Lives as long as the finder. */
const struct collector *secret_finder_collector(const struct secret_finder *finder);

/* One text, with facts that say line, column and bytes. `path` helps to know what it is: a
 * Dockerfile, "compose.yaml". May be called by several threads. */
void secret_scan_text(const struct secret_finder *finder, struct collect *to, str path, str text);

/*
 * The configuration of an image: environment, labels, command, health check, triggers, and the
 * history with its build arguments. Facts have path SECRET_CONFIG_PATH and say in `where` what it
 * is: "environment variable DB_PASSWORD", "history, step 3".
 */
#define SECRET_CONFIG_PATH "image configuration"
void secret_scan_config(const struct secret_finder *finder, struct collect *to,
                        const struct image_config *config);
/* Puts the masked form in place of every secret that is found there, so that reports can show the
 * rest. New strings are in the arena. With `show`, nothing changes. */
void secret_redact_config(const struct secret_finder *finder, struct arena *arena,
                          struct image_config *config, struct layer_list *layers);

#endif
