// SPDX-License-Identifier: Apache-2.0
#include "io/codec.h"

#include "base/limits.h"

#define X(member) extern const struct codec codec_##member;
#include "codec.list"
#undef X

static const struct codec *const codecs[] = {
#define X(member) &codec_##member,
#include "codec.list"
#undef X
    NULL,
};

int codec_detect(struct stream *source, const struct codec **ret, struct err *err)
{
    str head;
    *ret = NULL;
    if (stream_peek(source, CODEC_HEAD, &head, err) < 0)
        return -1;
    for (size_t i = 0; codecs[i] && !*ret; i++)
        if (codecs[i]->starts(head))
            *ret = codecs[i];
    return 0;
}

const struct codec *codec_by_name(str name)
{
    for (size_t i = 0; codecs[i]; i++)
        if (str_eq(str_from(codecs[i]->name), name))
            return codecs[i];
    return NULL;
}

int codec_check_ratio(uint64_t in, uint64_t out, struct err *err)
{
    if (out > LIMIT_LAYER_BYTES)
        return err_set(err, ERR_LIMIT, "unpacks to more than %llu GiB", LIMIT_LAYER_BYTES / GIB(1));
    if (out <= LIMIT_RATIO_FROM || out / LIMIT_RATIO <= in)
        return 0;
    return err_set(err, ERR_LIMIT, "unpacks to more than %llu times its size: a bomb", LIMIT_RATIO);
}
