// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_CACHE_H
#define HARDEN_READ_IMAGE_CACHE_H

#include "read/image/layer.h"

struct stat;

/*
 * Facts of layers that were read before, one file each. The name is a digest over what the facts
 * depend on: this format, the collectors with their versions and paths, whether entries are kept,
 * and the layer. A layer is known by one of two keys:
 *
 *  - by content: a diff_id that was computed from the very bytes the facts came from. The same
 *    layer in another image, archive or engine has it too.
 *  - by file: where an uncompressed layer was walked by its headers without digesting it, so that
 *    its diff_id is only a claim. Then the facts belong to that file as it was (device, inode,
 *    size, times, offset); a hostile archive cannot put them under the name of another's layer.
 *
 * Files are written beside and renamed, so any number of processes may share the folder; a
 * damaged file is a miss. What is oldest goes when the folder passes LIMIT_CACHE_DEFAULT.
 */
struct cache;

/* NULL where the folder cannot be opened. Everything is borrowed. */
struct cache *cache_open(struct arena *arena, const char *folder, const struct layer_rules *rules);
/* Removes the oldest files if this process added any and there is too much. */
void cache_close(struct cache *cache);

str cache_key_content(const struct cache *cache, struct arena *arena, str diff_id);
str cache_key_file(const struct cache *cache, struct arena *arena, const struct stat *file,
                   uint64_t offset, str diff_id);

/* Fills empty facts; false on a miss. Thread-safe, as is cache_save(), which fails silently: a
 * full disk makes the next scan slower, not this one wrong. */
bool cache_load(struct cache *cache, str key, struct layer_facts *facts);
void cache_save(struct cache *cache, str key, const struct layer_facts *facts);

/* The files' content; decode checks everything, trusts nothing, and keeps slices of `bytes`. */
struct buf;
void cache_encode(str key, const struct layer_facts *facts, struct buf *to);
bool cache_decode(str key, str bytes, struct layer_facts *facts);

#endif
