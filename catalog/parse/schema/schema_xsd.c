/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_xsd.c - XSD as tables, as documents that follow it would be.
 *
 * Every named complexType is a table, and every global element with one of its own; an element of a named type is a
 * column that refers to its table. Types written inline become columns with a prefix, or a child table when they come
 * more than once; an element that holds only one repeated element is a wrapper. Extensions have the columns of their
 * base, choices and minOccurs="0" may be missing. Names are taken without prefix; what is imported is not fetched.
 */
#include "catalog/parse/schema/schema_xsd.h"

#include <string.h>

#include "base/text.h"

enum { PLACES_MAX = 100000 };

static void content(struct xsd_reader *r, struct schema_table *t, struct schema_tree *type, const char *prefix,
                    bool optional, const char *path);

const char *schema_xsd_comment(struct schema_work *w, const struct schema_tree *node)
{
    const struct schema_tree *text = schema_tree_get(schema_tree_get(node, "annotation"), "documentation");
    if (text != NULL && text->what == SCHEMA_OBJECT)
        text = schema_tree_get(text, DOCUMENT_TEXT_KEY);
    return text != NULL && text->what == SCHEMA_SCALAR && text->text[0] != '\0' ? arena_text(w->arena, text->text)
                                                                                : NULL;
}

static void place_add(struct xsd_reader *r, const char *element, struct schema_table *t, const char *prefix)
{
    if (t == NULL || r->place_count++ >= PLACES_MAX)
        return;
    struct xsd_place *place = arena_alloc(r->w->arena, sizeof *place);
    *place = (struct xsd_place){ .next = r->places, .element = element, .prefix = prefix, .t = t };
    r->places = place;
}

static void later(struct xsd_reader *r, struct schema_table *t, struct schema_tree *type, struct type item,
                  const char *path)
{
    if (t == NULL)
        return;
    struct xsd_pending *p = arena_alloc(r->w->arena, sizeof *p);
    *p = (struct xsd_pending){ .t = t, .type = type, .item = item, .path = path };
    *(r->last != NULL ? &r->last->next : &r->first) = p;
    r->last = p;
}

static bool is_many(const struct schema_tree *node)
{
    const char *max = schema_tree_text(node, "@maxOccurs");
    return max != NULL && strcmp(max, "1") != 0 && strcmp(max, "0") != 0;
}

static bool may_miss(const struct schema_tree *node)
{
    return text_equal(schema_tree_text(node, "@minOccurs"), "0") || schema_tree_is_true(node, "@nillable");
}

/* The one element that a type holds, and nothing else; NULL: there is more, or it comes only once. */
static struct schema_tree *wrapped(const struct schema_tree *type)
{
    const struct schema_tree *group = NULL;
    for (const struct schema_tree *m = type->first; m != NULL; m = m->next) {
        if (strcmp(m->name, "annotation") == 0 || m->name[0] == DOCUMENT_ATTRIBUTE)
            continue;
        if (group != NULL || (strcmp(m->name, "sequence") != 0 && strcmp(m->name, "choice") != 0))
            return NULL;
        group = m;
    }
    struct schema_tree *found = NULL;
    for (struct schema_tree *m = group != NULL ? group->first : NULL; m != NULL; m = m->next) {
        if (m->name[0] == DOCUMENT_ATTRIBUTE || strcmp(m->name, "annotation") == 0)
            continue;
        if (found != NULL || strcmp(m->name, "element") != 0)
            return NULL;
        found = m;
    }
    return found != NULL && (is_many(found) || is_many(group)) ? found : NULL;
}

static struct schema_table *table_of(struct xsd_reader *r, struct schema_tree *made_of, struct schema_tree *type,
                                     const char *name)
{
    if (made_of->made != NULL)
        return made_of->made;
    struct schema_table *t = schema_table_add(r->w, NULL, name);
    if (t == NULL)
        return NULL;
    t->comment = schema_xsd_comment(r->w, made_of);
    made_of->made = t;
    later(r, t, type, (struct type){ .name = TYPE_OTHER }, arena_format(r->w->arena, "/%.900s", name));
    return t;
}

