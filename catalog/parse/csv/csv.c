/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - look at the first part, read all records into one accumulator a column, conclude.
 *
 * A text that turns out not to be UTF-8 behind its first part is read again as Windows-1252: never half and half. The
 * order of day and month, and the decimal comma, are believed of columns that can't tell when others of the file do.
 */
#include "catalog/parse/csv/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/csv/csv_names.h"
#include "catalog/parse/csv/csv_trouble.h"
#include "catalog/parse/input/encoding.h"

enum { HEAD_SIZE = 256 * 1024, LOOK_UP_EVERY = 1 << 14 };

struct csv_work {
    struct catalog *c;
    struct input *raw;  /* the caller's */
    struct input *text; /* as UTF-8; raw itself when it is that */
    const struct csv_options *options;
    struct csv_table *t;
    struct infer *columns; /* owned; column_count */
    struct csv_names names;
    struct csv_trouble trouble;
    uint64_t rows;
};

struct csv_options csv_options_default(void)
{
    return (struct csv_options){ .limits = csv_limits_default() };
}

/* ---- how it is written ---- */

static enum error_class read_head(struct input *in, char *into, size_t *ret_size, struct error *e)
{
    size_t got = 1;
    *ret_size = 0;
    enum error_class class = ERROR_OK;
    while (class == ERROR_OK && *ret_size < HEAD_SIZE && got > 0) {
        class = input_read(in, into + *ret_size, HEAD_SIZE - *ret_size, &got, e);
        *ret_size += got;
    }
    return class == ERROR_OK ? input_rewind(in, e) : class;
}

static enum error_class open_text(struct csv_work *w, const char *encoding, struct error *e)
{
    if (w->text != w->raw)
        input_close(w->text);
    w->text = w->raw;
    w->t->encoding = arena_text(w->c->arena, encoding);
    enum error_class class = input_rewind(w->raw, e);
    if (class != ERROR_OK || encoding_is_utf8(encoding))
        return class;
    struct input *decoded;
    class = encoding_decode(w->raw, encoding, &decoded, e);
    if (class == ERROR_OK)
        w->text = decoded;
    return class;
}

static enum error_class look(struct csv_work *w, struct error *e)
{
    mem_auto char *head = mem_alloc(HEAD_SIZE);
    char name[ENCODING_NAME_SIZE];
    size_t size;
    enum error_class class = read_head(w->raw, head, &size, e);
    if (class != ERROR_OK)
        return class;
    const char *encoding = w->options->encoding;
    if (encoding == NULL)
        encoding = encoding_guess(head, size, size < HEAD_SIZE - 16, name);
    class = open_text(w, encoding, e);
    if (class == ERROR_OK && w->text != w->raw)
        class = read_head(w->text, head, &size, e);
    if (class == ERROR_OK)
        w->t->guess = csv_guess(head, size, size < HEAD_SIZE - 16, w->options->delimiter);
    return class;
}

/* ---- records ---- */

static void grow_columns(struct csv_work *w, size_t count)
{
    if (count <= w->t->column_count)
        return;
    w->columns = mem_resize(w->columns, count, sizeof *w->columns);
    memset(w->columns + w->t->column_count, 0, (count - w->t->column_count) * sizeof *w->columns);
    w->t->column_count = count;
}

/* The first record that counts: the names, or the number of columns. */
static void begin_columns(struct csv_work *w, const struct csv_record *record, bool *ret_is_row)
{
    const struct csv_guess *g = &w->t->guess;
    size_t count = record->count;
    if (g->row_names)
        count++;
    *ret_is_row = !g->header;
    if (!g->header && g->fields > count)
        count = g->fields;
    if (g->header)
        csv_names_take(&w->names, record, g->row_names);
    grow_columns(w, count);
}

static void take_row(struct csv_work *w, const struct csv_record *record)
{
    size_t count = record->count < w->t->column_count ? record->count : w->t->column_count;
    w->rows++;
    for (size_t i = 0; i < count; i++)
        infer_value(&w->columns[i], record->fields[i].text, record->fields[i].size);
    for (size_t i = count; i < w->t->column_count; i++)
        infer_null(&w->columns[i]);
}

static enum error_class look_up(struct csv_work *w, struct error *e)
{
    const struct csv_options *o = w->options;
    if (o->cancelled != NULL && o->cancelled(o->context))
        return error_set(e, ERROR_CANCELLED, "%s: cancelled", w->t->name);
    if (o->progress != NULL)
        o->progress(o->context, input_percent(w->text), w->t->name);
    return ERROR_OK;
}

