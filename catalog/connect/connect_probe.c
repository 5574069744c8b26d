/* SPDX-License-Identifier: Apache-2.0 */
/* connect_probe.c - asks the dialect, or reads the catalog of one that has no probe. */
#include "catalog/connect/connect_probe.h"

#include <string.h>

#include "catalog/connect/connect_dialect.h"

enum error_class connect_probe_by_catalog(struct connect *c, struct arena *arena, struct connect_probe *ret,
                                          struct error *e)
{
    struct catalog *catalog = NULL;
    if (connect_catalog(c, arena, NULL, false, &catalog, e) != ERROR_OK)
        return e->class;
    ret->tables = (int64_t)catalog->table_count;
    for (size_t i = 0; i < catalog->diagnostic_count; i++) {
        const struct catalog_diagnostic *d = &catalog->diagnostics[i];
        if (strcmp(d->severity, "info") == 0)
            continue;
        if (ret->missing_count < CONNECT_MISSING_MAX)
            ret->missing[ret->missing_count++] = d->message;
        ret->missing_all++;
    }
    return ERROR_OK;
}

enum error_class connect_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    *ret = (struct connect_probe){ .version = "" };
    return c->dialect->probe != NULL ? c->dialect->probe(c, arena, ret, e) : connect_probe_by_catalog(c, arena, ret, e);
}
