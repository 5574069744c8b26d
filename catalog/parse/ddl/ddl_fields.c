/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_fields.c - the columns of a table: adding and finding them.
 *
 * Those of the table that is being created stand in one buffer that all tables share, and move into the arena when it
 * is complete; a narrow table is searched by walking, a wide one through a hash that is made at the first question.
 */
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/ddl/ddl_statement.h"

enum { WALK_MAX = 24, COLUMNS_MIN = 64 };

struct ddl_columns {
    uint32_t *slots; /* position + 1 */
    size_t capacity, count;
    bool stale; /* columns have moved */
};

static size_t hash_name(const char *name)
{
    size_t hash = 0xcbf29ce484222325u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)(*name & ~0x20)) * 0x100000001b3u;
    return hash ^ hash >> 31;
}

static void hash_put(struct ddl *p, struct ddl_columns *by_name, const struct ddl_table *t, size_t index)
{
    size_t slot = hash_name(t->table.columns[index].name) & (by_name->capacity - 1);
    while (by_name->slots[slot] != 0 && ddl_work(p, 1))
        slot = (slot + 1) & (by_name->capacity - 1);
    by_name->slots[slot] = (uint32_t)index + 1;
}

static struct ddl_columns *hash_of(struct ddl *p, struct ddl_table *t)
{
    struct ddl_columns *by_name = t->by_name;
    if (by_name != NULL && by_name->stale) {
        memset(by_name->slots, 0, by_name->capacity * sizeof *by_name->slots);
        by_name->count = 0;
        by_name->stale = false;
    }
    if (by_name == NULL || by_name->capacity < t->table.column_count * 2) {
        by_name = arena_alloc(p->scratch, sizeof *by_name);
        for (by_name->capacity = COLUMNS_MIN; by_name->capacity < t->table.column_count * 4;)
            by_name->capacity *= 2;
        if (by_name->capacity * sizeof *by_name->slots >= arena_room(p->scratch)) {
            (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
            return NULL;
        }
        by_name->slots = arena_array(p->scratch, by_name->capacity, sizeof *by_name->slots);
        t->by_name = by_name;
    }
    if (!ddl_work(p, t->table.column_count - by_name->count))
        return NULL;
    for (; by_name->count < t->table.column_count; by_name->count++)
        hash_put(p, by_name, t, by_name->count);
    return by_name;
}

/* The one of exactly this name, else one that differs by case. */
static struct catalog_column *find_hashed(struct ddl *p, struct ddl_table *t, const char *name)
{
    struct ddl_columns *by_name = hash_of(p, t);
    struct catalog_column *alike = NULL;
    if (by_name == NULL)
        return NULL;
    size_t slot = hash_name(name) & (by_name->capacity - 1);
    for (; by_name->slots[slot] != 0 && ddl_work(p, 1); slot = (slot + 1) & (by_name->capacity - 1)) {
        struct catalog_column *column = &t->table.columns[by_name->slots[slot] - 1];
        if (strcmp(column->name, name) == 0)
            return column;
        if (alike == NULL && ddl_same_text(column->name, name))
            alike = column;
    }
    return alike;
}

struct catalog_column *ddl_column_find(struct ddl *p, struct ddl_table *t, const char *name)
{
    if (t->table.column_count > WALK_MAX)
        return find_hashed(p, t, name);
    for (size_t i = 0; i < t->table.column_count; i++)
        if (t->table.columns[i].name[0] == name[0] && strcmp(t->table.columns[i].name, name) == 0)
            return &t->table.columns[i];
    for (size_t i = 0; i < t->table.column_count; i++)
        if (((t->table.columns[i].name[0] ^ name[0]) & ~0x20) == 0 && ddl_same_text(t->table.columns[i].name, name))
            return &t->table.columns[i];
    return NULL;
}

/* Room for one more; columns of a complete table are in the arena. */
static bool grow(struct ddl *p, struct ddl_table *t)
{
    if (p->building == t) {
        p->buffer = mem_grow(p->buffer, &p->buffer_capacity, t->table.column_count + 1, sizeof *p->buffer);
        t->table.columns = p->buffer;
        return true;
    }
    if (t->table.column_count < t->table.column_capacity)
        return true;
    size_t capacity = t->table.column_capacity == 0 ? 4 : t->table.column_capacity * 2;
    if (capacity * sizeof *t->table.columns >= arena_room(p->arena)) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
        return false;
    }
    struct catalog_column *bigger = arena_array(p->arena, capacity, sizeof *bigger);
    if (t->table.column_count > 0)
        memcpy(bigger, t->table.columns, t->table.column_count * sizeof *bigger);
    t->table.columns = bigger;
    t->table.column_capacity = capacity;
    return true;
}

