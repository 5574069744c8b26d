/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.h - the one door: a file of any format that is known becomes a catalog, with its rows where it has some.
 *
 * The format is guessed from the contents first and from the name second. Packed files are looked through, archives are
 * read member by member into one catalog; nothing is written to disk. What is odd becomes a diagnostic of the catalog;
 * what can't be read at all is one error that says what to do.
 */
#ifndef CATALOG_PARSE_PARSE_H
#define CATALOG_PARSE_PARSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/parse/input/input.h"
#include "catalog/rows.h"

struct parse_limits {
    struct input_limits input; /* of packed files and archives */
    size_t ddl_max;            /* bytes of an SQL text, which is read as a whole */
    size_t record_max;         /* bytes of a record of a delimited text */
    size_t members_max;        /* of an archive */
};
struct parse_limits parse_limits_default(void);

struct parse_options {
    const char *name;                  /* what the file is called; NULL: as its path ends */
    const char *format;                /* as format.h names them; NULL: guessed */
    const char *dialect;               /* of SQL text: "postgresql", "mysql", ...; NULL: guessed */
    const char *data_folder;           /* with files TABLE.csv that hold the rows of an SQL text's tables; NULL: none */
    const struct parse_limits *limits; /* NULL: parse_limits_default() */
    bool (*cancelled)(void *context);
    void (*progress)(void *context, int percent, const char *doing);
    void *context; /* of both; must live as long as the rows are read */
};

struct parse_part; /* what must stay open for the rows */

struct parsed {
    struct catalog *catalog; /* in the arena */
    struct rows_source rows; /* face NULL: no rows. Ends with parsed_close(), not by its own close() */
    /* Mapping documents (source-to-target sheets), else NULL: {"format":1,"mappings":[{"source_table","source_column",
     * "target_table","target_column","rule","target_type","comment","line"}]}; members that say nothing are left out */
    json_t *mappings;
    struct parse_part *parts;
};

/* On failure *ret is as it was. */
enum error_class parse_path(struct arena *arena, const char *path, const struct parse_options *options,
                            struct parsed *ret, struct error *e);
void parsed_close(struct parsed *p); /* zeroed is fine; the catalog lives on in its arena */

#endif
