/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_header.c - looks at the first record against those that follow.
 *
 * For a header: its fields are words where the column below has a type, or they count up from 0 as tools name columns
 * that have no names. Against: a field has the type of its column or the shape that all values below have ("de_DE"), is
 * empty, stands twice, or comes again below. Years as names of columns speak for neither, and neither does nothing over
 * nothing, as delimiters at the end of each line give it. A long text is a question where short answers stand below it.
 * Where a text stands over many values of a type, the first record is none of the rows, whatever it leaves empty. With
 * nothing to go by the first record is a header, as it nearly always is. Comments and titles above it, of one field,
 * are passed over.
 */
#include "catalog/parse/csv/csv_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/value/value.h"

enum { RECORDS_MAX = 200, COLUMNS_MAX = 1000, NAME_LONG = 80, SHAPE_MAX = 16, ROWS_MANY = 5, TEXTS_MANY = 20 };

/* What is below a field of the first record. */
struct below {
    struct infer infer;
    bool again;            /* the field came again */
    size_t longest;        /* value */
    char shape[SHAPE_MAX]; /* of all values; "": none yet, or they have several */
    bool shapes;           /* several */
};

struct look {
    struct csv_field *first;   /* owned, as are their texts */
    size_t count, rows, wider; /* wider: rows with one field more than the first record */
    bool wider_filled;         /* and that field is not always empty */
    struct below *below;       /* owned; of each column */
};

static void look_at_first(struct look *l, const struct csv_record *record)
{
    l->count = record->count < COLUMNS_MAX ? record->count : COLUMNS_MAX;
    l->first = mem_zero(l->count, sizeof *l->first);
    l->below = mem_zero(l->count, sizeof *l->below);
    for (size_t i = 0; i < l->count; i++) {
        l->first[i] = record->fields[i];
        l->first[i].text = mem_text_n(record->fields[i].text, record->fields[i].size);
    }
}

/* "de_DE" is aa_AA; "" for what is too long or too short, or of one kind of signs only: names are that too. */
static void shape_of(const struct csv_field *f, char ret_shape[static SHAPE_MAX])
{
    bool differs = false;
    *ret_shape = '\0';
    if (f->size < 4 || f->size >= SHAPE_MAX)
        return;
    for (size_t i = 0; i < f->size; i++) {
        char c = f->text[i];
        ret_shape[i] = (char)(c >= 'A' && c <= 'Z' ? 'A' : c >= 'a' && c <= 'z' ? 'a' : c >= '0' && c <= '9' ? '9' : c);
        differs = differs || (i > 1 && ret_shape[i] != ret_shape[1]); /* the first letter may be a capital */
    }
    ret_shape[differs ? f->size : 0] = '\0';
}

static void look_below(struct look *l, const struct csv_record *record)
{
    l->rows++;
    l->wider += record->count == l->count + 1;
    l->wider_filled = l->wider_filled || (record->count == l->count + 1 && record->fields[l->count].size > 0);
    for (size_t i = 0; i < l->count && i < record->count; i++) {
        const struct csv_field *f = &record->fields[i];
        struct below *b = &l->below[i];
        infer_value(&b->infer, f->text, f->size);
        b->longest = f->size > b->longest ? f->size : b->longest;
        if (f->size > 0 && f->size == l->first[i].size && memcmp(f->text, l->first[i].text, f->size) == 0)
            b->again = true;
        char shape[SHAPE_MAX];
        shape_of(f, shape);
        if (f->size > 0 && *b->shape == '\0' && !b->shapes)
            memcpy(b->shape, shape, sizeof shape);
        if (f->size > 0 && strcmp(shape, b->shape) != 0)
            b->shapes = true;
        if (b->shapes)
            *b->shape = '\0';
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
    uint64_t others = below->counts[INFER_BOOLEAN] + below->counts[INFER_TEMPORAL];
    if (below->counts[INFER_NUMBER] > 0)
        return false;
    return below->counts[INFER_STRING] == 0 ? others > 0 : below->counts[INFER_STRING] >= TEXTS_MANY;
}

/* 0, 1, 2, ... or many from 1 on, perhaps with an empty one before. */
static bool counts_up(const struct look *l)
{
    size_t from = l->count > 0 && l->first[0].size == 0, count = l->count - from;
    if (count < 3)
        return false;
    unsigned begin = l->first[from].size == 1 && *l->first[from].text == '0' ? 0 : 1;
    if (begin == 1 && count < 8)
        return false;
    for (size_t i = from; i < l->count; i++) {
        char number[24];
        int size = snprintf(number, sizeof number, "%zu", i - from + begin);
        if ((size_t)size != l->first[i].size || memcmp(number, l->first[i].text, (size_t)size) != 0)
            return false;
    }
    return true;
}

struct votes {
    int header, row, words, twice, empty;
    bool no_row; /* a text over many values of a type */
};

static void vote(const struct look *l, size_t i, struct votes *v)
{
    const struct csv_field *f = &l->first[i];
    const struct below *b = &l->below[i];
    struct infer one = { 0 };
    char shape[SHAPE_MAX];
    infer_value(&one, f->text, f->size);
    bool typed = one.counts[INFER_STRING] == 0 && one.counts[INFER_BOOLEAN] == 0 && one.nulls == 0 &&
                 one.counts[INFER_MARKER] == 0;
    bool column_typed = l->rows > 0 && infer_type(&b->infer) != TYPE_STRING;
    bool column_empty = b->infer.values == b->infer.nulls;
    v->words += !typed && one.nulls == 0;
    shape_of(f, shape);
    if (typed && is_year(f))
        return;
    if (typed && is_odd_there(&b->infer)) {
        v->header++;
        v->words++;
    } else if (typed) {
        v->row += 2;
    } else if (f->size == 0) {
        v->empty += i > 0 && !column_empty; /* the first column of many exports has no name */
    } else if (column_typed) {
        v->header += 2;
        v->no_row = v->no_row || (b->infer.values - b->infer.nulls >= ROWS_MANY && one.counts[INFER_STRING] > 0);
    } else if (b->again || (f->size > NAME_LONG && b->longest > NAME_LONG / 2) ||
               (*shape != '\0' && strcmp(shape, b->shape) == 0 && b->infer.values - b->infer.nulls >= ROWS_MANY)) {
        v->row++;
    } else if (l->count < 200) {
        v->twice += stands_twice(l, i);
    }
}

static bool judge(const struct look *l)
{
    struct votes v = { 0 };
    if (l->rows > 0 && counts_up(l))
        return true;
    for (size_t i = 0; i < l->count; i++)
        vote(l, i, &v);
    if (2 * (size_t)v.twice >= l->count) /* one name that stands twice is a slip */
        v.row += v.twice;
    if (!v.no_row)
        v.row += v.empty;
    return v.words > 0 && v.header >= v.row;
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
        g->row_names = l.rows > 0 && l.wider == l.rows && l.wider_filled && g->fields == l.count + 1;
        g->header = g->row_names || judge(&l);
    }
    for (size_t i = 0; i < l.count; i++)
        free((char *)l.first[i].text);
    free(l.first);
    free(l.below);
    csv_reader_destroy(r);
    input_close(in);
}
