/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_key.c - by what the rows of a table are told apart and referred to, and names for the columns that no key of
 * the document stands for.
 *
 * A table's own key is a column whose name says so and whose values were all there, all different, and before any list
 * of their object (so that a child's row knows it when it is read). Where children need one and there is none, the rows
 * are numbered.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/parse/nested/layout.h"
#include "catalog/parse/nested/nested_events.h"

/* 0: can't be the key. */
static int rank_of(const struct layout *l, const struct layout_table *t, const struct layout_column *c)
{
    const struct outline_place *p = c->place;
    if (c->role != LAYOUT_VALUE || p == NULL || p == t->place || p->parent != t->place || p->unique == NULL)
        return 0;
    /* What was given up half-read left values, but no row. */
    int64_t spare = outline_scalars(p) - t->rows;
    if (!unique_holds(p->unique) || p->nulls > 0 || spare < 0 || spare > l->outline->abandoned ||
        (p->late && t->referred))
        return 0;
    int rank = nested_name_key_rank(c->name, t->name);
    char parent[NESTED_NAME_SIZE];
    if (t->parent != NULL)
        nested_name_singular(t->parent->name, parent);
    if (t->parent != NULL && parent[0] != '\0' && rank <= 2 && strncasecmp(c->name, parent, strlen(parent)) == 0)
        return 0; /* it is the parent's */
    return rank;
}

static void own_key(struct layout *l, struct layout_table *t)
{
    const struct outline_place *around = t->place->parent;
    if (t->key >= 0 && around->objects == 1 && !outline_is_list(t->place)) {
        t->own = t->key;
        return;
    }
    const char *given = l->events != NULL && t->parent == NULL ? l->events->key : NULL;
    for (size_t i = 0; given != NULL && i < t->column_count; i++)
        if (t->columns[i].role == LAYOUT_VALUE && t->columns[i].place->parent == t->place &&
            strcmp(t->columns[i].place->name, given) == 0)
            t->own = (int)i;
    if (t->own >= 0)
        return;
    int best = t->referred ? 0 : 1; /* a code that is unique is a key only where one is needed */
    for (size_t i = 0; i < t->column_count; i++) {
        int rank = rank_of(l, t, &t->columns[i]);
        if (rank > best) {
            best = rank;
            t->own = (int)i;
        }
    }
    if (t->own < 0 && t->referred && layout_column_add(l, t, LAYOUT_ROW, NULL, NULL) != NULL)
        t->own = t->row = (int)t->column_count - 1;
}

static void name_column(struct layout_table *t, int column, const char *name, const char *path)
{
    t->columns[column].name = layout_names_take(t->names, name);
    t->columns[column].path = path;
}

/* artists.ArtistId is ArtistId in albums too, artists.id is artist_id. */
static const char *link_name(struct layout *l, const struct layout_table *parent)
{
    const char *key = parent->columns[parent->own].name;
    char one[NESTED_NAME_SIZE];
    if (parent->own != parent->row && parent->own != parent->key && !nested_name_is_one_word(key))
        return key;
    nested_name_singular(parent->name, one);
    const char *bare = key[0] == '_' ? key + 1 : key;
    return arena_format(l->arena, "%s_%.700s", one[0] != '\0' ? one : "parent", bare);
}

static bool is_taken(const struct layout_table *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (text_equal(t->columns[i].name, name))
            return true;
    return false;
}

static void name_columns(struct layout *l, struct layout_table *t)
{
    if (t->row >= 0)
        name_column(t, t->row, "row_id", "#row");
    if (t->link >= 0) {
        const char *name = link_name(l, t->parent);
        name_column(t, t->link, is_taken(t, name) ? arena_format(l->arena, "parent_%.900s", name) : name, "#parent");
    }
    if (t->self >= 0)
        name_column(t, t->self, arena_format(l->arena, "parent_%.900s", t->columns[t->own].name), "#parent");
    if (t->key >= 0)
        name_column(t, t->key, "key", "#key");
    for (unsigned i = 0; i < t->positions; i++)
        name_column(t, t->position + (int)i, i == 0 ? "position" : arena_format(l->arena, "position_%u", i + 1),
                    "#position");
}

/* A parent comes before its children, so its key has a name when they need it. */
void layout_keys(struct layout *l)
{
    for (struct layout_table *t = l->first; t != NULL && l->class == ERROR_OK; t = t->next) {
        own_key(l, t);
        if (l->class == ERROR_OK)
            name_columns(l, t);
    }
}
