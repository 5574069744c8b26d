/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_type.c - types of columns, from all that stood at their places.
 *
 * Numbers and booleans of the document keep their type, and so do its texts, in which only days and times are looked
 * for; a format without types (XML) is read as CSV is. Two types at one place make it text.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/parse/nested/layout.h"

static bool is_temporal(enum type_name type)
{
    return type == TYPE_DATE || type == TYPE_TIME || type == TYPE_DATETIME;
}

/* Of what stands at p alone. inferred may be NULL. */
static enum type_name type_of(const struct outline_place *p, const char *name, struct infer_result *inferred)
{
    int64_t numbers = p->integers + p->numbers;
    if (p->texts > 0) {
        if (numbers + p->booleans + p->words > 0)
            return TYPE_STRING;
        struct infer_hint hint = { .name = name };
        struct infer_result r = infer_result(p->infer, &hint);
        if (p->typed && !is_temporal(r.type))
            return TYPE_STRING;
        if (inferred != NULL)
            *inferred = r;
        return r.type;
    }
    if (p->booleans > 0 || p->words > 0)
        return numbers > 0 ? TYPE_STRING : TYPE_BOOLEAN;
    if (numbers > 0)
        return p->numbers > 0 ? TYPE_NUMBER : TYPE_INTEGER;
    return TYPE_STRING;
}

static enum type_name element_of(struct outline_place *p)
{
    p = outline_real(p);
    if (p->objects > 0)
        return TYPE_OBJECT;
    return type_of(p, NULL, NULL);
}

static enum type_name key_type(const struct outline_place *around, struct infer_result *inferred)
{
    struct infer_hint nothing = { .name = NULL };
    *inferred = infer_result(around->keys, &nothing);
    return inferred->type == TYPE_INTEGER || is_temporal(inferred->type) ? inferred->type : TYPE_STRING;
}

static void value_type(const struct layout_table *t, struct layout_column *c)
{
    const struct outline_place *p = c->place;
    c->type = type_of(p, c->name, &c->inferred);
    int64_t values = outline_scalars(p) + (c->role == LAYOUT_OBJECT ? p->objects : 0);
    if (c->inferred.type != 0 && (is_temporal(c->type) || !p->typed)) {
        c->spelled = c->type != TYPE_STRING && c->type != TYPE_BOOLEAN;
        c->nullable = c->inferred.nullable;
    }
    c->nullable |= values < t->rows || p->nulls > 0;
}

static void column_type(struct layout_table *t, struct layout_column *c)
{
    switch (c->role) {
    case LAYOUT_VALUE:
        value_type(t, c);
        break;
    case LAYOUT_OBJECT:
        c->type = TYPE_OBJECT;
        c->nullable = c->place->present - c->place->nulls < t->rows;
        break;
    case LAYOUT_LIST:
        c->type = TYPE_ARRAY;
        c->element = element_of(c->place);
        c->nullable = c->place->present - (c->place->nulls - c->place->null_items) < t->rows;
        break;
    case LAYOUT_KEY:
        c->type = key_type(t->place->parent, &c->inferred);
        c->spelled = is_temporal(c->type);
        break;
    case LAYOUT_POSITION:
        c->type = TYPE_INTEGER;
        c->nullable = c != &t->columns[t->position];
        break;
    case LAYOUT_ROW:
        c->type = TYPE_INTEGER;
        break;
    case LAYOUT_LINK:
    case LAYOUT_SELF:
        break; /* below: the parent's is known then */
    }
}

void layout_types(struct layout *l)
{
    for (struct layout_table *t = l->first; t != NULL; t = t->next) {
        for (size_t i = 0; i < t->column_count; i++)
            column_type(t, &t->columns[i]);
        if (t->link >= 0)
            t->columns[t->link].type = t->parent->columns[t->parent->own].type;
        if (t->link >= 0)
            t->columns[t->link].nullable = t->self >= 0;
        if (t->self >= 0) {
            t->columns[t->self].type = t->columns[t->own].type;
            t->columns[t->self].nullable = true;
        }
    }
}