static enum error_class read_records(struct csv_work *w, struct csv_reader *r, struct error *e)
{
    struct csv_record record;
    bool there = true, begun = false;
    uint64_t seen = 0;
    for (;;) {
        enum error_class class = csv_reader_next(r, &record, &there, e);
        if (class == ERROR_OK && seen % LOOK_UP_EVERY == LOOK_UP_EVERY - 1)
            class = look_up(w, e);
        if (class != ERROR_OK || !there)
            return class;
        if (seen++ < w->t->guess.skip)
            continue;
        if (record.blank && (!begun || w->t->column_count > 1 || csv_reader_at_end(r))) {
            csv_trouble_blank(&w->trouble, record.line);
            continue;
        }
        bool row = true;
        if (!begun)
            begin_columns(w, &record, &row);
        begun = true;
        if (!row) {
            csv_trouble_flags(&w->trouble, &record);
            continue;
        }
        while (record.count > w->t->column_count && record.fields[record.count - 1].size == 0)
            record.count--; /* a delimiter at the end of the line */
        if (record.flags != 0 || record.count != w->t->column_count)
            csv_trouble_row(&w->trouble, &record, w->t->column_count);
        take_row(w, &record);
    }
}

static void forget(struct csv_work *w)
{
    free(w->columns);
    w->columns = NULL;
    w->t->column_count = 0;
    w->rows = 0;
    csv_names_finish(&w->names);
    w->names = (struct csv_names){ 0 };
    w->trouble = (struct csv_trouble){ 0 };
}

static enum error_class read_all(struct csv_work *w, bool *ret_utf8, struct error *e)
{
    struct csv_reader *r = csv_reader_create(w->text, &w->t->guess.dialect, &w->t->limits);
    enum error_class class = read_records(w, r, e);
    *ret_utf8 = csv_reader_utf8(r);
    w->trouble.nul = csv_reader_nul(r);
    csv_reader_destroy(r);
    return class;
}

/* ---- the table ---- */

static void gather_hints(const struct csv_work *w, struct infer_hint *hint)
{
    size_t comma = 0, point = 0;
    for (size_t i = 0; i < w->t->column_count; i++) {
        const struct infer_result *r = &w->t->types[i];
        hint->day_first += r->day_first;
        comma += r->decimal == ',' && !r->warn && w->columns[i].styles_fraction != 0;
        point += r->decimal == '.' && !r->warn && w->columns[i].styles_fraction != 0;
    }
    hint->decimal_comma = comma > point || (comma == point && w->t->guess.dialect.delimiter == ';');
    hint->day_first = hint->day_first > 0 ? 1 : hint->day_first < 0 ? -1 : 0;
}

static void add_note(struct csv_work *w, const char *table, const char *column, const struct infer_result *r)
{
    if (!r->warn)
        return;
    struct catalog_diagnostic *d =
        catalog_diagnostic_add(w->c, "warning", arena_format(w->c->arena, "column %.200s: %s", column, r->note));
    d->table = table;
}

static void add_table(struct csv_work *w, const char *name)
{
    struct catalog *c = w->c;
    w->t->types = arena_array(c->arena, w->t->column_count, sizeof *w->t->types);
    struct infer_hint hint = { 0 };
    const char **names = csv_names_clean(&w->names, c, name, w->t->column_count);
    for (size_t i = 0; i < w->t->column_count; i++) {
        struct infer_hint named = { .name = names[i] };
        w->t->types[i] = infer_result(&w->columns[i], &named);
    }
    gather_hints(w, &hint);
    struct catalog_table *t = catalog_table_add(c, "", name);
    t->rows = (int64_t)w->rows;
    t->rows_exact = true;
    t->size_bytes = (int64_t)input_position(w->text);
    w->t->name = t->name;
    for (size_t i = 0; i < w->t->column_count; i++) {
        hint.name = names[i];
        struct infer_result *r = &w->t->types[i];
        *r = infer_result(&w->columns[i], &hint);
        struct catalog_column *column = catalog_column_add(c, t, names[i]);
        column->type.name = r->type;
        column->type.timezone = r->timezone;
        column->nullable = r->nullable || w->rows == 0;
        if (*r->format != '\0')
            column->native_type = arena_text(c->arena, r->format);
        add_note(w, t->name, column->name, r);
    }
}

