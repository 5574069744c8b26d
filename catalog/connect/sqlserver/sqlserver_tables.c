/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_tables.c - tables with rows and sizes, views, columns, defaults, comments, types of one's own.
 *
 * The views and their columns: learn.microsoft.com/sql/relational-databases/system-catalog-views/ sys-tables,
 * sys-views, sys-columns, sys-types, sys-default-constraints, sys-computed-columns, sys-identity-columns,
 * sys-partitions, sys-allocation-units, sys-sql-modules, extended-properties-catalog-views-sys-extended-properties
 * (-transact-sql). Columns that only some versions have are not used; what SQL Server 2016 and later have is.
 *
 * What has no limit (definitions) stands alone and last in its statement, so that the others come in blocks.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/sqlserver/sqlserver.h"

enum { PAGE_BYTES = 8192 };

/* Shipped objects, and those that a tool of Microsoft's made (diagrams), are not the user's. */
#define OURS(object)                                                                                                   \
    object ".is_ms_shipped = 0 AND " object ".name <> 'argosy_fence' AND s.name {in} AND NOT EXISTS (SELECT 1 FROM "   \
           "sys.extended_properties g WHERE g.class = 1 AND g.major_id = " object ".object_id AND g.minor_id = 0 AND " \
           "g.name = 'microsoft_database_tools_support')"
#define TABLES "sys.tables t JOIN sys.schemas s ON s.schema_id = t.schema_id"

static const char tables_sql[] =
    "SELECT s.name, t.name, t.temporal_type, t.is_memory_optimized, t.is_external FROM " TABLES
    " WHERE " OURS("t") " ORDER BY s.name, t.name";

/* Estimates: sys.partitions says of its rows "approximate". */
static const char sizes_sql[] =
    "SELECT s.name, t.name, r.row_total, z.page_total FROM " TABLES
    " JOIN (SELECT p.object_id, SUM(p.rows) AS row_total FROM sys.partitions p WHERE p.index_id < 2 "
    "GROUP BY p.object_id) r ON r.object_id = t.object_id "
    "LEFT JOIN (SELECT p.object_id, SUM(a.total_pages) AS page_total FROM sys.partitions p "
    "JOIN sys.allocation_units a ON a.container_id = p.partition_id GROUP BY p.object_id) z "
    "ON z.object_id = t.object_id WHERE " OURS("t") " ORDER BY s.name, t.name";

static const char views_sql[] =
    "SELECT s.name, v.name, x.index_id, m.[definition] FROM sys.views v "
    "JOIN sys.schemas s ON s.schema_id = v.schema_id LEFT JOIN sys.indexes x ON x.object_id = v.object_id AND "
    "x.index_id = 1 LEFT JOIN sys.sql_modules m ON m.object_id = v.object_id WHERE " OURS(
        "v") " ORDER BY s.name, v.name";

/* Five columns from the third are the type, as sqlserver_native() wants them; two more its base. */
static const char columns_sql[] =
    "SELECT s.name, t.name, y.name, CASE WHEN y.is_user_defined = 1 THEN n.name END, c.max_length, c.[precision], "
    "c.scale, "
    "b.name, c.name, c.is_nullable, c.is_identity, c.is_computed, c.collation_name, c.is_hidden, "
    "c.generated_always_type, "
    "CAST(i.seed_value AS nvarchar(40)), CAST(i.increment_value AS nvarchar(40)) FROM sys.objects t "
    "JOIN sys.schemas s ON s.schema_id = t.schema_id JOIN sys.columns c ON c.object_id = t.object_id "
    "JOIN sys.types y ON y.user_type_id = c.user_type_id JOIN sys.schemas n ON n.schema_id = y.schema_id "
    "LEFT JOIN sys.types b ON b.user_type_id = y.system_type_id "
    "LEFT JOIN sys.identity_columns i ON i.object_id = c.object_id AND i.column_id = c.column_id "
    "WHERE t.type IN ('U', 'V') AND " OURS("t") " ORDER BY s.name, t.name, c.column_id";

static const char defaults_sql[] =
    "SELECT s.name, t.name, c.name, d.[definition] FROM " TABLES " JOIN sys.columns c ON c.object_id = t.object_id "
    "JOIN sys.default_constraints d ON d.object_id = c.default_object_id WHERE " OURS(
        "t") " ORDER BY s.name, t.name, c.column_id";

