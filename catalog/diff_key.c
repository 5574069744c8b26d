/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_key.c - primary, foreign and unique keys, indexes and checks of two tables that are one. They meet by what they
 * say, not by name: a constraint that only got another name is no change.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "catalog/diff.h"

enum { WORDS_MAX = 64 << 10 };

struct said { /* what a key says, for comparing and for showing */
    const char *words, *name;
};

struct sayings { /* of one sort of keys of a table */
    struct said *items;
    size_t count;
};

static void add_names(struct buffer *b, const struct catalog_names *names)
{
    (void)buffer_char(b, '(');
    for (size_t i = 0; i < names->count; i++)
        (void)buffer_format(b, "%s%s", i > 0 ? ", " : "", names->items[i]);
    (void)buffer_char(b, ')');
}

static const char *take(struct arena *arena, struct buffer *b)
{
    const char *words = arena_text_n(arena, buffer_view(b), b->size);
    buffer_clear(b);
    return words;
}

static int compare_said(const void *left, const void *right)
{
    const struct said *a = left, *b = right;
    return strcmp(a->words, b->words);
}

static struct sayings sayings_create(struct arena *arena, size_t max)
{
    return (struct sayings){ .items = arena_array(arena, max + 1, sizeof(struct said)) };
}

static void sayings_add(struct sayings *s, const char *words, const char *name)
{
    s->items[s->count++] = (struct said){ words, name };
}

static void sayings_sort(struct sayings *s)
{
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, compare_said);
}

static void merge(struct diff *d, const struct catalog_table *t, const char *what, struct sayings from,
                  struct sayings to, const char *added_breaks)
{
    sayings_sort(&from);
    sayings_sort(&to);
    size_t i = 0, k = 0;
    while (i < from.count || k < to.count) {
        const struct said *a = &from.items[i], *b = &to.items[k];
        int order = i == from.count ? 1 : k == to.count ? -1 : strcmp(a->words, b->words);
        if (order < 0) {
            diff_add(d, "dropped", what, t, a->name)->from = a->words;
        } else if (order > 0) {
            struct diff_item *item = diff_add(d, "added", what, t, b->name);
            item->to = b->words;
            if (added_breaks != NULL)
                diff_breaks(d, item, added_breaks);
        }
        i += order <= 0;
        k += order >= 0;
    }
}

static struct sayings foreign_keys(struct arena *arena, const struct catalog_table *t, struct buffer *b)
{
    struct sayings said = sayings_create(arena, t->foreign_key_count);
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &t->foreign_keys[i];
        add_names(b, &fk->columns);
        (void)buffer_format(b, " REFERENCES %s ", fk->ref_table);
        add_names(b, &fk->ref_columns);
        if (fk->on_delete != NULL)
            (void)buffer_format(b, " ON DELETE %s", fk->on_delete);
        if (fk->on_update != NULL)
            (void)buffer_format(b, " ON UPDATE %s", fk->on_update);
        sayings_add(&said, take(arena, b), fk->name);
    }
    return said;
}

static struct sayings uniques(struct arena *arena, const struct catalog_table *t, struct buffer *b)
{
    struct sayings said = sayings_create(arena, t->unique_count);
    for (size_t i = 0; i < t->unique_count; i++) {
        add_names(b, &t->uniques[i].columns);
        sayings_add(&said, take(arena, b), t->uniques[i].name);
    }
    return said;
}

/* unique: only those that are, or only those that are not. */
static struct sayings indexes(struct arena *arena, const struct catalog_table *t, bool unique, struct buffer *b)
{
    struct sayings said = sayings_create(arena, t->index_count);
    for (size_t i = 0; i < t->index_count; i++) {
        const struct catalog_index *index = &t->indexes[i];
        if (index->unique != unique)
            continue;
        if (index->method != NULL)
            (void)buffer_format(b, "%s ", index->method);
        if (index->expression != NULL)
            (void)buffer_format(b, "(%s)", index->expression);
        else
            add_names(b, &index->columns);
        if (index->where != NULL)
            (void)buffer_format(b, " WHERE %s", index->where);
        sayings_add(&said, take(arena, b), index->name);
    }
    return said;
}

static struct sayings checks(struct arena *arena, const struct catalog_table *t)
{
    struct sayings said = sayings_create(arena, t->check_count);
    for (size_t i = 0; i < t->check_count; i++)
        sayings_add(&said, t->checks[i].expression != NULL ? t->checks[i].expression : "", t->checks[i].name);
    return said;
}

static void diff_primary_key(struct diff *d, const struct catalog_table *from, const struct catalog_table *to,
                             struct buffer *b)
{
    if (catalog_names_equal(&from->primary_key.columns, &to->primary_key.columns))
        return;
    bool had = from->primary_key.columns.count > 0, has = to->primary_key.columns.count > 0;
    struct diff_item *item = diff_add(d,
                                      !had   ? "added"
                                      : !has ? "dropped"
                                             : "changed",
                                      "primary_key", to, to->primary_key.name);
    if (had) {
        add_names(b, &from->primary_key.columns);
        item->from = take(d->arena, b);
    }
    if (has) {
        add_names(b, &to->primary_key.columns);
        item->to = take(d->arena, b);
    }
    diff_breaks(d, item,
                has ? "rows that were different may be the same now" : "rows can't be told apart by it any more");
}

void diff_keys(struct diff *d, const struct catalog_table *from, const struct catalog_table *to)
{
    struct buffer b;
    buffer_init(&b, WORDS_MAX);
    diff_primary_key(d, from, to, &b);
    merge(d, to, "foreign_key", foreign_keys(d->arena, from, &b), foreign_keys(d->arena, to, &b),
          "rows without a parent are refused now");
    merge(d, to, "unique", uniques(d->arena, from, &b), uniques(d->arena, to, &b),
          "rows that have the same values are refused now");
    for (int unique = 0; unique < 2; unique++)
        merge(d, to, "index", indexes(d->arena, from, unique == 1, &b), indexes(d->arena, to, unique == 1, &b),
              unique == 1 ? "rows that have the same values are refused now" : NULL);
    merge(d, to, "check", checks(d->arena, from), checks(d->arena, to), "rows that do not meet it are refused now");
    buffer_finish(&b);
}
