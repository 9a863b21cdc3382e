// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_LANG_SHELL_SHELL_H
#define HARDEN_LANG_SHELL_SHELL_H

#include "model/shell.h"

/*
 * Parses shell text of any quality: what cannot be read is a problem in the script, with its place,
 * and the rest is parsed all the same. Time and memory grow with the text; depth and size have
 * maxima (LIMIT_SHELL_DEPTH, LIMIT_SHELL_TEXT), past which there is a problem too.
 *
 * Heredocs in the text are read as the shell does: the body follows on the lines behind, up to the
 * delimiter, so a Dockerfile's bodies belong to the text that is given here.
 */
struct shell_script *shell_parse(struct arena *arena, struct mapped_text text,
                                 enum shell_dialect dialect);

/* Text that stands in no file: spans are offsets in the text. */
struct shell_script *shell_parse_str(struct arena *arena, str text, enum shell_dialect dialect);

/*
 * A command that is given as its arguments (exec form): one command, and those it wraps, as in
 * ["/bin/sh", "-c", "apt-get update && apt-get install -y curl"]. Values have quotes and escapes
 * removed already.
 */
struct shell_script *shell_from_arguments(struct arena *arena, const struct mapped_text *arguments,
                                          size_t count);

/* By the program that reads the text: "/bin/bash", "pwsh", "sh", "python3", "C:\\...\\cmd.exe". */
enum shell_dialect shell_dialect_of(str program);

/*
 * What one line of an image's history ran, as a script of its own; NULL where it ran nothing.
 * Known: `/bin/sh -c apt-get update` (without "#(nop)"), `|2 A=1 B=2 /bin/sh -c ...`,
 * `RUN /bin/sh -c ... # buildkit`, `RUN |1 A=1 /bin/bash -o pipefail -c ... # buildkit`.
 * The text is copied; spans are offsets in `history`.
 */
struct shell_script *shell_from_history(struct arena *arena, str history);

#endif
