/* SPDX-License-Identifier: Apache-2.0 */
/* kafka_api.c - finds librdkafka and its functions. The library stays loaded until the process ends. */
#include "queue/kafka_api.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

struct kafka_api kafka;

/* The way POSIX gives from an object pointer to a function pointer. */
static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *found = dlsym(library, name);
    memcpy(ret_function, &found, size);
    return found != NULL;
}

enum error_class kafka_api_load(struct error *e)
{
    static bool loaded;
    if (loaded)
        return ERROR_OK;
    void *library = dlopen("librdkafka.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return error_code(e, ERROR_UNAVAILABLE, "kafka_library", "Kafka needs librdkafka (package librdkafka1): %s",
                          dlerror());
#define X(function)                                                                           \
    if (!find(library, "rd_kafka_" #function, &kafka.function, sizeof kafka.function))        \
        return error_code(e, ERROR_UNAVAILABLE, "kafka_library", "librdkafka is too old: %s", \
                          "it lacks rd_kafka_" #function);
    KAFKA_FUNCTIONS(X)
#undef X
    loaded = true;
    return ERROR_OK;
}
