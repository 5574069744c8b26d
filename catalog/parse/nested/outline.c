/* SPDX-License-Identifier: Apache-2.0 */
/* outline.c - places: made, found, freed. Children are a list in order and, once they are many, a table by hash. */
#include "catalog/parse/nested/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { TABLE_FROM = 8 };

static struct outline_place *place_new(struct outline *o, struct outline_place *parent)
{
    struct outline_place *p = mem_zero(1, sizeof *p);
    p->parent = parent;
    p->column = -1;
    p->typed = true;
    o->place_count++;
    return p;
}

void outline_init(struct outline *o, enum nested_format format, const struct nested_limits *limits)
{
    *o = (struct outline){ .limits = limits, .format = format };
    o->root = place_new(o, NULL);
    o->root->name = mem_text("");
}

void outline_place_free(struct outline *o, struct outline_place *p)
{
    o->place_count--;
    free(p->name);
    free(p->table);
    free(p->infer);
    free(p->keys);
    if (p->unique != NULL)
        unique_finish(p->unique);
    free(p->unique);
    free(p->natives);
    free(p);
}

void outline_forget(struct outline *o)
{
    for (struct outline_place *p = o->root; p != NULL;) {
        free(p->infer);
        free(p->keys);
        free(p->natives);
        if (p->unique != NULL)
            unique_finish(p->unique);
        free(p->unique);
        p->infer = p->keys = NULL;
        p->natives = NULL;
        p->unique = NULL;
        struct outline_place *next = p->first;
        for (; next == NULL && p != NULL; p = p->parent)
            next = p->next;
        p = next;
    }
}

/* Leaves first, without recursion. */
void outline_finish(struct outline *o)
{
    struct outline_place *p = o->root;
    while (p != NULL) {
        if (p->first != NULL) {
            struct outline_place *child = p->first;
            p->first = child->next;
            child->parent = p;
            p = child;
            continue;
        }
        struct outline_place *up = p->parent;
        outline_place_free(o, p);
        p = up;
    }
    o->root = NULL;
    while (o->gone != NULL) {
        p = o->gone;
        o->gone = p->next;
        outline_place_free(o, p);
    }
}

uint32_t outline_hash(const char *name, size_t size)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)name[i]) * 16777619U;
    return hash;
}

static bool is_named(const struct outline_place *p, const char *name, size_t size, uint32_t hash)
{
    return p->hash == hash && p->name_size == size && memcmp(p->name, name, size) == 0;
}

struct outline_place *outline_find(const struct outline_place *parent, const char *name, size_t size, uint32_t hash)
{
    if (parent->table == NULL) {
        struct outline_place *p = parent->first;
        while (p != NULL && !is_named(p, name, size, hash))
            p = p->next;
        return p;
    }
    size_t at = hash & (parent->table_size - 1);
    while (parent->table[at] != NULL && !is_named(parent->table[at], name, size, hash))
        at = (at + 1) & (parent->table_size - 1);
    return parent->table[at];
}

static void table_put(struct outline_place *parent, struct outline_place *p)
{
    size_t at = p->hash & (parent->table_size - 1);
    while (parent->table[at] != NULL)
        at = (at + 1) & (parent->table_size - 1);
    parent->table[at] = p;
}

static void table_grow(struct outline_place *parent)
{
    free(parent->table);
    parent->table_size = parent->child_count * 4;
    while ((parent->table_size & (parent->table_size - 1)) != 0)
        parent->table_size &= parent->table_size - 1;
    parent->table = mem_zero(parent->table_size, sizeof(struct outline_place *));
    for (struct outline_place *p = parent->first; p != NULL; p = p->next)
        table_put(parent, p);
}

void outline_hook(struct outline_place *parent, struct outline_place *child)
{
    child->parent = parent;
    child->next = NULL;
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
    parent->child_count++;
    if (parent->child_count > TABLE_FROM && parent->child_count * 2 > parent->table_size)
        table_grow(parent);
    else if (parent->table != NULL)
        table_put(parent, child);
}

struct outline_place *outline_add(struct outline *o, struct outline_place *parent, const char *name, size_t size,
                                  struct error *e)
{
    if (o->place_count >= o->limits->places_max) {
        error_code(e, ERROR_TOO_LARGE, "too_many_places",
                   "the document has more than %zu different keys and places (limit places_max)",
                   o->limits->places_max);
        return NULL;
    }
    if (size > o->limits->name_max) {
        error_code(e, ERROR_TOO_LARGE, "name_too_long", "a key of %zu bytes, and %zu are allowed (limit name_max)",
                   size, o->limits->name_max);
        return NULL;
    }
    struct outline_place *p = place_new(o, parent);
    p->name = mem_text_n(name, size);
    p->name_size = size;
    p->hash = outline_hash(name, size);
    outline_hook(parent, p);
    return p;
}

bool outline_is_list(const struct outline_place *p)
{
    return p->lists > 0 || p->repeats;
}

int64_t outline_scalars(const struct outline_place *p)
{
    return p->integers + p->numbers + p->booleans + p->words + p->texts;
}
