/* SPDX-License-Identifier: Apache-2.0 */
/* client_private.h - what client.c and migration.c share. Private to sql/. */
#ifndef SQL_CLIENT_PRIVATE_H
#define SQL_CLIENT_PRIVATE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "sql/client.h"

struct client {
    PGconn *pg; /* NULL between a lost connection and the next use */
    char *url, *application;
    int connect_timeout_s;
    bool pooled;     /* a pooler lends a server for each transaction: nothing may be left there */
    char server[16]; /* process that the connection was told of: parameter of session_setup */
    char **prepared; /* names known to this connection */
    size_t prepared_count, prepared_capacity;
};

/* Connected when ERROR_OK. */
enum error_class client_ready(struct client *c, struct error *e);

/* ERROR_OK, the server's refusal, or "outcome_unknown". pg stays the caller's. */
enum error_class client_checked(struct client *c, PGresult *pg, struct error *e);

#endif
