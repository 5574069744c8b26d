/* SPDX-License-Identifier: Apache-2.0 */
/* parse_fuzz.h - what must hold of any bytes as a file for the one door (parse.h); aborts when it does not. */
#ifndef TESTS_SUPPORT_PARSE_FUZZ_H
#define TESTS_SUPPORT_PARSE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"

/* A file in memory that is always the same one; its path. */
const char *parse_fuzz_file(const void *data, size_t size);

/* One error with a reason; or a catalog that stands as JSON, whose rows can be read, and which is the same twice.
 * format NULL: guessed. Returns the number of tables, or -1. */
long parse_fuzz_path(const char *path, const char *format);

/* The catalog as JSON is read back as the same bytes. */
void parse_fuzz_reads_back(struct arena *arena, struct catalog *c);

#endif
