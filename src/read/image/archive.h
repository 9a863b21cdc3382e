// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_ARCHIVE_H
#define HARDEN_READ_IMAGE_ARCHIVE_H

#include "read/image/layers.h"

/* Images in an archive that is a file, for docker_archive.c and oci_archive.c: a plain one is
 * indexed and its layers are read in parallel; a packed one is read as a stream. */
int archive_read_file(struct walk *walk, const struct target *target, enum manifest_layout layout,
                      struct image *image, struct err *err);

/* walk_archive_stream() with a layout that must be there. */
int archive_stream_read(struct walk *walk, struct stream *stream, enum manifest_layout layout,
                        str selector, struct image *image, struct err *err);

/* Whether a file starts like an archive that could hold an image: tar, or packed. */
bool archive_could_be(str head);
/* What else the head of a file says it is: "an ELF program", "a ZIP archive" ...; or "". */
str archive_looks_like(str head);

#endif
