/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_tables.c - tables with estimates, views, columns, defaults, identities, comments.
 *
 * The views and their columns: docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ ALL_TABLES,
 * ALL_EXTERNAL_TABLES, ALL_MVIEWS, ALL_MVIEW_LOGS, ALL_VIEWS, ALL_TAB_COLS, ALL_TAB_IDENTITY_COLS, ALL_TAB_COMMENTS,
 * ALL_COL_COMMENTS, USER_TABLESPACES (.html). What came after 11g stands in a statement of its own, so that an older
 * server only lacks that part.
 *
 * A LONG (defaults, texts of views) stands last and alone, as its driver wants it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/oracle/oracle.h"

/* Not what holds a materialized view, its log, a nested table, an index's own rows, or what lies in the recycle bin. */
static const char tables_sql[] =
    "SELECT t.OWNER, t.TABLE_NAME, t.NUM_ROWS, t.LAST_ANALYZED, t.BLOCKS, u.BLOCK_SIZE, e.TYPE_NAME, t.IOT_TYPE, "
    "t.TEMPORARY FROM ALL_TABLES t "
    "LEFT JOIN USER_TABLESPACES u ON u.TABLESPACE_NAME = t.TABLESPACE_NAME "
    "LEFT JOIN ALL_EXTERNAL_TABLES e ON e.OWNER = t.OWNER AND e.TABLE_NAME = t.TABLE_NAME "
    "LEFT JOIN ALL_MVIEWS m ON m.OWNER = t.OWNER AND m.CONTAINER_NAME = t.TABLE_NAME "
    "WHERE t.OWNER {in} AND t.NESTED = 'NO' AND t.SECONDARY = 'N' AND t.DROPPED = 'NO' AND m.MVIEW_NAME IS NULL "
    "AND (t.IOT_TYPE IS NULL OR t.IOT_TYPE = 'IOT') AND t.TABLE_NAME <> 'ARGOSY_FENCE' AND NOT EXISTS (SELECT 1 FROM "
    "ALL_MVIEW_LOGS l WHERE l.LOG_OWNER = t.OWNER AND l.LOG_TABLE = t.TABLE_NAME) ORDER BY t.OWNER, t.TABLE_NAME";

static const char views_sql[] =
    "SELECT v.OWNER, v.VIEW_NAME, v.TEXT FROM ALL_VIEWS v WHERE v.OWNER {in} ORDER BY v.OWNER, v.VIEW_NAME";
static const char mviews_sql[] =
    "SELECT v.OWNER, v.MVIEW_NAME, v.QUERY FROM ALL_MVIEWS v WHERE v.OWNER {in} ORDER BY v.OWNER, v.MVIEW_NAME";

static const char columns_sql[] =
    "SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH, c.DATA_PRECISION, "
    "c.DATA_SCALE, c.CHAR_LENGTH, c.CHAR_USED, c.NULLABLE, c.VIRTUAL_COLUMN FROM ALL_TAB_COLS c WHERE c.OWNER {in} "
    "AND c.HIDDEN_COLUMN = 'NO' ORDER BY c.OWNER, c.TABLE_NAME, c.COLUMN_ID";

static const char defaults_sql[] =
    "SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.VIRTUAL_COLUMN, c.DATA_DEFAULT FROM ALL_TAB_COLS c "
    "WHERE c.OWNER {in} AND c.HIDDEN_COLUMN = 'NO' AND c.DEFAULT_LENGTH IS NOT NULL "
    "ORDER BY c.OWNER, c.TABLE_NAME, c.COLUMN_ID";

static const char identities_sql[] =
    "SELECT i.OWNER, i.TABLE_NAME, i.COLUMN_NAME, i.GENERATION_TYPE, i.IDENTITY_OPTIONS FROM ALL_TAB_IDENTITY_COLS i "
    "WHERE i.OWNER {in} ORDER BY i.OWNER, i.TABLE_NAME";

static const char collations_sql[] =
    "SELECT c.OWNER, c.TABLE_NAME, c.COLUMN_NAME, c.COLLATION FROM ALL_TAB_COLS c WHERE c.OWNER {in} "
    "AND c.HIDDEN_COLUMN = 'NO' AND c.COLLATION IS NOT NULL AND c.COLLATION <> 'USING_NLS_COMP' "
    "ORDER BY c.OWNER, c.TABLE_NAME, c.COLUMN_ID";

