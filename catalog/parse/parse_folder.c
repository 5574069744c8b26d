/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_folder.c - looks at each file of the folder once, and opens it again whenever its rows are asked for.
 */
#include "catalog/parse/parse_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

enum { FILES_MAX = 20000 };

struct rows_file {
    const char *path, *schema, *table; /* table NULL: belongs to none */
    struct csv_table *csv;
    size_t *places; /* the field of each column of the table; SIZE_MAX: none */
    int64_t rows;   /* -1: not counted yet */
};

struct rows_folder {
    struct catalog *catalog;
    struct input_limits limits;
    struct rows_file *files;
    size_t count;
};

/* ---- rows ---- */

static int count_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t;
    (void)values;
    (void)e;
    ++*(int64_t *)context;
    return ERROR_OK;
}

/* Once, so that a sample can be spread over all of the file. */
static enum error_class count_file(const struct rows_folder *f, struct rows_file *file, struct error *e)
{
    static const struct catalog_table no_columns; /* nothing is spelled */
    struct input *in;
    int64_t rows = 0;
    enum error_class class = input_open(file->path, &f->limits, &in, e);
    if (class != ERROR_OK)
        return class;
    class = csv_rows(file->csv, in, &no_columns, NULL, 0, 0, count_row, &rows, e);
    input_close(in);
    if (class == ERROR_OK)
        file->rows = rows;
    return class;
}

static enum error_class read_file(const struct rows_folder *f, struct rows_file *file, const struct rows_ask *ask,
                                  rows_sink *sink, void *context, struct error *e)
{
    const struct catalog_table *t = catalog_table_find(f->catalog, file->schema, file->table);
    if (t == NULL || (ask->only != NULL && ask->only != t))
        return ERROR_OK;
    struct input *in;
    enum error_class class = ask->rows_max > 0 && file->rows < 0 ? count_file(f, file, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = input_open(file->path, &f->limits, &in, e);
    if (class != ERROR_OK)
        return class;
    class = csv_rows(file->csv, in, t, file->places, file->rows, ask->rows_max, sink, context, e);
    input_close(in);
    return class;
}

static enum error_class folder_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                    struct error *e)
{
    const struct rows_folder *f = self;
    enum error_class class = ERROR_OK;
    for (size_t i = 0; i < f->count && class == ERROR_OK; i++)
        if (f->files[i].table != NULL)
            class = read_file(f, &f->files[i], ask, sink, context, e);
    return class;
}

static void folder_close(void *self)
{
    (void)self; /* in the arena */
}

static const struct rows_face folder_face = { .read = folder_read, .close = folder_close };

/* ---- which file, which field ---- */

static void tell(struct catalog *c, const char *table, const char *message)
{
    catalog_diagnostic_add(c, "warning", message)->table = table;
}

static const struct catalog_table *find_table(const struct catalog *c, const char *name)
{
    const struct catalog_table *found = NULL;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        size_t schema = strlen(t->schema);
        bool whole = schema > 0 && strncasecmp(name, t->schema, schema) == 0 && name[schema] == '.' &&
                     strcasecmp(name + schema + 1, t->name) == 0;
        if (strcmp(name, t->name) == 0 || whole)
            return t;
        if (strcasecmp(name, t->name) == 0)
            found = t;
    }
    return found;
}

static size_t place_of(const struct catalog_names *header, const char *column)
{
    for (size_t i = 0; i < header->count; i++)
        if (strcasecmp(header->items[i], column) == 0)
            return i;
    return SIZE_MAX;
}

/* Numbers and integers are spelled as such; other types stay as they stand in the file. */
static void expect_type(struct infer_result *r, const struct catalog_column *column)
{
    enum type_name name = column->type.name;
    bool integer = name == TYPE_SMALLINT || name == TYPE_INTEGER || name == TYPE_BIGINT;
    if (!integer && name != TYPE_DECIMAL && name != TYPE_REAL && name != TYPE_DOUBLE)
        return;
    *r = (struct infer_result){ .type = integer ? TYPE_INTEGER : TYPE_NUMBER, .decimal = '.', .markers_null = true };
}

