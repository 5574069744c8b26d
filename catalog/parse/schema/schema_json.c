/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_json.c - JSON Schema and OpenAPI as tables.
 *
 * Every named schema that is an object is a table, and so is every object that something refers to; a reference is a
 * column of type object with a foreign key (a relationship where the other side has no key). What is written inline
 * becomes tables as data would: objects are columns with a prefix, lists of objects child tables, additionalProperties
 * child tables with a key. allOf adds up, of oneOf and anyOf everything may be missing.
 */
#include "catalog/parse/schema/schema_json.h"

#include <string.h>

#include "base/text.h"

enum { FOLLOW_MAX = 32, REQUIRED_MAX = 2000 };

struct pending {
    struct pending *next;
    struct schema_table *t;
    struct schema_tree *s;
    const char *path;
    bool dictionary;
};

struct reader {
    struct schema_work *w;
    struct schema_tree *root;
    struct pending *first, *last;
};

static void fill(struct reader *r, struct schema_table *t, struct schema_tree *s, const char *prefix, bool optional,
                 const char *path);

static const char *ref_of(const struct schema_tree *s)
{
    return schema_tree_text(s, "$ref");
}

static struct schema_tree *by_anchor(struct reader *r, const char *name)
{
    static const char *const groups[] = { "$defs", "definitions" };
    for (size_t i = 0; i < 2; i++) {
        struct schema_tree *group = schema_tree_get(r->root, groups[i]);
        for (struct schema_tree *s = group != NULL ? group->first : NULL; s != NULL; s = s->next) {
            const char *anchor = schema_tree_text(s, "$anchor"), *id = schema_tree_text(s, "$id");
            id = id != NULL ? id : schema_tree_text(s, "id");
            if (text_equal(anchor, name) || (id != NULL && text_equal(id[0] == '#' ? id + 1 : id, name)))
                return s;
        }
    }
    return NULL;
}

/* Where references lead in the end; s itself when it is none. NULL: outside, nowhere or in a circle. */
static struct schema_tree *follow(struct reader *r, struct schema_tree *s, const char **ret_name)
{
    for (int i = 0; s != NULL && i < FOLLOW_MAX; i++) {
        const char *ref = ref_of(s);
        if (ref == NULL)
            return s;
        const char *slash = strrchr(ref, '/');
        struct schema_tree *from = s;
        if (ret_name != NULL)
            *ret_name = slash != NULL ? slash + 1 : ref + (ref[0] == '#');
        if (ref[0] == '#' && (ref[1] == '/' || ref[1] == '\0'))
            s = schema_tree_at(r->w->arena, r->root, ref);
        else
            s = by_anchor(r, ref[0] == '#' ? ref + 1 : ref);
        if (s == NULL && !from->told)
            schema_table_say(r->w, NULL, "%.300s leads nowhere in this file: what is there is not known", ref);
        from->told = true;
    }
    return NULL;
}

static bool is_list(const struct schema_tree *s)
{
    return schema_json_is(s, "array") || (schema_tree_get(s, "items") != NULL && schema_tree_get(s, "type") == NULL);
}

/* Each schema is asked once; one that is being asked about is none, so circles end. */
static bool is_object_within(struct reader *r, struct schema_tree *from, unsigned depth)
{
    static const char *const groups[] = { "allOf", "oneOf", "anyOf" };
    struct schema_tree *s = depth < SCHEMA_DEPTH_MAX ? follow(r, from, NULL) : NULL;
    if (s == NULL || s->what != SCHEMA_OBJECT)
        return false;
    if (s->object != 0)
        return s->object > 0;
    bool object = !is_list(s) && (schema_tree_get(s, "properties") != NULL || schema_json_is(s, "object"));
    s->object = -1;
    for (size_t i = 0; i < 3 && !object && !is_list(s); i++) {
        struct schema_tree *group = schema_tree_get(s, groups[i]);
        for (struct schema_tree *one = group != NULL ? group->first : NULL; one != NULL && !object; one = one->next)
            object = is_object_within(r, one, depth + 1);
    }
    s->object = object ? 1 : -1;
    return object;
}

