/* SPDX-License-Identifier: Apache-2.0 */
/* diff_item.c - the list of changes: adding to it, writing it, and what finding them needs: how alike names are. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "catalog/diff.h"
#include "catalog/write_json.h"

enum { LETTERS = 64 };

struct diff_item *diff_add(struct diff *d, const char *change, const char *what, const struct catalog_table *t,
                           const char *name)
{
    if (d->count == 0 || (d->count >= 16 && (d->count & (d->count - 1)) == 0)) {
        struct diff_item *bigger = arena_array(d->arena, d->count == 0 ? 16 : 2 * d->count, sizeof *bigger);
        if (d->count > 0)
            memcpy(bigger, d->items, d->count * sizeof *bigger);
        d->items = bigger;
    }
    struct diff_item *item = &d->items[d->count++];
    *item = (struct diff_item){ .change = change,
                                .what = what,
                                .schema = t != NULL ? t->schema : NULL,
                                .table = t != NULL ? t->name : NULL,
                                .name = name };
    return item;
}

void diff_breaks(struct diff *d, struct diff_item *item, const char *why)
{
    item->breaking = true;
    item->why = why;
    d->breaking++;
}

/* Sets of letter pairs as bits of a small hash: names are short, and a wrong likeness only costs a suggestion. */
static size_t pairs(const char *name, unsigned char *bits)
{
    size_t count = 0;
    for (; name[0] != '\0' && name[1] != '\0'; name++) {
        unsigned a = (unsigned)tolower((unsigned char)name[0]), b = (unsigned)tolower((unsigned char)name[1]);
        unsigned hash = (a * 31 + b * 131) % (8 * LETTERS);
        if ((bits[hash / 8] & (1u << hash % 8)) == 0)
            count++;
        bits[hash / 8] |= (unsigned char)(1u << hash % 8);
    }
    return count;
}

double diff_names_likeness(const char *a, const char *b)
{
    if (strcasecmp(a, b) == 0)
        return 1;
    unsigned char left[LETTERS] = { 0 }, right[LETTERS] = { 0 };
    size_t count = pairs(a, left) + pairs(b, right), shared = 0;
    for (size_t i = 0; i < LETTERS; i++)
        shared += (size_t)__builtin_popcount((unsigned)(left[i] & right[i]));
    return count > 0 ? 2.0 * (double)shared / (double)count : 0;
}

static int compare_columns(const void *left, const void *right)
{
    const struct catalog_column *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

const struct catalog_column **diff_sorted(struct arena *arena, const struct catalog_table *t)
{
    const struct catalog_column **columns = arena_array(arena, t->column_count + 1, sizeof *columns);
    for (size_t i = 0; i < t->column_count; i++)
        columns[i] = &t->columns[i];
    if (t->column_count > 1)
        qsort(columns, t->column_count, sizeof *columns, compare_columns);
    return columns;
}

const struct catalog_column *diff_sorted_find(const struct catalog_column **columns, size_t count, const char *name)
{
    struct catalog_column wanted = { .name = name };
    const struct catalog_column *key = &wanted;
    const struct catalog_column **found =
        count > 0 ? bsearch(&key, columns, count, sizeof *columns, compare_columns) : NULL;
    return found != NULL ? *found : NULL;
}

void diff_write(const struct diff *d, struct buffer *b)
{
    write_json_open(b, NULL, '{');
    write_json_integer(b, "breaking", (int64_t)d->breaking);
    write_json_open(b, "changes", '[');
    for (size_t i = 0; i < d->count; i++) {
        const struct diff_item *item = &d->items[i];
        write_json_open(b, NULL, '{');
        write_json_text(b, "change", item->change);
        write_json_text(b, "what", item->what);
        write_json_text(b, "schema", item->schema);
        write_json_text(b, "table", item->table);
        write_json_text(b, "name", item->name);
        write_json_text(b, "from", item->from);
        write_json_text(b, "to", item->to);
        write_json_boolean(b, "breaking", item->breaking);
        write_json_text(b, "why", item->why);
        if (item->likeness > 0)
            write_json_real(b, "likeness", item->likeness);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
    write_json_close(b, '}');
}
