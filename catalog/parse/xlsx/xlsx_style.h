/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx_style.h - numbers of cells that are days and times: which styles say so, and how they are spelled. Pure. */
#ifndef CATALOG_PARSE_XLSX_XLSX_STYLE_H
#define CATALOG_PARSE_XLSX_XLSX_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/parse/xlsx/xlsx_book.h"

enum xlsx_style xlsx_style_of_number(long id); /* of the formats every program knows by number */
enum xlsx_style xlsx_style_of_code(const char *code);
/* "44927.5" as "2023-01-01 12:00:00"; 0: it is no day. */
size_t xlsx_style_spell(enum xlsx_style style, bool from_1904, const char *number, char *ret_text, size_t room);

#endif
