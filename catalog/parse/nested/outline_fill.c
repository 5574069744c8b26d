/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outline_fill.c - the sink that makes an outline of a document.
 *
 * The next key of an object is mostly the one that came next last time, so it is looked at first. An object that gets
 * many keys is asked, each time their number has doubled, whether it is a dictionary; so keys that are data never fill
 * the memory.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/nested/nested_events.h"
#include "catalog/parse/nested/nested_name.h"
#include "catalog/parse/nested/outline.h"

enum { ASK_FROM = 64, UNIQUE_BYTES_MAX = 64 << 20 };

struct frame {
    struct outline_place *place;
    struct outline_place *pending, *expected; /* of an object: of the value that comes; probably the next one */
    uint64_t serial;
    unsigned dimensions;
    bool list, late; /* late: a list or object came in it */
};

struct fill {
    struct outline *outline;
    struct frame *frames;
    size_t depth, capacity;
    int native; /* of the value that comes; -1: the source did not say */
};

static struct frame *push(struct fill *f)
{
    f->frames = mem_grow(f->frames, &f->capacity, f->depth + 1, sizeof *f->frames);
    f->frames[f->depth] = (struct frame){ .list = false };
    return &f->frames[f->depth++];
}

static void on_native(void *context, unsigned type)
{
    assert(type < NESTED_NATIVES);
    ((struct fill *)context)->native = (int)type;
}

static void count_native(struct fill *f, struct outline_place *p)
{
    if (p->natives == NULL)
        p->natives = mem_zero(NESTED_NATIVES, sizeof *p->natives);
    p->natives[f->native]++;
    f->native = -1;
}

/* Where the value that begins now stands; counts what its surroundings see of it. */
static struct outline_place *place_of(struct fill *f, bool container, bool *ret_late)
{
    *ret_late = false;
    if (f->depth == 0) {
        f->outline->root->present++;
        return f->outline->root;
    }
    struct frame *around = &f->frames[f->depth - 1];
    if (around->list) {
        around->place->items++;
        return around->place;
    }
    *ret_late = around->late;
    around->late |= container;
    return around->pending;
}

static struct outline_place *begin(struct fill *f, bool container, bool *ret_late)
{
    struct outline_place *p = place_of(f, container, ret_late);
    if (f->native >= 0)
        count_native(f, p);
    return p;
}

static int on_object(void *context, struct error *e)
{
    (void)e;
    struct fill *f = context;
    bool late;
    struct outline_place *p = begin(f, true, &late);
    p->objects++;
    struct frame *frame = push(f);
    frame->place = p;
    frame->expected = p->first;
    frame->serial = ++f->outline->serial;
    return ERROR_OK;
}

static int on_list(void *context, struct error *e)
{
    (void)e;
    struct fill *f = context;
    bool late;
    bool inner = f->depth > 0 && f->frames[f->depth - 1].list;
    unsigned dimensions = inner ? f->frames[f->depth - 1].dimensions + 1 : 1;
    struct outline_place *p = begin(f, true, &late);
    p->lists += !inner;
    if (p->dimensions < dimensions)
        p->dimensions = dimensions;
    struct frame *frame = push(f);
    frame->place = p;
    frame->list = true;
    frame->dimensions = dimensions;
    return ERROR_OK;
}

static int on_end(void *context, struct error *e)
{
    (void)e;
    ((struct fill *)context)->depth--;
    return ERROR_OK;
}

/* NULL with the error set: over a limit. */
static struct outline_place *child_new(struct fill *f, struct frame *frame, const char *name, size_t size,
                                       struct error *e)
{
    struct outline *o = f->outline;
    struct outline_place *p = frame->place;
    size_t count = p->child_count;
    bool ask = count >= ASK_FROM && ((count & (count - 1)) == 0 || count + 1 >= o->limits->columns_max);
    if ((ask || size > o->limits->name_max) && count > 0 && outline_is_dictionary(p, true)) {
        outline_make_dictionary(o, p);
        infer_value(p->keys, name, size);
        return p->first;
    }
    if (count >= o->limits->columns_max) {
        error_code(e, ERROR_TOO_LARGE, "too_many_columns",
                   "the objects at one place have more than %zu different keys (limit columns_max)",
                   o->limits->columns_max);
        return NULL;
    }
    struct outline_place *child = outline_add(o, p, name, size, e);
    if (child != NULL && nested_name_key_rank(child->name, "") > 0) {
        child->unique = mem_alloc(sizeof *child->unique);
        unique_init(child->unique);
    }
    return child;
}

