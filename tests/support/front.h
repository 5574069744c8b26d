/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front.h - gateway and notifier in a child process, over a private record with our schema, for tests of what arrives
 * by HTTP.
 *
 * Failures end the test program with a message.
 */
#ifndef TESTS_SUPPORT_FRONT_H
#define TESTS_SUPPORT_FRONT_H

#include <jansson.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/support/wire.h"

#define FRONT_KEY  "test-key"
#define FRONT_AUTH "Authorization: Bearer " FRONT_KEY "\r\n"
enum { FRONT_BODY_MAX = 65536, FRONT_JOBS_MAX = 50 };

struct front {
    const char *database_url, *folder; /* folder: uploads/ is below it */
    const char *kafka;                 /* brokers, set before the start; NULL: none */
    pid_t pid;
    uint16_t port;
    PGconn *direct; /* for looking */
};

/* The front of a test program: both are for cmocka_run_group_tests(). SIGPIPE is ignored from then on. */
extern struct front front;
int front_setup(void **state);
int front_teardown(void **state);

/* PostgreSQL, schema, the kinds of this build and one API key; carrier postgres. Then the child. */
void front_start(struct front *f);
/* kill -9, and another child on the same record. */
void front_restart(struct front *f);
/* TERM; the child must exit with 0 (with the address sanitizer: without a leak). */
void front_stop(struct front *f);

/* ---- asking ---- */
/* Of the test program's front, with its key. body: JSON, or NULL. */
struct wire_answer front_ask(const char *method, const char *path, const char *body);

/* ---- answers ---- */
json_t *front_take(struct wire_answer a, unsigned status); /* its body: json_decref() it */
json_int_t front_id(struct wire_answer a, unsigned status);
void front_problem(struct wire_answer a, unsigned status, const char *code); /* an error as they all look */

/* First value of the first row, "" when there is none; valid until the next call. */
const char *front_value(struct front *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
