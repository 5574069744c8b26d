/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_rows.c - a session as a source of rows (rows.h): every value as text, table after table.
 *
 * Happy path: one connect_read() a table, limited to what was asked for; a server that can, spreads it over the table.
 * Rows that came are kept while there is room (connect_kept.c), so whoever reads again does not ask the server again.
 * Failure modes: a table that may not be read, is locked, gone, or not read in time, is passed over with a diagnostic
 * in the catalog and not asked for again, so that the rest is still read. A session that is lost is opened again, and
 * the table tried once more: one whose rows end the server each time hurts itself alone. Patience with locks is short
 * after the first few. A comparison that the server refuses is simply not known.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/connect_kept.h"

enum { NUMBER_SIZE = 32, LOCKED_MAX = 3, LOCK_TIMEOUT_SHORT_MS = 200 };

struct session_rows {
    struct connect *connect; /* not owned */
    struct catalog *catalog;
    struct connect_rows_limits limits;
    struct connect_kept *kept; /* owned */
    bool *failed;              /* by table: not asked for again */
    int locked;                /* tables that were not to be had */
};

struct pass {
    const struct catalog_table *table;
    rows_sink *sink;
    void *context;
    struct connect_kept *kept; /* NULL: not kept */
    struct rows_value *values;
    char (*numbers)[NUMBER_SIZE]; /* a text for each column that needs one made */
    int64_t rows, bytes, bytes_max;
    bool enough; /* the sink wants no more of this table, or its bytes are used up */
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
    for (size_t i = 0; i < pass->table->column_count; i++) {
        pass->values[i] = text_of(&values[i], pass->table->columns[i].type.name == TYPE_BOOLEAN, pass->numbers[i]);
        pass->bytes += (int64_t)pass->values[i].size;
    }
    pass->rows++;
    if (pass->kept != NULL)
        connect_kept_add(pass->kept, pass->values, pass->table->column_count);
    int answer = pass->sink(pass->context, pass->table, pass->values, e);
    pass->enough = answer == ROWS_ENOUGH || (pass->bytes_max > 0 && pass->bytes >= pass->bytes_max);
    return pass->enough ? error_set(e, ERROR_INTERRUPTED, "enough") : (enum error_class)answer;
}

/* The rest of the catalog is still worth reading. */
static bool is_passed_over(enum error_class class)
{
    return class == ERROR_DENIED || class == ERROR_FATAL || class == ERROR_REFUSED || class == ERROR_TIMED_OUT ||
           class == ERROR_RETRY;
}

/* ERROR_OK: the next may be asked for; what was refused has been told. */
static enum error_class pass_over(struct session_rows *s, size_t place, bool some, enum error_class class,
                                  struct error *e)
{
    struct error unable = ERROR_NONE;
    if (class == ERROR_UNAVAILABLE && connect_reopen(s->connect, &unable) != ERROR_OK)
        return class;
    if (class != ERROR_UNAVAILABLE && !is_passed_over(class))
        return class;
    s->failed[place] = true;
    s->catalog->tables[place].cut = true;
    catalog_diagnostic_add(
        s->catalog, "warning",
        arena_format(s->catalog->arena, "its rows could not be read%s: %.800s", some ? " to the end" : "", e->message))
        ->table = s->catalog->tables[place].name;
    *e = ERROR_NONE;
    if (class == ERROR_RETRY && ++s->locked == LOCKED_MAX)
        (void)connect_lock_timeout(s->connect, LOCK_TIMEOUT_SHORT_MS, &unable);
    return ERROR_OK;
}

/* A partition's rows come with those of the whole, and those of a virtual table from an extension. */
static bool is_left_alone(const struct catalog *c, const struct catalog_table *t)
{
    if (t->kind != NULL && strcmp(t->kind, "virtual") == 0)
        return true;
    return t->partition != NULL && t->partition->of_table != NULL &&
           catalog_table_find(c, t->partition->of_schema, t->partition->of_table) != NULL;
}

static enum error_class read_rows(struct session_rows *s, struct pass *pass, int64_t rows_max, struct error *e)
{
    const struct catalog_table *t = pass->table;
    bool sampled = t->sampled > 0; /* then its rows are those of the sample, and never all there are */
    const struct connect_range range = { .raw = true,
                                         .limit = sampled && rows_max <= 0 ? INT64_MAX : rows_max,
                                         .spread = sampled || rows_max > 0 };
    pass->values = mem_zero(t->column_count + 1, sizeof *pass->values);
    pass->numbers = mem_zero(t->column_count + 1, sizeof *pass->numbers);
    enum error_class class = connect_read(s->connect, t, &range, on_row, pass, e);
    if (class == ERROR_UNAVAILABLE && pass->rows == 0 && connect_reopen(s->connect, e) == ERROR_OK)
        class = connect_read(s->connect, t, &range, on_row, pass, e);
    free(pass->values);
    free(pass->numbers);
    return class;
}

