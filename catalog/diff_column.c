/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_column.c - columns of two tables that are one. A type that holds every value of the old one is wider, and wider
 * breaks nobody who writes; anything else may refuse or change what was there.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/diff.h"

static const double rename_min = 0.55;

/* Whole numbers by what they hold; 0: none. */
static int integer_width(const struct type *t)
{
    return t->name == TYPE_SMALLINT ? 1 : t->name == TYPE_INTEGER ? 2 : t->name == TYPE_BIGINT ? 3 : 0;
}

static bool is_text(const struct type *t)
{
    return t->name == TYPE_VARCHAR || t->name == TYPE_TEXT || t->name == TYPE_STRING || t->name == TYPE_CHAR;
}

/* length 0: no limit */
static bool length_fits(long from, long to)
{
    return to == 0 || (from > 0 && to >= from);
}

static bool decimal_fits(const struct type *from, const struct type *to)
{
    if (to->precision == 0)
        return true;
    return from->precision > 0 && to->scale >= from->scale &&
           to->precision - to->scale >= from->precision - from->scale;
}

static bool wider(const struct type *from, const struct type *to)
{
    if (from->is_unsigned && !to->is_unsigned && integer_width(to) <= integer_width(from) && integer_width(to) > 0)
        return false;
    if (integer_width(from) > 0 && integer_width(to) > 0)
        return integer_width(to) >= integer_width(from) && (!to->is_unsigned || from->is_unsigned);
    if (integer_width(from) > 0)
        return (to->name == TYPE_DECIMAL && (to->precision == 0 || to->precision - to->scale >= 19)) ||
               to->name == TYPE_NUMBER;
    if (is_text(from) && is_text(to))
        return length_fits(from->length, to->length) && (to->name != TYPE_CHAR || from->name == TYPE_CHAR);
    if (from->name != to->name)
        return (from->name == TYPE_REAL && to->name == TYPE_DOUBLE) ||
               (from->name == TYPE_DATE && to->name == TYPE_TIMESTAMP);
    switch (from->name) {
    case TYPE_DECIMAL:
        return decimal_fits(from, to);
    case TYPE_BINARY:
        return length_fits(from->length, to->length);
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        return from->timezone == to->timezone && (to->precision < 0 || to->precision >= from->precision);
    default:
        return text_equal(from->element, to->element);
    }
}

static bool same_type(const struct type *a, const struct type *b)
{
    return a->name == b->name && a->length == b->length && a->precision == b->precision && a->scale == b->scale &&
           a->timezone == b->timezone && a->is_unsigned == b->is_unsigned && text_equal(a->element, b->element);
}

static const char *type_words(struct arena *arena, const struct catalog_column *c)
{
    if (c->native_type != NULL && c->native_type[0] != '\0')
        return c->native_type;
    if (c->type.length > 0)
        return arena_format(arena, "%s(%ld)", type_text(c->type.name), c->type.length);
    return type_text(c->type.name);
}

static void diff_type(struct diff *d, const struct catalog_table *t, const struct catalog_column *from,
                      const struct catalog_column *to)
{
    bool unknown = from->type.name == TYPE_OTHER && to->type.name == TYPE_OTHER;
    if (unknown ? text_equal(from->native_type, to->native_type) : same_type(&from->type, &to->type))
        return;
    struct diff_item *item = diff_add(d, "changed", "type", t, to->name);
    item->from = type_words(d->arena, from);
    item->to = type_words(d->arena, to);
    if (unknown || !wider(&from->type, &to->type))
        diff_breaks(d, item, "not every value of the old type has a place in the new one");
}

static void diff_text(struct diff *d, const struct catalog_table *t, const char *what, const char *name,
                      const char *from, const char *to, const char *breaks)
{
    if (text_equal(from, to))
        return;
    struct diff_item *item = diff_add(d, from == NULL ? "added" : to == NULL ? "dropped" : "changed", what, t, name);
    item->from = from;
    item->to = to;
    if (breaks != NULL)
        diff_breaks(d, item, breaks);
}

