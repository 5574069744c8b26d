/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams rows out of a table in key order: COPY (SELECT ... ORDER BY key) TO STDOUT in binary.
 *
 * Happy path: integers, booleans, reals and bytes come as they are; every other type is cast to text by the server, so
 * that this file knows four binary forms only. A row is decoded in place in libpq's buffer: no allocation, no copy.
 * COPY takes no parameters; the bounds of the range are literals written by sqltext.
 *
 * Failure modes: row() that gives up ends the COPY by cancelling it, and the session stays usable. A message that does
 * not add up marks the session broken.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SIGNATURE_SIZE = 11 };

enum form { FORM_TEXT, FORM_BOOLEAN, FORM_INTEGER, FORM_REAL, FORM_BYTES };

static enum form form_of(const struct catalog_column *column)
{
    switch (column->type.name) {
    case TYPE_BOOLEAN:
        return FORM_BOOLEAN;
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return FORM_INTEGER;
    case TYPE_DOUBLE:
        return FORM_REAL;
    case TYPE_BINARY:
        return FORM_BYTES;
    default:
        return FORM_TEXT; /* float4 too: its own shortest text is what it is */
    }
}

/* The cast pins what arrives, also where a domain or an unknown type stands behind the catalog's type. */
static const char *cast_of(enum form form)
{
    static const char *const casts[] = { "::text", "::bool", "::int8", "::float8", "::bytea" };
    return casts[form];
}

/* AND (t."a", t."b") > (x, y). A row comparison uses the key's index. */
static void add_bound(struct sqltext *s, const struct catalog_names *key, const char *operator,
                      const struct connect_value * values)
{
    sqltext_raw(s, " AND (");
    sqltext_idents(s, "t", key);
    sqltext_raw(s, operator);
    sqltext_values(s, values, key->count);
    sqltext_raw(s, ")");
}

/* Pages from all over a table that has far more rows than are asked for, the same ones each time. Half as many rows
 * again and some, because whole pages are drawn: few of them may hold no row at all. */
bool postgresql_sample(struct sqltext *s, const struct catalog_table *t, int64_t rows)
{
    enum { SOME = 3000, FAR_MORE = 8 };
    char text[80];
    bool stored = t->kind == NULL || strcmp(t->kind, "partitioned") == 0;
    if (!stored || t->rows / FAR_MORE < rows + SOME)
        return false;
    double drawn = 1.5 * (double)rows + SOME;
    int64_t millionths = (int64_t)(1e8 * drawn / (double)t->rows); /* of a percent; below 100 */
    (void)snprintf(text, sizeof text, " TABLESAMPLE SYSTEM (%lld.%06lld) REPEATABLE (1)",
                   (long long)(millionths / 1000000), (long long)(millionths % 1000000));
    sqltext_raw(s, text);
    return true;
}

/* The limit shall not cut off the table's end. The place of a row takes the right to read the whole table. */
static void shuffle(struct sqltext *s, const struct catalog_table *t)
{
    bool some = false, first = true;
    for (size_t i = 0; i < t->column_count; i++)
        some = some || t->columns[i].unreadable;
    if (!some) {
        sqltext_raw(s, " ORDER BY hashtextextended(t.ctid::text, 1)");
        return;
    }
    sqltext_raw(s, " ORDER BY hashtextextended(ROW(");
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].unreadable)
            continue;
        sqltext_raw(s, first ? "t." : ", t.");
        sqltext_ident(s, t->columns[i].name);
        first = false;
    }
    sqltext_raw(s, ")::text, 1)");
}

static void build(struct sqltext *s, const struct catalog_table *t, const struct connect_range *range)
{
    sqltext_clear(s);
    sqltext_raw(s, "COPY (SELECT ");
    for (size_t i = 0; i < t->column_count; i++) {
        if (t->columns[i].unreadable) {
            sqltext_raw(s, i > 0 ? ", NULL::text" : "NULL::text");
            continue;
        }
        sqltext_raw(s, i > 0 ? ", t." : "t.");
        sqltext_ident(s, t->columns[i].name);
        sqltext_raw(s, cast_of(form_of(&t->columns[i])));
    }
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " t");
    bool sample = range->spread && range->limit > 0 && range->key.count == 0 && postgresql_sample(s, t, range->limit);
    sqltext_raw(s, " WHERE true");
    if (range->after)
        add_bound(s, &range->key, ") > (", range->after);
    if (range->upto)
        add_bound(s, &range->key, ") <= (", range->upto);
    if (range->key.count > 0) { /* with the alias it is the column; alone it would be the text of the select list */
        sqltext_raw(s, " ORDER BY ");
        sqltext_idents(s, "t", &range->key);
    }
    if (sample)
        shuffle(s, t);
    if (range->limit > 0) {
        sqltext_raw(s, " LIMIT ");
        sqltext_integer(s, range->limit);
    }
    sqltext_raw(s, ") TO STDOUT (FORMAT binary)");
}

struct stream {
    struct postgresql *p;
    size_t column_count;
    enum form *forms;
    struct connect_value *values;
    enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e);
    void *arg;
    bool started, ended;
};

