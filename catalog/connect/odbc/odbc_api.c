/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_api.c - finds unixODBC's driver manager and its functions. It stays loaded until the process ends. */
#include "catalog/connect/odbc/odbc_api.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

/* The way POSIX gives from an object pointer to a function pointer. */
static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(ret_function, &found, size);
    return found != NULL;
}

const struct odbc_api *odbc_api_load(const char *what, struct error *e)
{
    static struct odbc_api api;
    static bool loaded;
    if (loaded)
        return &api;
    void *library = dlopen("libodbc.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        error_code(e, ERROR_UNAVAILABLE, "odbc_library", "%s needs unixODBC (package libodbc2) and a driver: %s", what,
                   dlerror());
        return NULL;
    }
#define X(function)                                                                                                \
    if (!find(library, "SQL" #function, &api.do_##function, sizeof api.do_##function)) {                           \
        error_code(e, ERROR_UNAVAILABLE, "odbc_library", "unixODBC's libodbc is too old: it lacks SQL" #function); \
        return NULL;                                                                                               \
    }
    ODBC_FUNCTIONS(X)
#undef X
    loaded = true;
    return &api;
}
