/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_objects.c - views, sequences and types by name; a dropped one keeps its place in the list, without a name. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { SLOTS_MIN = 256 };

struct ddl_object {
    struct ddl_object *next;
    enum ddl_kind kind;
    size_t hash;
    const char *schema, *name;
    size_t index;
};

static size_t hash_of(enum ddl_kind kind, const char *name)
{
    size_t hash = (size_t)kind + 0xcbf29ce484222325u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)(*name & ~0x20)) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

/* Twice the slots, or the first ones. The order of objects of one name stays. */
static void grow(struct ddl *p)
{
    size_t count = p->object_slots == 0 ? SLOTS_MIN : 2 * p->object_slots;
    struct ddl_object **slots = arena_array(p->scratch, count, sizeof *slots);
    struct ddl_object ***ends = arena_array(p->scratch, count, sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[i] = &slots[i];
    for (size_t i = 0; i < p->object_slots; i++)
        for (struct ddl_object *o = p->objects[i], *next; o != NULL; o = next) {
            next = o->next;
            o->next = NULL;
            *ends[o->hash & (count - 1)] = o;
            ends[o->hash & (count - 1)] = &o->next;
        }
    p->objects = slots;
    p->object_slots = count;
}

/* Of several in one schema, or in none, the one that came last; it is found first. */
static struct ddl_object **find(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path)
{
    if (p->object_slots == 0)
        return NULL;
    size_t hash = hash_of(kind, path->name.text);
    struct ddl_object **at = &p->objects[hash & (p->object_slots - 1)], **alike = NULL;
    const char *schema = ddl_schema_of(p, path);
    for (; *at != NULL && ddl_work(p, 1); at = &(*at)->next) {
        if ((*at)->hash != hash || (*at)->kind != kind || !ddl_same_text((*at)->name, path->name.text))
            continue;
        if (ddl_same_text((*at)->schema, schema))
            return at;
        if (path->schema.text == NULL || (*at)->schema[0] == '\0')
            alike = at;
    }
    return alike;
}

size_t ddl_object_find(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path)
{
    struct ddl_object **found = find(p, kind, path);
    return found != NULL ? (*found)->index : SIZE_MAX;
}

void ddl_object_add(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path, size_t index)
{
    if (p->object_slots * 4 * sizeof p->objects >= arena_room(p->scratch))
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
    if (!ddl_room(p))
        return;
    if (p->object_count++ == p->object_slots)
        grow(p);
    struct ddl_object *object = arena_alloc(p->scratch, sizeof *object);
    size_t hash = hash_of(kind, path->name.text);
    struct ddl_object **slot = &p->objects[hash & (p->object_slots - 1)];
    *object = (struct ddl_object){ .next = *slot,
                                   .kind = kind,
                                   .hash = hash,
                                   .schema = ddl_schema_of(p, path),
                                   .name = path->name.text,
                                   .index = index };
    *slot = object;
}

void ddl_object_drop(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path)
{
    struct ddl_object **found = find(p, kind, path);
    if (found == NULL)
        return;
    size_t index = (*found)->index;
    *found = (*found)->next;
    if (kind == DDL_VIEW)
        p->c->views[index].name = NULL;
    else if (kind == DDL_SEQUENCE)
        p->c->sequences[index].name = NULL;
    else
        p->c->types[index].name = NULL;
}