static uint16_t get16(const char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return be16toh(value);
}

static uint32_t get32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return be32toh(value);
}

static uint64_t get64(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return be64toh(value);
}

static bool decode(enum form form, const char *data, size_t size, struct connect_value *ret_value)
{
    struct connect_value v = { .data = data, .size = size };
    uint64_t bits;
    switch (form) {
    case FORM_TEXT:
        v.type = CONNECT_TEXT;
        break;
    case FORM_BYTES:
        v.type = CONNECT_BINARY;
        break;
    case FORM_BOOLEAN:
        if (size != 1)
            return false;
        v.type = CONNECT_INTEGER;
        v.integer = *data != 0;
        break;
    case FORM_INTEGER:
        if (size != 8)
            return false;
        v.type = CONNECT_INTEGER;
        v.integer = (int64_t)get64(data);
        break;
    case FORM_REAL:
        if (size != 8)
            return false;
        v.type = CONNECT_REAL;
        bits = get64(data);
        memcpy(&v.real, &bits, sizeof bits);
        break;
    }
    *ret_value = v;
    return true;
}

/* One CopyData message is one row (and before the first the header, after the last the trailer -1). */
static bool decode_row(struct stream *s, const char *data, size_t size)
{
    const char *end = data + size;
    if (!s->started) {
        if (size < SIGNATURE_SIZE + 8 || memcmp(data, "PGCOPY\n\377\r\n", SIGNATURE_SIZE) != 0)
            return false;
        uint32_t extension = get32(data + SIGNATURE_SIZE + 4);
        if (extension > size - (SIGNATURE_SIZE + 8))
            return false;
        data += SIGNATURE_SIZE + 8 + extension;
        s->started = true;
        if (data == end) /* header alone: the row comes in the next message */
            return true;
    }
    if (end - data < 2)
        return false;
    uint16_t count = get16(data);
    data += 2;
    s->ended = count == UINT16_MAX;
    if (s->ended)
        return data == end;
    if (count != s->column_count)
        return false;
    for (size_t i = 0; i < s->column_count; i++) {
        if (end - data < 4)
            return false;
        uint32_t length = get32(data);
        data += 4;
        if (length == UINT32_MAX) {
            s->values[i] = (struct connect_value){ .type = CONNECT_NULL };
            continue;
        }
        if (length > (size_t)(end - data) || !decode(s->forms[i], data, length, &s->values[i]))
            return false;
        data += length;
    }
    return data == end;
}

/* Stops the COPY on the server and takes what was on its way. */
static void give_up(struct postgresql *p)
{
    char ignored[256], *data = NULL;
    PGcancel *cancel = PQgetCancel(p->pg);
    bool sent = cancel && PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
    if (!sent) {
        p->broken = true;
        return;
    }
    while (PQgetCopyData(p->pg, &data, 0) > 0)
        PQfreemem(data);
    for (PGresult *result; (result = PQgetResult(p->pg));)
        PQclear(result);
}

static enum error_class take_rows(struct stream *s, struct error *e)
{
    char *data = NULL;
    int size;
    while ((size = PQgetCopyData(s->p->pg, &data, 0)) > 0) {
        bool header = !s->started;
        enum error_class class = ERROR_OK;
        if (s->ended || !decode_row(s, data, (size_t)size))
            class = error_code(e, ERROR_FATAL, "protocol_error", "PostgreSQL sent a row that can't be read");
        else if (!s->ended && !(header && (size_t)size == SIGNATURE_SIZE + 8))
            class = s->row(s->arg, s->values, e);
        PQfreemem(data);
        if (class != ERROR_OK) {
            give_up(s->p);
            return class;
        }
    }
    enum error_class class = size == -2 ? postgresql_error(s->p->pg, NULL, e) : ERROR_OK;
    for (PGresult *result; (result = PQgetResult(s->p->pg)); PQclear(result)) {
        if (class == ERROR_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
            class = postgresql_error(s->p->pg, result, e);
    }
    return class;
}

enum error_class postgresql_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                                 enum error_class (*row)(void *arg, const struct connect_value *values,
                                                         struct error *e),
                                 void *arg, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    const char *sql;
    build(&p->sql, t, range);
    enum error_class class = sqltext_view(&p->sql, &sql, e);
    if (class == ERROR_OK)
        class = postgresql_usable(p, e);
    if (class != ERROR_OK)
        return class;

    PGresult *result = PQexec(p->pg, sql);
    if (PQresultStatus(result) != PGRES_COPY_OUT)
        class = postgresql_error(p->pg, result, e);
    PQclear(result);
    if (class != ERROR_OK)
        return error_wrap(e, "read table \"%s\"", t->name);

    mem_auto enum form *forms = mem_zero(t->column_count, sizeof *forms);
    mem_auto struct connect_value *values = mem_zero(t->column_count, sizeof *values);
    struct stream s = {
        .p = p, .column_count = t->column_count, .forms = forms, .values = values, .row = row, .arg = arg
    };
    for (size_t i = 0; i < t->column_count; i++)
        forms[i] = form_of(&t->columns[i]);
    return take_rows(&s, e);
}
