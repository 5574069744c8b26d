/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_mariadb.c - what only MariaDB has: sequences, and keys over a period (WITHOUT OVERLAPS), which say more than
 * that their columns are unique together, and are extras of their table as they are in a text.
 *
 * Its information_schema tells neither: a sequence is read like a table, and a key that ends in two dates is looked for
 * in SHOW CREATE TABLE. So is a period, which it shows as a check that one date is before another. A right that is
 * missing leaves the sequence's figures out, and the key as it is.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "catalog/connect/mysql/mysql.h"
#include "catalog/spelling_mysql.h"

enum { PERIOD_COLUMNS = 2 };

static const char sequences_sql[] =
    "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA {in} AND TABLE_TYPE = "
    "'SEQUENCE' ORDER BY TABLE_SCHEMA, TABLE_NAME";

static void take_sequence(struct mysql_reading *r, struct catalog_table *none)
{
    (void)none;
    if (r->catalog->sequence_count < CATALOG_TABLES_MAX)
        (void)catalog_sequence_add(r->catalog, r->row[0], r->row[1]);
}

/* The first row of the statement in m->sql, *ret_result is the caller's; NULL: refused or none. */
static MYSQL_ROW first_row(struct mysql *m, unsigned columns, MYSQL_RES **ret_result)
{
    const char *sql;
    struct error refused = ERROR_NONE;
    *ret_result = NULL;
    if (sqltext_view(&m->sql, &sql, &refused) != ERROR_OK || mysql_run(m, sql, ret_result, &refused) != ERROR_OK ||
        *ret_result == NULL || m->api->do_num_fields(*ret_result) < columns)
        return NULL;
    return m->api->do_fetch_row(*ret_result);
}

static void read_sequence(struct mysql_reading *r, struct catalog_sequence *s)
{
    struct mysql *m = r->mysql;
    MYSQL_RES *result;
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SELECT start_value, increment, minimum_value, maximum_value, cycle_option FROM ");
    sqltext_table(&m->sql, s->schema, s->name);
    MYSQL_ROW row = first_row(m, 5, &result);
    if (row != NULL) {
        const char **const texts[] = { &s->start, &s->increment, &s->min, &s->max };
        for (size_t i = 0; i < 4; i++)
            *texts[i] = row[i] != NULL ? catalog_clean_text(r->catalog->arena, row[i]) : NULL;
        s->cycle = row[4] != NULL && strcmp(row[4], "0") != 0;
    } else {
        catalog_diagnostic_add(r->catalog, "warning", "this login may not read the sequence: its figures are not known")
            ->table = s->name;
    }
    if (result != NULL)
        m->api->do_free_result(result);
}

/* Two columns of dates or times at the end that are never NULL, as a period has them. */
static bool may_be_period(const struct catalog_table *t, const struct catalog_names *columns)
{
    if (columns->count <= PERIOD_COLUMNS)
        return false;
    for (size_t i = columns->count - PERIOD_COLUMNS; i < columns->count; i++) {
        const struct catalog_column *column = catalog_column_find(t, columns->items[i]);
        if (column == NULL || column->nullable ||
            (column->type.name != TYPE_DATE && column->type.name != TYPE_TIMESTAMP))
            return false;
    }
    return true;
}

/* The line of the key in SHOW CREATE TABLE. */
static char *line_of(const char *created, const char *begin)
{
    const char *at = strstr(created, begin);
    return at != NULL ? mem_text_n(at, strcspn(at, "\n")) : NULL;
}

/* true: it is one over a period, and has become an extra. */
static bool set_apart(struct catalog *c, struct catalog_table *t, const char *created, const char *what,
                      const char *begin)
{
    mem_auto char *line = line_of(created, begin);
    if (line == NULL || strstr(line, " WITHOUT OVERLAPS)") == NULL)
        return false;
    size_t size = strlen(line);
    size -= line[size - 1] == ',';
    const char *text = spelling_mysql_names(c->arena, catalog_clean_text_n(c->arena, line, size));
    *catalog_extra_add(c, t) = (struct catalog_extra){ .what = what, .text = text };
    catalog_diagnostic_add(c, "warning",
                           arena_format(c->arena,
                                        "a %s over a period (WITHOUT OVERLAPS) is no key of columns: it is "
                                        "an extra of its table",
                                        what))
        ->table = t->name;
    return true;
}

