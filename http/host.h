/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - a process that serves the routes of one program or of several on one port, until TERM or INT.
 *
 * Programs don't include one another; each gives a struct host_part. The first part that has `authorise` says who comes
 * in, for all.
 */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

#include "http/server.h"

struct host_part {
    const char *name;
    const void *config; /* the part's own */
    /* Makes the part; *ret_routes->arg and the routes stay until closed. Nothing is served yet. */
    enum error_class (*open)(const void *config, uv_loop_t *loop, void **ret_part, struct route_table *ret_routes,
                             struct error *e);
    /* Every request has been answered. on_closed runs from the loop once all of it is freed. */
    void (*close)(void *part, void (*on_closed)(void *arg), void *arg);
    void (*authorise)(void *part, struct request *r);    /* may be NULL */
    void (*serving)(void *part, const struct server *s); /* the port is known; may be NULL */
};

enum { HOST_PARTS_MAX = 4 };

/* limits: loop, tables and authorise are filled in here; arg goes to on_done. on_listening is told the port. Returns
 * when all is closed; a second signal ends the process at once. */
enum error_class host_run(const struct http_config *limits, const struct host_part *parts, unsigned count,
                          void (*on_listening)(void *arg, uint16_t port), void *arg, struct error *e);

#endif
