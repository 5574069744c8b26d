/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_count.c - questions that are answered with numbers: how many rows, and how the values of some columns lie in
 * the keys of another table.
 */
#include "catalog/connect/inclusion.h"
#include "catalog/connect/sqlite/sqlite.h"

/* The first row of what the statement in s->sql answers; NULL as 0. */
static enum error_class run_numbers(struct sqlite *s, int64_t *const *numbers, int count, struct error *e)
{
    sqlite3_stmt *statement = NULL;
    enum error_class class = sqlite_prepare(s, &statement, e);
    if (class == ERROR_OK) {
        int code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            class = sqlite_error(s, code, e);
        for (int i = 0; class == ERROR_OK && i < count; i++)
            *numbers[i] = sqlite3_column_int64(statement, i);
    }
    sqlite3_finalize(statement);
    return class;
}

enum error_class sqlite_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    struct sqlite *s = sqlite_of(c);
    sqltext_clear(&s->sql);
    sqltext_raw(&s->sql, "SELECT count(*) FROM ");
    sqltext_table(&s->sql, t->schema, t->name);
    if (run_numbers(s, (int64_t *const[]){ ret_rows }, 1, e) != ERROR_OK)
        return error_wrap(e, "count table \"%.100s\"", t->name);
    return ERROR_OK;
}

enum error_class sqlite_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                   struct error *e)
{
    struct sqlite *s = sqlite_of(c);
    sqltext_clear(&s->sql);
    sqltext_raw(&s->sql, "SELECT count(*) FROM (SELECT 1 FROM ");
    sqltext_table(&s->sql, t->schema, t->name);
    sqltext_raw(&s->sql, " LIMIT ");
    sqltext_integer(&s->sql, most + 1);
    sqltext_raw(&s->sql, ")");
    if (run_numbers(s, (int64_t *const[]){ ret_rows }, 1, e) != ERROR_OK)
        return error_wrap(e, "count table \"%.100s\"", t->name);
    return ERROR_OK;
}

enum error_class sqlite_contains(struct connect *c, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                 struct error *e)
{
    static const struct inclusion_dialect dialect = { .text_before = "CAST(", .text_after = " AS TEXT)" };
    struct sqlite *s = sqlite_of(c);
    struct rows_inclusion found = { .known = true };
    if (!inclusion_write(&s->sql, &dialect, pair, &found.exact))
        return ERROR_OK;
    int64_t *const numbers[] = { &found.rows, &found.distinct, &found.rows_missing, &found.distinct_missing };
    if (run_numbers(s, numbers, 4, e) != ERROR_OK)
        return error_wrap(e, "compare table \"%.100s\" with the keys of \"%.100s\"", pair->from->name, pair->to->name);
    *ret_inclusion = found;
    return ERROR_OK;
}
