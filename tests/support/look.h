/* SPDX-License-Identifier: Apache-2.0 */
/* look.h - what a test looks for in a catalog that was discovered. */
#ifndef TESTS_SUPPORT_LOOK_H
#define TESTS_SUPPORT_LOOK_H

#include "catalog/catalog.h"

/* The first of that name, whatever its schema; the test fails without it. */
const struct catalog_table *look_table(const struct catalog *c, const char *name);
/* How many diagnostics of that table (NULL: of none) have these words. */
size_t look_told(const struct catalog *c, const char *table, const char *words);

#endif