static enum error_class check_room(const struct csv_work *w, struct error *e)
{
    size_t column = sizeof(struct catalog_column) * 3 + sizeof(struct infer_result) + CATALOG_NAME_MAX;
    if (w->t->column_count == 0)
        return error_code(e, ERROR_INVALID, "no_columns", "the file is empty");
    if (w->t->column_count >= w->t->limits.fields_max)
        return error_code(e, ERROR_TOO_LARGE, "too_many_columns", "%zu columns or more: the limit is %zu",
                          w->t->column_count, w->t->limits.fields_max);
    if (w->t->column_count > arena_room(w->c->arena) / 2 / column)
        return error_code(e, ERROR_TOO_LARGE, "catalog_too_large",
                          "%zu columns are too many for the memory of a catalog", w->t->column_count);
    return ERROR_OK;
}

static enum error_class read_twice(struct csv_work *w, const char *name, struct error *e)
{
    bool utf8;
    enum error_class class = look(w, e);
    if (class == ERROR_OK)
        class = read_all(w, &utf8, e);
    if (class == ERROR_OK && !utf8 && w->text == w->raw) {
        forget(w);
        struct catalog_diagnostic *d = catalog_diagnostic_add(
            w->c, "warning", "bytes that are no UTF-8 far from the start: the file is read as WINDOWS-1252");
        d->table = arena_text(w->c->arena, name);
        class = open_text(w, "WINDOWS-1252", e);
        if (class == ERROR_OK)
            class = read_all(w, &utf8, e);
    }
    if (class == ERROR_OK)
        class = check_room(w, e);
    if (class != ERROR_OK)
        return class;
    add_table(w, name);
    w->trouble.above = w->t->guess.skip - w->t->guess.separator_line;
    w->trouble.bad_characters = w->text != w->raw ? encoding_bad(w->text) : 0;
    csv_trouble_tell(&w->trouble, w->c, w->t->name);
    return ERROR_OK;
}

static void finish_work(struct csv_work *w)
{
    free(w->columns);
    csv_names_finish(&w->names);
    if (w->text != w->raw)
        input_close(w->text);
}

enum error_class csv_parse(struct catalog *c, struct input *in, const char *name, const struct csv_options *options,
                           struct csv_table **ret_table, struct error *e)
{
    struct csv_work w = { .c = c, .raw = in, .text = in, .options = options };
    w.t = arena_alloc(c->arena, sizeof *w.t);
    w.t->limits = options->limits;
    w.t->name = name;
    enum error_class class = read_twice(&w, name, e);
    finish_work(&w);
    if (class == ERROR_OK)
        *ret_table = w.t;
    return class;
}

enum error_class csv_look(struct arena *arena, struct input *in, const struct csv_options *options,
                          struct csv_table **ret_table, struct catalog_names *ret_names, struct error *e)
{
    struct catalog *c = catalog_create(arena, "csv", "");
    struct csv_work w = { .c = c, .raw = in, .text = in, .options = options };
    w.t = arena_alloc(arena, sizeof *w.t);
    w.t->limits = options->limits;
    struct csv_record record;
    bool there = false;
    enum error_class class = look(&w, e);
    struct csv_reader *r = csv_reader_create(w.text, &w.t->guess.dialect, &w.t->limits);
    for (size_t seen = 0; class == ERROR_OK; seen++) {
        class = csv_reader_next(r, &record, &there, e);
        if (!there || (seen >= w.t->guess.skip && !record.blank))
            break;
    }
    if (class == ERROR_OK && there) {
        bool row;
        begin_columns(&w, &record, &row);
        class = check_room(&w, e);
    }
    *ret_names = (struct catalog_names){ 0 };
    if (class == ERROR_OK && w.t->guess.header && there)
        *ret_names = (struct catalog_names){ csv_names_clean(&w.names, c, NULL, w.t->column_count), w.t->column_count };
    w.t->types = arena_array(arena, w.t->column_count + 1, sizeof *w.t->types);
    for (size_t i = 0; i < w.t->column_count; i++)
        w.t->types[i].type = TYPE_STRING;
    csv_reader_destroy(r);
    finish_work(&w);
    if (class == ERROR_OK)
        *ret_table = w.t;
    return class;
}
