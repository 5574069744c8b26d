/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.h - the program that runs jobs: `argosy worker`. One thread on libuv; the jobs themselves run in slots.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdint.h>

/* All of it is borrowed until worker_main() returns. */
struct worker_config {
    const char *name; /* for people; several workers may share it */
    const char *database_url;
    const char *direct_url;   /* past a pooler, for LISTEN; NULL: database_url */
    const char *redis_url;    /* NULL with transport "postgres" */
    const char *redis_prefix; /* NULL: the default */
    const char *transport;    /* "redis" or "postgres" */
    const char *key_file;     /* opens the secrets of connections; read by slots only */
    const char *uploads;      /* folder of uploaded files, named by their id */
    unsigned slots;           /* jobs at a time; 0: one a processor */
    int64_t memory_max;       /* bytes of data of one slot; 0: no limit */
    int drain_s;              /* how long running jobs may go on after SIGTERM */
};

/* Returns when the worker was told to stop: an exit code (0; 69 when what it had could not be recorded). */
int worker_main(const struct worker_config *config);

#endif
