/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and indexes over columns that are not there: a login with rights on some columns is told of keys over all of
 * them. Such a key is left out, with a diagnostic.
 */
#include "catalog/connect/mysql/mysql.h"

static bool is_shown(const struct catalog_table *t, const struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (catalog_column_find(t, names->items[i]) == NULL)
            return false;
    return true;
}

/* true: it stays. */
static bool keep(struct catalog *c, const struct catalog_table *t, const char *what, const char *name,
                 const struct catalog_names *names)
{
    if (is_shown(t, names))
        return true;
    const char *message = arena_format(c->arena,
                                       "table %s.%s: %s%s is over columns that this login is not shown: it is "
                                       "left out",
                                       t->schema, t->name, what, name != NULL ? name : "");
    catalog_diagnostic_add(c, "warning", message)->table = t->name;
    return false;
}

static void settle_table(struct catalog *c, struct catalog_table *t)
{
    size_t kept = 0;
    if (!keep(c, t, "the primary key", NULL, &t->primary_key.columns))
        t->primary_key.columns.count = 0;
    for (size_t i = 0; i < t->unique_count; i++)
        if (keep(c, t, "unique key ", t->uniques[i].name, &t->uniques[i].columns))
            t->uniques[kept++] = t->uniques[i];
    t->unique_count = kept;
    kept = 0;
    for (size_t i = 0; i < t->index_count; i++)
        if (keep(c, t, "index ", t->indexes[i].name, &t->indexes[i].columns))
            t->indexes[kept++] = t->indexes[i];
    t->index_count = kept;
    kept = 0;
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (keep(c, t, "foreign key ", t->foreign_keys[i].name, &t->foreign_keys[i].columns))
            t->foreign_keys[kept++] = t->foreign_keys[i];
    t->foreign_key_count = kept;
}

void mysql_settle(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++)
        settle_table(c, &c->tables[i]);
}
