// SPDX-License-Identifier: Apache-2.0
/* systemd's units, and the other files of "key = value" lines that hosts have. */
#include "base/die.h"
#include "read/host/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct unit_line_list lines = {0};
    struct host_assignment_list toml = {0}, environment = {0}, config = {0};
    str text = str_make(data, size), path = STR("/f");
    size_t rows = 1;
    for (size_t i = 0; i < size; i++)
        rows += data[i] == '\n';
    unit_parse(&arena, STR("u"), path, text, &lines);
    toml_parse(&arena, path, text, &toml);
    environment_parse(&arena, path, text, &environment);
    kernel_config_parse(&arena, path, text, &config);
    INVARIANT(lines.count <= rows && toml.count <= rows);
    for (size_t i = 0; i < lines.count; i++)
        INVARIANT(lines.items[i].place.line >= 1 && lines.items[i].place.line <= rows);
    for (size_t i = 0; i < environment.count; i++)
        INVARIANT(environment.items[i].name.len > 0);
    return 0;
}
