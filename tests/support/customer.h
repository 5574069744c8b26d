/* SPDX-License-Identifier: Apache-2.0 */
/*
 * customer.h - a customer's PostgreSQL for tests of catalog/connect and of the kinds that use it.
 *
 * Sessions of the test itself (to prepare and to look) go beside the code that is tested. Failures end the test.
 */
#ifndef TESTS_SUPPORT_CUSTOMER_H
#define TESTS_SUPPORT_CUSTOMER_H

#include <libpq-fe.h>

#include "catalog/connect/connect.h"
#include "tests/support/ok.h"

/* A new empty database on the program's one server (started at the first call). URL as customers write it; lives as
 * long as the program. */
const char *customer_database(void);

/* A session of the test's own. */
PGconn *customer_session(const char *url);
/* Runs a script; the first column of the last row, or "". free() it. */
char *customer_query(const char *url, const char *sql);
void customer_expect(const char *url, const char *sql, const char *expected);

/* Opened by the code under test, to write. connect_close() it. */
struct connect *customer_open(const char *url, const char *application);

/* Waits until the query answers "t": an event that can be observed, or the test fails after some seconds. */
void customer_await(const char *url, const char *sql);

#endif
