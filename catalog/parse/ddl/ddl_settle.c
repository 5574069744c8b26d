/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_settle.c - keys and indexes as the catalog promises them: of columns that are there, spelled as the table spells
 * them, none of them empty. One that can't be so becomes an extra with a diagnostic at its table.
 *
 * A table whose columns the text does not all tell (made of a query, of a type, of a table elsewhere) gets the columns
 * that its keys name.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { KEY_COLUMNS_MAX = 2000, LIST_MAX = 20000 };

bool ddl_settle_names(struct ddl *p, struct ddl_table *t, struct catalog_names *names)
{
    if (names->count == 0 || names->count > KEY_COLUMNS_MAX)
        return false;
    for (size_t i = 0; i < names->count; i++) {
        const struct catalog_column *column = ddl_column_find(p, t, names->items[i]);
        if (column == NULL && t->open)
            column = ddl_column_add(p, t, names->items[i]);
        if (column == NULL)
            return false;
        names->items[i] = column->name;
    }
    return true;
}

void ddl_settle_refuse(struct ddl *p, struct ddl_table *t, const char *what, const struct catalog_names *names,
                       const char *name)
{
    const char *first = names->count > 0 ? names->items[0] : "";
    ddl_warn_place(p, t->line, t->column, "%s %.80s (%.80s%s) does not fit the table's columns: it is left out", what,
                   name != NULL ? name : "", first, names->count > 1 ? ", ..." : "");
    ddl_extra(p, t, what, name != NULL ? name : first, strlen(name != NULL ? name : first));
}

/* A key's columns are never NULL; SQLite is laxer. */
static void settle_primary_key(struct ddl *p, struct ddl_table *t)
{
    struct catalog_key *key = &t->table.primary_key;
    if (key->columns.count == 0)
        return;
    if (!ddl_settle_names(p, t, &key->columns)) {
        ddl_settle_refuse(p, t, "primary key", &key->columns, key->name);
        *key = (struct catalog_key){ 0 };
        return;
    }
    for (size_t i = 0; i < key->columns.count; i++) {
        struct catalog_column *column = ddl_column_find(p, t, key->columns.items[i]);
        bool rowid =
            key->columns.count == 1 && column->native_type != NULL && strcasecmp(column->native_type, "integer") == 0;
        if (p->dialect != DDL_SQLITE || rowid || t->without_rowid)
            column->nullable = false;
    }
}

static bool index_fits(struct ddl *p, struct ddl_table *t, struct catalog_index *index)
{
    if (index->columns.count == 0 && index->method != NULL && strcmp(index->method, "columnstore") == 0)
        for (size_t i = 0; i < t->table.column_count && i < KEY_COLUMNS_MAX; i++) /* it holds the whole table */
            ddl_names_add(p, &index->columns, t->table.columns[i].name);
    bool columns = index->columns.count > 0 ? ddl_settle_names(p, t, &index->columns) : index->expression != NULL;
    bool include = index->include.count == 0 || ddl_settle_names(p, t, &index->include);
    return columns && include;
}

/* The lists keep what fits, in their order. */
static void settle_lists(struct ddl *p, struct ddl_table *t)
{
    struct catalog_table *table = &t->table;
    size_t kept = 0;
    for (size_t i = 0; i < table->unique_count; i++)
        if (kept < LIST_MAX && ddl_settle_names(p, t, &table->uniques[i].columns))
            table->uniques[kept++] = table->uniques[i];
        else
            ddl_settle_refuse(p, t, "unique key", &table->uniques[i].columns, table->uniques[i].name);
    table->unique_count = kept;
    kept = 0;
    for (size_t i = 0; i < table->index_count; i++)
        if (kept < LIST_MAX && index_fits(p, t, &table->indexes[i]))
            table->indexes[kept++] = table->indexes[i];
        else
            ddl_settle_refuse(p, t, "index", &table->indexes[i].columns, table->indexes[i].name);
    table->index_count = kept;
    if (table->check_count > LIST_MAX) {
        ddl_warn_place(p, t->line, t->column, "%zu checks: only the first %d are kept", table->check_count, LIST_MAX);
        table->check_count = LIST_MAX;
    }
    if (table->extra_count > LIST_MAX)
        table->extra_count = LIST_MAX;
}

void ddl_settle(struct ddl *p, struct ddl_table *t)
{
    settle_primary_key(p, t);
    settle_lists(p, t);
}
