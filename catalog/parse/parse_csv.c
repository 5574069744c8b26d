/* SPDX-License-Identifier: Apache-2.0 */
/* parse_csv.c - a delimited text as a part: its catalog of one table, its rows read from the same input again. */
#include "catalog/parse/parse_part.h"

struct csv_source {
    struct csv_table *table;
    struct catalog *catalog; /* of that one table */
    struct input *in;        /* the part's */
};

static enum error_class source_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                    struct error *e)
{
    const struct csv_source *s = self;
    const struct catalog_table *t = ask->only != NULL ? ask->only : s->catalog->tables;
    enum error_class class = input_rewind(s->in, e);
    if (class != ERROR_OK)
        return class;
    return csv_rows(s->table, s->in, t, NULL, t->rows, ask->rows_max, sink, context, e);
}

static void source_close(void *self)
{
    (void)self; /* in the arena */
}

static const struct rows_face source_face = { .read = source_read, .close = source_close };

enum error_class parse_csv(struct parse_work *w, struct parse_part *part, const char *name, char delimiter,
                           struct error *e)
{
    const struct parse_options *o = w->options;
    struct csv_options options = csv_options_default();
    options.delimiter = delimiter;
    options.limits.record_max = w->limits.record_max;
    options.cancelled = o->cancelled;
    options.progress = o->progress;
    options.context = o->context;
    part->catalog = catalog_create(w->arena, delimiter == '\t' ? "tsv" : "csv", name);
    struct csv_source *s = arena_alloc(w->arena, sizeof *s);
    enum error_class class =
        csv_parse(part->catalog, part->in, parse_table_name(w->arena, name), &options, &s->table, e);
    if (class != ERROR_OK)
        return class;
    s->in = part->in;
    s->catalog = part->catalog;
    part->rows = (struct rows_source){ &source_face, s };
    return ERROR_OK;
}
