// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_IO_KV_H
#define HARDEN_IO_KV_H

#include "base/arena.h"
#include "base/err.h"

/*
 * A read-only, memory-mapped map from byte strings to byte strings in one file, replaced as a
 * whole by rename: readers never block and never see half an update. The only file that knows
 * LMDB is io/kv.c (MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK).
 */
struct kv;

int kv_open(const char *path, struct kv **ret, struct err *err);
void kv_close(struct kv *kv);
/* The value, pointing into the map (valid until kv_close); false if absent. Thread-safe. */
bool kv_get(const struct kv *kv, str key, str *ret_value);
/* Visits keys >= from in byte order until the visitor returns false. */
typedef bool kv_visitor(void *context, str key, str value);
int kv_visit(const struct kv *kv, str from, kv_visitor *visit, void *context, struct err *err);

/*
 * Building: a new file beside `path`, filled with keys in any order (no duplicates; keys up to
 * 511 bytes), made durable and renamed over `path` by kv_commit(). kv_abandon() (or a crash)
 * leaves the old file as it was; stale temporary files are removed by the next build. ENOSPC is
 * an error, never a broken store.
 */
struct kv_builder;
int kv_build(const char *path, struct kv_builder **ret, struct err *err);
int kv_put(struct kv_builder *builder, str key, str value, struct err *err);
int kv_commit(struct kv_builder *builder, struct err *err); /* frees it, also on failure */
void kv_abandon(struct kv_builder *builder);

#endif
