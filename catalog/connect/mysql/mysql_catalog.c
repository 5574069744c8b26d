/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Introspection of MySQL and MariaDB from information_schema: a query a kind of thing over all tables at once. A
 * database is a schema of the catalog. Base tables only; what is beside them is mysql_beside.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"
#include "catalog/spelling_mysql.h"

/* {in} becomes = 'database', or all but the server's own. */
static const char tables_sql[] =
    "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_COMMENT, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH, ENGINE, TABLE_TYPE "
    "FROM information_schema.TABLES WHERE TABLE_SCHEMA {in} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') "
    "AND TABLE_NAME <> 'argosy_fence'";
static const char columns_sql[] =
    "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME, "
    "COLUMN_COMMENT, GENERATION_EXPRESSION, DATA_TYPE, PRIVILEGES FROM information_schema.COLUMNS WHERE TABLE_SCHEMA "
    "{in} "
    "ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION";
static const char keys_sql[] =
    "SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, COLLATION, INDEX_TYPE, SUB_PART, %s, %s "
    "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA {in} ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, "
    "SEQ_IN_INDEX";
static const char foreign_keys_sql[] =
    "SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, "
    "k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE "
    "FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r "
    "ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = "
    "k.TABLE_NAME WHERE k.TABLE_SCHEMA {in} AND k.REFERENCED_TABLE_NAME IS NOT NULL "
    "ORDER BY k.TABLE_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION";
static const char has_column_sql[] =
    "SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = 'STATISTICS' "
    "AND COLUMN_NAME = '%s'";

const char *mysql_text_at(const struct mysql_reading *r, unsigned column)
{
    return r->row[column] != NULL ? arena_text(r->catalog->arena, r->row[column]) : NULL;
}

static int64_t number_at(const struct mysql_reading *r, unsigned column)
{
    int64_t value = -1;
    return r->row[column] != NULL && text_to_int64(r->row[column], 0, INT64_MAX, &value) ? value : -1;
}

/* The statement with {in} filled. */
static char *filled(const char *sql, const char *in)
{
    const char *at = strstr(sql, "{in}");
    return at == NULL ? mem_text(sql) : mem_format("%.*s%s%s", (int)(at - sql), sql, in, at + strlen("{in}"));
}

/* Are those there that must be? All are text from here on. */
static bool clean_row(MYSQL_ROW row, unsigned columns, unsigned given)
{
    for (unsigned i = 0; i < columns; i++) {
        if (row[i] == NULL && i < given)
            return false;
        size_t size = row[i] != NULL ? strlen(row[i]) : 0;
        for (size_t at = 0, step; at<size; at += step> 0 ? step : 1)
            if ((step = text_utf8_size(row[i] + at, size - at)) == 0)
                row[i][at] = '?';
    }
    return true;
}

