/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outline_judge.c - what the places are: dictionaries, levels of a recursive structure.
 *
 * A dictionary is an object whose keys are data: many keys, whose values are alike. A list inside itself, however far
 * down, under the same name and with much the same members, is one table that refers to itself. What "many" and "alike"
 * mean is here and nowhere else.
 */
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/nested/nested_name.h"
#include "catalog/parse/nested/outline.h"

/* So many keys make a dictionary of values that are alike: */
enum {
    KEYS_DATA_MIN = 2,         /* keys are numbers, days, ids; values are objects or lists */
    KEYS_DATA_SCALARS_MIN = 3, /* the same, values are scalars */
    KEYS_WORDS_MIN = 8,        /* keys are words, values are objects */
    KEYS_SPARSE_MIN = 4,       /* the same, and an object has less than half of them */
    KEYS_SCALARS_MIN = 64,     /* keys are words, values are scalars, of one object or sparse */
    KEYS_SCALARS_EARLY = 4096, /* the same, when more objects may follow */
    KEYS_EARLY_MIN = 64,       /* keys are words, values are objects, when more may follow */
};

enum what { WHAT_NOTHING, WHAT_OBJECT, WHAT_LIST, WHAT_NUMBER, WHAT_BOOLEAN, WHAT_TEXT, WHAT_MIXED, WHAT_COUNT };

static enum what what_of(const struct outline_place *p)
{
    int64_t numbers = p->integers + p->numbers, texts = p->texts + p->words;
    int kinds = (p->objects > 0 && !outline_is_list(p)) + outline_is_list(p);
    if (kinds == 0)
        kinds = (numbers > 0) + (texts > 0) + (p->booleans > 0);
    else if (!outline_is_list(p) && outline_scalars(p) > 0)
        kinds++;
    if (kinds != 1)
        return kinds == 0 ? WHAT_NOTHING : WHAT_MIXED;
    if (outline_is_list(p))
        return WHAT_LIST;
    if (p->objects > 0)
        return WHAT_OBJECT;
    return numbers > 0 ? WHAT_NUMBER : texts > 0 ? WHAT_TEXT : WHAT_BOOLEAN;
}

static size_t common_children(const struct outline_place *a, const struct outline_place *b)
{
    size_t common = 0;
    for (const struct outline_place *c = b->first; c != NULL; c = c->next)
        common += outline_find(a, c->name, c->name_size, c->hash) != NULL;
    return common;
}

/* 0 to 1. Wrappers are alike when what they wrap is. */
static double likeness(const struct outline_place *a, const struct outline_place *b)
{
    while (a->child_count == 1 && b->child_count == 1 && a->first->child_count > 0 && b->first->child_count > 0 &&
           common_children(a, b) == 1) {
        a = a->first;
        b = b->first;
    }
    if (a->dictionary && b->dictionary)
        return 1;
    size_t common = common_children(a, b), all = a->child_count + b->child_count - common;
    return all == 0 ? 1 : (double)common / (double)all;
}

/* How alike the children are to the largest of them, on average. */
static double children_likeness(const struct outline_place *p)
{
    const struct outline_place *largest = p->first;
    for (const struct outline_place *c = p->first; c != NULL; c = c->next)
        if (c->child_count > largest->child_count)
            largest = c;
    double sum = 0;
    size_t count = 0;
    for (const struct outline_place *c = p->first; c != NULL; c = c->next) {
        if (c == largest || (c->child_count == 0 && c->nulls == c->present))
            continue;
        sum += likeness(largest, c);
        count++;
    }
    return count > 0 ? sum / (double)count : 1;
}

struct keys {
    size_t count, data;
    enum what what;  /* of nearly all values; WHAT_MIXED: of no such thing */
    double presence; /* share of the keys that an object has */
};

static struct keys keys_of(const struct outline_place *p)
{
    struct keys k = { .what = WHAT_MIXED };
    size_t counts[WHAT_COUNT] = { 0 };
    int64_t present = 0;
    for (const struct outline_place *c = p->first; c != NULL; c = c->next) {
        counts[what_of(c)]++;
        present += c->present;
        k.count++;
        k.data += nested_name_is_data(c->name, c->name_size);
    }
    for (int what = WHAT_OBJECT; what < WHAT_MIXED; what++)
        if (counts[what] > 0 && counts[what] * 20 >= (k.count - counts[WHAT_NOTHING]) * 19)
            k.what = (enum what)what;
    k.presence = p->objects > 0 && k.count > 0 ? (double)present / ((double)p->objects * (double)k.count) : 1;
    return k;
}