static bool is_object(struct reader *r, struct schema_tree *s)
{
    return is_object_within(r, s, 0);
}

/* allOf, oneOf or anyOf of one schema, null aside, is that schema. */
static struct schema_tree *unwrap(struct schema_tree *s, bool *may_be_null)
{
    static const char *const groups[] = { "allOf", "oneOf", "anyOf" };
    for (int i = 0; i < 3 && schema_tree_get(s, "properties") == NULL; i++) {
        struct schema_tree *group = schema_tree_get(s, groups[i]), *found = NULL;
        size_t count = 0;
        for (struct schema_tree *one = group != NULL ? group->first : NULL; one != NULL; one = one->next) {
            if (schema_json_is(one, "null") && schema_tree_get(one, "type")->what == SCHEMA_SCALAR) {
                *may_be_null = true;
                continue;
            }
            count++;
            found = one;
        }
        if (count == 1)
            return found;
    }
    return s;
}

static void later(struct reader *r, struct schema_table *t, struct schema_tree *s, const char *path, bool dictionary)
{
    struct pending *p = arena_alloc(r->w->arena, sizeof *p);
    *p = (struct pending){ .t = t, .s = s, .path = path, .dictionary = dictionary };
    *(r->last != NULL ? &r->last->next : &r->first) = p;
    r->last = p;
}

/* The table of an object that has a name of its own. */
static struct schema_table *table_of(struct reader *r, struct schema_tree *s, const char *name)
{
    if (s->made != NULL)
        return s->made;
    struct schema_table *t = schema_table_add(r->w, NULL, name);
    if (t == NULL)
        return NULL;
    t->comment = schema_tree_text(s, "description");
    s->made = t;
    later(r, t, s, arena_format(r->w->arena, "/%.900s", name), false);
    return t;
}

static struct schema_column *add(struct reader *r, struct schema_table *t, const char *name, struct type type,
                                 const char *native, struct schema_tree *s, bool optional, const char *path)
{
    struct schema_column *c = schema_column_add(r->w, t, name, type, optional || schema_json_may_be_null(s), path);
    if (c == NULL)
        return NULL;
    c->column.native_type = native;
    c->column.comment = schema_tree_text(s, "description");
    c->column.default_text = schema_tree_text(s, "default");
    return c;
}

static void refer(struct reader *r, struct schema_column *c, struct schema_tree *to, const char *name, bool many)
{
    if (c == NULL)
        return;
    c->refers = table_of(r, to, name);
    c->many = many;
    c->column.native_type = arena_format(r->w->arena, many ? "%.900s[]" : "%.900s", name);
    c->why = arena_format(r->w->arena, "the schema refers to %.900s", name);
    if (many)
        c->column.type.element = c->column.native_type;
}

static void child(struct reader *r, struct schema_table *t, const char *name, struct schema_tree *s, const char *path,
                  bool dictionary)
{
    struct schema_table *below = schema_table_add(r->w, t, name);
    if (below != NULL)
        later(r, below, s, path, dictionary);
}

static void list_column(struct reader *r, struct schema_table *t, const char *name, const char *own,
                        struct schema_tree *s, bool optional, const char *path)
{
    bool null_item = false;
    struct schema_tree *items = schema_tree_get(s, "items");
    const char *to = NULL, *native = NULL;
    items = items != NULL && items->what == SCHEMA_LIST ? items->first : items;
    struct schema_tree *item = items != NULL ? follow(r, unwrap(items, &null_item), &to) : NULL;
    struct schema_column *c = add(r, t, name, (struct type){ .name = TYPE_ARRAY }, "array", s, optional, path);
    if (c == NULL || item == NULL)
        return;
    if (is_object(r, item)) {
        c->column.native_type = c->column.type.element = "object[]";
        if (to != NULL)
            refer(r, c, item, to, true);
        else
            child(r, t, own, item, path, false);
        return;
    }
    struct type type = is_list(item) ? (struct type){ .name = TYPE_ARRAY } : schema_json_type(r->w, item, &native);
    c->column.native_type = c->column.type.element =
        arena_format(r->w->arena, "%s[]", type.name == TYPE_OTHER ? "any" : type_text(type.name));
}