static const char computed_sql[] = "SELECT s.name, t.name, c.name, c.is_persisted, c.[definition] FROM " TABLES
                                   " JOIN sys.computed_columns c ON c.object_id = t.object_id WHERE " OURS(
                                       "t") " ORDER BY s.name, t.name, c.column_id";

static const char comments_sql[] =
    "SELECT s.name, t.name, c.name, CAST(e.value AS nvarchar(4000)) FROM sys.extended_properties e "
    "JOIN sys.objects t ON t.object_id = e.major_id JOIN sys.schemas s ON s.schema_id = t.schema_id "
    "LEFT JOIN sys.columns c ON c.object_id = e.major_id AND c.column_id = e.minor_id "
    "WHERE e.class = 1 AND e.name = 'MS_Description' AND t.type IN ('U', 'V') AND " OURS(
        "t") " ORDER BY s.name, t.name, e.minor_id";

static const char types_sql[] =
    "SELECT s.name, y.name, b.name, NULL, y.max_length, y.[precision], y.scale, y.is_nullable FROM sys.types y "
    "JOIN sys.schemas s ON s.schema_id = y.schema_id JOIN sys.types b ON b.user_type_id = y.system_type_id "
    "WHERE y.is_user_defined = 1 AND y.is_assembly_type = 0 AND y.is_table_type = 0 AND s.name {in} "
    "ORDER BY s.name, y.name";

/* char(n) has bytes, nchar(n) half as many characters; -1 is (max). */
const char *sqlserver_native(const struct odbc_reading *r, size_t first)
{
    struct arena *arena = r->catalog->arena;
    const char *name = odbc_text_at(r, first), *schema = odbc_text_at(r, first + 1);
    long long length = odbc_number_at(r, first + 2, 0), precision = odbc_number_at(r, first + 3, 0);
    long long scale = odbc_number_at(r, first + 4, 0);
    if (name == NULL)
        return NULL;
    if (schema != NULL)
        return arena_format(arena, "%s.%s", schema, name);
    bool national = strcasecmp(name, "nchar") == 0 || strcasecmp(name, "nvarchar") == 0;
    if (national || strcasecmp(name, "char") == 0 || strcasecmp(name, "varchar") == 0 ||
        strcasecmp(name, "binary") == 0 || strcasecmp(name, "varbinary") == 0)
        return length < 0 ? arena_format(arena, "%s(max)", name)
                          : arena_format(arena, "%s(%lld)", name, national ? length / 2 : length);
    if (strcasecmp(name, "decimal") == 0 || strcasecmp(name, "numeric") == 0)
        return arena_format(arena, "%s(%lld, %lld)", name, precision, scale);
    if (strcasecmp(name, "datetime2") == 0 || strcasecmp(name, "datetimeoffset") == 0 || strcasecmp(name, "time") == 0)
        return arena_format(arena, "%s(%lld)", name, scale);
    return name;
}

static void take_table(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    r->over = r->over || r->catalog->table_count >= CATALOG_TABLES_MAX;
    if (r->over || schema == NULL || name == NULL)
        return;
    struct catalog_table *t = catalog_table_add(r->catalog, schema, name);
    if (odbc_number_at(r, 2, 0) == 2)
        odbc_extra(r, t, "system versioning", NULL);
    if (odbc_true_at(r, 3))
        odbc_extra(r, t, "storage", "MEMORY_OPTIMIZED = ON");
    if (odbc_true_at(r, 4))
        t->kind = "foreign";
}

static void take_size(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    if (t == NULL)
        return;
    int64_t pages = odbc_number_at(r, 3, -1);
    t->rows = odbc_number_at(r, 2, -1);
    t->size_bytes = pages >= 0 && pages < INT64_MAX / PAGE_BYTES ? pages * PAGE_BYTES : -1;
}

static void take_view(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1), *definition = odbc_text_at(r, 3);
    if (schema == NULL || name == NULL)
        return;
    struct catalog_view *v = catalog_view_add(r->catalog, schema, name);
    v->materialized = odbc_number_at(r, 2, 0) == 1;
    v->definition = definition != NULL ? sqlserver_view_body(definition) : NULL;
}

