/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_keys.c - primary, unique and foreign keys, checks and indexes.
 *
 * The views and their columns: learn.microsoft.com/sql/relational-databases/system-catalog-views/ sys-indexes,
 * sys-index-columns, sys-key-constraints, sys-foreign-keys, sys-foreign-key-columns, sys-check-constraints
 * (-transact-sql). Names that the server made up say nothing and are left out, as a script would have none.
 */
#include <string.h>

#include "catalog/connect/sqlserver/sqlserver.h"

#define TABLES  "sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id"
#define OF_OURS "t.is_ms_shipped = 0 AND s.name {in}"

enum { CLUSTERED = 1, XML = 3, SPATIAL = 4, CLUSTERED_COLUMNSTORE = 5, COLUMNSTORE = 6, HASH = 7 };

static const char indexes_sql[] =
    "SELECT s.name, t.name, i.name, i.type, i.is_unique, i.is_primary_key, i.is_unique_constraint, i.is_disabled, "
    "k.is_system_named, c.name, x.key_ordinal, x.is_descending_key, x.is_included_column, i.has_filter FROM " TABLES
    " JOIN sys.indexes i ON i.object_id = t.object_id JOIN sys.index_columns x ON x.object_id = i.object_id AND "
    "x.index_id = i.index_id JOIN sys.columns c ON c.object_id = x.object_id AND c.column_id = x.column_id "
    "LEFT JOIN sys.key_constraints k ON k.parent_object_id = i.object_id AND k.unique_index_id = i.index_id "
    "WHERE i.type > 0 AND i.is_hypothetical = 0 AND " OF_OURS
    " ORDER BY s.name, t.name, i.index_id, x.is_included_column, x.key_ordinal, x.index_column_id";

static const char filters_sql[] =
    "SELECT s.name, t.name, i.name, i.filter_definition FROM " TABLES
    " JOIN sys.indexes i ON i.object_id = t.object_id WHERE i.has_filter = 1 AND i.is_hypothetical = 0 AND " OF_OURS
    " ORDER BY s.name, t.name, i.index_id";

static const char foreign_keys_sql[] =
    "SELECT s.name, t.name, f.name, f.is_system_named, f.is_disabled, f.is_not_trusted, f.delete_referential_action, "
    "f.update_referential_action, rs.name, rt.name, c.name, rc.name FROM " TABLES
    " JOIN sys.foreign_keys f ON f.parent_object_id = t.object_id "
    "JOIN sys.tables rt ON rt.object_id = f.referenced_object_id JOIN sys.schemas rs ON rs.schema_id = rt.schema_id "
    "JOIN sys.foreign_key_columns x ON x.constraint_object_id = f.object_id "
    "JOIN sys.columns c ON c.object_id = x.parent_object_id AND c.column_id = x.parent_column_id "
    "JOIN sys.columns rc ON rc.object_id = x.referenced_object_id AND rc.column_id = x.referenced_column_id "
    "WHERE " OF_OURS " ORDER BY s.name, t.name, f.name, x.constraint_column_id";

static const char checks_sql[] =
    "SELECT s.name, t.name, k.name, k.is_system_named, k.is_disabled, k.[definition] FROM " TABLES
    " JOIN sys.check_constraints k ON k.parent_object_id = t.object_id WHERE " OF_OURS
    " ORDER BY s.name, t.name, k.name";

static const char *method_of(int64_t type)
{
    switch (type) {
    case XML:
        return "xml";
    case SPATIAL:
        return "spatial";
    case CLUSTERED_COLUMNSTORE:
    case COLUMNSTORE:
        return "columnstore";
    case HASH:
        return "hash";
    default:
        return NULL;
    }
}

/* The index that the row is of; a new one when another begins. */
static struct catalog_index *index_of(struct odbc_reading *r, struct catalog_table *t, bool *ret_new)
{
    const char *name = odbc_text_at(r, 2);
    struct catalog_index *last = t->index_count > 0 ? &t->indexes[t->index_count - 1] : NULL;
    *ret_new = last == NULL || name == NULL || !odbc_key_named(last->name, name);
    if (!*ret_new)
        return last;
    struct catalog_index *index = catalog_index_add(r->catalog, t);
    index->name = odbc_key_name(r, 2, odbc_true_at(r, 8));
    return index;
}

/* Keys and indexes come in one result, a row a column; each lands in the index list first, and `where` marks what it is
 * until sqlserver_settle_indexes(). */
static const char primary_mark[] = "primary", unique_mark[] = "unique";