static void object_column(struct reader *r, struct schema_table *t, const char *name, const char *own,
                          struct schema_tree *s, bool optional, const char *path)
{
    struct schema_tree *any = schema_tree_get(s, "additionalProperties");
    struct schema_column *c = add(r, t, name, (struct type){ .name = TYPE_OBJECT }, "object", s, optional, path);
    if (c == NULL)
        return;
    if (any != NULL && any->what == SCHEMA_OBJECT && any->count > 0 && schema_tree_get(s, "properties") == NULL) {
        child(r, t, own, any, path, true);
        return;
    }
    fill(r, t, s, arena_format(r->w->arena, "%.900s_", name), optional, path);
}

/* The column of a property. own: its name without what is around it. */
static void property(struct reader *r, struct schema_table *t, struct schema_tree *p, const char *prefix,
                     const char *own, bool optional, const char *around)
{
    struct schema_work *w = r->w;
    const char *name = prefix[0] != '\0' ? arena_format(w->arena, "%.900s%.900s", prefix, own) : own;
    const char *path = arena_format(w->arena, "%.3000s/%.900s", around, own), *to = NULL, *native = NULL;
    struct schema_column *there = schema_column_find(t, name);
    if (there != NULL) { /* the same property in another part of an allOf or oneOf */
        there->column.nullable &= optional;
        return;
    }
    bool may_be_null = schema_json_may_be_null(p);
    struct schema_tree *inner = unwrap(p, &may_be_null), *s = follow(r, inner, &to);
    optional |= may_be_null;
    if (s == NULL || s->what != SCHEMA_OBJECT) {
        add(r, t, name, (struct type){ .name = TYPE_OTHER }, "any", p, optional, path);
    } else if (is_object(r, s)) {
        if (to != NULL)
            refer(r, add(r, t, name, (struct type){ .name = TYPE_OBJECT }, "object", p, optional, path), s, to, false);
        else
            object_column(r, t, name, own, s, optional, path);
    } else if (is_list(s)) {
        list_column(r, t, name, own, s, optional, path);
    } else {
        struct type type = schema_json_type(w, s, &native);
        struct schema_column *c = add(r, t, name, type, native, s, optional, path);
        if (c != NULL)
            c->check = schema_json_check(w, s, c->column.name);
        if (c != NULL && c->column.comment == NULL)
            c->column.comment = schema_tree_text(p, "description");
    }
}

/* Names that are required here and stand in another part of an allOf. */
static void require(struct reader *r, struct schema_table *t, const struct schema_tree *required, const char *prefix)
{
    size_t looked = 0;
    for (const struct schema_tree *q = required->first; q != NULL && looked < REQUIRED_MAX; q = q->next, looked++)
        if (q->what == SCHEMA_SCALAR) {
            struct schema_column *c = schema_column_find(t, arena_format(r->w->arena, "%s%.900s", prefix, q->text));
            if (c != NULL)
                c->column.nullable = false;
        }
}

