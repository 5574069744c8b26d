/* SPDX-License-Identifier: Apache-2.0 */
/* layout_column.c - one more column of a table, within the limit. */
#include <string.h>

#include "catalog/parse/nested/layout.h"

struct layout_column *layout_column_add(struct layout *l, struct layout_table *t, enum layout_role role,
                                        struct outline_place *place, const char *name)
{
    const struct nested_limits *limits = l->outline->limits;
    if (l->class != ERROR_OK)
        return NULL;
    if (t->column_count >= limits->columns_max) {
        l->class =
            error_code(l->error, ERROR_TOO_LARGE, "too_many_columns",
                       "table %.200s has more than %zu columns (limit columns_max)", t->name, limits->columns_max);
        return NULL;
    }
    if (t->column_count == t->column_capacity) {
        size_t capacity = t->column_capacity == 0 ? 16 : t->column_capacity * 2;
        struct layout_column *columns = arena_array(l->arena, capacity, sizeof *columns);
        if (t->column_count > 0)
            memcpy(columns, t->columns, t->column_count * sizeof *columns);
        t->columns = columns;
        t->column_capacity = capacity;
    }
    struct layout_column *c = &t->columns[t->column_count++];
    c->role = role;
    c->place = place;
    c->name = name != NULL ? layout_names_take(t->names, name) : NULL;
    c->path = place != NULL ? layout_path_of(l, place) : NULL;
    return c;
}
