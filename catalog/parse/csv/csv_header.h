/* SPDX-License-Identifier: Apache-2.0 */
/* csv_header.h - does the first record name the columns? Private to csv_guess.c. */
#ifndef CATALOG_PARSE_CSV_CSV_HEADER_H
#define CATALOG_PARSE_CSV_CSV_HEADER_H

#include "catalog/parse/csv/csv_guess.h"

/* Sets skip, header and row_names of g, whose dialect is known. */
void csv_header_find(const char *text, size_t size, bool whole, struct csv_guess *g);

#endif
