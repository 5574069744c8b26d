/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams rows out of a MySQL or MariaDB table, in key order when a key is named: a plain SELECT whose result is
 * fetched row by row, so that memory holds one row. Values come as the server's text; whole numbers, reals and bytes
 * are told from text by the result's own types. A sample of a large table comes from all over it (mysql_spread.c).
 *
 * Failure modes: row() that gives up leaves the rest of the stream unread; it is taken and thrown away when little is
 * left, otherwise the session is marked broken.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"

enum { BINARY_CHARSET = 63, DRAIN_ROWS_MAX = 100000 };

static void add_bound(struct sqltext *s, const struct catalog_names *key, const char *operator,
                      const struct connect_value * values, const char *join)
{
    sqltext_raw(s, join);
    sqltext_raw(s, "(");
    sqltext_idents(s, NULL, key);
    sqltext_raw(s, operator);
    sqltext_values(s, values, key->count);
    sqltext_raw(s, ")");
}

void mysql_write_columns(struct sqltext *s, const struct catalog_table *t)
{
    for (size_t i = 0; i < t->column_count; i++) {
        sqltext_raw(s, i > 0 ? ", " : "SELECT ");
        if (t->columns[i].unreadable)
            sqltext_raw(s, "NULL");
        else
            sqltext_ident(s, t->columns[i].name);
    }
}

static void build(struct sqltext *s, const struct catalog_table *t, const struct connect_range *range)
{
    sqltext_clear(s);
    mysql_write_columns(s, t);
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    if (range->after != NULL)
        add_bound(s, &range->key, ") > (", range->after, " WHERE ");
    if (range->upto != NULL)
        add_bound(s, &range->key, ") <= (", range->upto, range->after != NULL ? " AND " : " WHERE ");
    if (range->key.count > 0) {
        sqltext_raw(s, " ORDER BY ");
        sqltext_idents(s, NULL, &range->key);
    }
    if (range->limit > 0) {
        sqltext_raw(s, " LIMIT ");
        sqltext_integer(s, range->limit);
    }
}

static bool is_bytes(const MYSQL_FIELD *field)
{
    switch (field->type) {
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_GEOMETRY:
        return true;
    case MYSQL_TYPE_STRING:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
        return field->charsetnr == BINARY_CHARSET;
    default:
        return false;
    }
}

static bool is_integer(const MYSQL_FIELD *field)
{
    return field->type == MYSQL_TYPE_TINY || field->type == MYSQL_TYPE_SHORT || field->type == MYSQL_TYPE_INT24 ||
           field->type == MYSQL_TYPE_LONG || field->type == MYSQL_TYPE_LONGLONG || field->type == MYSQL_TYPE_YEAR;
}

static struct connect_value value_of(const MYSQL_FIELD *field, const char *data, size_t size)
{
    struct connect_value v = { .type = CONNECT_TEXT, .data = data, .size = size };
    char number[32];
    if (data == NULL)
        return (struct connect_value){ .type = CONNECT_NULL };
    if (is_bytes(field)) {
        v.type = CONNECT_BINARY;
    } else if (is_integer(field) && size < sizeof number) { /* beyond 63 bits it stays text */
        memcpy(number, data, size);
        number[size] = '\0';
        if (text_to_int64(number, INT64_MIN, INT64_MAX, &v.integer))
            v.type = CONNECT_INTEGER;
    } else if (field->type == MYSQL_TYPE_DOUBLE && size < sizeof number) {
        memcpy(number, data, size);
        number[size] = '\0';
        v.real = strtod(number, NULL);
        v.type = CONNECT_REAL;
    } else {
        v.unclean = memchr(data, '\0', size) != NULL || !text_utf8_valid(data, size);
    }
    return v;
}

/* The session must be at the end of the stream before it takes another statement. */
static void drain(struct mysql *m, MYSQL_RES *result)
{
    int rows = 0;
    while (rows < DRAIN_ROWS_MAX && m->api->do_fetch_row(result) != NULL)
        rows++;
    m->broken = m->broken || rows == DRAIN_ROWS_MAX;
}

static enum error_class stream(struct mysql *m, MYSQL_RES *result, const struct catalog_table *t,
                               enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                               void *arg, struct error *e)
{
    const MYSQL_FIELD *fields = m->api->do_fetch_fields(result);
    struct connect_value *values = mem_zero(t->column_count + 1, sizeof *values);
    enum error_class class = ERROR_OK;
    MYSQL_ROW data;
    if (m->api->do_num_fields(result) != t->column_count)
        class = error_set(e, ERROR_FATAL, "%s: the server sent another number of columns", t->name);
    while (class == ERROR_OK && (data = m->api->do_fetch_row(result)) != NULL) {
        const unsigned long *sizes = m->api->do_fetch_lengths(result);
        for (size_t i = 0; i < t->column_count; i++)
            values[i] = value_of(&fields[i], data[i], sizes[i]);
        class = row(arg, values, e);
        if (class != ERROR_OK)
            drain(m, result);
    }
    free(values);
    if (class == ERROR_OK && m->api->do_errno(m->session) != 0)
        class = mysql_failed(m, e);
    return class;
}

enum error_class mysql_read_built(struct mysql *m, const struct catalog_table *t,
                                  enum error_class (*row)(void *arg, const struct connect_value *values,
                                                          struct error *e),
                                  void *arg, struct error *e)
{
    const char *sql = NULL;
    enum error_class class = mysql_usable(m, e);
    if (class == ERROR_OK)
        class = sqltext_view(&m->sql, &sql, e);
    if (class != ERROR_OK)
        return class;
    if (m->api->do_real_query(m->session, sql, strlen(sql)) != 0)
        return mysql_failed(m, e);
    MYSQL_RES *result = m->api->do_use_result(m->session);
    if (result == NULL)
        return mysql_failed(m, e);
    class = stream(m, result, t, row, arg, e);
    m->api->do_free_result(result);
    return class;
}

enum error_class mysql_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                            enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                            void *arg, struct error *e)
{
    enum { UNSURE = 4 }; /* the server's own count of rows may be that far from the truth */
    struct mysql *m = mysql_of(c);
    bool done = false;
    if (t->column_count == 0)
        return ERROR_OK;
    if (range->spread && range->limit > 0 && range->key.count == 0 && !(t->rows_exact && t->rows <= range->limit) &&
        (t->rows < 0 || t->rows >= range->limit / UNSURE)) {
        enum error_class class = mysql_read_spread(m, t, range->limit, row, arg, &done, e);
        if (done || class != ERROR_OK)
            return class;
    }
    build(&m->sql, t, range);
    return mysql_read_built(m, t, row, arg, e);
}
