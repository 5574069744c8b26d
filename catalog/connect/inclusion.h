/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inclusion.h - one statement that asks a server how the values of some columns lie in the keys of another table. For
 * the dialects of this room; all of them understand the same text, save for what `struct inclusion_dialect` says.
 */
#ifndef CATALOG_CONNECT_INCLUSION_H
#define CATALOG_CONNECT_INCLUSION_H

#include "catalog/connect/sqltext.h"
#include "catalog/rows.h"

struct inclusion_dialect {
    const char *text_before, *text_after; /* around an expression: makes text of it */
    bool collations;                      /* texts of different collations can't be compared as they are */
    /* Behind the table that is read: from all over it, about rows_max rows; NULL, or false: it has nothing to add. */
    bool (*sample)(struct sqltext *s, const struct catalog_table *t, int64_t rows_max);
};

/* Writes it: one row of rows, distinct, rows missing, distinct missing (NULL when there are none). *ret_exact: no row
 * of `from` is left out. false: it can't be asked without reading a large table whole, and nothing is written. */
bool inclusion_write(struct sqltext *s, const struct inclusion_dialect *d, const struct rows_pair *pair,
                     bool *ret_exact);

#endif