static struct schema_column *scalar_column(struct xsd_reader *r, struct schema_table *t, const char *name,
                                           struct schema_tree *node, const struct xsd_scalar *s, bool optional,
                                           const char *path)
{
    struct schema_column *c = schema_column_add(r->w, t, name, s->type, optional, path);
    if (c == NULL)
        return NULL;
    c->column.native_type = s->native;
    c->column.comment = schema_xsd_comment(r->w, node);
    c->column.default_text = schema_tree_text(node, "@default");
    if (c->column.default_text == NULL)
        c->column.default_text = schema_tree_text(node, "@fixed");
    const char *min =
        s->min != NULL ? arena_format(r->w->arena, "%s %s %.100s", c->column.name, s->min_sign, s->min) : NULL;
    const char *max =
        s->max != NULL ? arena_format(r->w->arena, "%s %s %.100s", c->column.name, s->max_sign, s->max) : NULL;
    c->check = min != NULL && max != NULL ? arena_format(r->w->arena, "%s AND %s", min, max) : min != NULL ? min : max;
    return c;
}

static void attribute(struct xsd_reader *r, struct schema_table *t, struct schema_tree *node, const char *prefix,
                      bool optional, const char *path)
{
    const char *ref = schema_xsd_local(schema_tree_text(node, "@ref"));
    struct schema_tree *global = ref != NULL ? schema_tree_get(r->attributes, ref) : node;
    const char *name = ref != NULL ? ref : schema_tree_text(node, "@name");
    const char *use = schema_tree_text(node, "@use");
    if (name == NULL || text_equal(use, "prohibited"))
        return;
    struct xsd_scalar s =
        schema_xsd_scalar(r, schema_tree_text(global, "@type"), schema_tree_get(global, "simpleType"));
    scalar_column(r, t, prefix[0] != '\0' ? arena_format(r->w->arena, "%.900s%.900s", prefix, name) : name, node, &s,
                  optional || !text_equal(use, "required"), arena_format(r->w->arena, "%.3000s/@%.900s", path, name));
}

/* What an element is: its name, its type by name or inline. */
struct what {
    const char *name, *type_name;
    struct schema_tree *complex, *named, *global; /* inline or named complexType; the global element with its own */
    const struct schema_tree *simple;
};

static struct what what_of(struct xsd_reader *r, struct schema_tree *node)
{
    struct what w = { .name = schema_tree_text(node, "@name") };
    const char *ref = schema_xsd_local(schema_tree_text(node, "@ref"));
    struct schema_tree *element = node;
    if (ref != NULL) {
        w.name = ref;
        element = schema_tree_get(r->elements, ref);
        if (element == NULL)
            schema_table_say(r->w, NULL, "element %.200s is declared elsewhere: what it holds is not known", ref);
    }
    if (w.name == NULL)
        w.name = "";
    w.type_name = schema_xsd_local(schema_tree_text(element, "@type"));
    w.simple = schema_tree_get(element, "simpleType");
    w.complex = schema_tree_get(element, "complexType");
    if (w.complex != NULL && w.complex->what != SCHEMA_OBJECT)
        w.complex = NULL;
    w.global = ref != NULL && w.complex != NULL ? element : NULL;
    if (w.complex == NULL && w.type_name != NULL)
        w.named = schema_tree_get(r->complex_types, w.type_name);
    return w;
}

/* It has a table of its own, which a column refers to. */
static void refer(struct xsd_reader *r, struct schema_table *t, const struct what *w, const char *name, bool many,
                  bool optional, const char *path)
{
    struct schema_tree *made_of = w->named != NULL ? w->named : w->global;
    const char *to = w->named != NULL ? w->type_name : w->name;
    struct schema_table *table = table_of(r, made_of, w->named != NULL ? w->named : w->complex, to);
    struct schema_column *c =
        schema_column_add(r->w, t, name, (struct type){ .name = many ? TYPE_ARRAY : TYPE_OBJECT }, optional, path);
    place_add(r, w->name, table, "");
    if (c == NULL || table == NULL)
        return;
    c->refers = table;
    c->many = many;
    c->column.native_type = many ? arena_format(r->w->arena, "%.900s[]", to) : to;
    c->column.type.element = many ? c->column.native_type : NULL;
    c->why = arena_format(r->w->arena, "elements %.300s are of type %.300s", w->name, to);
}

