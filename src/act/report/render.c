// SPDX-License-Identifier: Apache-2.0
#include "act/report/render.h"

#define X(member) extern const struct format format_##member;
#include "format.list"
#undef X

static const struct format *const formats[] = {
#define X(member) &format_##member,
#include "format.list"
#undef X
    NULL,
};

const struct format *const *format_all(void)
{
    return formats;
}

const struct format *format_by_name(str name)
{
    for (size_t i = 0; formats[i]; i++)
        if (str_eq(str_from(formats[i]->name), name))
            return formats[i];
    return NULL;
}

size_t report_layer_index(const struct report *report, str layer)
{
    const struct layer_list *layers = &report->image.layers;
    size_t i = 0;
    while (i < layers->count && (layer.len == 0 || (!str_eq(layers->items[i].diff_id, layer) &&
                                                    !str_eq(layers->items[i].digest, layer))))
        i++;
    return i;
}
