/* SPDX-License-Identifier: Apache-2.0 */
/* nested_catalog.c - tables, columns, keys and diagnostics of a document, in the catalog's words. */
#include "catalog/parse/nested/nested_catalog.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/parse/nested/nested_events.h"

enum { DIAGNOSTICS_MAX = 200 };

static const char *dialect_of(enum nested_format format)
{
    return format == NESTED_XML ? "xml" : format == NESTED_YAML ? "yaml" : "json";
}

/* In the document's own words: "number|string"; NULL: the format has no types. */
static const char *native_of(const struct catalog *c, const struct layout_column *from)
{
    const struct outline_place *p = from->place;
    if (p == NULL || from->role == LAYOUT_KEY)
        return NULL;
    if (from->role == LAYOUT_LIST)
        return arena_format(c->arena, "%s[]", type_text(from->element));
    if (from->role == LAYOUT_VALUE && !p->typed)
        return NULL;
    const struct {
        bool is;
        const char *word;
    } words[] = { { from->role == LAYOUT_OBJECT, "object" },
                  { p->integers + p->numbers > 0, "number" },
                  { p->texts + p->words > 0, "string" },
                  { p->booleans > 0, "boolean" } };
    char text[64] = "";
    size_t size = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].is)
            size += (size_t)snprintf(text + size, sizeof text - size, "%s%s", size > 0 ? "|" : "", words[i].word);
    return arena_text(c->arena, size > 0 ? text : "null");
}

static void say(struct catalog *c, const char *severity, const char *table, const char *message)
{
    if (c->diagnostic_count >= DIAGNOSTICS_MAX)
        return;
    struct catalog_diagnostic *d = catalog_diagnostic_add(c, severity, message);
    d->table = table;
}

/* What a reader of the type alone would not expect. */
static void say_column(struct catalog *c, const struct catalog_table *t, const struct layout_column *from,
                       const struct catalog_column *column)
{
    const char *native = column->native_type;
    if (native != NULL && strchr(native, '|') != NULL)
        say(c, "warning", t->name,
            arena_format(c->arena, "column %.300s holds %s: read as %s", column->name, native,
                         type_text(column->type.name)));
    if (from->inferred.warn)
        say(c, "warning", t->name, arena_format(c->arena, "column %.300s: %s", column->name, from->inferred.note));
}

/* By the source's own types. */
static void settle_native(const struct layout *l, struct catalog *c, struct catalog_table *t,
                          const struct layout_table *table, struct layout_column *from, struct catalog_column *column)
{
    const struct outline_place *p = from->place;
    if (from->role == LAYOUT_LINK || from->role == LAYOUT_SELF) {
        const struct layout_table *to = from->role == LAYOUT_LINK ? table->parent : table;
        if (to->own >= 0) {
            column->type = to->columns[to->own].settled;
            column->native_type = to->columns[to->own].native;
        }
        return;
    }
    static const int64_t none[NESTED_NATIVES]; /* nothing but nulls stood there */
    from->settled = column->type;
    if (p == NULL || from->role == LAYOUT_KEY)
        return;
    struct nested_facts facts = { .natives = p->natives != NULL ? p->natives : none,
                                  .values = outline_scalars(p) + p->objects };
    facts.list = from->role == LAYOUT_LIST;
    facts.object = from->role == LAYOUT_OBJECT;
    facts.lists = p->lists;
    facts.single = p->present - p->lists - (p->nulls - p->null_items);
    l->events->column(l->events->self, c, t, column, &facts);
    from->settled = column->type;
    from->native = column->native_type;
}

static void add_column(const struct layout *l, struct catalog *c, struct catalog_table *t, struct layout_table *table,
                       struct layout_column *from)
{
    struct catalog_column *column = catalog_column_add(c, t, arena_text(c->arena, from->name));
    column->type = (struct type){ .name = from->type, .precision = from->type == TYPE_TIME ? -1 : 0 };
    column->type.timezone = from->type == TYPE_DATETIME && from->inferred.timezone;
    column->nullable = from->nullable;
    column->path = from->path != NULL ? arena_text(c->arena, from->path) : NULL;
    if (l->events != NULL) {
        settle_native(l, c, t, table, from, column);
        return;
    }
    column->native_type = native_of(c, from);
    if (from->role == LAYOUT_LIST)
        column->type.element = column->native_type;
    say_column(c, t, from, column);
}