static enum error_class read_table(struct session_rows *s, const struct catalog_table *t, int64_t rows_max,
                                   rows_sink *sink, void *context, struct error *e)
{
    size_t place = (size_t)(t - s->catalog->tables);
    struct catalog_table *counted = &s->catalog->tables[place];
    if (s->failed[place] || t->column_count == 0 || is_left_alone(s->catalog, t))
        return ERROR_OK;
    if (s->kept != NULL && connect_kept_has(s->kept, place, rows_max))
        return connect_kept_give(s->kept, place, t, rows_max, sink, context, e);
    struct pass pass = { .table = t, .sink = sink, .context = context };
    if (rows_max > 0) {
        pass.bytes_max = s->limits.sample_bytes;
        pass.kept = s->kept;
        if (s->kept != NULL)
            connect_kept_begin(s->kept, place);
    }
    enum error_class class = read_rows(s, &pass, rows_max, e);
    bool full = pass.bytes_max > 0 && pass.bytes >= pass.bytes_max;
    if (pass.enough && class == ERROR_INTERRUPTED) {
        *e = ERROR_NONE; /* set only to end the reading */
        counted->cut = counted->cut || (full && pass.rows < rows_max);
        if (pass.kept != NULL)
            connect_kept_end(s->kept, rows_max, false, pass.rows >= rows_max || full);
        return ERROR_OK;
    }
    /* a server that took the table for larger may have given some of its pages, and not all of those have a row */
    bool whole =
        class == ERROR_OK && t->sampled == 0 && (rows_max <= 0 || (pass.rows < rows_max && t->rows < rows_max));
    if (pass.kept != NULL)
        connect_kept_end(s->kept, rows_max, whole, class == ERROR_OK);
    if (whole) { /* what came was all of it: that is a count */
        counted->rows = pass.rows;
        counted->rows_exact = true;
        counted->cut = false;
    } else if (class == ERROR_OK && pass.rows < rows_max) {
        counted->cut = true;
    }
    return class == ERROR_OK ? class : pass_over(s, place, pass.rows > 0, class, e);
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

static enum error_class contains(void *self, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                 struct error *e)
{
    struct session_rows *s = self;
    *ret_inclusion = (struct rows_inclusion){ 0 };
    if (s->connect->dialect->contains == NULL || s->failed[pair->from - s->catalog->tables] ||
        s->failed[pair->to - s->catalog->tables])
        return ERROR_OK;
    enum error_class class = s->connect->dialect->contains(s->connect, pair, ret_inclusion, e);
    struct error unable = ERROR_NONE;
    if (class == ERROR_UNAVAILABLE ? connect_reopen(s->connect, &unable) != ERROR_OK : !is_passed_over(class))
        return class;
    if (class == ERROR_TIMED_OUT)
        catalog_diagnostic_add(s->catalog, "warning",
                               arena_format(s->catalog->arena,
                                            "it took too long to compare its %.200s with the keys of %.200s",
                                            pair->columns->items[0], pair->to->name))
            ->table = pair->from->name;
    *e = ERROR_NONE;
    *ret_inclusion = (struct rows_inclusion){ 0 };
    return ERROR_OK;
}

static void close_rows(void *self)
{
    struct session_rows *s = self;
    s->kept = connect_kept_destroy(s->kept);
}

struct rows_source connect_rows(struct connect *c, struct catalog *catalog)
{
    return connect_rows_limited(c, catalog, &(struct connect_rows_limits){ 0 });
}

struct rows_source connect_rows_limited(struct connect *c, struct catalog *catalog,
                                        const struct connect_rows_limits *limits)
{
    static const struct rows_face asking = { .in_turn = true,
                                             .read = read_all,
                                             .contains = contains,
                                             .close = close_rows },
                                  reading = { .in_turn = true, .read = read_all, .close = close_rows };
    struct session_rows *s = arena_alloc(catalog->arena, sizeof *s);
    *s = (struct session_rows){ .connect = c, .catalog = catalog, .limits = *limits };
    s->failed = arena_array(catalog->arena, catalog->table_count + 1, sizeof *s->failed);
    if (limits->keep_bytes > 0)
        s->kept = connect_kept_create(catalog->table_count, limits->keep_bytes);
    return (struct rows_source){ .face = c->dialect->contains != NULL ? &asking : &reading, .self = s };
}
