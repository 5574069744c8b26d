/* SPDX-License-Identifier: Apache-2.0 */
/*
 * route.h - which function answers which method and path.
 *
 * A program gives its routes as const tables; gateway and notifier are two, served together or apart. A pattern's
 * {name} stands for one segment, which is never empty. Pure: no server here.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

struct request;

enum route_flags {
    ROUTE_PUBLIC = 1, /* answered without asking who it is */
    ROUTE_UPLOAD = 2, /* the body goes to a file (request_upload()), under upload_max instead of body_max */
};

struct route {
    const char *method;  /* GET answers HEAD too */
    const char *pattern; /* "/api/v1/jobs/{id}/cancel" */
    unsigned flags;
    /* Called once the body is there. Answers with one reply_*() or stream_open(), at once or from a later callback. */
    void (*handle)(void *arg, struct request *request);
    const char *about; /* one line for the reference page */
};

struct route_table {
    const struct route *routes;
    unsigned count;
    void *arg; /* of the handlers */
};

enum { ROUTE_PARAMS_MAX = 3, ROUTE_PARAM_SIZE = 128, ROUTE_ALLOW_SIZE = 64 };

struct route_match {
    const struct route *route; /* NULL: none; then `allow` says whether the path is known with other methods */
    void *arg;
    unsigned count;
    char params[ROUTE_PARAMS_MAX][ROUTE_PARAM_SIZE]; /* decoded, in the pattern's order */
    char allow[ROUTE_ALLOW_SIZE];                    /* "GET, POST", or "" */
};

/* path: as it came, still escaped, without its query. */
void route_find(const struct route_table *tables, unsigned count, const char *method, const char *path,
                struct route_match *ret_match);

#endif