static void take_index(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    if (t == NULL)
        return;
    bool begins;
    int64_t type = odbc_number_at(r, 3, 0);
    struct catalog_index *index = index_of(r, t, &begins);
    if (begins) {
        index->unique = odbc_true_at(r, 4);
        index->method = method_of(type);
        if (odbc_true_at(r, 5))
            index->where = primary_mark;
        else if (odbc_true_at(r, 6))
            index->where = unique_mark;
        else if (odbc_true_at(r, 13))
            index->where = "?"; /* until the filter is read: never a plain unique one */
        if (odbc_true_at(r, 7))
            odbc_extra(r, t, "disabled index", odbc_text_at(r, 2));
    }
    bool keyless = type == XML || type == SPATIAL || type == COLUMNSTORE;
    const char *column = odbc_text_at(r, 9);
    if (column == NULL || type == CLUSTERED_COLUMNSTORE) /* that one has all columns, always */
        return;
    if (odbc_true_at(r, 12) && !keyless) {
        catalog_name_add(r->catalog, &index->include, column);
    } else if (odbc_number_at(r, 10, 0) > 0 || keyless) { /* a partitioning column alone is no part of the key */
        catalog_name_add(r->catalog, &index->columns, column);
        catalog_name_add(r->catalog, &index->orders, odbc_true_at(r, 11) ? "desc" : "asc");
    }
}

static void settle_one(struct catalog *c, struct catalog_table *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->index_count; i++) {
        struct catalog_index index = t->indexes[i];
        const char *mark = index.where;
        if (!catalog_names_have(&index.orders, "desc"))
            index.orders = (struct catalog_names){ 0 };
        if (mark == primary_mark) {
            t->primary_key = (struct catalog_key){ .name = index.name, .columns = index.columns };
        } else if (mark == unique_mark) {
            struct catalog_key *unique = catalog_unique_add(c, t);
            unique->name = index.name;
            unique->columns = index.columns;
        } else {
            t->indexes[kept++] = index;
        }
    }
    t->index_count = kept;
}

static void take_filter(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2), *filter = odbc_text_at(r, 3);
    for (size_t i = 0; t != NULL && name != NULL && i < t->index_count; i++)
        if (t->indexes[i].name != NULL && strcmp(t->indexes[i].name, name) == 0 && filter != NULL)
            t->indexes[i].where = filter;
}

static const char *action_of(int64_t action)
{
    static const char *const names[] = { "NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT" };
    return action >= 0 && action < 4 ? names[action] : NULL;
}

/* A row a column; those of one key follow one another. */
static void take_foreign_key(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2), *column = odbc_text_at(r, 10), *ref_column = odbc_text_at(r, 11);
    if (t == NULL || name == NULL || column == NULL || ref_column == NULL)
        return;
    struct catalog_foreign_key *fk = t->foreign_key_count > 0 ? &t->foreign_keys[t->foreign_key_count - 1] : NULL;
    if (fk == NULL || !odbc_key_named(fk->name, name)) {
        fk = catalog_foreign_key_add(r->catalog, t);
        fk->name = odbc_key_name(r, 2, odbc_true_at(r, 3));
        fk->not_valid = odbc_true_at(r, 5);
        fk->on_delete = action_of(odbc_number_at(r, 6, 0));
        fk->on_update = action_of(odbc_number_at(r, 7, 0));
        fk->ref_schema = odbc_text_at(r, 8);
        fk->ref_table = odbc_text_at(r, 9);
        if (odbc_true_at(r, 4))
            odbc_extra(r, t, "disabled foreign key", name);
    }
    catalog_name_add(r->catalog, &fk->columns, column);
    catalog_name_add(r->catalog, &fk->ref_columns, ref_column);
}

static void take_check(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    const char *name = odbc_text_at(r, 2), *expression = odbc_text_at(r, 5);
    if (t == NULL)
        return;
    if (expression == NULL) {
        odbc_diagnostic(r, t->name, "a check can't be seen: VIEW DEFINITION is needed for it");
        return;
    }
    *catalog_check_add(r->catalog, t) =
        (struct catalog_check){ .name = odbc_true_at(r, 3) ? NULL : name, .expression = expression };
    if (odbc_true_at(r, 4))
        odbc_extra(r, t, "disabled check", name);
}

void sqlserver_settle_indexes(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++)
        settle_one(c, &c->tables[i]);
}

const struct odbc_statement sqlserver_indexes[] = {
    { "keys and indexes", indexes_sql, take_index, false },
    { NULL, NULL, NULL, false },
};

const struct odbc_statement sqlserver_keys[] = {
    { "filtered indexes", filters_sql, take_filter, false },
    { "foreign keys", foreign_keys_sql, take_foreign_key, false },
    { "checks", checks_sql, take_check, false },
    { NULL, NULL, NULL, false },
};
