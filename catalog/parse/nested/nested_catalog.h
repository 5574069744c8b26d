/* SPDX-License-Identifier: Apache-2.0 */
/* nested_catalog.h - the layout of a document as a catalog. This room only. */
#ifndef CATALOG_PARSE_NESTED_NESTED_CATALOG_H
#define CATALOG_PARSE_NESTED_NESTED_CATALOG_H

#include "catalog/parse/nested/layout.h"

/* Its tables into a catalog that holds others as well, not sorted. */
void nested_catalog_add(struct catalog *c, const char *schema, const struct layout *l, const struct document_end *end);
/* Also sets the tables' layout_table.table. */
struct catalog *nested_catalog_make(struct arena *arena, const struct layout *l, const char *name,
                                    const struct document_end *end);

#endif
