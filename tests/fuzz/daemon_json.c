// SPDX-License-Identifier: Apache-2.0
/* daemon.json; and behind a NUL, dockerd's arguments, one between two NULs. */
#include "base/die.h"
#include "base/limits.h"
#include "read/host/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct daemon_setting_list settings = {0}, flags = {0};
    struct str_list arguments = {0};
    str document = {0}, rest = {0}, argument, config = {0};
    str_cut(str_make(data, size), '\0', &document, &rest);
    size_t lines = 1;
    for (size_t i = 0; i < document.len; i++)
        lines += document.ptr[i] == '\n';
    if (daemon_json_parse(&arena, STR("/d"), document, &settings, &err) < 0)
        INVARIANT(err.kind != ERR_NONE);
    for (size_t i = 0; i < settings.count; i++)
        INVARIANT(settings.items[i].place.line <= lines);
    while (str_next(&rest, '\0', &argument))
        *vec_push(&arena, &arguments) = argument;
    daemon_flags_parse(&arena, &arguments, STR("/proc/1/cmdline"), &flags, &config);
    INVARIANT(flags.count <= arguments.count);
    for (size_t i = 0; i < flags.count; i++)
        INVARIANT(flags.items[i].is_flag && flags.items[i].name.len > 0);
    return 0;
}
