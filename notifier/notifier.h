/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notifier.h - tells whoever waits: events of jobs as server-sent events.
 *
 * `argosy notifier` serves it alone; `argosy up` serves it in the gateway's process, as a part of its host.
 */
#ifndef NOTIFIER_NOTIFIER_H
#define NOTIFIER_NOTIFIER_H

#include "http/host.h"
#include "queue/kafka_options.h"

struct notifier_config {
    const char *database_url, *redis_url, *carrier; /* see queue/transport.h */
    const char *direct_url;                         /* past a pooler, for LISTEN; NULL: database_url */
    struct kafka_config kafka;                      /* brokers NULL: none */
    bool kafka_events;                              /* publish to its event topic */
    int poll_ms;                                    /* how long an event may go unnoticed when no doorbell rings */
    unsigned batch_max;      /* events of one reading; more: clients are told to look at the state anew */
    unsigned catchup_max;    /* the same for one client that comes back */
    struct http_config http; /* when it is served alone */
};

struct notifier_config notifier_config_default(void);

/* Until TERM or INT. Returns the exit code; what went wrong was logged. */
int notifier_main(const struct notifier_config *config);

/* What it answers, for the reference page; arg is NULL. */
struct route_table notifier_routes(void);

/* The notifier as a part of a host; the config must outlive it. */
struct host_part notifier_part(const struct notifier_config *config);

#endif
