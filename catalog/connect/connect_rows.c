/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_rows.c - a session as a source of rows (rows.h): every value as text, table after table.
 *
 * Happy path: one connect_read() a table, limited to what was asked for; a server that can, spreads it over the table.
 * Failure modes: a table that may not be read (ERROR_DENIED, or ERROR_REFUSED by the server's rights) is passed over
 * with a diagnostic in the catalog, so that the rest is still read; a session that is lost ends the reading.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/connect.h"

enum { NUMBER_SIZE = 32 };

struct session_rows {
    struct connect *connect; /* not owned */
    struct catalog *catalog;
};

struct pass {
    const struct catalog_table *table;
    rows_sink *sink;
    void *context;
    struct rows_value *values;
    char (*numbers)[NUMBER_SIZE]; /* a text for each column that needs one made */
    int64_t rows;
    bool enough;
};

static struct rows_value text_of(const struct connect_value *v, bool boolean, char *number)
{
    switch (v->type) {
    case CONNECT_NULL:
        return (struct rows_value){ 0 };
    case CONNECT_INTEGER:
        if (boolean)
            return v->integer != 0 ? (struct rows_value){ "true", 4 } : (struct rows_value){ "false", 5 };
        return (struct rows_value){ number, (size_t)snprintf(number, NUMBER_SIZE, "%" PRId64, v->integer) };
    case CONNECT_REAL:
        connect_real_text(v->real, number);
        return (struct rows_value){ number, strlen(number) };
    case CONNECT_TEXT:
    case CONNECT_BINARY:
        break;
    }
    return (struct rows_value){ v->data != NULL ? v->data : "", v->size };
}

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *e)
{
    struct pass *pass = arg;
    for (size_t i = 0; i < pass->table->column_count; i++)
        pass->values[i] = text_of(&values[i], pass->table->columns[i].type.name == TYPE_BOOLEAN, pass->numbers[i]);
    pass->rows++;
    int answer = pass->sink(pass->context, pass->table, pass->values, e);
    pass->enough = answer == ROWS_ENOUGH;
    return pass->enough ? error_set(e, ERROR_INTERRUPTED, "enough") : (enum error_class)answer;
}

static enum error_class read_table(struct session_rows *s, const struct catalog_table *t, int64_t rows_max,
                                   rows_sink *sink, void *context, struct error *e)
{
    struct pass pass = { .table = t, .sink = sink, .context = context };
    bool sampled = t->sampled > 0; /* then its rows are those of the sample, and never all there are */
    const struct connect_range range = { .raw = true,
                                         .limit = sampled && rows_max <= 0 ? INT64_MAX : rows_max,
                                         .spread = sampled || rows_max > 0 };
    pass.values = mem_zero(t->column_count + 1, sizeof *pass.values);
    pass.numbers = mem_zero(t->column_count + 1, sizeof *pass.numbers);
    enum error_class class = connect_read(s->connect, t, &range, on_row, &pass, e);
    free(pass.values);
    free(pass.numbers);
    if (pass.enough && class == ERROR_INTERRUPTED) {
        *e = ERROR_NONE; /* set only to end the reading */
        return ERROR_OK;
    }
    bool all = !sampled && (rows_max <= 0 || pass.rows < rows_max);
    if (class == ERROR_OK && all) { /* that is a count */
        struct catalog_table *counted = &s->catalog->tables[t - s->catalog->tables];
        counted->rows = pass.rows;
        counted->rows_exact = true;
    }
    if (class != ERROR_DENIED && class != ERROR_FATAL && class != ERROR_REFUSED)
        return class;
    catalog_diagnostic_add(s->catalog, "warning",
                           arena_format(s->catalog->arena, "its rows could not be read: %.800s", e->message))
        ->table = t->name;
    *e = ERROR_NONE;
    return ERROR_OK;
}

static enum error_class read_all(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                 struct error *e)
{
    struct session_rows *s = self;
    if (ask->only != NULL)
        return read_table(s, ask->only, ask->rows_max, sink, context, e);
    enum error_class class = ERROR_OK;
    for (size_t i = 0; class == ERROR_OK && i < s->catalog->table_count; i++)
        class = read_table(s, &s->catalog->tables[i], ask->rows_max, sink, context, e);
    return class;
}

struct rows_source connect_rows(struct connect *c, struct catalog *catalog)
{
    static const struct rows_face face = { .read = read_all };
    struct session_rows *s = arena_alloc(catalog->arena, sizeof *s);
    *s = (struct session_rows){ .connect = c, .catalog = catalog };
    return (struct rows_source){ .face = &face, .self = s };
}
