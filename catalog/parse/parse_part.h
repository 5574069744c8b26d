/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_part.h - what one file, or one member of an archive, gave: its own catalog, and what its rows are read from.
 * The parts of a parse are a list; their tables are joined in the catalog that is given out. Private to parse.c's
 * files.
 */
#ifndef CATALOG_PARSE_PARSE_PART_H
#define CATALOG_PARSE_PARSE_PART_H

#include "catalog/parse/csv/csv.h"
#include "catalog/parse/format.h"
#include "catalog/parse/input/input.h"
#include "catalog/parse/ddl/ddl.h"
#include "catalog/parse/nested/nested.h"
#include "catalog/parse/parse.h"
#include "catalog/parse/schema/schema_file.h"
#include "catalog/parse/input/source.h"

struct parse_part {
    struct parse_part *next;
    struct input *in;        /* owned; NULL: rows are read from `path`, or there are none */
    const char *path;        /* in the arena */
    struct catalog *catalog; /* its own */
    struct rows_source rows; /* face NULL: none */
    struct xlsx_book *book;  /* in the arena; its texts end with the part */
    /* Names of its tables in the catalog that is given out, in the order of its own. */
    const char **names;
};

/* While parsing. */
struct parse_work {
    struct arena *arena;
    const struct parse_options *options;
    struct parse_limits limits;
    struct parse_part *parts, **last;
    struct catalog *about; /* diagnostics of the whole: what was left out of an archive */
    size_t members;        /* of archives and folders, so far */
    enum format format;    /* of the file itself */
    json_t *mappings;
    struct parse_script *scripts; /* SQL texts of an archive or a folder, until all are there */
    size_t script_count, script_bytes;
};

struct parse_part *parse_part_add(struct parse_work *w, struct input *in);
struct parse_part *parse_part_first(struct parse_work *w); /* before all others, without an input */
void parse_part_drop_first(struct parse_work *w);
struct parse_part *parse_parts_destroy(struct parse_part *parts); /* NULL is fine; returns NULL */

/* The tables of all parts in one catalog, and one source for their rows. */
void parse_parts_join(struct parse_work *w, const char *name, struct parsed *ret);

/* A delimited text as its part's catalog and rows. */
enum error_class parse_csv(struct parse_work *w, struct parse_part *part, const char *name, char delimiter,
                           struct error *e);

enum error_class parse_ddl(struct parse_work *w, struct parse_part *part, const char *name, struct error *e);
/* NULL: *ret_dialect stays DDL_GUESS. */
enum error_class parse_ddl_dialect(const char *name, enum ddl_dialect *ret_dialect, struct error *e);
/* All of it as UTF-8; *ret_text is the caller's to free(). */
enum error_class parse_ddl_text(struct input *in, size_t max, char **ret_text, size_t *ret_size, struct error *e);

/* SQL texts that came together are read together, once all are there: parse_scripts.c. `in` is owned. */
enum error_class parse_scripts_take(struct parse_work *w, struct input *in, const char *name, struct error *e);
enum error_class parse_scripts(struct parse_work *w, struct error *e);
void parse_scripts_finish(struct parse_work *w);
/* Natural order: numbers count as such, what lies in a folder comes before what only begins like it. */
int parse_compare_names(const char *a, const char *b);

/* Any format: guesses unless told, reads; `in` is owned. depth: archives around it. */
enum error_class parse_source(struct parse_work *w, const struct source *s, struct input *in, unsigned depth,
                              struct error *e);
enum error_class parse_archive(struct parse_work *w, const struct source *s, unsigned depth, struct error *e);
enum error_class parse_directory(struct parse_work *w, const char *path, struct error *e);

/* A nested document. */
enum error_class parse_nested(struct parse_work *w, struct parse_part *part, const char *name,
                              enum nested_format format, struct error *e);
enum error_class parse_schema(struct parse_work *w, struct parse_part *part, const char *name,
                              enum schema_format format, struct error *e);

/* Each sheet of a workbook as a part. */
enum error_class parse_xlsx(struct parse_work *w, const struct source *s, struct error *e);
/* If the part is one table that says which column becomes which, it is read into w->mappings and is no table. */
enum error_class parse_mapping(struct parse_work *w, struct parse_part *part, struct error *e);

/* The name of a table after a file's: without folder and endings. */
const char *parse_table_name(struct arena *arena, const char *file);

#endif
