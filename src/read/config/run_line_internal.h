// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CONFIG_RUN_LINE_INTERNAL_H
#define HARDEN_READ_CONFIG_RUN_LINE_INTERNAL_H

#include "model/text_file.h"
#include "read/config/config_internal.h"

struct run_line {
    struct config_reader *reader;
    struct text_file file;
    struct config_words words; /* without operators */
    size_t end;                /* behind the command's last word */
};

/* From the first to the last of those words. */
struct place run_line_place(const struct run_line *line, size_t first, size_t last);
/* The options from word `first` on, the image and its command. */
void run_line_options(const struct run_line *line, size_t first, struct workload *workload);

#endif
