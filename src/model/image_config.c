// SPDX-License-Identifier: Apache-2.0
#include "model/image_config.h"

str image_config_env(const struct image_config *config, str name)
{
    for (size_t i = config->env.count; i-- > 0;)
        if (str_eq(config->env.items[i].name, name))
            return config->env.items[i].value;
    return (str){0};
}
