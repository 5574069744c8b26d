/* SPDX-License-Identifier: Apache-2.0 */
/* archive_api.c - finds libarchive and its functions. The library stays loaded until the process ends. */
#include "catalog/parse/input/archive_api.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

struct archive_api archive;

/* The way POSIX gives from an object pointer to a function pointer. */
static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(ret_function, &found, size);
    return found != NULL;
}

enum error_class archive_api_load(struct error *e)
{
    static bool loaded;
    if (loaded)
        return ERROR_OK;
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return error_code(e, ERROR_UNAVAILABLE, "archive_library",
                          "packed files need libarchive (package libarchive13): %s", dlerror());
#define X(function)                                                                             \
    if (!find(library, "archive_" #function, &archive.function, sizeof archive.function))       \
        return error_code(e, ERROR_UNAVAILABLE, "archive_library", "libarchive is too old: %s", \
                          "it lacks archive_" #function);
    ARCHIVE_FUNCTIONS(X)
#undef X
    loaded = true;
    return ERROR_OK;
}
