/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_sample.h - sessions of catalog/connect/odbc on real drivers of Debian, for tests. No SQL Server and no Oracle is
 * to be had: SQLite, behind its ODBC driver, imitates their catalogs. Failures end the test.
 */
#ifndef TESTS_SUPPORT_ODBC_SAMPLE_H
#define TESTS_SUPPORT_ODBC_SAMPLE_H

#include "catalog/connect/odbc/odbc.h"

/* A file of tests/support/odbc/, whole; free() it. */
char *odbc_sample_text(const char *name);
/* A new SQLite file in the test's folder, after that script. The path lives as long as the program. */
const char *odbc_sample_file(const char *script);

/* A session of that kind through a connection string of the test's. options NULL: defaults. odbc_sample_close() it. */
struct odbc *odbc_sample_open(const struct odbc_kind *kind, const char *dialect, const char *string,
                              const struct connect_options *options, struct error *e); /* NULL: e says why */
struct odbc *odbc_sample_sqlite(const struct odbc_kind *kind, const char *dialect, const char *file);

/* A kind of no server in particular, with LIMIT; its sampling is refused by every server. */
extern const struct odbc_kind odbc_sample_plain;
/* For psqlODBC and a database of customer.h; free() it. */
char *odbc_sample_string(const char *url, const char *user);
struct odbc *odbc_sample_postgresql(const char *url, int statement_timeout_s);

void odbc_sample_close(struct odbc *o);

#endif
