/* SPDX-License-Identifier: Apache-2.0 */
/* mongodb_reading.c - what is known while a catalog is made: the names that tables have, and what is to be told. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/mongodb/mongodb_catalog.h"

enum { MESSAGE_SIZE = 1024 };

void mongodb_say(struct mongodb_reading *r, const char *severity, const char *table, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    catalog_diagnostic_add(r->catalog, severity, message)->table = table;
}

/* ---- names of tables ---- */

static size_t slot_of(const struct mongodb_reading *r, const char *name)
{
    uint64_t hash = 1469598103934665603u;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    size_t at = (hash ^ hash >> 32) & (r->name_capacity - 1);
    while (r->names[at] != NULL && strcmp(r->names[at], name) != 0)
        at = (at + 1) & (r->name_capacity - 1);
    return at;
}

void mongodb_name_add(struct mongodb_reading *r, const char *name)
{
    if ((r->name_count + 1) * 2 > r->name_capacity) {
        struct mongodb_reading old = *r;
        r->name_capacity = old.name_capacity == 0 ? 256 : old.name_capacity * 2;
        r->names = mem_zero(r->name_capacity, sizeof *r->names);
        for (size_t i = 0; i < old.name_capacity; i++)
            if (old.names[i] != NULL)
                r->names[slot_of(r, old.names[i])] = old.names[i];
        free(old.names);
    }
    size_t at = slot_of(r, name);
    r->name_count += r->names[at] == NULL;
    r->names[at] = name;
}

bool mongodb_name_taken(void *reading, const char *name)
{
    const struct mongodb_reading *r = reading;
    return r->name_capacity > 0 && r->names[slot_of(r, name)] != NULL;
}
