/* SPDX-License-Identifier: Apache-2.0 */
/* csv_rows.c - the rows of a delimited text once more, each value as everybody spells it. */
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/csv/csv.h"
#include "catalog/parse/input/encoding.h"

struct rows_work {
    const struct csv_table *table;
    const struct catalog_table *t;
    const size_t *places;
    struct rows_value *values; /* owned; of each column of t */
    char (*buffers)[INFER_SPELL_SIZE];
};

static void spell_row(const struct rows_work *w, const struct csv_record *record)
{
    for (size_t i = 0; i < w->t->column_count; i++) {
        size_t place = w->places != NULL ? w->places[i] : i;
        w->values[i] = (struct rows_value){ 0 };
        if (place >= record->count)
            continue;
        const struct csv_field *f = &record->fields[place];
        if (place < w->table->column_count)
            w->values[i] = infer_spell(&w->table->types[place], f->text, f->size, w->buffers[i]);
    }
}

static enum error_class give_rows(const struct rows_work *w, struct csv_reader *r, int64_t rows, int64_t rows_max,
                                  rows_sink *sink, void *context, struct error *e)
{
    const struct csv_guess *g = &w->table->guess;
    struct csv_record record;
    bool there = true, begun = false;
    uint64_t seen = 0;
    struct rows_spread spread = { .rows = rows, .wanted = rows_max };
    int64_t given = 0;
    while (rows_max == 0 || given < rows_max) {
        enum error_class class = csv_reader_next(r, &record, &there, e);
        if (class != ERROR_OK || !there)
            return class;
        if (seen++ < g->skip || (record.blank && (!begun || w->table->column_count > 1 || csv_reader_at_end(r))))
            continue;
        bool header = !begun && g->header;
        begun = true;
        if (header || !rows_spread_next(&spread))
            continue;
        spell_row(w, &record);
        int answer = sink(context, w->t, w->values, e);
        if (answer != (int)ERROR_OK)
            return answer == ROWS_ENOUGH ? ERROR_OK : (enum error_class)answer;
        given++;
    }
    return ERROR_OK;
}

enum error_class csv_rows(const struct csv_table *table, struct input *in, const struct catalog_table *t,
                          const size_t *places, int64_t rows, int64_t rows_max, rows_sink *sink, void *context,
                          struct error *e)
{
    struct input *text = in;
    enum error_class class = ERROR_OK;
    if (!encoding_is_utf8(table->encoding))
        class = encoding_decode(in, table->encoding, &text, e);
    if (class != ERROR_OK)
        return class;
    struct rows_work w = { .table = table, .t = t, .places = places };
    w.values = mem_zero(t->column_count, sizeof *w.values);
    w.buffers = mem_zero(t->column_count, sizeof *w.buffers);
    struct csv_reader *r = csv_reader_create(text, &table->guess.dialect, &table->limits);
    class = give_rows(&w, r, rows, rows_max, sink, context, e);
    csv_reader_destroy(r);
    free(w.values);
    free(w.buffers);
    if (text != in)
        input_close(text);
    return class;
}
