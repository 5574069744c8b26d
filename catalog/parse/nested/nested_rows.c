/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested_rows.c - the sink that makes rows of a document.
 *
 * As in outline_fill.c each event goes to a place; what the layout says of the place makes a row begin, or fills a cell
 * of the row around. A row is given when its object ends, so memory holds one row for each table around the place where
 * the reading stands. What nobody asked for is passed over.
 */
#include "catalog/parse/nested/nested_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct frame {
    struct outline_place *place;
    struct outline_place *pending, *expected;
    uint64_t serial;
    struct nested_row *row;      /* whose cells are filled here; NULL: none */
    bool list, makes_row;        /* makes_row: its end is that of the row */
    int64_t count;               /* of a list: items so far */
    struct nested_row *list_row; /* of a list: the cell that spells it */
    int list_column;             /* -1: none */
    size_t key_at, key_size;     /* of a dictionary: the key that came last, in reading.keys */
};

struct reading {
    struct nested_rows *n;
    const struct rows_ask *ask;
    rows_sink *sink;
    void *context;
    struct frame *frames;
    size_t depth, capacity, ignored; /* ignored: containers open that nobody asked for */
    struct nested_row **rows;        /* the first row_depth are in use */
    size_t row_depth, row_count, row_capacity;
    struct rows_value *values;
    size_t value_capacity;
    struct buffer keys;
    size_t tables_open; /* that still want rows */
    bool skips;         /* who gives the events can leave out a value */
};

/* Where the value that begins stands; `way` is the place whose column it may fill. */
static struct outline_place *begin(struct reading *r, struct frame **ret_around, struct outline_place **ret_way)
{
    *ret_around = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    *ret_way = NULL;
    if (*ret_around == NULL)
        return outline_real(r->n->layout->outline->root);
    if ((*ret_around)->list) {
        (*ret_around)->count++;
        return (*ret_around)->place;
    }
    *ret_way = (*ret_around)->pending;
    return *ret_way != NULL ? outline_real(*ret_way) : NULL;
}

static struct frame *push(struct reading *r, struct outline_place *p, struct nested_row *row)
{
    r->frames = mem_grow(r->frames, &r->capacity, r->depth + 1, sizeof *r->frames);
    r->frames[r->depth] = (struct frame){ .place = p, .row = row, .list_column = -1, .key_at = r->keys.size };
    return &r->frames[r->depth++];
}

/* The role of the column that a value at `way` fills; NULL: it fills none. */
static const struct layout_column *column_of(const struct frame *around, const struct outline_place *way)
{
    if (around == NULL || way == NULL || way->column < 0 || around->row == NULL || around->row->t != way->owner)
        return NULL;
    return &way->owner->columns[way->column];
}

/* Where the row stands: links, key of a dictionary, positions. */
static void row_place(struct reading *r, struct nested_row *row, struct outline_place *p)
{
    struct layout_table *t = row->t;
    t->counter++;
    if (t->row >= 0)
        nested_row_set_number(row, t->row, t->counter);
    for (struct nested_row *up = row->around; up != NULL; up = up->around) {
        if (up->t != t && up->t != t->parent)
            continue;
        int column = up->t == t ? t->self : t->link;
        if (column >= 0 && up->t->own >= 0)
            nested_row_copy(row, column, up, up->t->own);
        break;
    }
    size_t at = r->depth;
    unsigned lists = 0;
    while (at > 0 && r->frames[at - 1].list) {
        at--;
        lists++;
    }
    for (unsigned i = 0; i < lists && i < t->positions; i++)
        nested_row_set_number(row, t->position + (int)i, r->frames[at + i].count);
    const struct frame *around = at > 0 ? &r->frames[at - 1] : NULL;
    row->position = p->position;
    row->position_of = p->position_of;
    if (lists == 0 && around != NULL) {
        p->position = p->position_of == around->serial ? p->position + 1 : 1;
        p->position_of = around->serial;
        row->position = p->position;
        row->position_of = p->position_of;
        if (t->positions > 0)
            nested_row_set_number(row, t->position, p->position);
    }
    if (t->key >= 0 && around != NULL && around->place->dictionary)
        nested_row_set(row, t->key, buffer_view(&r->keys) + around->key_at, around->key_size);
}

static struct nested_row *row_begin(struct reading *r, struct outline_place *p, struct nested_row *around)
{
    if (r->row_depth == r->row_count) {
        r->rows = mem_grow(r->rows, &r->row_capacity, r->row_count + 1, sizeof(struct nested_row *));
        r->rows[r->row_count++] = mem_zero(1, sizeof(struct nested_row));
    }
    struct nested_row *row = r->rows[r->row_depth++];
    nested_row_begin(row, p->rows, around);
    row_place(r, row, p);
    return row;
}

