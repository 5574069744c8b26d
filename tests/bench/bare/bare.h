/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare.h - what the processes of the bare loop share. See README.md beside it.
 *
 * submitter (the parent) -> PostgreSQL -> dispatcher -> Redis stream -> worker -> slots (its children) -> worker ->
 * PostgreSQL. One process each, blocking calls, one connection each. Anything that goes wrong ends the run: a figure of
 * a run that lost something is none.
 */
#ifndef TESTS_BENCH_BARE_BARE_H
#define TESTS_BENCH_BARE_BARE_H

#include <hiredis/hiredis.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { BARE_BATCH = 1000, BARE_CREDIT = 8000, BARE_SLOTS_MAX = 16, BARE_PIDS_MAX = 40 };

/* In memory that all share: only the bench's own coordination, no part of what is measured. */
struct bare_board {
    _Atomic int64_t dispatched, finished;
    _Atomic bool held;                 /* the dispatcher waits */
    _Atomic bool traced;               /* messages and results carry the time of each hop */
    _Atomic int slots[BARE_SLOTS_MAX]; /* their process ids */
};

struct bare {
    const char *database, *redis; /* conninfo or URL; path of a unix socket */
    int64_t jobs, seconds, rate;
    unsigned slots;
    int pids[BARE_PIDS_MAX]; /* whose CPU is counted; ends with 0 */
    struct bare_board *board;
};

/* ---- bare_record.c: its statements, blocking ---- */

enum bare_statement { BARE_SUBMIT_ONE, BARE_DISPATCH, BARE_FINISH, BARE_STATEMENTS };

PGconn *bare_connect(const struct bare *b); /* with its settings; dies when it can't */
void bare_schema(PGconn *pg);               /* dropped and made anew */
void bare_prepare(PGconn *pg, enum bare_statement which);
const char *bare_statement_name(enum bare_statement which);
void bare_command(PGconn *pg, const char *sql);
double bare_value(PGconn *pg, const char *sql, double *ret_second, double *ret_third); /* a row of up to three */
PGresult *bare_checked(PGconn *pg, PGresult *result);                                  /* dies unless it succeeded */

/* ---- the processes; they end by the signal that their parent's death sends, or by SIGTERM ---- */

void bare_dispatch(const struct bare *b) __attribute__((noreturn)); /* bare_dispatch.c */
void bare_work(const struct bare *b) __attribute__((noreturn));     /* bare_work.c */
void bare_slot(int fd) __attribute__((noreturn));                   /* bare_slot.c */

/* ---- bare_slot.c: what worker and slot say to one another; one message of a SOCK_SEQPACKET each ---- */

enum { BARE_MESSAGE_MAX = 64 << 10, BARE_MESSAGE_JOBS = 64 };

/* A line a job: "id epoch notified dispatched read args\n" (times of the wall clock, or 0), and back
 * "id epoch result\n". */

/* ---- bare_submit.c: the arguments and the pace are the same for both ---- */

enum { BARE_ARGS_SIZE = 256 };
void bare_args(int64_t number, char ret_text[static BARE_ARGS_SIZE]); /* about 170 bytes of JSON */
void bare_submit(PGconn *pg, int64_t first, int64_t jobs);            /* by COPY, 1,000 a transaction */
/* One job with these arguments; returns when it is accepted. */
typedef void bare_submit_one(void *arg, int64_t number, const char *args);
/* Single submits at the rate. Returns how many; *ret_p50_ms: how long one took. */
int64_t bare_submit_singly(const struct bare *b, bare_submit_one *one, void *arg, double *ret_p50_ms);

/* ---- the two loops; each scenario gives one member of its name ---- */

json_t *bare_own(struct bare *b, const char *scenarios);         /* bare_own.c: this loop */
json_t *bare_fleet(const struct bare *b, const char *scenarios); /* bare_fleet.c: a fleet of Argosy that runs already */
int64_t bare_cpu_us(const struct bare *b);                       /* of b->pids up to now */
json_t *bare_rate(const struct bare *b, int64_t jobs, double seconds, int64_t cpu_us); /* since that sample */
bool bare_wanted(const char *scenarios, const char *name);                             /* is it in the list "a,b"? */

void bare_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
