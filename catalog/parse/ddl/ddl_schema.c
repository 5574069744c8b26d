/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_schema.c - which tables a schema has: a text that drops a thousand schemas one by one does not walk all of its
 * tables a thousand times. A table that moves is in the list of both; who reads a list asks the table.
 */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { SLOTS = 4096 };

struct ddl_schema {
    struct ddl_schema *next;
    const char *name; /* as it was spelled first */
    struct ddl_table **tables;
    size_t count, capacity;
};

static struct ddl_schema **slot_of(struct ddl *p, const char *name)
{
    size_t hash = 0xcbf29ce484222325u;
    for (const char *at = name; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)(*at & ~0x20)) * 0x100000001b3u;
    if (p->schemas == NULL)
        p->schemas = arena_array(p->scratch, SLOTS, sizeof(struct ddl_schema *));
    struct ddl_schema **slot = &p->schemas[(hash ^ hash >> 32) % SLOTS];
    while (*slot != NULL && !ddl_same_text((*slot)->name, name) && ddl_work(p, 1))
        slot = &(*slot)->next;
    return slot;
}

void ddl_schema_add(struct ddl *p, struct ddl_table *t)
{
    struct ddl_schema **slot = slot_of(p, t->table.schema), *s = *slot;
    if (s == NULL) {
        *slot = s = arena_alloc(p->scratch, sizeof *s);
        s->name = t->table.schema;
    }
    if (s->count == s->capacity) {
        size_t capacity = s->capacity == 0 ? 4 : s->capacity * 2;
        if (capacity * sizeof(struct ddl_table *) >= arena_room(p->scratch) || !ddl_room(p)) {
            (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
            return;
        }
        struct ddl_table **bigger = arena_array(p->scratch, capacity, sizeof *bigger);
        if (s->count > 0)
            memcpy(bigger, s->tables, s->count * sizeof *bigger);
        s->tables = bigger;
        s->capacity = capacity;
    }
    s->tables[s->count++] = t;
}

struct ddl_table **ddl_schema_empty(struct ddl *p, const char *schema, size_t *ret_count)
{
    struct ddl_schema *s = *slot_of(p, schema);
    *ret_count = s != NULL ? s->count : 0;
    if (s == NULL)
        return NULL;
    s->count = s->capacity = 0; /* a new list: the reader has this one */
    return s->tables;
}
