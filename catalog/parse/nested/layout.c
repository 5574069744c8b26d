/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - which places become tables and which columns.
 *
 * A list is a table and, in the table around it, a column of type array. An object is a column of type object, and its
 * members are columns with its name before theirs. An object that holds nothing but one list is a wrapper: list and
 * wrapper are one. The values of a dictionary are a table. The root is a table of one row when it has values of its
 * own, else only the way to its tables.
 */
#include "catalog/parse/nested/layout.h"

#include <string.h>

#include "base/mem.h"

enum { FLATTEN_MAX = 32 /* objects in objects that become columns of one table */ };

static bool is_plain_object(const struct outline_place *p)
{
    return p->objects > 0 && !outline_is_list(p) && !p->dictionary && p->same == NULL;
}

/* Nothing but one list inside. <albums><album/></albums> is one though it holds a single album. */
static bool is_wrapper(const struct layout *l, const struct outline_place *p)
{
    if (!is_plain_object(p) || p->child_count != 1 || outline_scalars(p) > 0 || p->first->same != NULL)
        return false;
    if (outline_is_list(p->first) || p->first->dictionary)
        return true;
    return l->outline->format == NESTED_XML && p->first->objects > 0 && p->parent != NULL &&
           strcmp(p->name, p->first->name) != 0 && nested_name_same_thing(p->name, p->first->name);
}

/* A column of what stands at p. */
static void column_of(struct layout *l, struct layout_table *t, enum layout_role role, struct outline_place *p,
                      const char *name)
{
    if (t == NULL || layout_column_add(l, t, role, p, name) == NULL)
        return;
    p->owner = t;
    p->column = (int)t->column_count - 1;
}

/* XML: the text beside attributes and elements; NULL: there is none. */
static struct outline_place *text_of(const struct layout *l, const struct outline_place *p)
{
    if (l->outline->format != NESTED_XML)
        return NULL;
    size_t size = sizeof DOCUMENT_TEXT_KEY - 1;
    return outline_find(p, DOCUMENT_TEXT_KEY, size, outline_hash(DOCUMENT_TEXT_KEY, size));
}

/* That text is what the element is worth, and is counted as if it stood there alone. */
static void adopt_text(const struct layout *l, struct outline_place *p)
{
    struct outline_place *text = text_of(l, p);
    if (text == NULL || text->texts == 0)
        return;
    p->texts += text->texts;
    text->texts = 0;
    if (p->infer == NULL) {
        p->infer = text->infer;
        text->infer = NULL;
    } else if (text->infer != NULL) {
        infer_add(p->infer, text->infer);
    }
    p->typed = false;
}

static void flatten(struct layout *l, struct layout_table *t, struct outline_place *p, const char *prefix,
                    unsigned depth);

static struct layout_table *table_add(struct layout *l, struct layout_table *parent, struct outline_place *p,
                                      const char *name)
{
    if (l->class == ERROR_OK && l->table_count >= l->outline->limits->tables_max)
        l->class =
            error_code(l->error, ERROR_TOO_LARGE, "too_many_tables",
                       "the document makes more than %zu tables (limit tables_max)", l->outline->limits->tables_max);
    if (l->class != ERROR_OK)
        return NULL;
    struct layout_table *t = arena_alloc(l->arena, sizeof *t);
    *t = (struct layout_table){ .parent = parent, .place = p, .name = name };
    t->names = layout_names_create(l->arena);
    t->link = t->self = t->key = t->position = t->value = t->row = t->own = -1;
    *(l->last != NULL ? &l->last->next : &l->first) = t;
    l->last = t;
    l->table_count++;
    p->rows = t;
    if (parent != NULL)
        parent->referred = true;
    return t;
}

