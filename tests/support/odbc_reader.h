/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_reader.h - connection strings read as those read them who get them: by ODBC's own rule (a closing brace within
 * an enclosed value is doubled), as the driver manager does (the first one ends it), as FreeTDS does (the first one
 * that a semicolon follows). For tests and fuzzing of what we write.
 */
#ifndef TESTS_SUPPORT_ODBC_READER_H
#define TESTS_SUPPORT_ODBC_READER_H

#include <stdbool.h>
#include <stddef.h>

enum odbc_reader { ODBC_READER_RULE, ODBC_READER_MANAGER, ODBC_READER_FREETDS, ODBC_READERS };
enum { ODBC_READER_PARTS_MAX = 24 };

/* Keys and values as that reader takes them (free() each); false: it can't read the text to its end. */
struct odbc_reader_part {
    char *key, *value;
};
bool odbc_reader_parts(const char *text, enum odbc_reader reader, struct odbc_reader_part *ret_parts,
                       size_t *ret_count);

/* wanted: key, value, key, value, ..., NULL. Do all three read exactly that, in that order? */
bool odbc_reader_agrees(const char *text, const char *const *wanted);
/* The same, and the test fails when not. */
void odbc_reader_agree(const char *text, const char *const *wanted);

#endif
