/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler.h - the role that decides: `argosy scheduler`.
 *
 * Any number may run; the one that holds the advisory lock leads, the others try once a second. It dispatches on the
 * very session that holds the lock, so it can't lead without it; a stopped leader loses session and lead after
 * idle_ms.
 */
#ifndef SCHEDULER_SCHEDULER_H
#define SCHEDULER_SCHEDULER_H

#include <stdint.h>

#include "queue/kafka_options.h"

struct scheduler_config { /* texts are borrowed until scheduler_main() returns */
    const char *name;     /* shown as leader; NULL: host and pid */
    const char *database_url;
    const char *direct_url;                     /* past a pooler; NULL: database_url, which must not lead through one */
    const char *transport;                      /* "redis", "kafka" or "postgres": unless the record says otherwise */
    const char *redis_url, *redis_prefix;       /* NULL: none; prefix NULL: "argosy" */
    struct kafka_config kafka;                  /* brokers NULL: none */
    int idle_ms, expire_ms;                     /* 0: 5 s, 6 s */
    int64_t succeeded_s, failed_s, cancelled_s; /* how long ended jobs are kept; 0: as the record says */
    int64_t args_max;                           /* bytes of a job's arguments; 0: as the record says */
    void (*reload)(void *arg);                  /* at SIGHUP; NULL: nothing is read again */
    void *reload_arg;
};

/* Runs until SIGTERM or SIGINT; a second one ends it at once. Logs. Returns the exit code. */
int scheduler_main(const struct scheduler_config *config);

#endif