static int row_end(struct reading *r, struct outline_place *p, struct error *e)
{
    struct nested_row *row = r->rows[--r->row_depth];
    struct layout_table *t = row->t;
    p->position = row->position;
    p->position_of = row->position_of;
    if (!t->wanted || !rows_spread_next(&t->spread))
        return ERROR_OK;
    int answer = ERROR_OK;
    enum error_class class = nested_row_give(row, &r->values, &r->value_capacity, r->sink, r->context, &answer, e);
    if (class != ERROR_OK)
        return (int)class;
    t->given++;
    if (answer != ERROR_OK && answer != ROWS_ENOUGH)
        return answer;
    if (answer == ROWS_ENOUGH || (r->ask->rows_max > 0 && t->given >= r->ask->rows_max)) {
        t->wanted = false;
        if (--r->tables_open == 0)
            return DOCUMENT_ENOUGH;
    }
    return ERROR_OK;
}

static int on_object(void *context, struct error *e)
{
    (void)e;
    struct reading *r = context;
    struct frame *around;
    struct outline_place *way, *p = r->ignored > 0 ? NULL : begin(r, &around, &way);
    if (p == NULL || (p->rows != NULL && !p->rows->needed)) {
        if (p != NULL && around != NULL && around->list && around->list_column >= 0)
            nested_row_mark(around->list_row, around->list_column); /* the list around is not empty */
        r->ignored++;
        return ERROR_OK;
    }
    struct nested_row *row = around != NULL ? around->row : NULL;
    const struct layout_column *c = column_of(around, way);
    if (c != NULL && c->role == LAYOUT_LIST && p->rows == NULL && !p->dictionary)
        nested_row_list(row, way->column); /* a wrapper: what it holds comes */
    else if (c != NULL && c->role != LAYOUT_VALUE)
        nested_row_mark(row, way->column);
    if (around != NULL && around->list && around->list_column >= 0)
        nested_row_mark(around->list_row, around->list_column);
    bool makes_row = p->rows != NULL;
    if (makes_row)
        row = row_begin(r, p, row);
    struct frame *frame = push(r, p, row);
    frame->makes_row = makes_row;
    frame->expected = p->first;
    frame->serial = ++r->n->layout->outline->serial;
    return ERROR_OK;
}

static int on_list(void *context, struct error *e)
{
    (void)e;
    struct reading *r = context;
    struct frame *around;
    struct outline_place *way, *p = r->ignored > 0 ? NULL : begin(r, &around, &way);
    if (p == NULL) {
        r->ignored++;
        return ERROR_OK;
    }
    struct nested_row *row = around != NULL ? around->row : NULL, *list_row = NULL;
    int list_column = -1;
    const struct layout_column *c = column_of(around, way);
    if (c != NULL && c->role == LAYOUT_LIST) {
        nested_row_list(row, way->column);
        list_row = row;
        list_column = way->column;
    } else if (c != NULL) {
        nested_row_mark(row, way->column);
    } else if (around != NULL && around->list && around->list_column >= 0) {
        nested_row_mark(around->list_row, around->list_column);
    }
    struct frame *frame = push(r, p, row);
    frame->list = true;
    frame->list_row = list_row;
    frame->list_column = list_column;
    return ERROR_OK;
}

static int on_end(void *context, struct error *e)
{
    struct reading *r = context;
    if (r->ignored > 0) {
        r->ignored--;
        return ERROR_OK;
    }
    struct frame *frame = &r->frames[--r->depth];
    r->keys.size = frame->key_at;
    return frame->makes_row ? row_end(r, frame->place, e) : ERROR_OK;
}

static int on_key(void *context, const char *name, size_t size, bool weak, struct error *e)
{
    (void)e;
    struct reading *r = context;
    if (r->ignored > 0)
        return ERROR_OK;
    struct frame *frame = &r->frames[r->depth - 1];
    struct outline_place *p = frame->place, *child = frame->expected;
    if (p->dictionary) {
        r->keys.size = frame->key_at;
        buffer_add(&r->keys, name, size);
        frame->key_size = size;
        frame->pending = p->first;
        return ERROR_OK;
    }
    if (child == NULL || child->name_size != size || memcmp(child->name, name, size) != 0)
        child = outline_find(p, name, size, outline_hash(name, size));
    frame->pending = child;
    if (r->skips && (child == NULL || child->unwanted))
        return DOCUMENT_SKIP;
    if (child == NULL) /* the document has changed since its shape was read */
        return ERROR_OK;
    if (weak && child->serial == frame->serial)
        return DOCUMENT_SKIP;
    child->serial = frame->serial;
    frame->expected = child->next;
    return ERROR_OK;
}

