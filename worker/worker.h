/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - the program that runs jobs: `argosy worker`. One thread on libuv; the jobs themselves run in slots.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "queue/kafka_options.h"

/* All of it is borrowed until worker_main() returns. */
struct worker_config {
    const char *name; /* for people; several workers may share it */
    const char *database_url;
    const char *direct_url;    /* past a pooler, for LISTEN; NULL: database_url */
    const char *redis_url;     /* NULL: none */
    const char *redis_prefix;  /* NULL: the default */
    struct kafka_config kafka; /* brokers NULL: none */
    const char *transport;     /* "redis", "kafka" or "postgres": unless the record says otherwise */
    const char *tags;          /* "eu,gpu": jobs that need them come here; NULL: none */
    const char *key_file;      /* opens the secrets of connections; read by slots only */
    const char *uploads;       /* folder of uploaded files, named by their id */
    const char *kind_defaults; /* {"KIND": {"ARGUMENT": value}}: what arguments of jobs are when nobody says; or NULL */
    unsigned slots;            /* jobs at a time; 0: one a processor */
    int64_t memory_max;        /* bytes of data of one slot; 0: no limit */
    int drain_s;               /* how long running jobs may go on after SIGTERM */
    int64_t
        stalled_after_ms;   /* a job that says nothing for so long is stopped, unless its kind says how long; 0: none */
    unsigned log_lines_max; /* of one attempt; what it says beyond is left out */
    int64_t log_bytes_max;  /* the same */
    unsigned slot_jobs_max; /* a slot that has run so many is replaced; 0: none is */
    int64_t slot_growth_max; /* bytes by which a slot may grow before it is replaced; 0: whatever */
    /* At SIGHUP: puts what is set now into *config; what can't change while we run is passed over. NULL: nothing is
     * read again. false: refused, and it has said why. */
    bool (*reload)(void *arg, struct worker_config *config);
    void *reload_arg;
};

/* Returns when the worker was told to stop: an exit code (0; 69 when what it had could not be recorded). */
int worker_main(const struct worker_config *config);

#endif
