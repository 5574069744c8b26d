/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_link.c - references that documents spell out: { "$ref": collection, "$id": ... }, a DBRef.
 *
 * Where all of them at one place lead to the same collection, the column of the $id gets a foreign key, marked as one
 * that nobody checks; where they lead to several, or out of the catalog, a diagnostic says so.
 */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mongodb/mongodb_catalog.h"

enum { LINKS_MAX = 500 };

void mongodb_link_see(void *reading, const struct mongodb_collection *from, const struct mongodb_reference *reference)
{
    struct mongodb_reading *r = reading;
    const char *schema = reference->database != NULL ? reference->database : from->database;
    for (size_t i = r->link_count; i > 0; i--) { /* the newest are of this collection */
        struct mongodb_link *l = &r->links[i - 1];
        if (l->collection != from->name || l->schema != from->database)
            break;
        if (strcmp(l->path, reference->path) != 0)
            continue;
        l->several |= strcmp(l->to_collection, reference->collection) != 0 || strcmp(l->to_schema, schema) != 0;
        return;
    }
    if (r->link_count >= LINKS_MAX)
        return;
    struct arena *arena = r->catalog->arena;
    r->links = mem_grow(r->links, &r->link_capacity, r->link_count + 1, sizeof *r->links);
    r->links[r->link_count++] =
        (struct mongodb_link){ .schema = from->database,
                               .collection = from->name,
                               .path = catalog_clean_text(arena, reference->path),
                               .to_schema = catalog_clean_text(arena, schema),
                               .to_collection = catalog_clean_text(arena, reference->collection) };
}

static const struct nested_tables *tables_of(const struct mongodb_reading *r, const struct mongodb_link *l)
{
    const struct mongodb *m = r->session;
    for (size_t i = 0; i < m->collection_count; i++)
        if (m->collections[i].name == l->collection && m->collections[i].database == l->schema)
            return m->collections[i].tables;
    return NULL;
}

/* The table with the column of the link's $id. */
static struct catalog_table *table_of(const struct mongodb_reading *r, const struct mongodb_link *l,
                                      const struct catalog_column **ret_column)
{
    const struct nested_tables *tables = tables_of(r, l);
    mem_auto char *path = mem_format("%s/$id", l->path);
    for (size_t i = 0; tables != NULL && i < r->catalog->table_count; i++) {
        struct catalog_table *t = &r->catalog->tables[i];
        if (strcmp(t->schema, l->schema) != 0 || !text_starts(t->name, l->collection) ||
            !nested_tables_have(tables, t->name))
            continue;
        for (size_t k = 0; k < t->column_count; k++)
            if (text_equal(t->columns[k].path, path)) {
                *ret_column = &t->columns[k];
                return t;
            }
    }
    return NULL;
}

void mongodb_link_make(struct mongodb_reading *r)
{
    for (size_t i = 0; i < r->link_count; i++) {
        const struct mongodb_link *l = &r->links[i];
        const struct catalog_column *column = NULL;
        struct catalog_table *t = table_of(r, l, &column);
        if (t == NULL)
            continue;
        const struct catalog_table *to = catalog_table_find(r->catalog, l->to_schema, l->to_collection);
        if (l->several || to == NULL || to->primary_key.columns.count != 1) {
            mongodb_say(r, "warning", t->name,
                        "column %.300s holds references %s%.300s: no foreign key is made of them", column->name,
                        l->several ? "to several collections, one of them " : "to ", l->to_collection);
            continue;
        }
        struct catalog_foreign_key *fk = catalog_foreign_key_add(r->catalog, t);
        fk->ref_schema = to->schema;
        fk->ref_table = to->name;
        fk->orphans = -1;
        fk->not_valid = true;
        catalog_name_add(r->catalog, &fk->columns, column->name);
        catalog_name_add(r->catalog, &fk->ref_columns, to->primary_key.columns.items[0]);
    }
}