static const char comments_sql[] =
    "SELECT m.OWNER, m.TABLE_NAME, m.COMMENTS FROM ALL_TAB_COMMENTS m WHERE m.OWNER {in} AND m.COMMENTS IS NOT NULL "
    "ORDER BY m.OWNER, m.TABLE_NAME";
static const char mview_comments_sql[] =
    "SELECT m.OWNER, m.MVIEW_NAME, m.COMMENTS FROM ALL_MVIEW_COMMENTS m WHERE m.OWNER {in} AND m.COMMENTS IS NOT NULL "
    "ORDER BY m.OWNER, m.MVIEW_NAME";
static const char column_comments_sql[] =
    "SELECT m.OWNER, m.TABLE_NAME, m.COLUMN_NAME, m.COMMENTS FROM ALL_COL_COMMENTS m WHERE m.OWNER {in} "
    "AND m.COMMENTS IS NOT NULL ORDER BY m.OWNER, m.TABLE_NAME";

static void take_table(struct odbc_reading *r)
{
    const char *owner = odbc_text_at(r, 0), *name = odbc_text_at(r, 1), *analyzed = odbc_text_at(r, 3);
    r->over = r->over || r->catalog->table_count >= CATALOG_TABLES_MAX;
    if (r->over || owner == NULL || name == NULL)
        return;
    struct catalog_table *t = catalog_table_add(r->catalog, owner, name);
    int64_t blocks = odbc_number_at(r, 4, -1), block = odbc_number_at(r, 5, -1);
    t->rows = odbc_number_at(r, 2, -1);
    if (blocks >= 0 && block > 0 && blocks < INT64_MAX / block)
        t->size_bytes = blocks * block;
    if (t->rows >= 0 && analyzed != NULL)
        odbc_extra(r, t, "statistics", arena_format(r->catalog->arena, "rows and size as analyzed at %s", analyzed));
    if (odbc_text_at(r, 6) != NULL)
        t->kind = "foreign";
    if (odbc_is_at(r, 7, "IOT"))
        odbc_extra(r, t, "storage", "ORGANIZATION INDEX");
    if (odbc_true_at(r, 8))
        odbc_extra(r, t, "temporary", NULL);
}

static void add_view(struct odbc_reading *r, bool materialized)
{
    const char *owner = odbc_text_at(r, 0), *name = odbc_text_at(r, 1);
    if (owner == NULL || name == NULL)
        return;
    struct catalog_view *v = catalog_view_add(r->catalog, owner, name);
    v->definition = odbc_text_at(r, 2);
    v->materialized = materialized;
}

static void take_view(struct odbc_reading *r)
{
    add_view(r, false);
}

static void take_mview(struct odbc_reading *r)
{
    add_view(r, true);
}

static bool is(const char *type, const char *word)
{
    return strcasecmp(type, word) == 0;
}

/* As DBMS_METADATA spells it. */
static const char *native_of(struct odbc_reading *r)
{
    struct arena *arena = r->catalog->arena;
    const char *type = odbc_text_at(r, 3), *owner = odbc_text_at(r, 4);
    long long length = odbc_number_at(r, 5, 0), precision = odbc_number_at(r, 6, -1),
              scale = odbc_number_at(r, 7, -1000);
    long long characters = odbc_number_at(r, 8, 0);
    if (type == NULL)
        return NULL;
    if (owner != NULL && strcasecmp(owner, "SYS") != 0 && strcasecmp(owner, "PUBLIC") != 0)
        return arena_format(arena, "%s.%s", owner, type);
    if (is(type, "NUMBER") && precision < 0)
        return scale == -1000 ? type : arena_format(arena, "NUMBER(*,%lld)", scale);
    if (is(type, "NUMBER"))
        return arena_format(arena, "NUMBER(%lld,%lld)", precision, scale == -1000 ? 0 : scale);
    if (is(type, "FLOAT") && precision > 0)
        return arena_format(arena, "FLOAT(%lld)", precision);
    if (is(type, "VARCHAR2") || is(type, "CHAR"))
        return arena_format(arena, "%s(%lld %s)", type, odbc_is_at(r, 9, "C") ? characters : length,
                            odbc_is_at(r, 9, "C") ? "CHAR" : "BYTE");
    if (is(type, "NVARCHAR2") || is(type, "NCHAR"))
        return arena_format(arena, "%s(%lld)", type, characters);
    if (is(type, "RAW") || is(type, "UROWID"))
        return arena_format(arena, "%s(%lld)", type, length);
    return type; /* TIMESTAMP(6) WITH TIME ZONE and the like come whole */
}

