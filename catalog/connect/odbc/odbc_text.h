/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_text.h - between our UTF-8 and the UTF-16 of ODBC's wide functions. */
#ifndef CATALOG_CONNECT_ODBC_ODBC_TEXT_H
#define CATALOG_CONNECT_ODBC_ODBC_TEXT_H

#include <sqltypes.h>
#include <stdbool.h>
#include <stddef.h>

enum { ODBC_TEXT_BYTES_A_UNIT = 3 }; /* of UTF-8, at most, for each unit of UTF-16 */

/* New and NUL-terminated, free() it; `text` is valid UTF-8. *ret_units without the NUL. */
SQLWCHAR *odbc_text_wide(const char *text, size_t *ret_units);

/* Into ret_text, which has room for ODBC_TEXT_BYTES_A_UNIT * units + 1 bytes; NUL-terminated. Returns its bytes. Half a
 * surrogate pair becomes three bytes that are no UTF-8; that, and a NUL, set *ret_unclean. */
size_t odbc_text_narrow(const SQLWCHAR *wide, size_t units, char *ret_text, bool *ret_unclean);

#endif