static void read_periods(struct mysql_reading *r, struct catalog_table *t)
{
    struct mysql *m = r->mysql;
    struct catalog *c = r->catalog;
    bool any = may_be_period(t, &t->primary_key.columns);
    MYSQL_RES *result;
    size_t kept = 0;
    for (size_t i = 0; i < t->unique_count; i++)
        any = any || may_be_period(t, &t->uniques[i].columns);
    if (!any)
        return;
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SHOW CREATE TABLE ");
    sqltext_table(&m->sql, t->schema, t->name);
    MYSQL_ROW row = first_row(m, 2, &result);
    const char *created = row != NULL && row[1] != NULL ? row[1] : "";
    if (may_be_period(t, &t->primary_key.columns) && set_apart(c, t, created, "primary key", "PRIMARY KEY ("))
        t->primary_key.columns = (struct catalog_names){ 0 };
    for (size_t i = 0; i < t->unique_count; i++) { /* the session quotes names as ANSI does */
        mem_auto char *begin = mem_format("UNIQUE KEY \"%s\" (", t->uniques[i].name);
        if (!may_be_period(t, &t->uniques[i].columns) || !set_apart(c, t, created, "unique key", begin))
            t->uniques[kept++] = t->uniques[i];
    }
    t->unique_count = kept;
    if (result != NULL)
        m->api->do_free_result(result);
}

static const struct catalog_column *row_column(const struct catalog_table *t, const char *generated)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].generated != NULL && strcasecmp(t->columns[i].generated, generated) == 0)
            return &t->columns[i];
    return NULL;
}

/* Columns of one's own for the time of a version. */
static void tell_system_time(struct catalog *c, struct catalog_table *t)
{
    const struct catalog_column *start = row_column(t, "ROW START"), *end = row_column(t, "ROW END");
    if (start == NULL || end == NULL)
        return;
    const char *text = arena_format(c->arena, "PERIOD FOR SYSTEM_TIME (`%s`, `%s`)", start->name, end->name);
    *catalog_extra_add(c, t) = (struct catalog_extra){ .what = "period", .text = text };
}

/* `a` < `b` */
static bool is_of_period(const struct catalog_check *check)
{
    const char *between = check->name != NULL ? strstr(check->expression, "` < `") : NULL;
    return between != NULL && check->expression[0] == '`' && strstr(between + 5, "` ") == NULL;
}

/* The check goes, if it is a period's. */
static void read_period(struct mysql_reading *r, struct catalog_table *t, size_t index)
{
    struct mysql *m = r->mysql;
    MYSQL_RES *result;
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SHOW CREATE TABLE ");
    sqltext_table(&m->sql, t->schema, t->name);
    MYSQL_ROW row = first_row(m, 2, &result);
    mem_auto char *begin = mem_format("PERIOD FOR \"%s\" (", t->checks[index].name);
    mem_auto char *line = row != NULL && row[1] != NULL ? line_of(row[1], begin) : NULL;
    const char *close = line != NULL ? strrchr(line, ')') : NULL;
    if (close != NULL) {
        const char *text = catalog_clean_text_n(r->catalog->arena, line, (size_t)(close + 1 - line));
        *catalog_extra_add(r->catalog, t) =
            (struct catalog_extra){ .what = "period", .text = spelling_mysql_names(r->catalog->arena, text) };
        memmove(&t->checks[index], &t->checks[index + 1], (--t->check_count - index) * sizeof *t->checks);
    }
    if (result != NULL)
        m->api->do_free_result(result);
}

void mysql_mariadb_periods(struct mysql_reading *r)
{
    for (size_t i = 0; r->mysql->mariadb && i < r->catalog->table_count; i++) {
        struct catalog_table *t = &r->catalog->tables[i];
        tell_system_time(r->catalog, t);
        for (size_t k = t->check_count; k-- > 0;)
            if (is_of_period(&t->checks[k]))
                read_period(r, t, k);
    }
}

enum error_class mysql_mariadb(struct mysql_reading *r, struct error *e)
{
    if (!r->mysql->mariadb)
        return ERROR_OK;
    for (size_t i = 0; i < r->catalog->table_count; i++)
        read_periods(r, &r->catalog->tables[i]);
    bool any = r->any;
    r->any = true; /* sequences are no tables of the catalog */
    enum error_class class = mysql_each(r, sequences_sql, 2, 2, take_sequence, e);
    r->any = any;
    for (size_t i = 0; class == ERROR_OK && i < r->catalog->sequence_count; i++)
        read_sequence(r, &r->catalog->sequences[i]);
    return class;
}
