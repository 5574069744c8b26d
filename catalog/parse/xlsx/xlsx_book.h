/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_book.h - a workbook (.xlsx): its sheets, the texts they share, and which styles mean a day or a time.
 *
 * Read once from the archive; each sheet is then a text of its own (xlsx_sheet.h). Private to parse_xlsx.c.
 */
#ifndef CATALOG_PARSE_XLSX_XLSX_BOOK_H
#define CATALOG_PARSE_XLSX_XLSX_BOOK_H

#include "base/arena.h"
#include "catalog/parse/input/source.h"

enum xlsx_style { XLSX_PLAIN, XLSX_DATE, XLSX_DATETIME, XLSX_TIME };
enum { XLSX_SHEETS_MAX = 1000, XLSX_STYLES_MAX = 65536, XLSX_PART_MAX = 16 << 20, XLSX_TEXTS_MAX = 64 << 20 };

struct xlsx_sheet {
    const char *name, *target; /* target: the member, "xl/worksheets/sheet1.xml" */
    const char *relation;
    size_t index; /* of the member; SIZE_MAX: it is not there */
};

struct xlsx_book {
    struct xlsx_sheet *sheets; /* owned; their texts are in the arena */
    size_t sheet_count;
    bool from_1904;
    uint8_t *styles; /* owned; enum xlsx_style of each style of cells */
    size_t style_count;
    char *texts; /* owned; all shared texts, one behind the other */
    size_t texts_size;
    size_t *ends; /* owned; of each text in `texts` */
    size_t text_count;
};

/* In the arena, but for what is owned: xlsx_book_finish(). */
enum error_class xlsx_book_read(struct arena *arena, const struct source *s, struct xlsx_book *ret_book,
                                struct error *e);
void xlsx_book_finish(struct xlsx_book *book); /* zeroed is fine */

#endif
