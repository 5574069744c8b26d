/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_reader.h - connection strings read as those read them who get them: by ODBC's own rule (a closing brace within
 * an enclosed value is doubled), as the driver manager does (the first one ends it), as FreeTDS does (the first one
 * that a semicolon follows). For tests and fuzzing of what we write.
 */
#ifndef TESTS_SUPPORT_ODBC_READER_H
#define TESTS_SUPPORT_ODBC_READER_H

#include <stdbool.h>

/* wanted: key, value, key, value, ..., NULL. Do all three read exactly that, in that order? */
bool odbc_reader_agrees(const char *text, const char *const *wanted);
/* The same, and the test fails when not. */
void odbc_reader_agree(const char *text, const char *const *wanted);

#endif
