/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway.h - the REST API, the web console and everything else that arrives by HTTP.
 *
 * `argosy gateway` serves it alone; `argosy up` serves the notifier's routes from the same process and port, given as
 * `others`.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include "http/host.h"
#include "queue/kafka_options.h"

struct gateway_config {
    const char *database_url, *redis_url,
        *carrier;                   /* see queue/transport.h; carrier NULL: "redis" where there is a redis_url */
    struct kafka_config kafka;      /* brokers NULL: none */
    bool kafka_submit;              /* take jobs from its submit topic */
    const char *data_folder;        /* uploads/ and secret.key are below it; made when missing */
    const char *port_file;          /* the chosen port is written there, or NULL */
    bool behind_tls;                /* browsers come by https: the cookie is Secure */
    unsigned batch_max;             /* jobs of one request */
    int stray_ms;                   /* between two looks for files of uploads that no row names */
    int session_s;                  /* how long a login in the console lasts */
    unsigned reanalyze_hours;       /* of connections that are analysed and don't say; 0: never */
    struct http_config http;        /* host, port and limits */
    const struct host_part *others; /* routes of other programs, on the same port */
    unsigned other_count;
};

struct gateway_config gateway_config_default(void);

/* Until TERM or INT. Returns the exit code; what went wrong was logged. */
int gateway_main(const struct gateway_config *config);

/* What it answers, for the reference page; arg is NULL. */
struct route_table gateway_routes(void);

/* The gateway as a part of a host; the config must outlive it. */
struct host_part gateway_part(const struct gateway_config *config);

#endif
