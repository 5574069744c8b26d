/* SPDX-License-Identifier: Apache-2.0 */
/*
 * COPY table FROM STDIN inside the caller's transaction.
 *
 * Happy path: begin, a line a row into a buffer that is sent when it is full, end. Generated columns are left out: the
 * target computes them.
 *
 * Failure modes: a value that can't be sent names table, column and key at once. What the server refuses comes with a
 * line number at the end only; so the keys of the rows sent are kept, up to KEYS_MAX bytes, and the line is looked up.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/copytext.h"

enum { SEND_BYTES = 128 << 10, ROW_MAX = 512 << 20, KEYS_MAX = 16 << 20, KEY_SHOWN = 200 };

struct column {
    const char *name; /* points into the caller's catalog */
    bool skip, binary, key;
};

struct postgresql_copy {
    struct connect_copy base;
    const struct catalog_table *table; /* the caller's; outlives the copy */
    struct column *columns;
    size_t column_count;
    struct buffer out;  /* rows not sent yet */
    struct buffer keys; /* one line a row */
    int64_t rows;
};

static struct postgresql_copy *copy_of(struct connect_copy *copy)
{
    return (struct postgresql_copy *)copy;
}

static void destroy(struct postgresql_copy *copy)
{
    buffer_finish(&copy->out);
    buffer_finish(&copy->keys);
    free(copy->columns);
    free(copy);
}

static bool has_name(const struct catalog_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

static enum error_class start(struct postgresql *p, const struct catalog_table *t, struct error *e)
{
    const char *sql, *comma = "";
    struct sqltext *s = &p->sql;
    sqltext_clear(s);
    sqltext_raw(s, "COPY ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " (");
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].generated)
            continue;
        sqltext_raw(s, comma);
        sqltext_ident(s, t->columns[i].name);
        comma = ", ";
    }
    sqltext_raw(s, ") FROM STDIN");
    enum error_class class = sqltext_view(s, &sql, e);
    if (class == ERROR_OK)
        class = postgresql_usable(p, e);
    if (class != ERROR_OK)
        return class;

    PGresult *result = PQexec(p->pg, sql);
    if (PQresultStatus(result) != PGRES_COPY_IN)
        class = postgresql_error(p->pg, result, e);
    PQclear(result);
    return class;
}

enum error_class postgresql_copy_begin(struct connect *c, const struct catalog_table *target,
                                       struct connect_copy **ret_copy, struct error *e)
{
    enum error_class class = start(postgresql_of(c), target, e);
    if (class != ERROR_OK)
        return class;
    struct postgresql_copy *copy = mem_zero(1, sizeof *copy);
    copy->base.connect = c;
    copy->table = target;
    copy->column_count = target->column_count;
    copy->columns = mem_zero(target->column_count, sizeof *copy->columns);
    for (size_t i = 0; i < target->column_count; i++) {
        const struct catalog_column *from = &target->columns[i];
        copy->columns[i] = (struct column){ .name = from->name,
                                            .skip = from->generated != NULL,
                                            .binary = from->type.name == TYPE_BINARY,
                                            .key = has_name(&target->primary_key.columns, from->name) };
    }
    buffer_init(&copy->out, (size_t)SEND_BYTES + ROW_MAX);
    buffer_init(&copy->keys, KEYS_MAX);
    *ret_copy = &copy->base;
    return ERROR_OK;
}

/* "table "T", column "C", key K: what": the key as COPY text, which is readable. */
static enum error_class name_place(const struct postgresql_copy *copy, const char *column, const char *key, size_t size,
                                   struct error *e)
{
    if (size > KEY_SHOWN)
        size = KEY_SHOWN;
    return error_wrap(e, "table \"%s\"%s%s%s%s%.*s", copy->table->name, column ? ", column \"" : "",
                      column ? column : "", column ? "\"" : "", size > 0 ? ", key " : "", (int)size, key);
}

/* A value of the row at hand can't be written: find its key among the values. */
static enum error_class refuse_value(const struct postgresql_copy *copy, const char *column,
                                     const struct connect_value *values, struct error *e)
{
    struct buffer key;
    struct error ignored;
    buffer_init(&key, KEY_SHOWN);
    for (size_t i = 0; i < copy->column_count; i++) {
        if (!copy->columns[i].key)
            continue;
        if (key.size > 0)
            buffer_text(&key, ", ");
        (void)copytext_value(&key, values[i].type == CONNECT_BINARY, &values[i], &ignored);
    }
    name_place(copy, column, buffer_view(&key), key.size, e);
    buffer_finish(&key);
    return e ? e->class : ERROR_FATAL;
}

static enum error_class send(struct postgresql_copy *copy, struct error *e)
{
    struct postgresql *p = postgresql_of(copy->base.connect);
    /* libpq blocks until its own buffer took it; the size is far below INT_MAX. */
    if (copy->out.size > 0 && PQputCopyData(p->pg, copy->out.data, (int)copy->out.size) != 1)
        return postgresql_error(p->pg, NULL, e);
    buffer_clear(&copy->out);
    return ERROR_OK;
}

enum error_class postgresql_copy_row(struct connect_copy *base, const struct connect_value *values, struct error *e)
{
    struct postgresql_copy *copy = copy_of(base);
    struct error own = ERROR_NONE;
    struct error *why = e ? e : &own;
    const char *key_separator = "";
    bool first = true;

