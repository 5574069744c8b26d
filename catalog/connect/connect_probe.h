/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_probe.h - who answers, and what discovery would not be let see: one look that reads no rows.
 *
 * Blocking, like the rest of the room. A dialect without a probe of its own is asked for its catalog, whose diagnostics
 * are then what is missing.
 */
#ifndef CATALOG_CONNECT_CONNECT_PROBE_H
#define CATALOG_CONNECT_CONNECT_PROBE_H

#include "catalog/connect/connect.h"

enum { CONNECT_MISSING_MAX = 20, CONNECT_PROBED_TABLES_MAX = 200 };

struct connect_probe {                        /* texts in the arena */
    const char *version;                      /* as the server says it; "" when it says none */
    int64_t tables;                           /* that are there to be discovered, as far as we are shown */
    const char *missing[CONNECT_MISSING_MAX]; /* a right each, in words, with the statement that gives it */
    unsigned missing_count;
    int64_t missing_all; /* how many there are in all */
};

enum error_class connect_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);

/* The address spelt the one way, for telling whether two mean the same: kind of database, host in small letters, no
 * port that is usual, no empty path. url: public form. New text. connect_url.c */
char *connect_url_key(const char *url);

#endif
