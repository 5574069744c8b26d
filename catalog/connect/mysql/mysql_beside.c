/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a MySQL or MariaDB database holds beside tables, columns and keys: checks, partitions, triggers, views, and the
 * names of routines and events. Checks are asked for where the server has a table of them (MariaDB, MySQL from 8.0.16).
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"
#include "catalog/spelling_mysql.h"

static const char has_checks_sql[] =
    "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = "
    "'CHECK_CONSTRAINTS'";
/* One of a column is called like it, which is no name that anybody gave or could drop. */
static const char checks_mariadb_sql[] =
    "SELECT k.CONSTRAINT_SCHEMA, k.TABLE_NAME, k.CONSTRAINT_NAME, k.CHECK_CLAUSE, EXISTS (SELECT 1 FROM "
    "information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = k.CONSTRAINT_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND "
    "c.COLUMN_NAME = k.CONSTRAINT_NAME) FROM information_schema.CHECK_CONSTRAINTS k WHERE k.CONSTRAINT_SCHEMA {in}";
static const char checks_mysql_sql[] =
    "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE, 0 FROM "
    "information_schema.TABLE_CONSTRAINTS "
    "t "
    "JOIN information_schema.CHECK_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = "
    "t.CONSTRAINT_NAME WHERE t.TABLE_SCHEMA {in} AND t.CONSTRAINT_TYPE = 'CHECK'";
static const char partitions_sql[] =
    "SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION FROM "
    "information_schema.PARTITIONS WHERE TABLE_SCHEMA {in} AND PARTITION_METHOD IS NOT NULL";
static const char triggers_sql[] =
    "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', TRIGGER_NAME) "
    "FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA {in}";
static const char routines_sql[] = "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, LOWER(ROUTINE_TYPE) FROM "
                                   "information_schema.ROUTINES WHERE ROUTINE_SCHEMA {in} "
                                   "ORDER BY ROUTINE_SCHEMA, ROUTINE_TYPE, ROUTINE_NAME";
static const char events_sql[] = "SELECT EVENT_SCHEMA, EVENT_NAME, 'event' FROM information_schema.EVENTS WHERE "
                                 "EVENT_SCHEMA {in} ORDER BY EVENT_SCHEMA, EVENT_NAME";
static const char views_sql[] =
    "SELECT v.TABLE_SCHEMA, v.TABLE_NAME, v.VIEW_DEFINITION, c.COLUMN_NAME, c.COLUMN_TYPE FROM "
    "information_schema.VIEWS "
    "v JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = v.TABLE_SCHEMA AND c.TABLE_NAME = v.TABLE_NAME "
    "WHERE v.TABLE_SCHEMA {in} ORDER BY v.TABLE_SCHEMA, v.TABLE_NAME, c.ORDINAL_POSITION";

static void take_check(struct mysql_reading *r, struct catalog_table *t)
{
    if (r->row[3] != NULL)
        *catalog_check_add(r->catalog, t) =
            (struct catalog_check){ .name = *r->row[4] == '1' ? NULL : mysql_text_at(r, 2),
                                    .expression = mysql_expression_at(r, 3) };
}

/* LINEAR HASH, RANGE COLUMNS: what a partition is found by is the last of HASH, KEY, RANGE, LIST. */
static const char *method_of(const char *method)
{
    static const char *const methods[] = { "hash", "key", "range", "list", "system_time" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcasestr(method, methods[i]) != NULL)
            return methods[i];
    return NULL;
}

static void take_partition(struct mysql_reading *r, struct catalog_table *t)
{
    if (t->partition != NULL)
        return;
    const char *method = method_of(r->row[2]);
    if (method == NULL)
        method = mysql_text_at(r, 2);
    t->kind = "partitioned";
    t->partition = arena_alloc(r->catalog->arena, sizeof *t->partition);
    t->partition->method = method;
    bool said = r->row[3] != NULL && *r->row[3] != '\0'; /* BY KEY () is by the primary key */
    if (said && strcmp(method, "system_time") != 0)      /* whose expression is the server's own */
        t->partition->key = mysql_expression_at(r, 3);
}

static void take_code(struct mysql_reading *r, struct catalog_table *none)
{
    struct arena *arena = r->catalog->arena;
    (void)none;
    if (r->catalog->extra_count < CATALOG_TABLES_MAX)
        *catalog_extra_add(r->catalog, NULL) =
            (struct catalog_extra){ .what = mysql_text_at(r, 2),
                                    .text = arena_format(arena, "%s.%s", r->row[0], r->row[1]) };
}

static void take_trigger(struct mysql_reading *r, struct catalog_table *t)
{
    *catalog_extra_add(r->catalog, t) = (struct catalog_extra){ .what = "trigger", .text = mysql_text_at(r, 2) };
}

/* A row a column; the rows of one view follow one another. */
static void take_view(struct mysql_reading *r, struct catalog_table *none)
{
    (void)none;
    struct catalog *c = r->catalog;
    struct catalog_view *v = c->view_count > 0 ? &c->views[c->view_count - 1] : NULL;
    if (v == NULL || strcmp(v->schema, r->row[0]) != 0 || strcmp(v->name, r->row[1]) != 0) {
        v = catalog_view_add(c, r->row[0], r->row[1]);
        if (r->row[2] != NULL && *r->row[2] != '\0')
            v->definition = spelling_mysql_own(c->arena, r->row[2], v->schema);
        if (v->definition == NULL) /* it takes a right of its own */
            catalog_diagnostic_add(c, "warning",
                                   arena_format(c->arena,
                                                "the text of view %.200s is not shown to this login: GRANT "
                                                "SHOW VIEW would",
                                                v->name))
                ->table = v->name;
    }
    struct catalog_column *column = catalog_view_column_add(c, v, r->row[3]);
    column->native_type = mysql_text_at(r, 4);
    column->type = mysql_type(r->catalog->arena, column->native_type);
}

static enum error_class has_checks(struct mysql *m, bool *ret_has, struct error *e)
{
    MYSQL_RES *result = NULL;
    enum error_class class = mysql_run(m, has_checks_sql, &result, e);
    if (class != ERROR_OK)
        return class;
    *ret_has = result != NULL && m->api->do_num_rows(result) > 0;
    if (result != NULL)
        m->api->do_free_result(result);
    return ERROR_OK;
}

enum error_class mysql_beside(struct mysql_reading *r, struct error *e)
{
    bool checks = false;
    enum error_class class = has_checks(r->mysql, &checks, e);
    if (class == ERROR_OK && checks)
        class = mysql_each(r, r->mysql->mariadb ? checks_mariadb_sql : checks_mysql_sql, 5, 5, take_check, e);
    if (class == ERROR_OK)
        class = mysql_each(r, partitions_sql, 4, 3, take_partition, e);
    if (class == ERROR_OK)
        class = mysql_each(r, triggers_sql, 3, 3, take_trigger, e);
    r->any = true; /* views are no tables of the catalog */
    if (class == ERROR_OK)
        class = mysql_each(r, views_sql, 5, 4, take_view, e);
    if (class == ERROR_OK)
        class = mysql_each(r, routines_sql, 3, 3, take_code, e);
    if (class == ERROR_OK)
        class = mysql_each(r, events_sql, 3, 3, take_code, e);
    return class;
}
