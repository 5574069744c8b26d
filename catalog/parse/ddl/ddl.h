/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl.h - SQL text that makes a schema (a dump, a script) into a catalog.
 *
 * Tolerant: what can't be read becomes a diagnostic with line and column, and the rest is read. Statements are applied
 * in their order, so the catalog is what a database would hold after the text had run. Data is passed over.
 * Linear in the size of the text; never deeper than depth_max; the text is the caller's and need not be NUL-terminated.
 */
#ifndef CATALOG_PARSE_DDL_DDL_H
#define CATALOG_PARSE_DDL_DDL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/catalog.h"

enum ddl_dialect { DDL_GUESS, DDL_POSTGRESQL, DDL_MYSQL, DDL_SQLITE, DDL_ORACLE, DDL_SQLSERVER };

bool ddl_dialect_from_text(const char *text, enum ddl_dialect *ret_dialect); /* postgresql mysql sqlite oracle ... */
const char *ddl_dialect_text(enum ddl_dialect dialect);                      /* of DDL_GUESS: "guess" */

/* More than that of anything but diagnostics ends the reading with ERROR_TOO_LARGE. */
struct ddl_limits {
    size_t statements_max;
    size_t depth_max;       /* brackets within brackets, text within EXEC('...') */
    size_t tables_max;      /* of a text, dropped ones included */
    size_t columns_max;     /* of a table */
    size_t diagnostics_max; /* further ones are only counted */
    size_t expression_max;  /* bytes of a default, check or view kept; longer ones are cut with a diagnostic */
    size_t work_max;        /* steps of ALTERs that walk through lists: renames, drops, column places */
};
struct ddl_limits ddl_limits_default(void);

/*
 * Reads `size` bytes of UTF-8 (or UTF-16 with a byte order mark) into a new catalog in `arena`. Bytes that are no text
 * become '?' and a diagnostic. limits NULL: the defaults. Fails only over a limit or when the arena is full.
 */
enum error_class ddl_parse(struct arena *arena, const char *text, size_t size, const char *name,
                           enum ddl_dialect dialect, const struct ddl_limits *limits, struct catalog **ret_catalog,
                           struct error *e);

/* One of several texts that belong together: the migrations of a project, a schema in parts. */
struct ddl_script {
    const char *name, *text; /* name: for diagnostics and for the guess */
    size_t size;
    bool apart; /* out: it makes tables again that an earlier one made, and uses none of theirs: a schema of its own */
};

/*
 * The same for several texts, each run by a session of its own on the database that the earlier ones left. Diagnostics
 * begin with the script's name when there are several. What turns out to be `apart` was read all the same: whoever
 * minds reads the others again without it.
 */
enum error_class ddl_parse_scripts(struct arena *arena, struct ddl_script *scripts, size_t count, const char *name,
                                   enum ddl_dialect dialect, const struct ddl_limits *limits,
                                   struct catalog **ret_catalog, struct error *e);

/* From the first 256 KB: quoting, keywords, headers of dumps. Never DDL_GUESS: what says nothing is PostgreSQL. */
enum ddl_dialect ddl_guess(const char *text, size_t size, const char *name); /* name of the file; may be NULL */
/* How much speaks for each dialect; adds to what is there, so that several texts can be asked together. */
enum { DDL_DIALECTS = DDL_SQLSERVER + 1 };
void ddl_guess_scores(const char *text, size_t size, const char *name, int scores[DDL_DIALECTS]);
enum ddl_dialect ddl_guess_best(const int scores[DDL_DIALECTS]);

#endif
