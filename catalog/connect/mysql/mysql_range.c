/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about a whole table: how many rows, and how the values of its columns lie in the keys of another one.
 */
#include "base/text.h"
#include "catalog/connect/inclusion.h"
#include "catalog/connect/mysql/mysql.h"

/* The first row of what the statement in m->sql answers: up to `count` numbers, NULL as 0. */
static enum error_class run_numbers(struct mysql *m, int64_t *const *numbers, unsigned count, struct error *e)
{
    MYSQL_RES *result = NULL;
    const char *sql = NULL;
    enum error_class class = sqltext_view(&m->sql, &sql, e);
    if (class == ERROR_OK)
        class = mysql_run(m, sql, &result, e);
    if (class != ERROR_OK)
        return class;
    MYSQL_ROW row = result != NULL ? m->api->do_fetch_row(result) : NULL;
    for (unsigned i = 0; row != NULL && i < count; i++)
        if (row[i] == NULL || !text_to_int64(row[i], 0, INT64_MAX, numbers[i]))
            *numbers[i] = 0;
    if (row == NULL)
        class = error_set(e, ERROR_FATAL, "the server did not answer with a row");
    if (result != NULL)
        m->api->do_free_result(result);
    return class;
}

enum error_class mysql_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    struct mysql *m = mysql_of(c);
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SELECT count(*) FROM ");
    sqltext_table(&m->sql, t->schema, t->name);
    if (run_numbers(m, (int64_t *const[]){ ret_rows }, 1, e) != ERROR_OK)
        return error_wrap(e, "count table %s", t->name);
    return ERROR_OK;
}

enum error_class mysql_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                  struct error *e)
{
    struct mysql *m = mysql_of(c);
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SELECT count(*) FROM (SELECT 1 FROM ");
    sqltext_table(&m->sql, t->schema, t->name);
    sqltext_raw(&m->sql, " LIMIT ");
    sqltext_integer(&m->sql, most + 1);
    sqltext_raw(&m->sql, ") t");
    if (run_numbers(m, (int64_t *const[]){ ret_rows }, 1, e) != ERROR_OK)
        return error_wrap(e, "count table %s", t->name);
    return ERROR_OK;
}

enum error_class mysql_contains(struct connect *c, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                struct error *e)
{
    static const struct inclusion_dialect dialect = { .text_before = "CAST(",
                                                      .text_after = " AS CHAR)",
                                                      .collations = true };
    struct mysql *m = mysql_of(c);
    struct rows_inclusion found = { .known = true };
    if (!inclusion_write(&m->sql, &dialect, pair, &found.exact))
        return ERROR_OK;
    int64_t *const numbers[] = { &found.rows, &found.distinct, &found.rows_missing, &found.distinct_missing };
    if (run_numbers(m, numbers, 4, e) != ERROR_OK)
        return error_wrap(e, "compare table %s with the keys of %s", pair->from->name, pair->to->name);
    *ret_inclusion = found;
    return ERROR_OK;
}
