/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_order.h - the model's one order, for qsort() and bsearch(). This room only. */
#ifndef CATALOG_CATALOG_ORDER_H
#define CATALOG_CATALOG_ORDER_H

#include "catalog/catalog.h"

int catalog_compare_tables(const void *left, const void *right); /* by schema and name */
int catalog_compare_names(const struct catalog_names *a, const struct catalog_names *b);

#endif