static void element(struct xsd_reader *r, struct schema_table *t, struct schema_tree *node, const char *prefix,
                    bool optional, bool many, const char *around)
{
    struct schema_work *w = r->w;
    struct what is = what_of(r, node);
    if (is.name[0] == '\0' || text_equal(schema_tree_text(node, "@maxOccurs"), "0") || w->class != ERROR_OK)
        return;
    const char *name = prefix[0] != '\0' ? arena_format(w->arena, "%.900s%.900s", prefix, is.name) : is.name;
    const char *path = arena_format(w->arena, "%.3000s/%.900s", around, is.name);
    many |= is_many(node);
    optional |= may_miss(node);
    struct schema_tree *inside = is.complex != NULL ? wrapped(is.complex) : NULL;
    if (is.named != NULL || (is.global != NULL && inside == NULL)) {
        refer(r, t, &is, name, many, optional, path);
    } else if (inside != NULL && !many) { /* a wrapper: what it holds stands for it */
        struct what item = what_of(r, inside);
        if (item.named != NULL || (item.global != NULL && wrapped(item.complex) == NULL))
            refer(r, t, &item, name, true, optional, path);
        else
            element(r, t, inside, prefix, optional, true, path);
    } else if (is.complex != NULL && many) {
        struct schema_column *c = schema_column_add(w, t, name, (struct type){ .name = TYPE_ARRAY }, optional, path);
        struct schema_table *below = c != NULL ? schema_table_add(w, t, is.name) : NULL;
        if (c != NULL)
            c->column.native_type = c->column.type.element = "object[]";
        place_add(r, is.name, below, "");
        later(r, below, is.complex, (struct type){ .name = TYPE_OTHER }, path);
    } else if (is.complex != NULL) {
        const char *below = arena_format(w->arena, "%.900s_", name);
        if (schema_tree_get(is.complex, "simpleContent") == NULL)
            schema_column_add(w, t, name, (struct type){ .name = TYPE_OBJECT }, optional, path);
        place_add(r, is.name, t, below);
        content(r, t, is.complex, below, optional, path);
    } else {
        struct xsd_scalar s = schema_xsd_scalar(r, is.type_name, is.simple);
        struct type item = s.type;
        if (many) {
            s.type = (struct type){ .name = TYPE_ARRAY };
            s.native = s.type.element = arena_format(w->arena, "%s[]", type_text(item.name));
        }
        struct schema_column *c = scalar_column(r, t, name, node, &s, optional, path);
        if (many && c != NULL)
            later(r, schema_table_add(w, t, is.name), NULL, item, path);
    }
}

/* sequence, choice, all, group, and what stands in them. */
static void particle(struct xsd_reader *r, struct schema_table *t, struct schema_tree *node, const char *prefix,
                     bool optional, bool many, const char *path)
{
    struct schema_work *w = r->w;
    if (w->depth >= SCHEMA_DEPTH_MAX || w->class != ERROR_OK)
        return;
    if (++w->filled > SCHEMA_FILLED_MAX) {
        w->class = error_code(w->error, ERROR_TOO_LARGE, "schema_too_large",
                              "the types are made of more than %d groups", SCHEMA_FILLED_MAX);
        return;
    }
    w->depth++;
    bool is_element = strcmp(node->name, "element") == 0;
    bool below_many = !is_element && (many || is_many(node)),
         below_optional = optional || (!is_element && may_miss(node));
    if (is_element) {
        element(r, t, node, prefix, optional, many, path);
    } else if (strcmp(node->name, "group") == 0 && schema_tree_text(node, "@ref") != NULL) {
        struct schema_tree *group = schema_tree_get(r->groups, schema_xsd_local(schema_tree_text(node, "@ref")));
        for (struct schema_tree *m = group != NULL ? group->first : NULL; m != NULL; m = m->next)
            particle(r, t, m, prefix, below_optional, below_many, path);
    } else if (strcmp(node->name, "sequence") == 0 || strcmp(node->name, "choice") == 0 ||
               strcmp(node->name, "all") == 0) {
        bool choice = strcmp(node->name, "choice") == 0;
        for (struct schema_tree *m = node->first; m != NULL; m = m->next)
            particle(r, t, m, prefix, below_optional || choice, below_many, path);
    }
    w->depth--;
}

/* simpleContent: a text with attributes; complexContent: a type with more, or fewer, members than its base. */
static void derived(struct xsd_reader *r, struct schema_table *t, struct schema_tree *node, bool simple,
                    const char *prefix, bool optional, const char *path)
{
    struct schema_tree *extension = schema_tree_get(node, "extension");
    struct schema_tree *by = extension != NULL ? extension : schema_tree_get(node, "restriction");
    const char *base = schema_xsd_local(schema_tree_text(by, "@base"));
    struct schema_tree *base_type = base != NULL ? schema_tree_get(r->complex_types, base) : NULL;
    if (by == NULL || by->what != SCHEMA_OBJECT)
        return;
    if (base_type != NULL && (extension != NULL || simple)) {
        struct schema_table *of = simple ? NULL : table_of(r, base_type, base_type, base);
        if (of != NULL && of != t && prefix[0] == '\0')
            catalog_name_add(r->w->catalog, &t->inherits, of->name);
        content(r, t, base_type, prefix, optional, path);
    } else if (simple) {
        struct xsd_scalar s = schema_xsd_scalar(r, base, extension == NULL ? schema_tree_get(by, "simpleType") : NULL);
        size_t size = strlen(prefix);
        const char *name = size > 1 ? arena_text_n(r->w->arena, prefix, size - 1) : "value";
        scalar_column(r, t, name, NULL, &s, optional, path);
    }
    content(r, t, by, prefix, optional, path);
}