static void take_column(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct catalog_view *v = t == NULL ? odbc_view_of(r) : NULL;
    const char *name = odbc_text_at(r, 8), *base = odbc_text_at(r, 7);
    if (name == NULL || (t == NULL && v == NULL) || (t != NULL && t->column_count >= CATALOG_COLUMNS_MAX))
        return;
    struct catalog_column *column =
        t != NULL ? catalog_column_add(r->catalog, t, name) : catalog_view_column_add(r->catalog, v, name);
    column->native_type = sqlserver_native(r, 2);
    column->type = type_from_native("sqlserver", column->native_type != NULL ? column->native_type : "");
    if (odbc_text_at(r, 3) != NULL && base != NULL) { /* a type of one's own is what it is made of */
        struct odbc_reading of_base = *r;
        struct connect_value row[7];
        memcpy(row, r->values, sizeof row);
        row[2] = r->values[7];
        row[3] = (struct connect_value){ .type = CONNECT_NULL };
        of_base.values = row;
        const char *native = sqlserver_native(&of_base, 2);
        column->type = type_from_native("sqlserver", native != NULL ? native : "");
    }
    column->nullable = odbc_true_at(r, 9);
    column->identity = odbc_true_at(r, 10);
    column->collation = odbc_text_at(r, 12);
    int64_t always = odbc_number_at(r, 14, 0);
    if (always > 0)
        column->generated = always % 2 == 1 ? "START" : "END"; /* of a row's time, or of the transaction that made it */
    const char *seed = odbc_text_at(r, 15), *step = odbc_text_at(r, 16);
    if (t != NULL && column->identity && seed != NULL && step != NULL &&
        (strcmp(seed, "1") != 0 || strcmp(step, "1") != 0))
        odbc_extra(r, t, "identity", arena_format(r->catalog->arena, "%s IDENTITY(%s,%s)", name, seed, step));
}

static void missing(struct odbc_reading *r, const char *what)
{
    struct catalog_table *t = odbc_table_of(r);
    odbc_diagnostic(r, t != NULL ? t->name : NULL, "a %s can't be seen: VIEW DEFINITION is needed for it", what);
}

static void take_default(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    if (column == NULL)
        return;
    column->default_text = odbc_text_at(r, 3);
    if (column->default_text == NULL)
        missing(r, "default");
    else if (strcasestr(column->default_text, "next value for ") != NULL)
        column->identity = true;
}

static void take_computed(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    if (column == NULL)
        return;
    column->generated_stored = odbc_true_at(r, 3);
    column->generated = odbc_unwrapped(r->catalog->arena, odbc_text_at(r, 4));
    if (column->generated == NULL) {
        column->generated = "?";
        missing(r, "computed column's expression");
    }
}

static void take_comment(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct catalog_view *v = t == NULL ? odbc_view_of(r) : NULL;
    const char *text = odbc_text_at(r, 3);
    if (r->values[2].type != CONNECT_NULL) {
        struct catalog_column *column = odbc_column_of(r, 2);
        if (column != NULL)
            column->comment = text;
    } else if (t != NULL) {
        t->comment = text;
    } else if (v != NULL) {
        v->comment = text;
    }
}

static void take_type(struct odbc_reading *r)
{
    const char *schema = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    if (schema == NULL || name == NULL)
        return;
    struct catalog_named_type *type = catalog_type_add(r->catalog, schema, name);
    type->kind = "domain";
    type->base = sqlserver_native(r, 2);
    type->not_null = !odbc_true_at(r, 7);
}

const struct odbc_statement sqlserver_objects[] = {
    { "tables", tables_sql, take_table, true },
    { "views", views_sql, take_view, false },
    { NULL, NULL, NULL, false },
};

const struct odbc_statement sqlserver_columns[] = {
    { "row counts and sizes", sizes_sql, take_size, false },
    { "columns", columns_sql, take_column, true },
    { "defaults", defaults_sql, take_default, false },
    { "computed columns", computed_sql, take_computed, false },
    { "comments", comments_sql, take_comment, false },
    { "types", types_sql, take_type, false },
    { NULL, NULL, NULL, false },
};
