/* SPDX-License-Identifier: Apache-2.0 */
/* mongodb_api.c - finds libmongoc and its functions. The library stays loaded until the process ends. */
#include "catalog/connect/mongodb/mongodb_api.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The way POSIX gives from an object pointer to a function pointer. */
static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(ret_function, &found, size);
    return found != NULL;
}

const struct mongodb_api *mongodb_api_load(struct error *e)
{
    static struct mongodb_api api;
    static bool loaded;
    if (loaded)
        return &api;
    /* no counters of it in a file of /dev/shm by our pid: a killed slot would leave it to the next one of that pid */
    (void)setenv("MONGOC_DISABLE_SHM", "1", 1);
    void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL); /* brings libbson along */
    if (library == NULL) {
        error_code(e, ERROR_UNAVAILABLE, "mongodb_library", "MongoDB needs libmongoc (package libmongoc-1.0-0): %s",
                   dlerror());
        return NULL;
    }
#define X(function)                                                                                          \
    if (!find(library, #function, &api.do_##function, sizeof api.do_##function)) {                           \
        error_code(e, ERROR_UNAVAILABLE, "mongodb_library", "libmongoc is too old: it lacks %s", #function); \
        return NULL;                                                                                         \
    }
    MONGODB_FUNCTIONS(X)
#undef X
    api.do_mongoc_init();
    api.do_mongoc_log_set_handler(NULL, NULL); /* what goes wrong is told by the errors alone */
    loaded = true;
    return &api;
}
