/* SPDX-License-Identifier: Apache-2.0 */
/* schema_sample.h - a small schema file as tables, in words that a test can compare. */
#ifndef TESTS_SUPPORT_SCHEMA_SAMPLE_H
#define TESTS_SUPPORT_SCHEMA_SAMPLE_H

#include "catalog/parse/schema/schema_file.h"
#include "tests/support/nested_sample.h"

/* The file is called "doc". s->catalog NULL: it failed. End with nested_sample_close(). */
void schema_sample_open(struct nested_sample *s, enum schema_format format, const char *text, size_t size);
/* "from.column -> to (cardinality)", a line each. */
const char *schema_sample_relationships(struct nested_sample *s);
/* Tables as nested_sample.h has them, then relationships. */
void schema_sample_expect(enum schema_format format, const char *text, const char *expected);

#endif