static void place_columns(struct catalog *c, const struct catalog_table *t, const struct catalog_names *header,
                          struct rows_file *file)
{
    size_t found = 0;
    file->places = arena_array(c->arena, t->column_count + 1, sizeof *file->places);
    for (size_t i = 0; i < t->column_count; i++) {
        file->places[i] = place_of(header, t->columns[i].name);
        found += file->places[i] != SIZE_MAX;
    }
    if (found == 0) {
        if (header->count > 0 || file->csv->column_count != t->column_count)
            tell(c, t->name,
                 arena_format(c->arena, "the fields of %.200s have no names of columns: they are taken by position",
                              file->path));
        /* what looked like a header is a row */
        file->csv->guess.header = false;
        for (size_t i = 0; i < t->column_count; i++)
            file->places[i] = i < file->csv->column_count ? i : SIZE_MAX;
    } else if (found < t->column_count) {
        tell(c, t->name,
             arena_format(c->arena, "%zu of %zu columns are not in %.200s: they are null", t->column_count - found,
                          t->column_count, file->path));
    }
    for (size_t i = 0; i < t->column_count; i++)
        if (file->places[i] < file->csv->column_count)
            expect_type(&file->csv->types[file->places[i]], &t->columns[i]);
}

static enum error_class take_file(struct parse_work *w, struct parse_part *part, struct rows_file *file,
                                  struct error *e)
{
    struct catalog *c = part->catalog;
    const struct catalog_table *t = find_table(c, parse_table_name(w->arena, file->path));
    if (t == NULL) {
        tell(c, NULL, arena_format(c->arena, "%.200s belongs to no table", file->path));
        return ERROR_OK;
    }
    struct input *in;
    struct catalog_names header;
    struct csv_options options = csv_options_default();
    options.limits.record_max = w->limits.record_max;
    enum error_class class = input_open(file->path, &w->limits.input, &in, e);
    if (class != ERROR_OK)
        return class;
    class = csv_look(w->arena, in, &options, &file->csv, &header, e);
    input_close(in);
    if (class == ERROR_INVALID && strcmp(e->code, "no_columns") == 0) {
        *e = ERROR_NONE; /* an empty file: a table without rows */
        return ERROR_OK;
    }
    if (class != ERROR_OK)
        return error_wrap(e, "%s", file->path);
    place_columns(c, t, &header, file);
    file->schema = t->schema;
    file->table = t->name;
    return ERROR_OK;
}

/* ---- the folder ---- */

static int is_data(const struct dirent *entry)
{
    enum format f = format_of_name(entry->d_name);
    size_t size = strlen(entry->d_name);
    return *entry->d_name != '.' &&
           (f == FORMAT_CSV || f == FORMAT_TSV || (size > 4 && strcasecmp(entry->d_name + size - 4, ".txt") == 0));
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
    return strcmp((*left)->d_name, (*right)->d_name);
}

enum error_class parse_folder(struct parse_work *w, struct parse_part *part, const char *folder, struct error *e)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_data, by_name);
    if (count < 0)
        return error_code(e, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_INVALID, "folder_unreadable", "%s: %s", folder,
                          strerror(errno));
    enum error_class class = ERROR_OK;
    if (count > FILES_MAX)
        class = error_code(e, ERROR_TOO_LARGE, "too_many_files", "%s has more than %d files", folder, FILES_MAX);
    struct rows_folder *f = arena_alloc(w->arena, sizeof *f);
    *f = (struct rows_folder){ .catalog = part->catalog, .limits = w->limits.input };
    f->files = arena_array(w->arena, (size_t)count + 1, sizeof *f->files);
    for (int i = 0; i < count; i++) {
        struct rows_file *file = &f->files[f->count];
        file->path = arena_format(w->arena, "%s/%s", folder, entries[i]->d_name);
        file->rows = -1;
        free(entries[i]);
        if (class != ERROR_OK)
            continue;
        class = take_file(w, part, file, e);
        f->count += class == ERROR_OK;
    }
    free(entries);
    part->rows = (struct rows_source){ &folder_face, f };
    return class;
}
