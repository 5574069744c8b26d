/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parse/csv/csv_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { NAME_MAX_BYTES = CATALOG_NAME_MAX - 24 };

void csv_names_take(struct csv_names *n, const struct csv_record *record, bool row_names)
{
    n->count = record->count + row_names;
    n->items = mem_zero(n->count, sizeof *n->items);
    for (size_t i = 0; i < n->count; i++) {
        if (i == 0 && row_names) {
            n->items[0] = mem_text("");
            continue;
        }
        const struct csv_field *f = &record->fields[i - row_names];
        n->items[i] = mem_text_n(f->text, f->size);
        for (size_t k = 0; k < f->size; k++)
            if (n->items[i][k] == '\0')
                n->items[i][k] = '?';
    }
}

void csv_names_finish(struct csv_names *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->items[i]);
    free(n->items);
}

static bool is_blank(const char *text, size_t size, size_t *ret_blank)
{
    *ret_blank = 1;
    if (size > 0 && (unsigned char)*text <= ' ')
        return true;
    *ret_blank = 2;
    return size > 1 && memcmp(text, "\xC2\xA0", 2) == 0;
}

static const char *trimmed(struct arena *arena, const char *text)
{
    size_t size = strlen(text), blank;
    while (is_blank(text, size, &blank))
        text += blank, size -= blank;
    while (size > 0 &&
           ((unsigned char)text[size - 1] <= ' ' || (size > 1 && memcmp(text + size - 2, "\xC2\xA0", 2) == 0)))
        size -= (unsigned char)text[size - 1] <= ' ' ? 1 : 2;
    if (size > NAME_MAX_BYTES)
        for (size = NAME_MAX_BYTES; size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80;)
            size--;
    return catalog_clean_text(arena, arena_text_n(arena, text, size));
}

struct place {
    const char *name;
    size_t index;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int compare_name(const void *key, const void *place)
{
    return strcmp(key, ((const struct place *)place)->name);
}

static void tell(struct catalog *c, const char *table, size_t index, const char *name, const char *why)
{
    if (table == NULL)
        return;
    struct catalog_diagnostic *d = catalog_diagnostic_add(
        c, "warning", arena_format(c->arena, "column %zu %s: it is called %.200s here", index + 1, why, name));
    d->table = arena_text(c->arena, table);
}

/* Sorted, those of one name stand together, the first of them first. */
static void part_doubles(const char **names, size_t count, struct catalog *c, const char *table)
{
    struct place *places = mem_zero(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){ names[i], i };
    qsort(places, count, sizeof *places, compare_places);
    unsigned nth = 1;
    for (size_t i = 1; i < count; i++) {
        nth = strcmp(places[i].name, places[i - 1].name) == 0 ? nth + 1 : 1;
        if (nth == 1)
            continue;
        const char *name = arena_format(c->arena, "%s_%u", places[i].name, nth);
        for (int more = 0; more < 8 && bsearch(name, places, count, sizeof *places, compare_name) != NULL; more++)
            name = arena_format(c->arena, "%s_", name);
        names[places[i].index] = name;
        tell(c, table, places[i].index, name, "has the name of another one");
    }
    free(places);
}

const char **csv_names_clean(const struct csv_names *n, struct catalog *c, const char *table, size_t count)
{
    const char **names = arena_array(c->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const char *name = i < n->count ? trimmed(c->arena, n->items[i]) : "";
        names[i] = *name != '\0' ? name : arena_format(c->arena, "column_%zu", i + 1);
        if (n->count > 0 && *name == '\0')
            tell(c, table, i, names[i], "has no name");
    }
    if (count > 0)
        part_doubles(names, count, c, table);
    return names;
}
