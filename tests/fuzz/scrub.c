// SPDX-License-Identifier: Apache-2.0
#include "read/image/layer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A script of which three bytes say where a secret stands and how often: nothing but bytes of the
 * text changes, and the secret is gone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 3 };
    if (size < HEAD)
        return 0;
    str text = str_make(data + HEAD, size - HEAD);
    struct layer_facts facts = {0};
    struct collect to = {.arena = &facts.arena, .facts = &facts.facts};
    struct script *script = &fact_add(&to, FACT_SCRIPT, STR("a"))->script;
    script->text = script->commands = arena_str(&facts.arena, text);
    struct secret *secret = &fact_add(&to, FACT_SECRET, STR("a"))->secret;
    secret->offset = data[0];
    secret->length = data[1];
    secret->count = data[2];
    secret->shown = str_sub(text, 0, 9);
    layer_scrub(&facts);
    str after = facts.facts.items[0].script.text;
    if (after.len != text.len || facts.facts.items[0].script.commands.len != text.len)
        __builtin_trap();
    bool inside = secret->length && secret->offset + secret->length <= text.len;
    for (size_t i = 0; inside && i < secret->length; i++)
        if (after.ptr[secret->offset + i] != 'x')
            __builtin_trap();
    arena_free(&facts.arena);
    return 0;
}
