// SPDX-License-Identifier: Apache-2.0
#include "io/library.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

void *library_open(const char *name, const struct library_symbol *symbols, size_t count)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < count; i++) {
        void *address = dlsym(library, symbols[i].name);
        if (!address)
            return NULL;
        memcpy(symbols[i].to, &address, sizeof(address));
    }
    return library;
}

bool library_folder(void *library, char *ret, size_t size)
{
    struct link_map *map = NULL;
    if (dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || !map || !map->l_name)
        return false;
    const char *slash = strrchr(map->l_name, '/');
    size_t len = slash ? (size_t)(slash - map->l_name) + 1 : 0;
    if (len == 0 || len >= size)
        return false;
    memcpy(ret, map->l_name, len);
    ret[len] = '\0';
    return true;
}
