/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outline_merge.c - places taken together: what stood at one is counted at the other. Recursion goes down the places,
 * so no deeper than depth_max.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/nested/nested_events.h"
#include "catalog/parse/nested/outline.h"

static void add_infer(struct infer **into, struct infer **from)
{
    if (*from == NULL)
        return;
    if (*into != NULL) {
        infer_add(*into, *from);
        return;
    }
    *into = *from;
    *from = NULL;
}

static void add_natives(struct outline_place *into, struct outline_place *from)
{
    if (from->natives != NULL && into->natives == NULL)
        into->natives = mem_zero(NESTED_NATIVES, sizeof *into->natives);
    for (int i = 0; from->natives != NULL && i < NESTED_NATIVES; i++)
        into->natives[i] += from->natives[i];
}

static void add_unique(struct outline_place *into, struct outline_place *from)
{
    if (into->unique == NULL)
        return;
    if (from->unique == NULL)
        into->unique->lost = true;
    else
        unique_merge(into->unique, from->unique);
}

struct outline_place *outline_real(struct outline_place *p)
{
    while (p->same != NULL)
        p = p->same;
    return p;
}

int64_t outline_leave_nulls(const struct outline *o, struct outline_place *p)
{
    int64_t direct = o->format == NESTED_XML ? 0 : p->nulls - p->null_items;
    p->nulls -= direct;
    return direct;
}

static void add_counts(struct outline_place *into, struct outline_place *from)
{
    into->present += from->present;
    into->objects += from->objects;
    into->lists += from->lists;
    into->items += from->items;
    into->nulls += from->nulls;
    into->null_items += from->null_items;
    into->integers += from->integers;
    into->numbers += from->numbers;
    into->booleans += from->booleans;
    into->words += from->words;
    into->texts += from->texts;
    if (into->dimensions < from->dimensions)
        into->dimensions = from->dimensions;
    into->repeats |= from->repeats;
    into->typed &= from->typed;
    into->late |= from->late;
    into->recursive |= from->recursive;
    into->serial = 0;
}

/* `into` is only the way to a place further up: what led here leads there now, the rest stood there. */
static struct outline_place *pass_on(struct outline *o, struct outline_place *into, struct outline_place *from)
{
    struct outline_place *real = outline_real(into);
    if (real == from) {
        into->same = NULL;
        o->uncertain = true;
        return into;
    }
    into->present += from->present;
    into->lists += from->lists;
    into->nulls += outline_leave_nulls(o, from);
    from->present = from->lists = 0;
    return real;
}

void outline_merge(struct outline *o, struct outline_place *into, struct outline_place *from)
{
    if (into->same != NULL)
        into = pass_on(o, into, from);
    if (from->same != NULL && outline_real(from) != into) {
        /* What came by this way was counted there; what stands here already stays. */
        if (into->first == NULL && into->objects == 0 && into->items == 0)
            into->same = outline_real(from);
        else
            o->uncertain = true;
    }
    add_counts(into, from);
    add_natives(into, from);
    add_infer(&into->infer, &from->infer);
    add_infer(&into->keys, &from->keys);
    add_unique(into, from);
    if (into->dictionary && !from->dictionary && from->first != NULL)
        outline_make_dictionary(o, from);
    /* Once settled somebody may stand on what is below `into`. */
    if (from->dictionary && !into->dictionary && into->first != NULL && !o->settled)
        outline_make_dictionary(o, into);
    o->uncertain |= from->dictionary && !into->dictionary && into->first != NULL;
    into->dictionary |= from->dictionary && (into->first == NULL || !o->settled);
    for (struct outline_place *child = from->first, *next; child != NULL; child = next) {
        next = child->next;
        struct outline_place *same = outline_find(into, child->name, child->name_size, child->hash);
        if (same != NULL)
            outline_merge(o, same, child);
        else
            outline_hook(into, child);
    }
    if (!o->settled) {
        outline_place_free(o, from);
        return;
    }
    from->same = into; /* ways that led to it lead there */
    from->first = from->last = NULL;
    from->next = o->gone;
    o->gone = from;
}

void outline_make_dictionary(struct outline *o, struct outline_place *p)
{
    if (p->dictionary)
        return;
    p->dictionary = true;
    p->keys = mem_zero(1, sizeof *p->keys);
    for (struct outline_place *c = p->first; c != NULL; c = c->next)
        infer_value(p->keys, c->name, c->name_size);
    struct outline_place *values = p->first, *rest = values->next;
    free(p->table);
    p->table = NULL;
    p->table_size = 0;
    p->first = p->last = NULL;
    p->child_count = 0;
    values->name[0] = '\0';
    values->name_size = 0;
    values->hash = outline_hash("", 0);
    outline_hook(p, values);
    for (struct outline_place *next; rest != NULL; rest = next) {
        next = rest->next;
        outline_merge(o, values, rest);
    }
    p->dictionary = true;
}
