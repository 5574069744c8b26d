/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spelling_mysql.h - what a dump of MySQL or MariaDB and the server's own catalog write in two ways, as one.
 *
 * All of it is asked for by whoever reads a text (parse/ddl) and by whoever reads a server (connect/mysql), so that
 * both give the same catalog. Texts are the arena's or the caller's own.
 */
#ifndef CATALOG_SPELLING_MYSQL_H
#define CATALOG_SPELLING_MYSQL_H

#include <stdbool.h>

#include "base/arena.h"
#include "catalog/type.h"

/* A default: one text as standard SQL writes it ('it''s', a backslash stands for itself), a number without quotes where
 * the column holds numbers, anything else without brackets around the whole of it. `escapes`: of a backslash in it. */
const char *spelling_mysql_default(struct arena *arena, const char *text, bool escapes, const struct type *type);

/* RESTRICT and NO ACTION are the same to these servers, and which one they show is not what was written. */
const char *spelling_mysql_action(const char *action);

/* "a" becomes `a`, as these servers write names in every session but one in which quotes are names'. */
const char *spelling_mysql_names(struct arena *arena, const char *expression);

/* Without the database `schema`, which the server sets before each of its own tables: a dump leaves it out. */
const char *spelling_mysql_own(struct arena *arena, const char *query, const char *schema);

/* The collation that a character set has by itself; NULL: not known, or it depends on the server. */
const char *spelling_mysql_collation(struct arena *arena, const char *charset);

#endif
