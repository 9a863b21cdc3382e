// SPDX-License-Identifier: Apache-2.0
#include "read/image/blobs.h"

#include "base/fd.h"
#include "base/limits.h"
#include "io/digest.h"
#include "read/image/link.h"

void blob_close(struct blob *blob)
{
    if (blob->owned)
        fd_close(&blob->fd);
    blob->owned = false;
}

int blobs_count_document(struct blobs *blobs, uint64_t bytes, struct err *err)
{
    blobs->documents += bytes;
    if (blobs->documents > LIMIT_DOCUMENTS)
        return err_set(err, ERR_LIMIT, "the documents of the image pass %llu bytes",
                       LIMIT_DOCUMENTS);
    return 0;
}

int blobs_read_document(struct blobs *blobs, struct arena *arena, str name, str *ret,
                        struct err *err)
{
    BLOB_SCOPED blob = {.fd = -1};
    if (blobs->ops->open(blobs, name, &blob, err) < 0)
        return -1;
    if (blob.length > LIMIT_DOCUMENT)
        return err_set(err, ERR_LIMIT, "%.*s is longer than a document may be (%llu bytes)",
                       STR_ARG(name), LIMIT_DOCUMENT);
    if (blobs_count_document(blobs, blob.length, err) < 0)
        return -1;
    STREAM_SCOPED stream = stream_file(blob.fd, blob.offset, blob.length);
    if (stream_read_all(stream, arena, LIMIT_DOCUMENT, ret, err) < 0)
        return err_wrap(err, "%.*s", STR_ARG(name));
    return 0;
}

str blobs_name_of_digest(struct arena *arena, str digest)
{
    enum digest_algorithm algorithm;
    str hex;
    if (!digest_parse(digest, &algorithm, &hex))
        return (str){0};
    return arena_join(arena, algorithm == DIGEST_SHA512 ? STR("blobs/sha512") : STR("blobs/sha256"),
                      STR("/"), hex);
}

str blobs_digest_of_name(struct arena *arena, str name)
{
    enum digest_algorithm algorithm;
    str hex, rest = name;
    str prefix = str_skip(&rest, STR("blobs/sha512/")) ? STR("sha512") : STR("sha256");
    str_skip(&rest, STR("blobs/sha256/"));
    if (str_ends(rest, STR(".json")))
        rest.len -= STR(".json").len;
    str digest = arena_join(arena, prefix, STR(":"), rest);
    return digest_parse(digest, &algorithm, &hex) ? digest : (str){0};
}

bool blobs_clean_name(struct arena *arena, str name, str *ret)
{
    bool escapes = false;
    if (name.len == 0 || name.len > LIMIT_PATH || name.ptr[0] == '/' ||
        str_find_char(name, '\0') != STR_NONE)
        return false;
    *ret = link_resolve(arena, STR(""), name, &escapes);
    return !escapes && ret->len > 0;
}
