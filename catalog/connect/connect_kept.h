/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_kept.h - rows of a session's tables that came once, kept for those who read them again. This room only.
 *
 * One table is filled at a time: begin, add, end. What does not fit into the bytes that are left is forgotten whole.
 */
#ifndef CATALOG_CONNECT_CONNECT_KEPT_H
#define CATALOG_CONNECT_CONNECT_KEPT_H

#include "catalog/rows.h"

struct connect_kept;

struct connect_kept *connect_kept_create(size_t tables, size_t bytes_max);
struct connect_kept *connect_kept_destroy(struct connect_kept *kept); /* NULL is fine; returns NULL */

void connect_kept_begin(struct connect_kept *kept, size_t table);
void connect_kept_add(struct connect_kept *kept, const struct rows_value *values, size_t count);
/* rows_max: what was asked for; whole: the table has no more rows; good false: what came is not what was asked for, and
 * is forgotten. */
void connect_kept_end(struct connect_kept *kept, int64_t rows_max, bool whole, bool good);

/* Would reading that many rows (0: all) again give what is here? */
bool connect_kept_has(const struct connect_kept *kept, size_t table, int64_t rows_max);
enum error_class connect_kept_give(const struct connect_kept *kept, size_t table, const struct catalog_table *t,
                                   int64_t rows_max, rows_sink *sink, void *context, struct error *e);

#endif