/* The columns that no key of the document stands for come first; layout_keys() names them. */
static void table_fill(struct layout *l, struct layout_table *t)
{
    struct outline_place *p = t->place;
    bool listed = outline_is_list(p) && (t->parent != NULL || p->dimensions > 1 || p->recursive);
    int *const places[] = { &t->link, &t->self, &t->key };
    const bool wanted[] = { t->parent != NULL, p->recursive, p->parent != NULL && p->parent->dictionary };
    for (int i = 0; i < 3; i++)
        if (wanted[i] && layout_column_add(l, t, (enum layout_role)(LAYOUT_LINK + i), NULL, NULL) != NULL)
            *places[i] = (int)t->column_count - 1;
    t->positions = !listed ? 0 : p->dimensions < 2 ? 1 : p->dimensions < 8 ? p->dimensions : 8;
    for (unsigned i = 0; i < t->positions; i++)
        if (layout_column_add(l, t, LAYOUT_POSITION, NULL, NULL) != NULL && i == 0)
            t->position = (int)t->column_count - 1;
    t->referred |= p->recursive;
    struct outline_place *text = text_of(l, p);
    adopt_text(l, p);
    flatten(l, t, p, "", 0);
    if (outline_scalars(p) > 0 || (p->objects == 0 && p->null_items > 0)) {
        if (layout_column_add(l, t, LAYOUT_VALUE, p, "value") != NULL)
            t->value = (int)t->column_count - 1;
        if (text != NULL) {
            text->owner = t;
            text->column = t->value;
        }
    }
    bool null_rows = l->outline->format == NESTED_XML || t->key >= 0;
    t->rows = p->objects;
    if (t->value >= 0 || t->key >= 0)
        t->rows += outline_scalars(p) + (null_rows ? p->nulls : p->null_items);
    if (text != NULL && t->value >= 0)
        t->rows -= text->present; /* counted as objects already */
}

static void table_of(struct layout *l, struct layout_table *parent, struct outline_place *p, const char *name)
{
    if (p->objects == 0 && outline_scalars(p) == 0 && p->null_items == 0)
        return; /* lists that are all empty */
    struct layout_table *before = l->last, *t = table_add(l, parent, p, name);
    if (t == NULL)
        return;
    table_fill(l, t);
    if (t->column_count > 0 || l->last != t || l->class != ERROR_OK)
        return;
    p->rows = NULL; /* objects that are all empty: no table, which has a column */
    l->last = before;
    *(before != NULL ? &before->next : &l->first) = NULL;
    l->table_count--;
}

static void flatten_object(struct layout *l, struct layout_table *t, struct outline_place *c, const char *name,
                           unsigned depth)
{
    adopt_text(l, c);
    bool scalars = outline_scalars(c) > 0;
    column_of(l, t, scalars && l->outline->format == NESTED_XML ? LAYOUT_VALUE : LAYOUT_OBJECT, c, name);
    struct outline_place *text = text_of(l, c);
    if (text != NULL) {
        text->owner = c->owner;
        text->column = c->column;
    }
    if (depth + 1 >= FLATTEN_MAX) {
        l->cut++;
        return;
    }
    flatten(l, t, c, arena_format(l->arena, "%.900s_", name), depth + 1);
}

static void flatten_child(struct layout *l, struct layout_table *t, struct outline_place *c, const char *prefix,
                          unsigned depth)
{
    const char *own = layout_name_of(l, c);
    const char *name = prefix[0] != '\0' ? arena_format(l->arena, "%s%s", prefix, own) : own;
    if (c->same != NULL) {
        column_of(l, t, LAYOUT_LIST, c, name);
    } else if (c->dictionary) {
        column_of(l, t, outline_is_list(c) ? LAYOUT_LIST : LAYOUT_OBJECT, c, name);
        if (c->first != NULL)
            table_of(l, t, c->first, own);
    } else if (outline_is_list(c)) {
        column_of(l, t, LAYOUT_LIST, c, name);
        table_of(l, t, c, own);
    } else if (is_wrapper(l, c)) {
        column_of(l, t, LAYOUT_LIST, c, name);
        struct outline_place *items = c->first->dictionary ? c->first->first : c->first;
        items->repeats |= !c->first->dictionary && !outline_is_list(items);
        c->first->owner = c->owner;
        c->first->column = c->column;
        table_of(l, t, items, layout_name_of_wrapped(l, c, c->first));
    } else if (c->objects > 0) {
        flatten_object(l, t, c, name, depth);
    } else if (c != text_of(l, c->parent)) {
        column_of(l, t, LAYOUT_VALUE, c, name);
    }
}

