/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a MySQL or MariaDB database holds beside tables, columns and keys: checks, partitions, triggers, views. Checks
 * are asked for where the server has a table of them (MariaDB, MySQL from 8.0.16).
 */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"

static const char has_checks_sql[] =
    "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'information_schema' AND TABLE_NAME = "
    "'CHECK_CONSTRAINTS'";
static const char checks_mariadb_sql[] =
    "SELECT CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
    "WHERE CONSTRAINT_SCHEMA {in}";
static const char checks_mysql_sql[] =
    "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.CONSTRAINT_NAME, c.CHECK_CLAUSE FROM information_schema.TABLE_CONSTRAINTS "
    "t "
    "JOIN information_schema.CHECK_CONSTRAINTS c ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = "
    "t.CONSTRAINT_NAME WHERE t.TABLE_SCHEMA {in} AND t.CONSTRAINT_TYPE = 'CHECK'";
static const char partitions_sql[] =
    "SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION FROM "
    "information_schema.PARTITIONS WHERE TABLE_SCHEMA {in} AND PARTITION_METHOD IS NOT NULL";
static const char triggers_sql[] =
    "SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, CONCAT(ACTION_TIMING, ' ', EVENT_MANIPULATION, ' ', TRIGGER_NAME) "
    "FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA {in}";
static const char views_sql[] =
    "SELECT v.TABLE_SCHEMA, v.TABLE_NAME, v.VIEW_DEFINITION, c.COLUMN_NAME, c.COLUMN_TYPE FROM "
    "information_schema.VIEWS "
    "v JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = v.TABLE_SCHEMA AND c.TABLE_NAME = v.TABLE_NAME "
    "WHERE v.TABLE_SCHEMA {in} ORDER BY v.TABLE_SCHEMA, v.TABLE_NAME, c.ORDINAL_POSITION";

static void take_check(struct mysql_reading *r, struct catalog_table *t)
{
    if (r->row[3] != NULL)
        *catalog_check_add(r->catalog, t) =
            (struct catalog_check){ .name = mysql_text_at(r, 2), .expression = mysql_text_at(r, 3) };
}

static void take_partition(struct mysql_reading *r, struct catalog_table *t)
{
    if (t->partition != NULL)
        return;
    char *method = arena_text(r->catalog->arena, r->row[2]);
    for (char *at = method; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    t->kind = "partitioned";
    t->partition = arena_alloc(r->catalog->arena, sizeof *t->partition);
    t->partition->method = method;
    t->partition->key = mysql_text_at(r, 3);
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
        v->definition = r->row[2] != NULL && *r->row[2] != '\0' ? mysql_text_at(r, 2) : NULL;
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
        class = mysql_each(r, r->mysql->mariadb ? checks_mariadb_sql : checks_mysql_sql, 4, 4, take_check, e);
    if (class == ERROR_OK)
        class = mysql_each(r, partitions_sql, 4, 3, take_partition, e);
    if (class == ERROR_OK)
        class = mysql_each(r, triggers_sql, 3, 3, take_trigger, e);
    r->any = true; /* views are no tables of the catalog */
    if (class == ERROR_OK)
        class = mysql_each(r, views_sql, 5, 4, take_view, e);
    return class;
}
