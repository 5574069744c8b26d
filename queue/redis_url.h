/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_url.h - where a Redis is, taken apart.
 *
 *   redis://[[user]:password@]host[:port][/db]     unix:///path[?db=N&password=P]     /path/of/socket
 *   redis+sentinel://[[user]:password@]host[:port][,host[:port]...]/master[/db][?sentinel_password=P]
 *
 * With Sentinel the hosts are the sentinels (port 26379 when none is given), who know where the master is now; user,
 * password and db are the master's.
 *
 * rediss:// is refused: the client library speaks no TLS; use a tunnel, or the postgres carrier.
 */
#ifndef QUEUE_REDIS_URL_H
#define QUEUE_REDIS_URL_H

#include "base/error.h"

enum { REDIS_URL_TEXT_MAX = 255, REDIS_URL_SENTINELS_MAX = 8 };

struct redis_place {
    char host[REDIS_URL_TEXT_MAX + 1];
    int port;
};

struct redis_url {
    char path[108];        /* socket; empty: at */
    struct redis_place at; /* host empty with Sentinel: whatever the sentinels say */
    char user[REDIS_URL_TEXT_MAX + 1], password[REDIS_URL_TEXT_MAX + 1]; /* empty: none */
    int db;
    struct redis_place sentinels[REDIS_URL_SENTINELS_MAX];
    unsigned sentinel_count; /* 0: no Sentinel */
    char master[REDIS_URL_TEXT_MAX + 1], sentinel_password[REDIS_URL_TEXT_MAX + 1];
};

/* The error never holds the password. */
enum error_class redis_url_parse(const char *text, struct redis_url *ret_url, struct error *e);

#endif