/* A scalar that is a row of its own. */
static int scalar_row(struct reading *r, struct outline_place *p, struct nested_row *around, enum document_kind kind,
                      const char *text, size_t size, struct error *e)
{
    bool null_row =
        p->rows->key >= 0 ||
        (p->rows->value >= 0 && (r->n->format == NESTED_XML || (r->depth > 0 && r->frames[r->depth - 1].list)));
    if (!p->rows->needed || (kind == DOCUMENT_NULL && !null_row) || (p->rows->value < 0 && p->rows->key < 0))
        return ERROR_OK;
    struct nested_row *row = row_begin(r, p, around);
    if (kind != DOCUMENT_NULL && row->t->value >= 0)
        nested_row_set(row, row->t->value, text, size);
    return row_end(r, p, e);
}

static int on_scalar(void *context, enum document_kind kind, const char *text, size_t size, struct error *e)
{
    struct reading *r = context;
    if (r->ignored > 0)
        return ERROR_OK;
    struct frame *around;
    struct outline_place *way, *p = begin(r, &around, &way);
    if (p == NULL)
        return ERROR_OK;
    const struct layout_column *c = column_of(around, way);
    if (c != NULL && c->role == LAYOUT_LIST) {
        if (kind != DOCUMENT_NULL || r->n->format == NESTED_XML)
            nested_row_list_add(around->row, way->column, kind, text, size);
    } else if (c != NULL && kind != DOCUMENT_NULL) {
        nested_row_set(around->row, way->column, text, size);
    }
    if (around != NULL && around->list && around->list_column >= 0)
        nested_row_list_add(around->list_row, around->list_column, kind, text, size);
    if (p->rows != NULL)
        return scalar_row(r, p, around != NULL ? around->row : NULL, kind, text, size, e);
    return ERROR_OK;
}

static void on_abandon(void *context)
{
    struct reading *r = context;
    r->depth = r->row_depth = r->ignored = r->keys.size = 0;
}

/* Does what stands at p, or below, fill a cell or make a row that somebody asks for? */
static bool mark_wanted(struct outline_place *p)
{
    const struct layout_table *t = p->owner;
    bool wanted = p->same != NULL || (p->rows != NULL && p->rows->needed) ||
                  (p->column >= 0 && t != NULL && (t->wanted || (t->needed && t->own == p->column)));
    for (struct outline_place *c = p->first; c != NULL; c = c->next)
        wanted |= mark_wanted(c);
    p->unwanted = !wanted;
    return wanted;
}

/* A table is needed when its rows are wanted, or those of a table inside; a recursive one may be inside any. */
static void ask_tables(struct reading *r)
{
    bool recursive = false;
    for (struct layout_table *t = r->n->layout->first; t != NULL; t = t->next)
        recursive |= t->self >= 0;
    for (struct layout_table *t = r->n->layout->first; t != NULL; t = t->next) {
        t->counter = t->given = 0;
        t->spread = (struct rows_spread){ .rows = t->rows, .wanted = r->n->first ? 0 : r->ask->rows_max };
        t->wanted = r->ask->only == NULL || r->ask->only == t->table;
        t->needed = t->wanted || recursive;
        r->tables_open += t->wanted;
    }
    for (struct layout_table *t = r->n->layout->first; t != NULL; t = t->next)
        for (struct layout_table *around = t->wanted ? t->parent : NULL; around != NULL; around = around->parent)
            around->needed = true;
    r->skips = r->n->format == NESTED_EVENTS && !recursive; /* readers of text have read the value by then */
    if (r->skips)
        (void)mark_wanted(r->n->layout->outline->root);
}

enum error_class nested_rows_read(struct nested_rows *n, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e)
{
    struct reading r = { .n = n, .ask = ask, .sink = sink, .context = context };
    struct document_sink events = { .object = on_object,
                                    .list = on_list,
                                    .end = on_end,
                                    .key = on_key,
                                    .scalar = on_scalar,
                                    .abandon = on_abandon,
                                    .context = &r };
    struct document_ask document = n->document;
    struct document_end end;
    document.sink = &events;
    buffer_init(&r.keys, NESTED_ROW_MAX);
    ask_tables(&r);
    enum error_class class = document.in != NULL ? input_rewind(document.in, e) : ERROR_OK;
    if (class == ERROR_OK && r.tables_open > 0)
        class = document_read(&document, n->format, &end, e);
    for (size_t i = 0; i < r.row_count; i++) {
        nested_row_finish(r.rows[i]);
        free(r.rows[i]);
    }
    free(r.rows);
    free(r.frames);
    free(r.values);
    buffer_finish(&r.keys);
    return class;
}