bool outline_is_dictionary(const struct outline_place *p, bool early)
{
    if (p->dictionary || p->child_count < KEYS_DATA_MIN || p->objects == 0)
        return false;
    struct keys k = keys_of(p);
    bool data = k.data * 20 >= k.count * 19, sparse = k.presence < 0.5, once = p->objects == 1;
    bool record = outline_is_list(p) || p->parent == NULL; /* keys of records are columns more often than not */
    switch (k.what) {
    case WHAT_OBJECT:
        if (early && k.count < KEYS_EARLY_MIN)
            return false;
        if (data)
            return children_likeness(p) >= 0.4;
        if (early)
            return children_likeness(p) >= 0.6;
        return (k.count >= KEYS_WORDS_MIN && children_likeness(p) >= 0.75) ||
               (k.count >= KEYS_SPARSE_MIN && sparse && children_likeness(p) >= 0.6);
    case WHAT_LIST:
        if (early && k.count < KEYS_EARLY_MIN)
            return false;
        return (data || (k.count >= KEYS_SCALARS_MIN && (once || k.presence < 0.3))) && children_likeness(p) >= 0.5;
    case WHAT_NUMBER:
    case WHAT_BOOLEAN:
    case WHAT_TEXT:
        if (data && (!record || (once && !early) || k.presence < 0.3))
            return k.count >= KEYS_DATA_SCALARS_MIN;
        if (early && (once || record))
            return k.count >= KEYS_SCALARS_EARLY && (once || k.presence < 0.3);
        return k.count >= KEYS_SCALARS_MIN && (once || k.presence < 0.3);
    default:
        return false;
    }
}

/* Leaves first: what looks different above may be alike once what is below was understood. */
static void settle_dictionaries(struct outline *o, struct outline_place *p)
{
    for (struct outline_place *c = p->first; c != NULL; c = c->next)
        settle_dictionaries(o, c);
    if (outline_is_dictionary(p, false))
        outline_make_dictionary(o, p);
}

/* What stood at p stood at `above`, and p is only the way there. */
static void absorb(struct outline *o, struct outline_place *above, struct outline_place *p)
{
    struct outline_place *rest = mem_alloc(sizeof *rest);
    *rest = *p;
    rest->name = NULL;
    rest->next = NULL;
    o->place_count++;
    p->first = p->last = NULL;
    p->table = NULL;
    p->table_size = p->child_count = 0;
    p->infer = NULL;
    p->keys = NULL;
    p->unique = NULL;
    p->natives = NULL;
    p->nulls = outline_leave_nulls(o, rest);
    p->objects = p->items = p->null_items = p->integers = p->numbers = p->booleans = p->words = p->texts = 0;
    p->same = above;
    above->recursive = true;
    rest->present = rest->lists = 0;
    outline_merge(o, above, rest);
}

static bool is_level_of(const struct outline_place *above, const struct outline_place *p)
{
    if (above->parent == NULL || above->name_size != p->name_size || memcmp(above->name, p->name, p->name_size) != 0 ||
        p->name_size == 0)
        return false;
    return (outline_is_list(above) || outline_is_list(p)) && !above->dictionary && !p->dictionary &&
           (p->child_count == 0 || common_children(above, p) * 2 >= p->child_count);
}

static void settle_recursion(struct outline *o, struct outline_place *p)
{
    for (struct outline_place *c = p->first, *next; c != NULL; c = next) {
        next = c->next;
        settle_recursion(o, c);
    }
    if (p->same != NULL || (p->child_count == 0 && !outline_is_list(p)))
        return;
    for (struct outline_place *above = p->parent; above != NULL; above = above->parent)
        if (above->same == NULL && is_level_of(above, p)) {
            above->repeats = above->repeats || above->lists == 0;
            absorb(o, above, p);
            return;
        }
}

void outline_settle(struct outline *o)
{
    settle_dictionaries(o, o->root);
    o->settled = true;
    settle_recursion(o, o->root);
}
