/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_header.c - looks at the first record against those that follow.
 *
 * For a header: its fields are words where the column below has a type. Against: a field has the type of its column, is
 * empty, stands twice, or comes again below. Years as names of columns speak for neither. With nothing to go by the
 * first record is a header, as it nearly always is. Comments and titles above it, of one field, are passed over.
 */
#include "catalog/parse/csv/csv_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/value/value.h"

enum { RECORDS_MAX = 200, COLUMNS_MAX = 1000, NAME_LONG = 80 };

struct look {
    struct csv_field *first;   /* owned, as are their texts */
    size_t count, rows, wider; /* wider: rows with one field more than the first record */
    struct infer *below;       /* owned; of each column */
    bool *again;               /* owned; the field of the first record came again */
};

static void look_at_first(struct look *l, const struct csv_record *record)
{
    l->count = record->count < COLUMNS_MAX ? record->count : COLUMNS_MAX;
    l->first = mem_zero(l->count, sizeof *l->first);
    l->below = mem_zero(l->count, sizeof *l->below);
    l->again = mem_zero(l->count, sizeof *l->again);
    for (size_t i = 0; i < l->count; i++) {
        l->first[i] = record->fields[i];
        l->first[i].text = mem_text_n(record->fields[i].text, record->fields[i].size);
    }
}

static void look_below(struct look *l, const struct csv_record *record)
{
    l->rows++;
    l->wider += record->count == l->count + 1;
    for (size_t i = 0; i < l->count && i < record->count; i++) {
        const struct csv_field *f = &record->fields[i];
        infer_value(&l->below[i], f->text, f->size);
        if (f->size > 0 && f->size == l->first[i].size && memcmp(f->text, l->first[i].text, f->size) == 0)
            l->again[i] = true;
    }
}

static bool is_year(const struct csv_field *f)
{
    return f->size == 4 && ((f->text[0] == '1' && f->text[1] >= '7') || (f->text[0] == '2' && f->text[1] == '0'));
}

static bool stands_twice(const struct look *l, size_t column)
{
    const struct csv_field *f = &l->first[column];
    for (size_t i = 0; i < column; i++)
        if (l->first[i].size == f->size && memcmp(l->first[i].text, f->text, f->size) == 0)
            return true;
    return false;
}

/* A number over a column that has none: 100022 over TRUE and FALSE. */
static bool is_odd_there(const struct infer *below)
{
    return below->counts[INFER_BOOLEAN] + below->counts[INFER_TEMPORAL] > 0 &&
           below->counts[INFER_STRING] + below->counts[INFER_NUMBER] == 0;
}

static bool judge(const struct look *l)
{
    int header = 0, row = 0, words = 0, twice = 0;
    for (size_t i = 0; i < l->count; i++) {
        const struct csv_field *f = &l->first[i];
        struct infer one = { 0 };
        infer_value(&one, f->text, f->size);
        bool typed = one.counts[INFER_STRING] == 0 && one.counts[INFER_BOOLEAN] == 0 && one.nulls == 0 &&
                     one.counts[INFER_MARKER] == 0;
        bool column_typed = l->rows > 0 && infer_type(&l->below[i]) != TYPE_STRING;
        words += !typed && one.nulls == 0;
        if (typed && is_year(f))
            continue;
        if (typed && is_odd_there(&l->below[i]))
            header++;
        else if (typed)
            row += 2;
        else if (f->size == 0)
            row += i > 0; /* the first column of many exports has no name */
        else if (column_typed)
            header += 2;
        else if (l->again[i] || f->size > NAME_LONG)
            row++;
        else if (l->count < 200)
            twice += stands_twice(l, i);
    }
    if (2 * (size_t)twice >= l->count) /* one name that stands twice is a slip */
        row += twice;
    return words > 0 && header >= row;
}

static size_t filled(const struct csv_record *record)
{
    size_t count = 0;
    for (size_t i = 0; i < record->count; i++)
        count += record->fields[i].size > 0;
    return count;
}

void csv_header_find(const char *text, size_t size, bool whole, struct csv_guess *g)
{
    struct input *in = input_of_memory(text, size);
    struct csv_limits limits = csv_limits_default();
    struct csv_reader *r = csv_reader_create(in, &g->dialect, &limits);
    struct look l = { 0 };
    struct csv_record record;
    bool there = true;
    size_t seen = 0;
    while (l.rows < RECORDS_MAX && csv_reader_next(r, &record, &there, NULL) == ERROR_OK && there) {
        bool cut = !whole && csv_reader_at_end(r);
        if (seen++ < g->skip || (record.blank && (l.first == NULL || l.count > 1)))
            continue;
        bool comment = record.fields[0].size > 0 && record.fields[0].text[0] == '#' && record.count != g->fields;
        bool title = g->fields > 2 && filled(&record) == 1; /* also one that a spreadsheet filled up with commas */
        if (l.first == NULL && (comment || title))
            g->skip = seen;
        else if (l.first == NULL) {
            if (g->skip > g->separator_line)
                g->skip = seen - 1;
            look_at_first(&l, &record);
        } else if (!cut)
            look_below(&l, &record);
    }
    if (l.first != NULL) {
        g->row_names = l.rows > 0 && l.wider == l.rows && g->fields == l.count + 1;
        g->header = g->row_names || judge(&l);
    }
    for (size_t i = 0; i < l.count; i++)
        free((char *)l.first[i].text);
    free(l.first);
    free(l.below);
    free(l.again);
    csv_reader_destroy(r);
    input_close(in);
}