enum error_class mysql_each(struct mysql_reading *r, const char *sql, unsigned columns, unsigned given,
                            void (*take)(struct mysql_reading *r, struct catalog_table *t), struct error *e)
{
    MYSQL_RES *result = NULL;
    const struct mysql_api *api = r->mysql->api;
    mem_auto char *statement = filled(sql, r->in);
    enum error_class class = mysql_run(r->mysql, statement, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the catalog");
    if (result != NULL && api->do_num_fields(result) < columns)
        class = error_code(e, ERROR_INVALID, "no_such_server", "the server answers with fewer columns than asked for");
    while (class == ERROR_OK && result != NULL && (r->row = api->do_fetch_row(result)) != NULL) {
        if (arena_room(r->catalog->arena) < 16 << 20) {
            class = error_code(e, ERROR_TOO_LARGE, "catalog_too_large",
                               "the catalog is too much for one job: name a schema");
        } else if (clean_row(r->row, columns, given)) {
            struct catalog_table *t = r->catalog->sorted ? catalog_table_find(r->catalog, r->row[0], r->row[1]) : NULL;
            if (t != NULL || !r->catalog->sorted || r->any)
                take(r, t);
        }
    }
    if (result != NULL)
        api->do_free_result(result);
    return class;
}

static void take_table(struct mysql_reading *r, struct catalog_table *none)
{
    (void)none;
    if (r->catalog->table_count > CATALOG_TABLES_MAX)
        return;
    struct catalog_table *t = catalog_table_add(r->catalog, r->row[0], r->row[1]);
    t->comment = r->row[2] != NULL && *r->row[2] != '\0' ? mysql_text_at(r, 2) : NULL;
    t->rows = number_at(r, 3); /* InnoDB's guess */
    t->size_bytes = number_at(r, 4);
    if (r->row[5] != NULL && strcasecmp(r->row[5], "InnoDB") != 0)
        *catalog_extra_add(r->catalog, t) = (struct catalog_extra){ .what = "engine", .text = mysql_text_at(r, 5) };
    if (mysql_says(r->row[6], "VERSIONED"))
        catalog_extra_add(r->catalog, t)->what = "system versioning";
}

/* Text for the list of an index that has more than plain columns, as the server dumps it: `name`(10),(expression). */
static void add_expression(struct mysql_reading *r, struct catalog_index *index)
{
    struct arena *arena = r->catalog->arena;
    const char *before = index->expression != NULL ? index->expression : "", *comma = *before != '\0' ? "," : "";
    const char *down = r->row[5] != NULL && *r->row[5] == 'D' ? " DESC" : "",
               *name = r->row[4] != NULL ? r->row[4] : "?";
    if (r->row[8] != NULL)
        index->expression = arena_format(arena, "%s%s(%s)%s", before, comma, mysql_expression_at(r, 8), down);
    else if (r->row[7] != NULL && r->row[4] != NULL)
        index->expression = arena_format(arena, "%s%s`%s`(%s)%s", before, comma, name, r->row[7], down);
    else
        index->expression = arena_format(arena, "%s%s`%s`%s", before, comma, name, down);
}

/* A row a column of the index; they follow one another. Whether all are plain is known at the last: see settle_keys. */
static void take_key(struct mysql_reading *r, struct catalog_table *t)
{
    const char *name = r->row[2];
    struct catalog_index *index = t->index_count > 0 ? &t->indexes[t->index_count - 1] : NULL;
    if (index == NULL || strcmp(index->name, name) != 0) {
        index = catalog_index_add(r->catalog, t);
        index->name = arena_text(r->catalog->arena, name);
        index->unique = r->row[3] != NULL && strcmp(r->row[3], "0") == 0;
        if (r->row[6] != NULL && strcmp(r->row[6], "BTREE") != 0) {
            char *method = arena_text(r->catalog->arena, r->row[6]);
            for (char *at = method; *at != '\0'; at++)
                *at = (char)tolower((unsigned char)*at);
            index->method = method;
        }
        if (r->row[9] != NULL && strcmp(r->row[9], r->mysql->mariadb ? "YES" : "NO") == 0)
            *catalog_extra_add(r->catalog, t) =
                (struct catalog_extra){ .what = "invisible index", .text = index->name };
    }
    bool spatial = text_equal(index->method, "spatial"); /* its prefix length is no choice */
    if (r->row[8] != NULL || (r->row[7] != NULL && !spatial))
        index->where = ""; /* a mark: not all plain */
    add_expression(r, index);
    bool whole = r->row[7] == NULL || spatial || strcmp(name, "PRIMARY") == 0;
    if (r->row[4] != NULL && whole) {
        catalog_name_add(r->catalog, &index->columns, r->row[4]);
        catalog_name_add(r->catalog, &index->orders, r->row[5] != NULL && *r->row[5] == 'D' ? "desc" : "asc");
    }
}

static bool all_ascend(const struct catalog_names *orders)
{
    for (size_t i = 0; i < orders->count; i++)
        if (strcmp(orders->items[i], "asc") != 0)
            return false;
    return true;
}

/* PRIMARY and unique indexes over plain columns are keys. */
static void settle_keys(struct catalog *c, struct catalog_table *t)
{
    size_t kept = 0;
    for (size_t i = 0; i < t->index_count; i++) {
        struct catalog_index index = t->indexes[i];
        bool plain = index.where == NULL;
        index.where = NULL;
        if (all_ascend(&index.orders))
            index.orders = (struct catalog_names){ 0 };
        if (plain)
            index.expression = NULL;
        if (strcmp(index.name, "PRIMARY") == 0) {
            t->primary_key.columns = t->indexes[i].columns;
        } else if (plain && index.unique) {
            struct catalog_key *unique = catalog_unique_add(c, t);
            unique->name = index.name;
            unique->columns = index.columns;
        } else {
            t->indexes[kept++] = index;
        }
    }
    t->index_count = kept;
}

static void take_foreign_key(struct mysql_reading *r, struct catalog_table *t)
{
    struct catalog_foreign_key *fk = t->foreign_key_count > 0 ? &t->foreign_keys[t->foreign_key_count - 1] : NULL;
    if (fk == NULL || strcmp(fk->name, r->row[2]) != 0) {
        fk = catalog_foreign_key_add(r->catalog, t);
        fk->name = mysql_text_at(r, 2);
        fk->ref_schema = mysql_text_at(r, 4);
        fk->ref_table = mysql_text_at(r, 5);
        fk->on_delete = spelling_mysql_action(mysql_text_at(r, 7));
        fk->on_update = spelling_mysql_action(mysql_text_at(r, 8));
    }
    catalog_name_add(r->catalog, &fk->columns, r->row[3]);
    catalog_name_add(r->catalog, &fk->ref_columns, r->row[6]);
}

/* Has this server such a column in STATISTICS? */
static enum error_class has_column(struct mysql *m, const char *column, bool *ret_has, struct error *e)
{
    MYSQL_RES *result = NULL;
    mem_auto char *sql = mem_format(has_column_sql, column);
    enum error_class class = mysql_run(m, sql, &result, e);
    if (class != ERROR_OK)
        return class;
    *ret_has = result != NULL && m->api->do_num_rows(result) > 0;
    if (result != NULL)
        m->api->do_free_result(result);
    return ERROR_OK;
}

/* Expressions come with MySQL 8.0.13; an index that queries do not use with MySQL 8.0.0 and MariaDB 10.6. */
static enum error_class read_keys(struct mysql_reading *r, struct error *e)
{
    const char *hidden = r->mysql->mariadb ? "IGNORED" : "IS_VISIBLE";
    bool has_expression = false, has_hidden = false;
    enum error_class class = has_column(r->mysql, "EXPRESSION", &has_expression, e);
    if (class == ERROR_OK)
        class = has_column(r->mysql, hidden, &has_hidden, e);
    mem_auto char *sql = mem_format(keys_sql, has_expression ? "EXPRESSION" : "NULL", has_hidden ? hidden : "NULL");
    if (class == ERROR_OK)
        class = mysql_each(r, sql, 10, 3, take_key, e);
    for (size_t i = 0; class == ERROR_OK && i < r->catalog->table_count; i++)
        settle_keys(r->catalog, &r->catalog->tables[i]);
    return class;
}

static enum error_class read_all(struct mysql_reading *r, const char *schema, bool exact_rows, struct error *e)
{
    struct catalog *c = r->catalog;
    enum error_class class = mysql_each(r, tables_sql, 7, 2, take_table, e);
    if (class == ERROR_OK && c->table_count > CATALOG_TABLES_MAX)
        class = error_code(e, ERROR_TOO_LARGE, "too_many_tables", "the server has more than %d tables: name a schema",
                           (int)CATALOG_TABLES_MAX);
    catalog_sort(c); /* from here on tables are found by name */
    if (class == ERROR_OK)
        class = mysql_each(r, columns_sql, 12, 3, mysql_take_column, e);
    if (class == ERROR_OK)
        class = read_keys(r, e);
    if (class == ERROR_OK)
        class = mysql_each(r, foreign_keys_sql, 9, 7, take_foreign_key, e);
    if (class == ERROR_OK)
        class = mysql_tell_unseen(r, schema, e);
    if (class == ERROR_OK)
        class = mysql_mariadb(r, e);
    mysql_settle(c);
    if (class == ERROR_OK)
        class = mysql_beside(r, e);
    if (class == ERROR_OK)
        mysql_mariadb_periods(r);
    for (size_t i = 0; class == ERROR_OK && exact_rows && i < c->table_count; i++) {
        class = mysql_count(&r->mysql->base, &c->tables[i], &c->tables[i].rows, e);
        c->tables[i].rows_exact = true;
    }
    return class;
}

/* = 'database', or not one of the server's own. */
static enum error_class write_in(struct sqltext *in, const char *schema, const char **ret_in, struct error *e)
{
    if (schema == NULL) {
        sqltext_raw(in, "NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')");
    } else {
        sqltext_raw(in, "= ");
        sqltext_literal(in, schema, strlen(schema));
    }
    return sqltext_view(in, ret_in, e);
}

enum error_class mysql_catalog(struct connect *connect, struct arena *arena, const char *schema, bool exact_rows,
                               struct catalog **ret_catalog, struct error *e)
{
    struct mysql *m = mysql_of(connect);
    const char *only = schema != NULL ? schema : m->database;
    struct mysql_reading r = { .mysql = m };
    struct sqltext in;
    sqltext_init(&in, "mysql");
    enum error_class class = write_in(&in, only, &r.in, e);
    r.catalog = catalog_create(arena, "mysql", only != NULL ? only : "server");
    if (class == ERROR_OK)
        class = read_all(&r, only, exact_rows, e);
    sqltext_finish(&in);
    if (class != ERROR_OK)
        return class;
    catalog_sort(r.catalog);
    *ret_catalog = r.catalog;
    return ERROR_OK;
}
