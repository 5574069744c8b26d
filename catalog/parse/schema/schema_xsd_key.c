/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_xsd_key.c - key, unique and keyref: which table a selector means, which columns its fields.
 *
 * The last step of a selector is the name of an element; fields are paths below it. What leads to no column is said.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/parse/schema/schema_xsd.h"

enum { KEYS_MAX = 1000, FIELDS_MAX = 32 };

struct key {
    const char *name;
    struct schema_table *t;
    struct catalog_names columns;
};

struct keys {
    struct xsd_reader *r;
    struct key items[KEYS_MAX];
    size_t count, looked;
};

/* "a/b/@c" is a_b_c, "." is value. */
static const char *column_name(struct xsd_reader *r, const char *prefix, const char *path)
{
    char name[512];
    size_t size = 0;
    if (text_starts(path, "./"))
        path += 2;
    while (*path != '\0' && size < sizeof name - 2) {
        size_t step = strcspn(path, "/");
        const char *colon = memchr(path, ':', step), *from = colon != NULL ? colon + 1 : path + (*path == '@');
        if (size > 0)
            name[size++] = '_';
        while (from < path + step && size < sizeof name - 2)
            name[size++] = *from++;
        path += step + (path[step] == '/');
    }
    name[size] = '\0';
    return arena_format(r->w->arena, "%.400s%s", prefix, strcmp(name, ".") == 0 ? "value" : name);
}

static bool find(struct keys *k, struct schema_tree *node, struct key *ret_key)
{
    const char *path = schema_tree_text(schema_tree_get(node, "selector"), "@xpath");
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    const char *element = schema_xsd_local(slash != NULL ? slash + 1 : path);
    for (const struct xsd_place *place = k->r->places; element != NULL && place != NULL; place = place->next) {
        if (strcmp(place->element, element) != 0)
            continue;
        struct catalog_names columns = { .items = NULL };
        size_t fields = 0, found = 0;
        for (const struct schema_tree *m = node->first; m != NULL; m = m->next) {
            const char *field = strcmp(m->name, "field") == 0 ? schema_tree_text(m, "@xpath") : NULL;
            if (field == NULL || ++fields > FIELDS_MAX)
                continue;
            const struct schema_column *c = schema_column_find(place->t, column_name(k->r, place->prefix, field));
            if (c != NULL) {
                catalog_name_add(k->r->w->catalog, &columns, c->column.name);
                found++;
            }
        }
        if (found > 0 && found == fields) {
            *ret_key = (struct key){ .name = schema_tree_text(node, "@name"), .t = place->t, .columns = columns };
            return true;
        }
    }
    return false;
}

static void declare(struct xsd_reader *r, const struct key *key, const struct key *refers)
{
    struct schema_key *own = arena_alloc(r->w->arena, sizeof *own);
    *own = (struct schema_key){ .next = key->t->keys, .name = key->name, .columns = key->columns };
    if (refers != NULL) {
        own->refers = refers->t;
        own->ref_columns = refers->columns;
    }
    key->t->keys = own;
}

static void take(struct keys *k, struct schema_tree *node, bool references)
{
    bool is_key = strcmp(node->name, "key") == 0, is_ref = strcmp(node->name, "keyref") == 0;
    struct key key;
    if (is_ref != references || k->looked++ >= KEYS_MAX * 2 || (!is_ref && k->count >= KEYS_MAX))
        return;
    if (!find(k, node, &key)) {
        const char *name = schema_tree_text(node, "@name");
        schema_table_say(k->r->w, NULL, "%s %.200s: its selector or fields lead to no column", node->name,
                         name != NULL ? name : "");
        return;
    }
    if (!is_ref) {
        k->items[k->count++] = key;
        if (is_key && key.columns.count == 1 && key.t->key == NULL)
            key.t->key = key.columns.items[0];
        else if (key.columns.count > 1 || !text_equal(key.t->key, key.columns.items[0]))
            declare(k->r, &key, NULL);
        return;
    }
    const char *refer = schema_xsd_local(schema_tree_text(node, "@refer"));
    for (size_t i = 0; i < k->count; i++)
        if (text_equal(k->items[i].name, refer) && k->items[i].columns.count == key.columns.count) {
            declare(k->r, &key, &k->items[i]);
            return;
        }
}

static void walk(struct keys *k, struct schema_tree *node, bool references)
{
    for (struct schema_tree *m = node->first; m != NULL; m = m->next) {
        if (m->what != SCHEMA_OBJECT)
            continue;
        if (strcmp(m->name, "key") == 0 || strcmp(m->name, "unique") == 0 || strcmp(m->name, "keyref") == 0)
            take(k, m, references);
        else
            walk(k, m, references); /* no deeper than the reader of the tree allows */
    }
}

void schema_xsd_keys(struct xsd_reader *r)
{
    struct keys *k = arena_alloc(r->w->arena, sizeof *k);
    k->r = r;
    walk(k, r->root, false);
    walk(k, r->root, true);
}
