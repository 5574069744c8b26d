/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx_sheet.h - a sheet of a workbook as a delimited text, made while it is read, so that header, types and rows are
 * found as in any other (csv.h). Fields are always quoted; blank rows and trailing blank cells are left out.
 */
#ifndef CATALOG_PARSE_XLSX_XLSX_SHEET_H
#define CATALOG_PARSE_XLSX_XLSX_SHEET_H

#include "catalog/parse/input/input.h"
#include "catalog/parse/xlsx/xlsx_book.h"

/* book and source must live as long. The sheet is opened when it is first read. */
struct input *xlsx_sheet_open(const struct xlsx_book *book, const struct source *sheet);

#endif
