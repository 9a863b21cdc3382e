// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_SECRET_FILES_H
#define HARDEN_READ_SECRET_FILES_H

#include "read/secret/scan.h"

/* Files of known formats that hold secrets, each read as what it is. */
struct file_reader {
    const char *name;
    /* By the path, below which folders do not matter, and the first bytes. */
    bool (*fits)(str path, str head);
    /* All of the file; adds hits. What is damaged gives none: then the patterns are what is left,
     * which have seen every byte already. */
    void (*read)(struct secret_scan *scan, str content);
};

/* NULL where no reader knows it. */
const struct file_reader *file_reader_of(str path, str head);

/* "root/.docker/config.json" ends in the path ".docker/config.json". */
bool file_ends(str path, const char *end);
/* A hit whose place is that of the value in the content, if it stands there as it is. */
struct hit *file_hit(struct secret_scan *scan, const char *kind, str content, str value, str where);
/* Without quotes around it. */
str file_unquote(str value);

extern const struct file_reader file_settings;
extern const struct file_reader file_json[], file_yaml[], file_text[],
    file_store[]; /* end in {0} */

#endif