    for (size_t i = 0; i < copy->column_count; i++) {
        const struct column *column = &copy->columns[i];
        if (column->skip)
            continue;
        if (!first)
            buffer_char(&copy->out, '\t');
        first = false;
        size_t from = copy->out.size;
        if (copytext_value(&copy->out, column->binary, &values[i], why) != ERROR_OK)
            return refuse_value(copy, column->name, values, why);
        if (column->key) {
            buffer_text(&copy->keys, key_separator);
            buffer_add(&copy->keys, copy->out.data + from, copy->out.size - from);
            key_separator = ", ";
        }
    }
    buffer_char(&copy->out, '\n');
    buffer_char(&copy->keys, '\n');
    copy->rows++;
    if (copy->out.overflow) {
        error_code(why, ERROR_TOO_LARGE, "row_too_large", "the row is over the limit of %d MB", (int)(ROW_MAX >> 20));
        return refuse_value(copy, NULL, values, why);
    }
    return copy->out.size >= SEND_BYTES ? send(copy, e) : ERROR_OK;
}

/* The row a COPY error is about: the first number after the table's name in the context, whatever its language. */
static int64_t line_of(const struct postgresql_copy *copy, const PGresult *result)
{
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *at = context ? strstr(context, copy->table->name) : NULL;
    if (!at)
        return 0;
    at += strlen(copy->table->name);
    at += strcspn(at, "0123456789");
    return strtoll(at, NULL, 10);
}

/* The column that the context names, when it is in English; else the reader has the server's own words. */
static char *column_of(const PGresult *result)
{
    const char *context = PQresultErrorField(result, PG_DIAG_CONTEXT);
    const char *at = context ? strstr(context, ", column ") : NULL;
    if (!at)
        return NULL;
    at += strlen(", column ");
    const char *end = strstr(at, ": ");
    return mem_text_n(at, end ? (size_t)(end - at) : strcspn(at, "\n"));
}

static enum error_class refuse_line(const struct postgresql_copy *copy, PGconn *pg, const PGresult *result,
                                    struct error *e)
{
    enum error_class class = postgresql_error(pg, result, e);
    if (class == ERROR_UNAVAILABLE || class == ERROR_RETRY || !e)
        return class;
    int64_t line = line_of(copy, result);
    const char *key = buffer_view(&copy->keys), *end = key + copy->keys.size;
    for (int64_t i = 1; i < line && key < end; i++) {
        const char *next = memchr(key, '\n', (size_t)(end - key));
        key = next ? next + 1 : end;
    }
    const char *stop = key < end ? memchr(key, '\n', (size_t)(end - key)) : NULL;
    mem_auto char *column = column_of(result);
    return name_place(copy, column, key, line > 0 && stop ? (size_t)(stop - key) : 0, e);
}

/* Takes all results of the COPY; the first error is the one reported. */
static enum error_class take_results(struct postgresql_copy *copy, int64_t *ret_rows, struct error *e)
{
    PGconn *pg = postgresql_of(copy->base.connect)->pg;
    enum error_class class = ERROR_OK;
    bool done = false;
    for (PGresult *result; (result = PQgetResult(pg)); PQclear(result)) {
        if (PQresultStatus(result) == PGRES_COMMAND_OK)
            done = text_to_int64(PQcmdTuples(result), 0, INT64_MAX, ret_rows);
        else if (PQresultStatus(result) == PGRES_COPY_IN) { /* the end could not be sent: the session is lost */
            PQclear(result);
            break;
        } else if (class == ERROR_OK)
            class = refuse_line(copy, pg, result, e);
    }
    return class == ERROR_OK && !done ? postgresql_error(pg, NULL, e) : class;
}

enum error_class postgresql_copy_end(struct connect_copy *base, int64_t *ret_rows, struct error *e)
{
    struct postgresql_copy *copy = copy_of(base);
    struct postgresql *p = postgresql_of(base->connect);
    int64_t rows = 0;
    enum error_class class = send(copy, e);
    if (class == ERROR_OK && PQputCopyEnd(p->pg, NULL) != 1)
        class = postgresql_error(p->pg, NULL, e);
    if (class == ERROR_OK)
        class = take_results(copy, &rows, e);
    if (class == ERROR_OK && rows != copy->rows)
        class = error_set(e, ERROR_FATAL, "table \"%s\": %lld rows were sent and %lld arrived", copy->table->name,
                          (long long)copy->rows, (long long)rows);
    if (class == ERROR_OK)
        *ret_rows = rows;
    else if (PQtransactionStatus(p->pg) == PQTRANS_ACTIVE)
        p->broken = true;
    destroy(copy);
    return class;
}

void postgresql_copy_abort(struct connect_copy *base)
{
    struct postgresql_copy *copy = copy_of(base);
    struct postgresql *p = postgresql_of(base->connect);
    int64_t ignored;
    if (PQputCopyEnd(p->pg, "given up by the client") == 1)
        (void)take_results(copy, &ignored, NULL);
    if (PQtransactionStatus(p->pg) == PQTRANS_ACTIVE)
        p->broken = true;
    destroy(copy);
}