static void flatten(struct layout *l, struct layout_table *t, struct outline_place *p, const char *prefix,
                    unsigned depth)
{
    for (struct outline_place *c = p->first; c != NULL && l->class == ERROR_OK; c = c->next) {
        if (arena_room(l->arena) < 1024 * 1024)
            l->class = error_code(l->error, ERROR_TOO_LARGE, "too_many_places",
                                  "the tables of the document do not fit into memory (limit places_max)");
        else
            flatten_child(l, t, c, prefix, depth);
    }
}

/* Are there values that would be columns of p's own table? direct: attributes right at p count as well. */
static bool has_values(const struct layout *l, const struct outline_place *p, bool direct)
{
    for (const struct outline_place *c = p->first; c != NULL; c = c->next) {
        if (is_plain_object(c) ? !is_wrapper(l, c) && has_values(l, c, true)
                               : c->objects == 0 && !outline_is_list(c) && !c->dictionary && c->same == NULL &&
                                     (direct || c->name[0] != DOCUMENT_ATTRIBUTE))
            return true;
    }
    return outline_scalars(p) > 0;
}

static bool has_elements(const struct outline_place *p)
{
    for (const struct outline_place *c = p->first; c != NULL; c = c->next)
        if (c->name[0] != DOCUMENT_ATTRIBUTE)
            return true;
    return false;
}

static void layout_root(struct layout *l, struct outline_place *root)
{
    const char *name = l->document;
    if (root->name_size > 0 && !nested_name_is_generic(layout_name_of(l, root)))
        name = layout_name_of(l, root);
    bool many = outline_is_list(root) || root->present > 1 || root->recursive;
    if (many && !root->dictionary) {
        table_of(l, NULL, root, name);
        return;
    }
    if (root->dictionary) {
        table_of(l, NULL, root->first, name);
        return;
    }
    if (root->child_count == 1 && is_plain_object(root) && (outline_is_list(root->first) || root->first->dictionary)) {
        struct outline_place *items = root->first->dictionary ? root->first->first : root->first;
        table_of(l, NULL, items, layout_name_of_wrapped(l, root, root->first));
        return;
    }
    bool xml = l->outline->format == NESTED_XML;
    if (has_values(l, root, !xml || !has_elements(root))) {
        struct layout_table *t = table_add(l, NULL, root, name);
        if (t != NULL)
            table_fill(l, t);
        return;
    }
    if (has_values(l, root, true))
        l->about = root;
    size_t elements = 0;
    for (struct outline_place *c = root->first; c != NULL; c = c->next)
        elements += c->name[0] != DOCUMENT_ATTRIBUTE || !xml;
    for (struct outline_place *c = root->first; c != NULL && l->class == ERROR_OK; c = c->next) {
        if (c->name[0] == DOCUMENT_ATTRIBUTE && xml)
            continue;
        if (elements == 1 && outline_is_list(c))
            table_of(l, NULL, c, layout_name_of_wrapped(l, root, c));
        else
            flatten_child(l, NULL, c, "", 0);
    }
}

enum error_class layout_make(struct layout *l, struct outline *o, struct arena *arena, const char *document,
                             struct error *e)
{
    *l = (struct layout){ .outline = o, .arena = arena, .document = document, .error = e, .events = l->events };
    struct outline_place *root = o->root;
    while (root->present <= 1 && is_plain_object(root) && root->child_count == 1 && is_plain_object(root->first) &&
           outline_scalars(root->first) == 0 && outline_scalars(root) == 0 && !root->recursive)
        root = root->first;
    layout_root(l, root);
    if (l->class == ERROR_OK)
        layout_name_tables(l);
    if (l->class == ERROR_OK)
        layout_keys(l);
    if (l->class == ERROR_OK)
        layout_types(l);
    return l->class;
}
