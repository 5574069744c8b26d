/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_facts.h - what a schema says as a sorted list of lines in lower case, so that two readings can be compared:
 * "column t.a", "not null t.a", "primary t a,b", "foreign t a->u.x", "unique t a,b", "index t a,b where expr".
 *
 * And random CREATE statements by a seed, for readings that nobody wrote down.
 */
#ifndef TESTS_SUPPORT_DDL_FACTS_H
#define TESTS_SUPPORT_DDL_FACTS_H

#include "base/buffer.h"
#include "catalog/parse/ddl/ddl.h"

struct ddl_facts {
    char **lines; /* owned */
    size_t count, capacity;
};

void ddl_facts_add(struct ddl_facts *facts, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads the text with the reader under test; tables that are only referred to ("other...") are left out. */
void ddl_facts_read(enum ddl_dialect dialect, const char *text, struct ddl_facts *ret_facts);
void ddl_facts_finish(struct ddl_facts *facts);
/* Fails the test with both lists when they differ; frees both. */
void ddl_facts_equal(struct ddl_facts *ours, struct ddl_facts *theirs, const char *text);

/* A table with constraints and indexes, as PostgreSQL or SQLite understand it; the same seed gives the same text. */
void ddl_random(enum ddl_dialect dialect, unsigned seed, struct buffer *ret_text);

#endif
