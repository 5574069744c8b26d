/* SPDX-License-Identifier: Apache-2.0 */
/* mysql_api.c - finds libmariadb and its functions. The library stays loaded until the process ends. */
#include "catalog/connect/mysql/mysql_api.h"

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

const struct mysql_api *mysql_api_load(struct error *e)
{
    static struct mysql_api api;
    static bool loaded;
    if (loaded)
        return &api;
    void *library = dlopen("libmariadb.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        error_code(e, ERROR_UNAVAILABLE, "mysql_library", "MySQL and MariaDB need libmariadb (package libmariadb3): %s",
                   dlerror());
        return NULL;
    }
#define X(function)                                                                                            \
    if (!find(library, "mysql_" #function, &api.do_##function, sizeof api.do_##function)) {                    \
        error_code(e, ERROR_UNAVAILABLE, "mysql_library", "libmariadb is too old: it lacks mysql_" #function); \
        return NULL;                                                                                           \
    }
    MYSQL_FUNCTIONS(X)
#undef X
    if (!find(library, "mariadb_reconnect", &api.do_reconnect, sizeof api.do_reconnect)) {
        error_code(e, ERROR_UNAVAILABLE, "mysql_library", "libmariadb is too old: it lacks mariadb_reconnect");
        return NULL;
    }
    loaded = true;
    return &api;
}
