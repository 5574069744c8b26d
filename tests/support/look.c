/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

const struct catalog_table *look_table(const struct catalog *c, const char *name)
{
    for (size_t i = 0; i < c->table_count; i++)
        if (strcmp(c->tables[i].name, name) == 0)
            return &c->tables[i];
    fail_msg("no table %s", name);
    return NULL;
}

size_t look_told(const struct catalog *c, const char *table, const char *words)
{
    size_t count = 0;
    for (size_t i = 0; i < c->diagnostic_count; i++) {
        const struct catalog_diagnostic *d = &c->diagnostics[i];
        bool of_it = table == NULL ? d->table == NULL : d->table != NULL && strcmp(d->table, table) == 0;
        count += of_it && strstr(d->message, words) != NULL;
    }
    return count;
}
