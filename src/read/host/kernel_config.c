// SPDX-License-Identifier: Apache-2.0
/* How the kernel was built, as far as flaws depend on it: /proc/config.gz or /boot/config-VERSION,
 * lines "CONFIG_X=y" and "# CONFIG_X is not set". */
#include "base/limits.h"
#include "io/codec.h"
#include "read/host/reader.h"

static const str wanted[] = {
    STR_INIT("CONFIG_AF_RXRPC"),  STR_INIT("CONFIG_CRYPTO_USER_API_AEAD"),
    STR_INIT("CONFIG_INET6_ESP"), STR_INIT("CONFIG_INET_ESP"),
    STR_INIT("CONFIG_NF_TABLES"), STR_INIT("CONFIG_OVERLAY_FS"),
    STR_INIT("CONFIG_USER_NS"),
};

void kernel_config_parse(struct arena *arena, str path, str text, struct host_assignment_list *ret)
{
    str line, rest = text;
    for (uint32_t number = 1; str_next_line(&rest, &line); number++) {
        str name = {0}, value = {0};
        bool off = str_skip(&line, STR("# ")) && str_ends(line, STR(" is not set"));
        if (off)
            name = str_sub(line, 0, str_find_char(line, ' '));
        else if (!str_cut(line, '=', &name, &value))
            continue;
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
            if (str_eq(name, wanted[i]) && ret->count < LIMIT_HOST_ROWS)
                *vec_push(arena, ret) = (struct host_assignment){
                    .name = wanted[i],
                    .value = off ? STR("n") : value,
                    .place = {.path = path, .line = number},
                };
    }
}

static bool unpack(struct host_reader *reader, str path, str packed, str *ret)
{
    struct err err = {0};
    STREAM_SCOPED source = stream_memory(packed);
    const struct codec *codec = codec_by_name(STR("gzip"));
    STREAM_SCOPED stream = codec->open(source, &err);
    if (stream && stream_read_all(stream, reader->arena, LIMIT_HOST_FILE, ret, &err) == 0)
        return true;
    reader_gap(reader, path, arena_str(reader->arena, err_text(&err)));
    return false;
}

void kernel_config_read(struct host_reader *reader)
{
    struct host *host = reader->host;
    str packed, text, path = STR("/proc/config.gz");
    if (reader_optional(reader, path, LIMIT_HOST_FILE, &packed)) {
        if (!unpack(reader, path, packed, &text))
            return;
    } else {
        path = reader_path(reader, "/boot/config-%.*s", STR_ARG(host->kernel));
        if (host->kernel.len == 0 || str_contains(host->kernel, STR("/")) ||
            !reader_optional(reader, path, LIMIT_HOST_FILE, &text))
            return;
    }
    kernel_config_parse(reader->arena, path, text, &host->kernel_config);
}
