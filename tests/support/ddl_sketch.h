/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_sketch.h - a catalog read from DDL in a few short lines, so that a test shows text in and meaning out.
 *
 *   kind schema.table (id:integer! name:varchar(10)='x' n:bigint# g:text<expr>) pk(id) fk(a)->t(b)/CASCADE uq(name)
 *   ix i(a desc) ux j(b) where(...) expr(...) ck(...) // comment
 *
 * `!` not null, `#` identity, `<x>` generated, `=x` default. Views, sequences and types follow; diagnostics last as
 * "line:column message" when asked for.
 */
#ifndef TESTS_SUPPORT_DDL_SKETCH_H
#define TESTS_SUPPORT_DDL_SKETCH_H

#include "base/buffer.h"
#include "catalog/parse/ddl/ddl.h"

void ddl_sketch(const struct catalog *c, bool diagnostics, struct buffer *ret_text);

/* Reads `text` and fails the test when its sketch is not `wanted`. */
void ddl_sketch_is(enum ddl_dialect dialect, const char *text, const char *wanted);
/* The same with diagnostics. */
void ddl_sketch_says(enum ddl_dialect dialect, const char *text, const char *wanted);

#endif
