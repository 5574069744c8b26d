/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_lex_private.h - what ddl_lex.c and ddl_quote.c share: the kinds of bytes, and quotes of one dialect only. */
#ifndef CATALOG_PARSE_DDL_DDL_LEX_PRIVATE_H
#define CATALOG_PARSE_DDL_DDL_LEX_PRIVATE_H

#include "catalog/parse/ddl/ddl_lex.h"

enum {
    BYTE_BLANK = 1,
    BYTE_WORD = 2,
    BYTE_WORD_HASH = 4, /* in words of Oracle and SQL Server: # @ */
    BYTE_COMMENT = 8,   /* may begin one, or end a versioned one */
    BYTE_LEAD = 16      /* of words, but may begin a blank that is no ASCII */
};
enum { PREFIX_MAX = 2, NAME_SCAN_MAX = 4096, VARIABLE_MAX = 256 };

extern const unsigned char ddl_lex_bytes[256];

/* Bytes of the blank that BYTE_LEAD begins at `at`; 0: it is a letter. */
size_t ddl_lex_blank(const struct ddl_lex *lex, const char *at);

#endif
