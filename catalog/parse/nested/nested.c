/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested.c - the door: a document is read for its outline, the outline is laid out as tables, and whoever wants rows
 * keeps both.
 */
#include "catalog/parse/nested/nested.h"

#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/nested/nested_catalog.h"
#include "catalog/parse/nested/nested_rows.h"

enum { WORK_MAX = 512 << 20 };

struct nested {
    struct nested_limits limits;
    struct outline outline;
    struct layout layout;
    struct arena *work;
    struct nested_rows rows;
};

struct nested_limits nested_limits_default(void)
{
    return (struct nested_limits){ .depth_max = 1000,
                                   .value_max = 16 << 20,
                                   .name_max = CATALOG_NAME_MAX,
                                   .places_max = 200000,
                                   .columns_max = CATALOG_COLUMNS_MAX,
                                   .tables_max = 2000,
                                   .alias_bytes_max = 16 << 20,
                                   .alias_events_max = 5000000,
                                   .entities_max = 1000 };
}

static struct nested *nested_destroy(struct nested *n)
{
    if (n == NULL)
        return NULL;
    outline_finish(&n->outline);
    arena_destroy(n->work);
    free(n);
    return NULL;
}

static enum error_class face_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e)
{
    return nested_rows_read(&((struct nested *)self)->rows, ask, sink, context, e);
}

static void face_close(void *self)
{
    nested_destroy(self);
}

static enum error_class parse(struct nested *n, struct arena *arena, const char *name, struct catalog **ret_catalog,
                              struct error *e)
{
    struct document_end end;
    char document[NESTED_NAME_SIZE];
    enum error_class class = input_rewind(n->rows.document.in, e);
    if (class == ERROR_OK)
        class = outline_read(&n->outline, &n->rows.document, &end, e);
    if (class != ERROR_OK)
        return class;
    struct outline_place *root = n->outline.root;
    if ((end.broken || end.lines_wrong > 0) && root->first == NULL && root->items == 0)
        return error_code(e, ERROR_INVALID, "not_readable", "line %llu, column %llu: %s", (unsigned long long)end.line,
                          (unsigned long long)end.column, end.message);
    outline_settle(&n->outline);
    nested_name_of_file(name, document);
    class = layout_make(&n->layout, &n->outline, n->work, arena_text(n->work, document), e);
    if (class == ERROR_OK && arena_room(arena) / 2 < arena_used(n->work))
        class = error_set(e, ERROR_TOO_LARGE, "the tables of the document do not fit into the catalog's memory");
    if (class == ERROR_OK)
        *ret_catalog = nested_catalog_make(arena, &n->layout, name, &end);
    return class;
}

enum error_class nested_parse(struct arena *arena, struct input *in, enum nested_format format, const char *name,
                              const struct nested_limits *limits, const struct nested_watch *watch,
                              struct catalog **ret_catalog, struct rows_source *ret_rows, struct error *e)
{
    static const struct rows_face face = { .read = face_read, .close = face_close };
    struct nested *n = mem_zero(1, sizeof *n);
    n->limits = limits != NULL ? *limits : nested_limits_default();
    n->work = arena_create(WORK_MAX);
    n->rows = (struct nested_rows){ .layout = &n->layout,
                                    .document = { .in = in, .limits = &n->limits, .watch = watch },
                                    .format = format };
    outline_init(&n->outline, format, &n->limits);
    enum error_class class = parse(n, arena, name, ret_catalog, e);
    if (class != ERROR_OK || ret_rows == NULL)
        nested_destroy(n);
    else
        *ret_rows = (struct rows_source){ .face = &face, .self = n };
    return class;
}
