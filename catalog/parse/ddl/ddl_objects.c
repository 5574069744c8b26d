/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_objects.c - views, sequences and types by name; a dropped one keeps its place in the list, without a name. */
#include <string.h>

#include "catalog/parse/ddl/ddl_statement.h"

enum { SLOTS = 8192 };

struct ddl_object {
    struct ddl_object *next;
    enum ddl_kind kind;
    const char *schema, *name;
    size_t index;
};

static struct ddl_object **slot_of(struct ddl *p, enum ddl_kind kind, const char *name)
{
    size_t hash = (size_t)kind + 0xcbf29ce484222325u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)(*name & ~0x20)) * 0x100000001b3u;
    if (p->objects == NULL)
        p->objects = arena_array(p->scratch, SLOTS, sizeof *p->objects);
    return &p->objects[(hash ^ hash >> 32) % SLOTS];
}

static struct ddl_object **find(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path)
{
    struct ddl_object **at = slot_of(p, kind, path->name.text), **alike = NULL;
    const char *schema = ddl_schema_of(p, path);
    for (; *at != NULL && ddl_work(p, 1); at = &(*at)->next) {
        if ((*at)->kind != kind || !ddl_same_text((*at)->name, path->name.text))
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
    struct ddl_object **slot = slot_of(p, kind, path->name.text);
    if (!ddl_room(p))
        return;
    struct ddl_object *object = arena_alloc(p->scratch, sizeof *object);
    *object = (struct ddl_object){
        .next = *slot, .kind = kind, .schema = ddl_schema_of(p, path), .name = path->name.text, .index = index
    };
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