static void take_column(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct catalog_view *v = t == NULL ? odbc_view_of(r) : NULL;
    const char *name = odbc_text_at(r, 2);
    if (name == NULL || (t == NULL && v == NULL) || (t != NULL && t->column_count >= CATALOG_COLUMNS_MAX))
        return;
    struct catalog_column *column =
        t != NULL ? catalog_column_add(r->catalog, t, name) : catalog_view_column_add(r->catalog, v, name);
    column->native_type = native_of(r);
    column->type = type_from_native("oracle", column->native_type != NULL ? column->native_type : "");
    column->nullable = odbc_true_at(r, 10);
    if (t != NULL && column->type.name == TYPE_OTHER && column->native_type != NULL &&
        strcasestr(column->native_type, "ROWID") == NULL && strcasecmp(column->native_type, "XMLTYPE") != 0)
        odbc_diagnostic(r, t->name, "column %.200s has the type %.200s: its values are not read", name,
                        column->native_type);
}

static const char *trimmed(struct arena *arena, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    return size > 0 ? arena_text_n(arena, text, size) : NULL;
}

static void take_default(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    const char *text = trimmed(r->catalog->arena, odbc_text_at(r, 4));
    if (column == NULL || text == NULL)
        return;
    if (odbc_true_at(r, 3)) {
        column->generated = text;
    } else if (strcasecmp(text, "NULL") != 0) {
        column->default_text = text;
        column->identity = column->identity || strcasestr(text, ".nextval") != NULL;
    }
}

/* "START WITH: 1, INCREMENT BY: 1, ...": an extra when it does not count from 1 in ones. Read behind the defaults, of
 * which an identity's is the sequence that the server made for it. */
static void take_identity(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    struct catalog_table *t = odbc_table_of(r);
    const char *options = odbc_text_at(r, 4);
    if (column == NULL || t == NULL)
        return;
    column->identity = true;
    column->identity_always = odbc_is_at(r, 3, "ALWAYS");
    column->default_text = NULL;
    if (options != NULL &&
        (strncasecmp(options, "START WITH: 1,", 14) != 0 || strcasestr(options, "INCREMENT BY: 1,") == NULL))
        odbc_extra(r, t, "identity", arena_format(r->catalog->arena, "%s %s", column->name, options));
}

static void take_collation(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    if (column != NULL)
        column->collation = odbc_text_at(r, 3);
}

static void take_comment(struct odbc_reading *r)
{
    struct catalog_table *t = odbc_table_of(r);
    struct catalog_view *v = t == NULL ? odbc_view_of(r) : NULL;
    if (t != NULL)
        t->comment = odbc_text_at(r, 2);
    else if (v != NULL)
        v->comment = odbc_text_at(r, 2);
}

static void take_column_comment(struct odbc_reading *r)
{
    struct catalog_column *column = odbc_column_of(r, 2);
    if (column != NULL)
        column->comment = odbc_text_at(r, 3);
}

const struct odbc_statement oracle_objects[] = {
    { "tables", tables_sql, take_table, true },
    { "views", views_sql, take_view, false },
    { "materialized views", mviews_sql, take_mview, false },
    { NULL, NULL, NULL, false },
};

const struct odbc_statement oracle_columns[] = {
    { "columns", columns_sql, take_column, true },
    { "defaults", defaults_sql, take_default, false },
    { "identity columns", identities_sql, take_identity, false },
    { "collations", collations_sql, take_collation, false },
    { "comments on tables", comments_sql, take_comment, false },
    { "comments on materialized views", mview_comments_sql, take_comment, false },
    { "comments on columns", column_comments_sql, take_column_comment, false },
    { NULL, NULL, NULL, false },
};
