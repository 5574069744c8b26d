/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_part.c - parts, and how they become one: tables are copied over (their insides stay where they are, in the one
 * arena), a name that came before gets a number, and whoever referred to it follows.
 */
#include "catalog/parse/parse_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/xlsx/xlsx_book.h"

struct parse_part *parse_part_add(struct parse_work *w, struct input *in)
{
    struct parse_part *part = mem_zero(1, sizeof *part);
    part->in = in;
    *w->last = part;
    w->last = &part->next;
    return part;
}

struct parse_part *parse_part_first(struct parse_work *w)
{
    struct parse_part *part = mem_zero(1, sizeof *part);
    part->next = w->parts;
    w->parts = part;
    if (part->next == NULL)
        w->last = &part->next;
    return part;
}

void parse_part_drop_first(struct parse_work *w)
{
    struct parse_part *part = w->parts;
    w->parts = part->next;
    if (w->parts == NULL)
        w->last = &w->parts;
    part->next = NULL;
    parse_parts_destroy(part);
}

struct parse_part *parse_parts_destroy(struct parse_part *parts)
{
    while (parts != NULL) {
        struct parse_part *next = parts->next;
        if (parts->rows.face != NULL)
            parts->rows.face->close(parts->rows.self);
        input_close(parts->in);
        if (parts->book != NULL)
            xlsx_book_finish(parts->book);
        free(parts);
        parts = next;
    }
    return NULL;
}

const char *parse_table_name(struct arena *arena, const char *file)
{
    static const char *const endings[] = { ".gz",  ".zst", ".xz",  ".bz2", ".csv",  ".tsv",
                                           ".tab", ".txt", ".psv", ".dat", ".xlsx", ".xlsm" };
    const char *slash = strrchr(file, '/');
    const char *name = slash != NULL ? slash + 1 : file;
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);
        if (size > length && strncasecmp(name + size - length, endings[i], length) == 0)
            size -= length;
    }
    if (size > CATALOG_NAME_MAX - 24)
        size = CATALOG_NAME_MAX - 24;
    const char *clean = catalog_clean_text(arena, arena_text_n(arena, name, size));
    return *clean != '\0' ? clean : "table";
}

/* ---- rows of all parts ---- */

struct joined {
    struct catalog *catalog;
    struct parse_part *parts;
};

struct passing {
    struct catalog *catalog;
    const struct parse_part *part;
    rows_sink *sink;
    void *context;
    const struct catalog_table *from, *to; /* the last one */
};

static int pass_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct passing *p = context;
    if (t != p->from) {
        p->from = t;
        p->to = catalog_table_find(p->catalog, t->schema, p->part->names[t - p->part->catalog->tables]);
    }
    return p->to != NULL ? p->sink(p->context, p->to, values, e) : ROWS_ENOUGH;
}

static enum error_class read_part(const struct joined *j, const struct parse_part *part, const struct rows_ask *ask,
                                  rows_sink *sink, void *context, struct error *e)
{
    struct passing passing = { j->catalog, part, sink, context, NULL, NULL };
    struct rows_ask own = *ask;
    if (ask->only == NULL)
        return part->rows.face->read(part->rows.self, &own, pass_row, &passing, e);
    for (size_t i = 0; i < part->catalog->table_count; i++) {
        const struct catalog_table *t = &part->catalog->tables[i];
        if (!text_equal(part->names[i], ask->only->name) || !text_equal(t->schema, ask->only->schema))
            continue;
        own.only = t;
        return part->rows.face->read(part->rows.self, &own, pass_row, &passing, e);
    }
    return ERROR_OK;
}

static enum error_class joined_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                    struct error *e)
{
    const struct joined *j = self;
    enum error_class class = ERROR_OK;
    for (const struct parse_part *part = j->parts; part != NULL && class == ERROR_OK; part = part->next)
        if (part->rows.face != NULL)
            class = read_part(j, part, ask, sink, context, e);
    return class;
}

static void joined_close(void *self)
{
    (void)self; /* in the arena; the parts end with parsed_close() */
}

static const struct rows_face joined_face = { .read = joined_read, .close = joined_close };

/* ---- one catalog ---- */

static const char *free_name(struct catalog *c, const char *schema, const char *name)
{
    const char *try = name;
    for (unsigned nth = 2; catalog_table_find(c, schema, try) != NULL; nth++)
        try = arena_format(c->arena, "%s_%u", name, nth);
    return try;
}