static void content(struct xsd_reader *r, struct schema_table *t, struct schema_tree *type, const char *prefix,
                    bool optional, const char *path)
{
    struct schema_work *w = r->w;
    if (type->what != SCHEMA_OBJECT || w->depth >= SCHEMA_DEPTH_MAX || w->class != ERROR_OK)
        return;
    w->depth++;
    for (struct schema_tree *m = type->first; m != NULL; m = m->next) {
        if (strcmp(m->name, "simpleContent") == 0 || strcmp(m->name, "complexContent") == 0) {
            derived(r, t, m, m->name[0] == 's', prefix, optional, path);
        } else if (strcmp(m->name, "attribute") == 0) {
            attribute(r, t, m, prefix, optional, path);
        } else if (strcmp(m->name, "attributeGroup") == 0) {
            const char *ref = schema_xsd_local(schema_tree_text(m, "@ref"));
            struct schema_tree *group = ref != NULL ? schema_tree_get(r->attribute_groups, ref) : NULL;
            if (group != NULL && ++w->filled < SCHEMA_FILLED_MAX)
                content(r, t, group, prefix, optional, path);
        } else if (m->name[0] != DOCUMENT_ATTRIBUTE) {
            particle(r, t, m, prefix, optional, false, path);
        }
    }
    w->depth--;
}

/* Global declarations of one kind, by their names. */
static struct schema_tree *by_name(struct xsd_reader *r, const char *kind)
{
    struct schema_tree *all = arena_alloc(r->w->arena, sizeof *all);
    all->what = SCHEMA_OBJECT;
    for (struct schema_tree *m = r->root->first; m != NULL; m = m->next) {
        const char *name = schema_tree_text(m, "@name");
        if (name == NULL || strcmp(m->name, kind) != 0)
            continue;
        struct schema_tree *copy = arena_alloc(r->w->arena, sizeof *copy);
        *copy = *m;
        copy->name = name;
        copy->next = NULL;
        *(all->last != NULL ? &all->last->next : &all->first) = copy;
        all->last = copy;
        all->count++;
    }
    schema_tree_index(r->w->arena, all);
    return all;
}

static void fill_pending(struct xsd_reader *r, struct xsd_pending *p)
{
    if (p->t->parent != NULL)
        schema_table_place(r->w, p->t, false);
    if (p->type != NULL)
        content(r, p->t, p->type, "", false, p->path);
    else
        schema_column_add(r->w, p->t, "value", p->item, false, p->path);
}

void schema_xsd_read(struct schema_work *w, struct schema_tree *root)
{
    struct xsd_reader r = { .w = w, .root = root };
    if (root->what != SCHEMA_OBJECT)
        return;
    r.elements = by_name(&r, "element");
    r.complex_types = by_name(&r, "complexType");
    r.simple_types = by_name(&r, "simpleType");
    r.groups = by_name(&r, "group");
    r.attribute_groups = by_name(&r, "attributeGroup");
    r.attributes = by_name(&r, "attribute");
    for (struct schema_tree *m = r.complex_types->first; m != NULL; m = m->next)
        table_of(&r, m, m, m->name);
    for (struct schema_tree *m = r.elements->first; m != NULL; m = m->next) {
        struct what is = what_of(&r, m);
        struct schema_tree *inside = is.complex != NULL ? wrapped(is.complex) : NULL;
        if (is.named != NULL && is.named->made != NULL)
            place_add(&r, m->name, is.named->made, "");
        if (is.complex == NULL)
            continue;
        struct what item = inside != NULL ? what_of(&r, inside) : is;
        if (inside == NULL)
            place_add(&r, m->name, table_of(&r, m, is.complex, m->name), "");
        else if (item.named != NULL && item.named->made != NULL)
            place_add(&r, item.name, item.named->made, "");
        else if (item.complex != NULL && item.global == NULL && item.name[0] != '\0')
            place_add(&r, item.name, table_of(&r, inside, item.complex, item.name), "");
    }
    for (struct xsd_pending *p = r.first; p != NULL && w->class == ERROR_OK; p = p->next)
        fill_pending(&r, p);
    if (w->class == ERROR_OK)
        schema_xsd_keys(&r);
}