struct catalog_column *ddl_column_add(struct ddl *p, struct ddl_table *t, const char *name)
{
    if (t->table.column_count >= p->limits.columns_max) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "table %.80s has more than %zu columns", t->table.name,
                       p->limits.columns_max);
        return NULL;
    }
    if (!grow(p, t))
        return NULL;
    struct catalog_column *column = &t->table.columns[t->table.column_count++];
    *column = (struct catalog_column){ .name = name, .nullable = true };
    return column;
}

void ddl_columns_changed(struct ddl_table *t)
{
    if (t->by_name != NULL)
        t->by_name->stale = true;
}

/* The database would refuse the table; here the first of them stays. */
static void remove_twins(struct ddl *p, struct ddl_table *t)
{
    for (size_t i = t->table.column_count; i-- > 1;) {
        const char *name = t->table.columns[i].name;
        const struct catalog_column *first = ddl_column_find(p, t, name);
        if (first == NULL || first == &t->table.columns[i] || strcmp(first->name, name) != 0)
            continue;
        ddl_warn_place(p, t->line, t->column, "%.80s has column %.80s twice", t->table.name, name);
        ddl_column_remove(p, t, i);
    }
}

void ddl_columns_keep(struct ddl *p, struct ddl_table *t)
{
    remove_twins(p, t);
    size_t count = t->table.column_count;
    p->building = NULL;
    t->table.columns = NULL;
    t->table.column_capacity = 0;
    if (count == 0)
        return;
    if (count * sizeof *t->table.columns >= arena_room(p->arena)) {
        t->table.column_count = 0;
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
        return;
    }
    t->table.columns = arena_array(p->arena, count, sizeof *t->table.columns);
    t->table.column_capacity = count;
    memcpy(t->table.columns, p->buffer, count * sizeof *p->buffer);
}

void ddl_column_remove(struct ddl *p, struct ddl_table *t, size_t index)
{
    struct catalog_column *columns = t->table.columns;
    size_t behind = t->table.column_count - index - 1;
    if (!ddl_work(p, behind + 1))
        return;
    memmove(&columns[index], &columns[index + 1], behind * sizeof *columns);
    t->table.column_count--;
    ddl_columns_changed(t);
}

/* The one at `from` stands at `to` then. */
void ddl_column_move(struct ddl *p, struct ddl_table *t, size_t from, size_t to)
{
    struct catalog_column *columns = t->table.columns, moved = columns[from];
    size_t steps = from > to ? from - to : to - from;
    if (steps == 0 || !ddl_work(p, steps))
        return;
    if (from > to)
        memmove(&columns[to + 1], &columns[to], steps * sizeof *columns);
    else
        memmove(&columns[from], &columns[from + 1], steps * sizeof *columns);
    columns[to] = moved;
    ddl_columns_changed(t);
}

/* Those that `t` does not have yet. */
void ddl_columns_copy(struct ddl *p, struct ddl_table *t, const struct ddl_table *from, bool defaults)
{
    size_t count = from->table.column_count;
    if (!ddl_work(p, count))
        return;
    for (size_t i = 0; i < count && p->failed == ERROR_OK; i++) {
        struct catalog_column copy = from->table.columns[i];
        if (ddl_column_find(p, t, copy.name) != NULL)
            continue;
        struct catalog_column *column = ddl_column_add(p, t, copy.name);
        if (column == NULL)
            return;
        if (!defaults)
            copy.default_text = copy.generated = copy.on_update = NULL;
        copy.identity = copy.identity && defaults;
        *column = copy;
    }
}
