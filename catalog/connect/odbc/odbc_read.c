/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_read.c - streams rows out of a table, in key order when a key is named.
 *
 * One SELECT; the dialect writes how a column is asked for, how many rows are enough and which pages are sampled. Row
 * values are compared column by column (a > 1 OR (a = 1 AND b > 2)), since neither dialect knows (a, b) > (1, 2).
 *
 * Failure modes: a table that can't be sampled by pages (in memory, organised by an index, external) is read from its
 * start instead. A row() that gives up closes the cursor, which ends the statement on the server.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/odbc/odbc.h"

enum { SOME = 3000, FAR_MORE = 8 };

/* a > 1 OR (a = 1 AND (b > 2 OR (b = 2 AND ...))); the last comparison is `last`. */
static void add_bound(struct sqltext *s, const struct catalog_names *key, const struct connect_value *values,
                      const char *before, const char *last)
{
    for (size_t i = 0; i < key->count; i++) {
        bool end = i + 1 == key->count;
        sqltext_raw(s, "(");
        sqltext_ident(s, key->items[i]);
        sqltext_raw(s, end ? last : before);
        sqltext_value(s, &values[i]);
        if (end)
            break;
        sqltext_raw(s, " OR (");
        sqltext_ident(s, key->items[i]);
        sqltext_raw(s, " = ");
        sqltext_value(s, &values[i]);
        sqltext_raw(s, " AND ");
    }
    for (size_t i = 0; i + 1 < key->count; i++)
        sqltext_raw(s, "))");
    sqltext_raw(s, key->count > 0 ? ")" : "");
}

void odbc_read_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t,
                    const struct connect_range *range, bool sample, enum odbc_form *ret_forms)
{
    sqltext_clear(s);
    kind->limit_before(s, range->limit);
    for (size_t i = 0; i < t->column_count; i++) {
        sqltext_raw(s, i > 0 ? ", " : "");
        ret_forms[i] = ODBC_AS_IS;
        if (!kind->column(s, &t->columns[i], &ret_forms[i]) && !range->raw)
            error_code(&s->refusal, ERROR_REFUSED, "type_not_readable",
                       "column \"%.200s\".\"%.200s\" has the type %.200s, "
                       "whose values can't be read through ODBC",
                       t->name, t->columns[i].name,
                       t->columns[i].native_type != NULL ? t->columns[i].native_type : "?");
    }
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    if (sample)
        kind->sample(s, 100 * (1.5 * (double)range->limit + SOME) / (double)t->rows);
    if (range->after != NULL) {
        sqltext_raw(s, " WHERE ");
        add_bound(s, &range->key, range->after, " > ", " > ");
    }
    if (range->upto != NULL) {
        sqltext_raw(s, range->after != NULL ? " AND " : " WHERE ");
        add_bound(s, &range->key, range->upto, " < ", " <= ");
    }
    if (range->key.count > 0) {
        sqltext_raw(s, " ORDER BY ");
        sqltext_idents(s, NULL, &range->key);
    }
    kind->limit_after(s, range->limit);
}

/* Does the table have far more rows than are asked for, so that pages all over it are worth drawing? */
static bool worth_sampling(const struct catalog_table *t, const struct connect_range *range)
{
    return range->spread && range->limit > 0 && range->key.count == 0 && range->after == NULL && range->upto == NULL &&
           t->rows / FAR_MORE >= range->limit + SOME;
}

/* Text that is none: bytes where the column may hold them, an error else. */
static enum error_class clean(const struct catalog_table *t, size_t column, struct connect_value *v, struct error *e)
{
    if (v->type != CONNECT_TEXT || !v->unclean)
        return ERROR_OK;
    v->unclean = false;
    if (t->columns[column].type.name != TYPE_BINARY && t->columns[column].observed == NULL)
        return error_code(e, ERROR_FATAL, "bad_text",
                          "table \"%.200s\", column \"%.200s\": a text holds a NUL or half a "
                          "character",
                          t->name, t->columns[column].name);
    v->type = CONNECT_BINARY;
    return ERROR_OK;
}

struct reading {
    const struct catalog_table *table;
    const struct connect_range *range;
    enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e);
    void *arg;
    int64_t rows;
};

static enum error_class take_rows(struct odbc_cursor *cursor, struct reading *r, struct error *e)
{
    const struct catalog_table *t = r->table;
    const struct connect_value *values;
    enum error_class class = ERROR_OK;
    if (odbc_columns(cursor) != t->column_count)
        return error_code(e, ERROR_FATAL, "protocol_error", "the server sent another number of columns");
    mem_auto struct connect_value *row = mem_zero(t->column_count, sizeof *row);
    while ((class = odbc_fetch(cursor, &values, e)) == ERROR_OK && values != NULL) {
        memcpy(row, values, t->column_count * sizeof *row);
        for (size_t i = 0; class == ERROR_OK && !r->range->raw && i < t->column_count; i++)
            class = clean(t, i, &row[i], e);
        r->rows++;
        if (class == ERROR_OK)
            class = r->row(r->arg, row, e);
        if (class != ERROR_OK)
            break;
    }
    return class;
}

static enum error_class read_once(struct odbc *o, struct reading *r, bool sample, struct error *e)
{
    const char *sql = NULL;
    struct odbc_cursor *cursor = NULL;
    mem_auto enum odbc_form *forms = mem_zero(r->table->column_count, sizeof *forms);
    odbc_read_text(&o->sql, o->kind, r->table, r->range, sample, forms);
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    if (class == ERROR_OK)
        class = odbc_query(o, sql, forms, &cursor, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read table \"%.200s\"", r->table->name);
    class = take_rows(cursor, r, e);
    odbc_finish(cursor);
    return class;
}

enum error_class odbc_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                           enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                           void *arg, struct error *e)
{
    struct reading r = { .table = t, .range = range, .row = row, .arg = arg };
    bool sample = worth_sampling(t, range);
    enum error_class class = read_once(odbc_of(c), &r, sample, e);
    bool again = sample && r.rows == 0 && (class == ERROR_OK || class == ERROR_FATAL);
    if (!again)
        return class;
    *e = ERROR_NONE;
    return read_once(odbc_of(c), &r, false, e);
}
