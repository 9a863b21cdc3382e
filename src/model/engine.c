// SPDX-License-Identifier: Apache-2.0
#include "model/engine.h"

bool engine_security(const struct engine_facts *engine, str name, str key, str *ret_value)
{
    *ret_value = (str){0};
    for (size_t i = 0; i < engine->security.count; i++) {
        str rest = engine->security.items[i], piece, k = {0}, v = {0};
        bool found = false;
        while (str_next(&rest, ',', &piece)) {
            str_cut(piece, '=', &k, &v);
            /* Before API 1.26 it was the bare name. */
            if (str_eq(k, STR("name")) ? str_eq(v, name) : !v.len && str_eq(k, name))
                found = true;
            else if (found && str_eq(k, key))
                *ret_value = v;
        }
        if (found)
            return true;
    }
    return false;
}

const struct engine_component *engine_component(const struct engine_facts *engine, str name)
{
    for (size_t i = 0; i < engine->components.count; i++)
        if (str_eq_nocase(engine->components.items[i].name, name))
            return &engine->components.items[i];
    return NULL;
}

const struct engine_image *engine_image_by_id(const struct engine_facts *engine, str id)
{
    for (size_t i = 0; i < engine->images.count; i++)
        if (str_eq(engine->images.items[i].id, id))
            return &engine->images.items[i];
    return NULL;
}