static int on_key(void *context, const char *name, size_t size, bool weak, struct error *e)
{
    struct fill *f = context;
    struct frame *frame = &f->frames[f->depth - 1];
    struct outline_place *child = frame->expected;
    if (frame->place->dictionary) {
        child = frame->place->first;
        infer_value(frame->place->keys, name, size);
        child->present++;
        frame->pending = child;
        return ERROR_OK;
    }
    if (child == NULL || child->name_size != size || memcmp(child->name, name, size) != 0)
        child = outline_find(frame->place, name, size, outline_hash(name, size));
    if (child == NULL)
        child = child_new(f, frame, name, size, e);
    if (child == NULL)
        return ERROR_TOO_LARGE;
    if (child->serial == frame->serial && !frame->place->dictionary) {
        if (weak)
            return DOCUMENT_SKIP;
        if (f->outline->format == NESTED_XML)
            child->repeats = true;
        else
            f->outline->duplicates++;
    } else {
        child->present++;
    }
    child->serial = frame->serial;
    frame->pending = child;
    frame->expected = child->next;
    return ERROR_OK;
}

static bool is_clean(const char *text, size_t size)
{
    size_t at = 0;
    for (uint64_t word; at + sizeof word <= size; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if ((word & 0x8080808080808080ULL) != 0)
            return text_utf8_valid(text, size);
    }
    for (; at < size; at++)
        if ((unsigned char)text[at] >= 0x80)
            return text_utf8_valid(text, size);
    return true;
}

static void count_text(struct fill *f, struct outline_place *p, enum document_kind kind, const char *text, size_t size)
{
    if (p->infer == NULL)
        p->infer = mem_zero(1, sizeof *p->infer);
    p->texts++;
    p->typed &= kind != DOCUMENT_TEXT;
    if (kind == DOCUMENT_OPAQUE) {
        infer_native(p->infer, TYPE_STRING);
        return;
    }
    infer_value(p->infer, text, size);
    f->outline->unclean += !is_clean(text, size);
}

static int on_scalar(void *context, enum document_kind kind, const char *text, size_t size, struct error *e)
{
    (void)e;
    struct fill *f = context;
    bool late;
    struct outline_place *p = begin(f, false, &late);
    p->late |= late;
    switch (kind) {
    case DOCUMENT_NULL:
        p->nulls++;
        p->null_items += f->depth > 0 && f->frames[f->depth - 1].list;
        return ERROR_OK;
    case DOCUMENT_BOOLEAN:
        p->booleans++;
        break;
    case DOCUMENT_WORD:
        p->words++;
        break;
    case DOCUMENT_NUMBER: {
        bool whole = true;
        for (size_t i = 0; i < size && whole; i++)
            whole = text[i] != '.' && text[i] != 'e' && text[i] != 'E';
        if (whole)
            p->integers++;
        else
            p->numbers++;
        break;
    }
    case DOCUMENT_STRING:
    case DOCUMENT_TEXT:
    case DOCUMENT_OPAQUE:
        count_text(f, p, kind, text, size);
        break;
    }
    if (p->unique != NULL)
        f->outline->unique_bytes += unique_add(p->unique, text, size, UNIQUE_BYTES_MAX - f->outline->unique_bytes);
    return ERROR_OK;
}

/* What is open never ends: it is no row. */
static void on_abandon(void *context)
{
    struct fill *f = context;
    for (; f->depth > 0; f->depth--)
        if (!f->frames[f->depth - 1].list) {
            f->frames[f->depth - 1].place->objects--;
            f->outline->abandoned++;
        }
}

enum error_class outline_read(struct outline *o, const struct document_ask *ask, struct document_end *ret_end,
                              struct error *e)
{
    struct fill f = { .outline = o, .native = -1 };
    struct document_sink sink = { .object = on_object,
                                  .list = on_list,
                                  .end = on_end,
                                  .key = on_key,
                                  .scalar = on_scalar,
                                  .abandon = on_abandon,
                                  .native = on_native,
                                  .context = &f };
    struct document_ask mine = *ask;
    mine.sink = &sink;
    enum error_class class = document_read(&mine, o->format, ret_end, e);
    if (class == ERROR_OK && ret_end->root[0] != '\0') {
        free(o->root->name);
        o->root->name = mem_text(ret_end->root);
        o->root->name_size = strlen(o->root->name);
    }
    on_abandon(&f);
    free(f.frames);
    return class;
}
