/* SPDX-License-Identifier: Apache-2.0 */
/* result_wrap.h - how client.c and session.c make results and errors of libpq's. Private to sql/. */
#ifndef SQL_RESULT_WRAP_H
#define SQL_RESULT_WRAP_H

#include <libpq-fe.h>

#include "base/error.h"
#include "sql/result.h"

struct result {
    PGresult *pg; /* owned by whoever made it */
};

/* The server's refusal as an error: class by SQLSTATE, code of ours or "sqlstate_XXXXX", message and hint. */
enum error_class result_refused(const PGresult *pg, struct error *e);

/* libpq's text of a failed connection, cut to its first line: it names the host, never the password. */
enum error_class result_unavailable(const PGconn *connection, const char *code, struct error *e);

#endif
