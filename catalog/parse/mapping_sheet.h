/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mapping_sheet.h - tables that are source-to-target mapping documents: which of their columns says what, by the words
 * of the header. Pure.
 */
#ifndef CATALOG_PARSE_MAPPING_SHEET_H
#define CATALOG_PARSE_MAPPING_SHEET_H

#include <jansson.h>

#include "catalog/catalog.h"
#include "catalog/rows.h"

enum mapping_part {
    MAPPING_SOURCE_SCHEMA,
    MAPPING_SOURCE_TABLE,
    MAPPING_SOURCE_COLUMN,
    MAPPING_TARGET_SCHEMA,
    MAPPING_TARGET_TABLE,
    MAPPING_TARGET_COLUMN,
    MAPPING_RULE,
    MAPPING_TARGET_TYPE,
    MAPPING_COMMENT,
    MAPPING_PARTS
};

struct mapping_sheet {
    size_t places[MAPPING_PARTS];                  /* the column of the table; SIZE_MAX: none */
    char carried[MAPPING_PARTS][CATALOG_NAME_MAX]; /* names of tables hold until the next one: cells are merged */
    int64_t line;
};

/* Source and target column at least, else false. */
bool mapping_sheet_find(const struct catalog_table *t, struct mapping_sheet *ret_sheet);
/* One row as an object for "mappings" (parse.h); new reference, NULL when it maps nothing. Rows come in order. */
json_t *mapping_sheet_row(struct mapping_sheet *m, const struct rows_value *values);

#endif
