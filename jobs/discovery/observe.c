/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/discovery/observe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "catalog/observed.h"

enum { TELL_ROWS = 16384, KEY_SIZE = 500, KEY_TEXT_SIZE = 100 };

struct observe {
    const struct watch *watch;
    struct catalog *c;
    struct catalog_table *t;
    int64_t rows;
    int percent;
};

static void key_value(struct buffer *b, const struct connect_value *v)
{
    char real[CONNECT_REAL_SIZE];
    size_t size = v->size < KEY_TEXT_SIZE ? v->size : KEY_TEXT_SIZE;
    switch (v->type) {
    case CONNECT_INTEGER:
        (void)buffer_format(b, "%" PRId64, v->integer);
        break;
    case CONNECT_REAL:
        connect_real_text(v->real, real);
        (void)buffer_json_string(b, real, strlen(real));
        break;
    case CONNECT_TEXT:
    case CONNECT_BINARY:
        (void)buffer_json_string(b, v->data, size);
        break;
    case CONNECT_NULL:
        (void)buffer_text(b, "null");
        break;
    }
}

/* The row's primary key as JSON array text, for people. */
static const char *key_text(struct observe *o, const struct connect_value *values)
{
    struct buffer b;
    buffer_init(&b, KEY_SIZE);
    (void)buffer_char(&b, '[');
    for (size_t k = 0; k < o->t->primary_key.columns.count; k++) {
        const struct catalog_column *column = catalog_column_find(o->t, o->t->primary_key.columns.items[k]);
        if (k > 0)
            (void)buffer_text(&b, ", ");
        if (column != NULL)
            key_value(&b, &values[column - o->t->columns]);
    }
    (void)buffer_char(&b, ']');
    const char *text = b.overflow ? "[]" : arena_text_n(o->c->arena, buffer_view(&b), b.size);
    buffer_finish(&b);
    return text;
}

static void observe_value(struct catalog_observed *seen, const struct connect_value *v)
{
    char real[CONNECT_REAL_SIZE];
    switch (v->type) {
    case CONNECT_NULL:
        observed_null(seen);
        break;
    case CONNECT_INTEGER:
        observed_integer(seen, v->integer);
        break;
    case CONNECT_REAL:
        connect_real_text(v->real, real);
        observed_real(seen, v->real, real);
        break;
    case CONNECT_TEXT:
        observed_text(seen, v->data, v->size);
        break;
    case CONNECT_BINARY:
        observed_blob(seen, v->size);
        break;
    }
}

static enum error_class observe_row(void *arg, const struct connect_value *values, struct error *e)
{
    struct observe *o = arg;
    for (size_t i = 0; i < o->t->column_count; i++) {
        struct catalog_observed *seen = o->t->columns[i].observed;
        observe_value(seen, &values[i]);
        if (seen->texts_unclean > 0 && seen->unclean_key == NULL)
            seen->unclean_key = key_text(o, values);
    }
    if (++o->rows % TELL_ROWS == 0) {
        char doing[300];
        (void)snprintf(doing, sizeof doing, "reading %.200s: %" PRId64 " rows", o->t->name, o->rows);
        watch_progress(o->watch, o->percent, doing);
        if (watch_cancelled(o->watch))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
    }
    return ERROR_OK;
}

enum error_class observe_table(const struct watch *w, struct connect *source, struct catalog *c,
                               struct catalog_table *t, int percent, struct error *e)
{
    struct observe o = { .watch = w, .c = c, .t = t, .percent = percent };
    struct connect_range all = { .raw = true };
    struct catalog_observed *seen = arena_array(c->arena, t->column_count, sizeof *seen);
    for (size_t i = 0; i < t->column_count; i++)
        t->columns[i].observed = &seen[i];
    enum error_class class = connect_read(source, t, &all, observe_row, &o, e);
    t->rows = o.rows;
    t->rows_exact = true;
    return class;
}