static void add_link(struct catalog *c, struct catalog_table *t, const struct layout_table *from, int column,
                     const struct layout_table *to)
{
    if (column < 0 || to->own < 0)
        return;
    struct catalog_foreign_key *key = catalog_foreign_key_add(c, t);
    key->ref_schema = t->schema;
    key->ref_table = arena_text(c->arena, to->name);
    key->orphans = 0;
    catalog_name_add(c, &key->columns, arena_text(c->arena, from->columns[column].name));
    catalog_name_add(c, &key->ref_columns, arena_text(c->arena, to->columns[to->own].name));
}

static void add_table(struct catalog *c, const struct layout *l, const char *schema, struct layout_table *from,
                      bool exact)
{
    struct catalog_table *t = catalog_table_add(c, schema, arena_text(c->arena, from->name));
    t->rows = from->rows;
    t->rows_exact = exact;
    if (from->parent != NULL)
        t->parent = arena_text(c->arena, from->parent->name);
    for (size_t i = 0; i < from->column_count; i++)
        add_column(l, c, t, from, &from->columns[i]);
    if (from->own >= 0)
        catalog_name_add(c, &t->primary_key.columns, arena_text(c->arena, from->columns[from->own].name));
    if (from->parent != NULL)
        add_link(c, t, from, from->link, from->parent);
    add_link(c, t, from, from->self, from);
}

static void say_document(struct catalog *c, const struct layout *l, const struct document_end *end)
{
    const struct outline *o = l->outline;
    const char *about = l->events != NULL ? arena_text(c->arena, l->document) : NULL;
    if (end->broken || end->lines_wrong > 0) {
        const char *message = end->broken ? arena_format(c->arena, "%s; what stands before it was read", end->message)
                                          : arena_format(c->arena, "%llu %s are left out; the first: %s",
                                                         (unsigned long long)end->lines_wrong,
                                                         l->events != NULL ? "documents" : "lines", end->message);
        struct catalog_diagnostic *d = catalog_diagnostic_add(c, end->broken ? "error" : "warning", message);
        d->table = about;
        d->line = end->line <= INT32_MAX ? (int)end->line : 0;
        d->column = end->column <= INT32_MAX ? (int)end->column : 0;
    }
    if (o->duplicates > 0)
        say(c, "warning", about,
            arena_format(c->arena, "%llu keys stand twice in their object: the last one counts",
                         (unsigned long long)o->duplicates));
    if (o->unclean > 0)
        say(c, "warning", about, arena_format(c->arena, "%llu texts are no UTF-8", (unsigned long long)o->unclean));
    if (l->cut > 0)
        say(c, "warning", about,
            arena_format(c->arena, "%zu objects are nested too deep to have columns of their own", l->cut));
    if (l->events != NULL && o->root->dictionary)
        say(c, "warning", about, "the keys of its documents are data: read as rows of key and value");
    if (l->first == NULL && l->events == NULL)
        say(c, "warning", about,
            "the document holds no table: neither an object with values nor a list that is not empty");
}

void nested_catalog_add(struct catalog *c, const char *schema, const struct layout *l, const struct document_end *end)
{
    say_document(c, l, end);
    for (struct layout_table *t = l->first; t != NULL; t = t->next)
        add_table(c, l, schema, t, !l->outline->uncertain);
}

struct catalog *nested_catalog_make(struct arena *arena, const struct layout *l, const char *name,
                                    const struct document_end *end)
{
    struct catalog *c = catalog_create(arena, dialect_of(l->outline->format), arena_text(arena, name));
    nested_catalog_add(c, "", l, end);
    for (const struct outline_place *p = l->about != NULL ? l->about->first : NULL; p != NULL; p = p->next)
        if (p->name[0] == DOCUMENT_ATTRIBUTE && p->infer != NULL) {
            struct catalog_extra *extra = catalog_extra_add(c, NULL);
            extra->what = "document_attribute";
            extra->text = arena_format(arena, "%s=%s", layout_name_of(l, p), p->infer->example[INFER_STRING]);
        }
    catalog_sort(c);
    for (struct layout_table *t = l->first; t != NULL; t = t->next)
        t->table = catalog_table_find(c, "", t->name);
    return c;
}
