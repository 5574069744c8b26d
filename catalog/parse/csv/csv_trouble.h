/* SPDX-License-Identifier: Apache-2.0 */
/* csv_trouble.h - what was odd about a delimited text, counted, the first of each kind with its line. Private to csv.c.
 */
#ifndef CATALOG_PARSE_CSV_CSV_TROUBLE_H
#define CATALOG_PARSE_CSV_CSV_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "catalog/parse/csv/csv_read.h"

enum csv_trouble_kind { TROUBLE_SHORT, TROUBLE_LONG, TROUBLE_OPEN, TROUBLE_TEXT, TROUBLE_BLANK, TROUBLE_KINDS };
enum { TROUBLE_FIRST = 3 };

/* Zeroed is ready. */
struct csv_trouble {
    struct {
        uint64_t count;
        uint64_t lines[TROUBLE_FIRST];
        size_t fields[TROUBLE_FIRST];
    } kinds[TROUBLE_KINDS];
    size_t fields; /* that a row should have */
    size_t above;  /* records above the header */
    uint64_t bad_characters;
    bool nul;
};

void csv_trouble_blank(struct csv_trouble *t, uint64_t line);
void csv_trouble_flags(struct csv_trouble *t, const struct csv_record *record);
/* A row whose flags or number of fields are odd. */
void csv_trouble_row(struct csv_trouble *t, const struct csv_record *record, size_t fields);
/* As diagnostics of the table. */
void csv_trouble_tell(const struct csv_trouble *t, struct catalog *c, const char *table);

#endif
