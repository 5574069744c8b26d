/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_text.h - any bytes as UTF-8 without bad bytes and NULs. Pure. */
#ifndef CATALOG_PARSE_DDL_DDL_TEXT_H
#define CATALOG_PARSE_DDL_DDL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct ddl_text {
    const char *text; /* the input, or `owned` */
    size_t size;
    char *owned;           /* free() it; NULL: none */
    size_t bad, first_bad; /* bytes that became '?' or a blank; where the first one is */
    bool utf16;
};
void ddl_text_clean(const char *text, size_t size, struct ddl_text *ret_text);

#endif
