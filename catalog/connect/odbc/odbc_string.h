/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_string.h - writes a connection string: KEY=value;KEY={value};...
 *
 * Values come from strangers, and a value that gets out of its place could name another driver, a file to write to or
 * another server. Parsers differ in how an enclosed value ends (ODBC's own rule doubles a closing brace, the driver
 * manager ends at the first one, FreeTDS at the first one that a semicolon follows), so nothing is ever escaped: a
 * value that not all of them would read alike is refused. The first refusal sticks. The text may hold a password: it is
 * wiped.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_STRING_H
#define CATALOG_CONNECT_ODBC_ODBC_STRING_H

#include "base/buffer.h"
#include "base/error.h"

enum { ODBC_STRING_MAX = 16384 };

struct odbc_string {
    struct buffer text;
    struct error refusal;
};

void odbc_string_init(struct odbc_string *s);
void odbc_string_finish(struct odbc_string *s);
/* key: a constant of ours. value NULL: nothing is added. what: names the value in a refusal, which never holds it. */
void odbc_string_add(struct odbc_string *s, const char *key, const char *value, const char *what);
/* Good until the next change; or the refusal. */
enum error_class odbc_string_view(const struct odbc_string *s, const char **ret_text, struct error *e);

#endif