static void rename_references(struct parse_part *part, size_t renamed, const char *name)
{
    const char *old = part->catalog->tables[renamed].name;
    for (size_t i = 0; i < part->catalog->table_count; i++) {
        struct catalog_table *t = &part->catalog->tables[i];
        if (text_equal(t->parent, old))
            t->parent = name;
        for (size_t k = 0; k < t->foreign_key_count; k++)
            if (text_equal(t->foreign_keys[k].ref_table, old))
                t->foreign_keys[k].ref_table = name;
    }
}

static void join_tables(struct catalog *c, struct parse_part *part)
{
    struct catalog *own = part->catalog;
    part->names = arena_array(c->arena, own->table_count + 1, sizeof *part->names);
    for (size_t i = 0; i < own->table_count; i++) {
        const char *name = free_name(c, own->tables[i].schema, own->tables[i].name);
        part->names[i] = name;
        if (!text_equal(name, own->tables[i].name)) {
            struct catalog_diagnostic *d = catalog_diagnostic_add(
                c, "warning",
                arena_format(c->arena, "a second table %.200s: it is called %.200s here", own->tables[i].name, name));
            d->table = name;
            rename_references(part, i, name);
        }
    }
    for (size_t i = 0; i < own->table_count; i++) {
        struct catalog_table *t = catalog_table_add(c, own->tables[i].schema, part->names[i]);
        const char *schema = t->schema, *name = t->name;
        *t = own->tables[i];
        t->schema = schema;
        t->name = name;
    }
}

static void join_rest(struct catalog *c, const struct parse_part *part)
{
    const struct catalog *own = part->catalog;
    for (size_t i = 0; i < own->view_count; i++)
        *catalog_view_add(c, own->views[i].schema, own->views[i].name) = own->views[i];
    for (size_t i = 0; i < own->sequence_count; i++)
        *catalog_sequence_add(c, own->sequences[i].schema, own->sequences[i].name) = own->sequences[i];
    for (size_t i = 0; i < own->type_count; i++)
        *catalog_type_add(c, own->types[i].schema, own->types[i].name) = own->types[i];
    for (size_t i = 0; i < own->extra_count; i++)
        *catalog_extra_add(c, NULL) = own->extras[i];
    for (size_t i = 0; i < own->relationship_count; i++)
        *catalog_relationship_add(c) = own->relationships[i];
    for (size_t i = 0; i < own->diagnostic_count; i++) {
        const struct catalog_diagnostic *d = &own->diagnostics[i];
        bool told = text_equal(own->name, c->name); /* several texts, of which the message names one */
        const char *message = told ? d->message : arena_format(c->arena, "%.200s: %.800s", own->name, d->message);
        struct catalog_diagnostic *copy = catalog_diagnostic_add(c, d->severity, message);
        copy->table = d->table;
        copy->line = d->line;
        copy->column = d->column;
    }
}

/* That of all parts, when all of them are SQL of one dialect. */
static const char *dialect_of(const struct parse_work *w)
{
    enum ddl_dialect dialect;
    const char *all = w->parts != NULL ? w->parts->catalog->dialect : "";
    for (const struct parse_part *part = w->parts; part != NULL; part = part->next)
        if (!text_equal(part->catalog->dialect, all))
            return format_name(w->format);
    return ddl_dialect_from_text(all, &dialect) ? all : format_name(w->format);
}

void parse_parts_join(struct parse_work *w, const char *name, struct parsed *ret)
{
    bool archive =
        w->format == FORMAT_ZIP || w->format == FORMAT_TAR || w->format == FORMAT_XLSX || w->format == FORMAT_FOLDER;
    if (!archive && w->parts != NULL && w->parts->next == NULL) {
        ret->catalog = w->parts->catalog;
        ret->rows = w->parts->rows;
        return;
    }
    struct catalog *c = catalog_create(w->arena, dialect_of(w), name);
    bool rows = false;
    for (size_t i = 0; i < w->about->diagnostic_count; i++) {
        const struct catalog_diagnostic *d = &w->about->diagnostics[i];
        (void)catalog_diagnostic_add(c, d->severity, d->message);
    }
    for (struct parse_part *part = w->parts; part != NULL; part = part->next) {
        join_tables(c, part);
        join_rest(c, part);
        rows |= part->rows.face != NULL;
    }
    struct joined *j = arena_alloc(w->arena, sizeof *j);
    *j = (struct joined){ c, w->parts };
    ret->catalog = c;
    ret->rows = rows ? (struct rows_source){ &joined_face, j } : (struct rows_source){ 0 };
}
