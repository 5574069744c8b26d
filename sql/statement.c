/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c - see statement.h. The table is generated from sql/ by cmake/embed.cmake. */
#include "sql/statement.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>

#include "sql/text.h"

const struct embed_file *statement_find(const char *name)
{
    char file[STATEMENT_NAME_MAX + 4];
    int size = snprintf(file, sizeof file, "%s.sql", name);
    assert(size > 0 && (size_t)size < sizeof file);
    const struct embed_file *found = embed_find(embed_sql, embed_sql_count, file);
    assert(found != NULL);
    return found;
}

void statement_params(const struct sql_param *params, unsigned count, struct statement_params *ret)
{
    assert(count <= STATEMENT_PARAMS_MAX);
    ret->count = (int)count;
    for (unsigned i = 0; i < count; i++) {
        assert(params[i].size <= INT_MAX);
        ret->values[i] = params[i].value;
        ret->sizes[i] = (int)params[i].size;
        ret->formats[i] = params[i].binary;
    }
}