static void diff_column(struct diff *d, const struct catalog_table *t, const struct catalog_column *from,
                        const struct catalog_column *to)
{
    diff_type(d, t, from, to);
    if (from->nullable != to->nullable) {
        struct diff_item *item = diff_add(d, "changed", "nullable", t, to->name);
        item->from = from->nullable ? "NULL" : "NOT NULL";
        item->to = to->nullable ? "NULL" : "NOT NULL";
        if (!to->nullable)
            diff_breaks(d, item, "rows without a value are refused now");
        else
            item->why = "readers may meet NULL now";
    }
    diff_text(d, t, "default", to->name, from->default_text, to->default_text,
              from->default_text != NULL && to->default_text == NULL && !to->nullable && !to->identity
                  ? "rows that left it out are refused now"
                  : NULL);
    diff_text(d, t, "generated", to->name, from->generated, to->generated,
              from->generated == NULL ? "values of one's own are refused now" : NULL);
    diff_text(d, t, "collation", to->name, from->collation, to->collation, NULL);
    diff_text(d, t, "identity", to->name, from->identity ? "identity" : NULL, to->identity ? "identity" : NULL,
              from->identity && to->default_text == NULL && !to->nullable ? "rows that left it out are refused now"
                                                                          : NULL);
}

/* How sure it is that the one became the other; 0: another type. */
static double rename_likeness(const struct catalog_table *a, const struct catalog_column *from,
                              const struct catalog_table *b, const struct catalog_column *to)
{
    if (from->type.name != to->type.name)
        return 0;
    double names = diff_names_likeness(from->name, to->name);
    bool place = from - a->columns == to - b->columns;
    bool same = same_type(&from->type, &to->type) && from->nullable == to->nullable;
    return 0.6 * names + (place ? 0.25 : 0) + (same ? 0.15 : 0);
}

static void add_column(struct diff *d, const struct catalog_table *t, const struct catalog_column *c)
{
    struct diff_item *item = diff_add(d, "added", "column", t, c->name);
    item->to = type_words(d->arena, c);
    if (!c->nullable && c->default_text == NULL && !c->identity && c->generated == NULL)
        diff_breaks(d, item, "rows that leave it out are refused");
}

/* Columns that are in one table only, at most PAIRS of them compared with one another. */
enum { PAIRS = 250000 };

void diff_columns(struct diff *d, const struct catalog_table *from, const struct catalog_table *to)
{
    const struct catalog_column **dropped = arena_array(d->arena, from->column_count + 1, sizeof *dropped);
    const struct catalog_column **added = arena_array(d->arena, to->column_count + 1, sizeof *added);
    const struct catalog_column **before = diff_sorted(d->arena, from), **after = diff_sorted(d->arena, to);
    size_t dropped_count = 0, added_count = 0;
    for (size_t i = 0; i < from->column_count; i++) {
        const struct catalog_column *same = diff_sorted_find(after, to->column_count, from->columns[i].name);
        if (same != NULL)
            diff_column(d, to, &from->columns[i], same);
        else
            dropped[dropped_count++] = &from->columns[i];
    }
    for (size_t i = 0; i < to->column_count; i++)
        if (diff_sorted_find(before, from->column_count, to->columns[i].name) == NULL)
            added[added_count++] = &to->columns[i];
    bool compare = added_count > 0 && dropped_count <= PAIRS / added_count;
    for (size_t i = 0; i < dropped_count; i++) {
        size_t best = added_count;
        double likeness = rename_min;
        for (size_t k = 0; compare && k < added_count; k++) {
            double found = added[k] != NULL ? rename_likeness(from, dropped[i], to, added[k]) : 0;
            if (found > likeness) {
                likeness = found;
                best = k;
            }
        }
        struct diff_item *item =
            diff_add(d, best < added_count ? "renamed" : "dropped", "column", to, dropped[i]->name);
        item->from = dropped[i]->name;
        diff_breaks(d, item, "the old name is gone");
        if (best == added_count)
            continue;
        item->name = item->to = added[best]->name;
        item->likeness = likeness;
        diff_column(d, to, dropped[i], added[best]);
        added[best] = NULL;
    }
    for (size_t k = 0; k < added_count; k++)
        if (added[k] != NULL)
            add_column(d, to, added[k]);
}
