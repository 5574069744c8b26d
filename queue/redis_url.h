/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_url.h - where a Redis is, taken apart.
 *
 *   redis://[[user]:password@]host[:port][/db]     unix:///path[?db=N&password=P]     /path/of/socket
 *
 * rediss:// is refused: the client library speaks no TLS; use a tunnel, or the postgres carrier.
 */
#ifndef QUEUE_REDIS_URL_H
#define QUEUE_REDIS_URL_H

#include "base/error.h"

enum { REDIS_URL_TEXT_MAX = 255 };

struct redis_url {
    char path[108]; /* socket; empty: host and port */
    char host[REDIS_URL_TEXT_MAX + 1];
    char user[REDIS_URL_TEXT_MAX + 1], password[REDIS_URL_TEXT_MAX + 1]; /* empty: none */
    int port, db;
};

/* The error never holds the password. */
enum error_class redis_url_parse(const char *text, struct redis_url *ret_url, struct error *e);

#endif