/* The members of s as columns of t. */
static void fill(struct reader *r, struct schema_table *t, struct schema_tree *s, const char *prefix, bool optional,
                 const char *path)
{
    static const char *const groups[] = { "allOf", "oneOf", "anyOf" };
    struct schema_work *w = r->w;
    if (w->class != ERROR_OK || s == NULL || s->what != SCHEMA_OBJECT || w->depth >= SCHEMA_DEPTH_MAX)
        return;
    if (++w->filled > SCHEMA_FILLED_MAX) { /* parts of parts of parts, each twice */
        w->class = error_code(w->error, ERROR_TOO_LARGE, "schema_too_large",
                              "the schemas are made of more than %d parts of others", SCHEMA_FILLED_MAX);
        return;
    }
    w->depth++;
    struct schema_tree *properties = schema_tree_get(s, "properties"), *required = schema_tree_get(s, "required");
    for (struct schema_tree *q = required != NULL ? required->first : NULL; q != NULL; q = q->next) {
        struct schema_tree *p = q->what == SCHEMA_SCALAR ? schema_tree_get(properties, q->text) : NULL;
        if (p != NULL)
            p->required = true;
    }
    for (size_t i = 0; i < 3; i++) {
        struct schema_tree *group = schema_tree_get(s, groups[i]);
        for (struct schema_tree *one = group != NULL ? group->first : NULL; one != NULL; one = one->next) {
            const char *name = NULL;
            struct schema_tree *part = follow(r, one, &name);
            if (part != NULL && part != s)
                fill(r, t, part, prefix, optional || i > 0, path);
            if (i == 0 && name != NULL && part != NULL && part->made != NULL && prefix[0] == '\0')
                catalog_name_add(w->catalog, &t->inherits, ((struct schema_table *)part->made)->name);
        }
    }
    if (properties != NULL && properties->what == SCHEMA_OBJECT)
        for (struct schema_tree *p = properties->first; p != NULL && w->class == ERROR_OK; p = p->next)
            property(r, t, p, prefix, p->name, optional || !p->required, path);
    if (required != NULL && required->what == SCHEMA_LIST && schema_tree_get(s, "allOf") != NULL && !optional)
        require(r, t, required, prefix);
    w->depth--;
}

static void fill_pending(struct reader *r, struct pending *p)
{
    struct schema_tree *s = p->s;
    if (p->t->parent != NULL) {
        schema_table_place(r->w, p->t, p->dictionary);
        s = follow(r, s, NULL);
    }
    if (s != NULL && p->dictionary && !is_object(r, s)) {
        property(r, p->t, s, "", "value", false, p->path);
        return;
    }
    fill(r, p->t, s, "", false, p->path);
}

/* A definition of texts with members is a type of its own. */
static void named_enum(struct reader *r, struct schema_tree *s)
{
    const char *native;
    struct type type = schema_json_type(r->w, s, &native);
    if (type.name != TYPE_ENUM)
        return;
    struct catalog_named_type *named = catalog_type_add(r->w->catalog, "", s->name);
    const struct schema_tree *members = schema_tree_get(s, "enum");
    named->kind = "enum";
    named->comment = schema_tree_text(s, "description");
    for (const struct schema_tree *m = members != NULL ? members->first : NULL; m != NULL; m = m->next)
        if (m->what == SCHEMA_SCALAR && m->kind != DOCUMENT_NULL)
            catalog_name_add(r->w->catalog, &named->members, m->text);
}

void schema_json_read(struct schema_work *w, struct schema_tree *root, const char *name)
{
    struct reader r = { .w = w, .root = root };
    struct schema_tree *const groups[] = { schema_tree_get(root, "$defs"), schema_tree_get(root, "definitions"),
                                           schema_tree_get(schema_tree_get(root, "components"), "schemas") };
    const char *title = schema_tree_text(root, "title");
    bool api = schema_tree_get(root, "openapi") != NULL || schema_tree_get(root, "swagger") != NULL;
    bool null_item = false;
    struct schema_tree *top = root;
    if (!api && is_list(root) && schema_tree_get(root, "items") != NULL)
        top = follow(&r, unwrap(schema_tree_get(root, "items"), &null_item), &title);
    else if (!api && ref_of(root) != NULL)
        top = follow(&r, root, &title);
    if (!api && top != NULL && is_object(&r, top))
        table_of(&r, top, title != NULL && title[0] != '\0' ? title : name);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        for (struct schema_tree *s = groups[i] != NULL && groups[i]->what == SCHEMA_OBJECT ? groups[i]->first : NULL;
             s != NULL && w->class == ERROR_OK; s = s->next) {
            if (is_object(&r, s) && ref_of(s) == NULL)
                table_of(&r, s, s->name);
            else if (ref_of(s) == NULL)
                named_enum(&r, s);
        }
    for (struct pending *p = r.first; p != NULL && w->class == ERROR_OK; p = p->next)
        fill_pending(&r, p);
}
