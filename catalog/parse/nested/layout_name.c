/* SPDX-License-Identifier: Apache-2.0 */
/* layout_name.c - names of tables and columns, each once, and the paths of places. */
#include <string.h>

#include "base/text.h"
#include "catalog/parse/nested/layout.h"
#include "catalog/parse/nested/nested_events.h"

enum { PATH_MAX_BYTES = 4096, NAME_MAX_BYTES = CATALOG_NAME_MAX, TAKEN_MAX = 1000 };

struct layout_names {
    struct arena *arena;
    const char **slots; /* NULL: free */
    size_t capacity, count;
};

struct layout_names *layout_names_create(struct arena *arena)
{
    struct layout_names *names = arena_alloc(arena, sizeof *names);
    names->arena = arena;
    return names;
}

static const char **slot_of(const struct layout_names *names, const char *name)
{
    size_t at = outline_hash(name, strlen(name)) & (names->capacity - 1);
    while (names->slots[at] != NULL && strcmp(names->slots[at], name) != 0)
        at = (at + 1) & (names->capacity - 1);
    return &names->slots[at];
}

static void grow(struct layout_names *names)
{
    struct layout_names old = *names;
    names->capacity = old.capacity == 0 ? 32 : old.capacity * 2;
    names->slots = arena_array(names->arena, names->capacity, sizeof *names->slots);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i] != NULL)
            *slot_of(names, old.slots[i]) = old.slots[i];
}

const char *layout_names_take(struct layout_names *names, const char *wanted)
{
    if ((names->count + 1) * 2 > names->capacity)
        grow(names);
    const char *name = strlen(wanted) > NAME_MAX_BYTES ? arena_text_n(names->arena, wanted, NAME_MAX_BYTES) : wanted;
    name = catalog_clean_text(names->arena, name);
    /* Doubling steps, so that a thousand of one name are not tried one by one. */
    for (size_t number = 2; *slot_of(names, name) != NULL; number += 1 + names->count / 4)
        name = arena_format(names->arena, "%.*s_%zu", NAME_MAX_BYTES - 24, wanted, number);
    names->count++;
    *slot_of(names, name) = name;
    return name;
}

const char *layout_name_of(const struct layout *l, const struct outline_place *p)
{
    const char *name = p->name;
    size_t size = p->name_size;
    if (l->outline->format == NESTED_XML) {
        if (size > 0 && name[0] == DOCUMENT_ATTRIBUTE) {
            name++;
            size--;
        }
        const char *colon = memchr(name, ':', size);
        if (colon != NULL && (size_t)(colon - name) + 1 < size) {
            size -= (size_t)(colon - name) + 1;
            name = colon + 1;
        }
    }
    if (size == 0)
        return p->parent != NULL && p->parent->dictionary && p->name_size == 0 ? "value" : "_";
    char *clean = arena_text_n(l->arena, name, size);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)clean[i] < ' ' || clean[i] == 0x7F)
            clean[i] = '?';
    return catalog_clean_text(l->arena, clean);
}

/* Back to front: a path is cut at its beginning, where it says least. */
const char *layout_path_of(const struct layout *l, const struct outline_place *p)
{
    char path[PATH_MAX_BYTES];
    size_t at = sizeof path;
    for (; p != NULL && (p->parent != NULL || p->name_size > 0); p = p->parent) {
        bool values = p->parent != NULL && p->parent->dictionary;
        const char *name = values ? "*" : p->name;
        size_t size = values ? 1 : p->name_size;
        if (size * 2 + 8 > at) {
            memcpy(path + at - 4, "/...", 4);
            at -= 4;
            break;
        }
        for (size_t i = size; i-- > 0;) { /* a slash in a name is escaped as in a JSON pointer */
            unsigned char c = (unsigned char)name[i];
            if (c == '/' || c == '~')
                path[--at] = c == '/' ? '1' : '0';
            path[--at] = (char)(c == '/' ? '~' : c < ' ' || c == 0x7F ? '?' : c);
        }
        path[--at] = '/';
    }
    if (at == sizeof path)
        return "/";
    return catalog_clean_text(l->arena, arena_text_n(l->arena, path + at, sizeof path - at));
}

const char *layout_name_of_wrapped(const struct layout *l, const struct outline_place *wrapper,
                                   const struct outline_place *items)
{
    const char *many = wrapper->name_size > 0 ? layout_name_of(l, wrapper) : l->document;
    const char *one = layout_name_of(l, items);
    if (nested_name_same_thing(many, one))
        return many;
    if (!nested_name_is_generic(one))
        return one;
    return nested_name_is_generic(many) ? l->document : many;
}

static struct layout_table *named(struct layout_table *first, const char *name)
{
    while (first != NULL && strcmp(first->name, name) != 0)
        first = first->next;
    return first;
}

/* The one row of a root gives way to the table that the document is about. */
static void rename_root(struct layout *l)
{
    struct layout_table *root = l->first;
    if (root == NULL || root->parent != NULL || !root->referred || root->rows != 1)
        return;
    for (struct layout_table *t = root->next; t != NULL; t = t->next)
        if (t->parent == root && nested_name_same_thing(root->name, t->name)) {
            if (strlen(root->name) > strlen(t->name) && named(root->next, root->name) == NULL)
                t->name = root->name;
            root->name = arena_format(l->arena, "%.900s_document", root->name);
            return;
        }
}

/* Of events: below the root each has its parent's name before it, whatever else there is, so that a collection more or
 * less renames nothing. */
static void name_by_parents(struct layout *l)
{
    struct layout_names *names = layout_names_create(l->arena);
    for (struct layout_table *t = l->first; t != NULL; t = t->next) {
        const char *wanted = t->name;
        if (t->parent != NULL)
            wanted = arena_format(l->arena, "%.500s_%.500s", t->parent->name, t->name);
        t->name = layout_names_take(names, wanted);
        for (unsigned i = 2; t->parent != NULL && l->events->taken(l->events->self, t->name) && i < TAKEN_MAX; i++)
            t->name = layout_names_take(names, arena_format(l->arena, "%s_%u", wanted, i));
    }
}

void layout_name_tables(struct layout *l)
{
    if (l->events != NULL) {
        name_by_parents(l);
        return;
    }
    rename_root(l);
    struct layout_names *seen = layout_names_create(l->arena), *twice = layout_names_create(l->arena);
    for (struct layout_table *t = l->first; t != NULL; t = t->next) {
        const char *taken = layout_names_take(seen, t->name);
        if (strcmp(taken, t->name) != 0 && (twice->capacity == 0 || *slot_of(twice, t->name) == NULL))
            layout_names_take(twice, t->name);
    }
    struct layout_names *names = layout_names_create(l->arena);
    for (struct layout_table *t = l->first; t != NULL; t = t->next) {
        const char *name = t->name;
        if (twice->capacity > 0 && *slot_of(twice, name) != NULL && t->parent != NULL)
            name = arena_format(l->arena, "%.500s_%.500s", t->parent->name, name);
        t->name = layout_names_take(names, name);
    }
}
