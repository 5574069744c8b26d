/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access.h - who may come in: an API key (`Authorization: Bearer KEY`) or the cookie that a key was traded for.
 *
 * Only SHA-256 digests are looked up, by the program that owns a session with the record; what was found is remembered
 * for ACCESS_REMEMBER_MS, so a revoked key works that much longer. A request that a cookie vouches for may change
 * something only when it comes from our own page (Sec-Fetch-Site, else Origin). Failed logins of one address are
 * limited. A key in a URL is never looked at. Loop only.
 */
#ifndef HTTP_ACCESS_H
#define HTTP_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "http/request.h"

#define ACCESS_COOKIE "argosy_session"
enum { ACCESS_REMEMBER_MS = 10000, ACCESS_FAILURES_MAX = 20, ACCESS_REFILL_MS = 3000, ACCESS_SECRET_MAX = 256 };

struct access;
struct access_query; /* one lookup on its way */

struct access_config {
    void *arg;
    /* Looks the digest (PostgreSQL's text form of bytea, copied if needed) up among keys or cookies; calls
     * access_found() once. */
    void (*lookup)(void *arg, const char *digest, bool cookie, struct access_query *query);
};

struct access *access_create(const struct access_config *config);
struct access *access_destroy(struct access *a); /* after the last lookup was answered; NULL is fine; returns NULL */

/* http_config.authorise: allows the request or answers it. */
void access_check(struct access *a, struct request *r);

/* identity 0: no such key, or no longer. e: could not be looked up (identity is not looked at), or NULL. */
void access_found(struct access_query *query, int64_t identity, const struct error *e);

/* The secret was revoked or has ended here: look it up again. digest as given to lookup. */
void access_forget(struct access *a, const char *digest);

/* For the route that trades a key for a cookie: may this address try? False: answered with 429. access_failed() counts
 * one. */
bool access_may_try(struct access *a, struct request *r);
void access_failed(struct access *a, struct request *r);

#endif
