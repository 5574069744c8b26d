/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - a private PostgreSQL with our schema, some kinds, a session on a loop and a blocking connection beside it.
 *
 * Kinds: noop; quick (retries at once, 3 attempts); target (writes into the connection that args.target names).
 * Failures end the test program with a message.
 */
#ifndef TESTS_SUPPORT_RECORD_H
#define TESTS_SUPPORT_RECORD_H

#include <libpq-fe.h>
#include <uv.h>

#include "queue/store.h"
#include "sql/session.h"

struct record {
    uv_loop_t loop;
    const char *url;
    struct session *session;
    struct store *store;
    PGconn *direct;      /* for looking */
    int lock_timeout_ms; /* of the session; 0: its default */
};

void record_start(struct record *r); /* starts the server and brings it to our schema */
void record_open(struct record *r);  /* another session and store on a server that is there: r->url is set */
void record_finish(struct record *r);
void record_run(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t record_int(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Valid until the next call. */
const char *record_text(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* SQLSTATE of a statement that must fail; valid until the next call. */
const char *record_refused(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
