/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/customer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/server.h"

enum { URL_SIZE = 600, AWAIT_ROUNDS = 12000, CUSTOMERS_MAX = 64 };

static void host_of(const char *conninfo, char ret_host[static 400])
{
    if (sscanf(conninfo, "host=%399s", ret_host) != 1)
        fail_msg("no host in \"%s\"", conninfo);
}

const char *customer_database(void)
{
    static const char *server;
    static unsigned count;
    static char host[400], urls[CUSTOMERS_MAX][URL_SIZE]; /* as long as the program, like the server */
    if (!server) {
        server = support_postgres_start();
        host_of(server, host);
    }
    assert_true(count < CUSTOMERS_MAX);
    char *url = urls[count], sql[64];
    snprintf(url, URL_SIZE, "postgresql://argosy@/postgres?host=%s", host);
    snprintf(sql, sizeof sql, "CREATE DATABASE customer%u", ++count);
    free(customer_query(url, sql));
    snprintf(url, URL_SIZE, "postgresql://argosy@/customer%u?host=%s", count, host);
    return url;
}

PGconn *customer_session(const char *url)
{
    PGconn *session = PQconnectdb(url);
    if (PQstatus(session) != CONNECTION_OK)
        fail_msg("%s: %s", url, PQerrorMessage(session));
    return session;
}

char *customer_query(const char *url, const char *sql)
{
    PGconn *session = customer_session(url);
    PGresult *result = PQexec(session, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(session));
    char *value = strdup(PQntuples(result) > 0 ? PQgetvalue(result, PQntuples(result) - 1, 0) : "");
    PQclear(result);
    PQfinish(session);
    return value;
}

void customer_expect(const char *url, const char *sql, const char *expected)
{
    char *value = customer_query(url, sql);
    if (strcmp(value, expected) != 0)
        fail_msg("%s: expected \"%s\", got \"%s\"", sql, expected, value);
    free(value);
}

struct connect *customer_open(const char *url, const char *application)
{
    struct connect *c = NULL;
    struct error e = ERROR_NONE;
    const struct connect_options options = { .application = application };
    if (connect_open(url, NULL, &options, &c, &e) != ERROR_OK)
        fail_msg("%s: %s", url, e.message);
    return c;
}

void customer_await(const char *url, const char *sql)
{
    const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
    for (int i = 0; i < AWAIT_ROUNDS; i++) {
        char *value = customer_query(url, sql);
        bool yes = strcmp(value, "t") == 0;
        free(value);
        if (yes)
            return;
        nanosleep(&pause, NULL);
    }
    fail_msg("never came true: %s", sql);
}
