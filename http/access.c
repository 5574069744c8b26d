/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access.c - see access.h.
 *
 * Both tables have a fixed size and are found by hash: a newer entry simply takes the place of an older one. Losing one
 * costs a lookup, or forgives an address some failures.
 */
#include "http/access.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "http/header.h"
#include "http/reply.h"

enum { KNOWN_SLOTS = 1024, PEER_SLOTS = 1024, PEER_SIZE = 46 };

struct access {
    struct access_config config;
    uint64_t seed; /* nobody outside can aim at a slot */
    struct known {
        char digest[DIGEST_BYTEA_SIZE];
        int64_t identity, until_ms;
    } known[KNOWN_SLOTS];
    struct peer {
        char address[PEER_SIZE];
        unsigned failures;
        int64_t since_ms; /* of the last refill */
    } peers[PEER_SLOTS];
};

struct access_query {
    struct access *access;
    struct request *request;
    char digest[DIGEST_BYTEA_SIZE];
};

struct access *access_create(const struct access_config *config)
{
    struct access *a = mem_zero(1, sizeof *a);
    a->config = *config;
    a->seed = random_u64();
    return a;
}

struct access *access_destroy(struct access *a)
{
    free(a);
    return NULL;
}

static unsigned slot_of(const struct access *a, const char *text, unsigned slots)
{
    uint64_t hash = a->seed;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3ULL;
    return (unsigned)((hash ^ hash >> 29) % slots);
}

static struct peer *peer_of(struct access *a, const char *address)
{
    struct peer *p = &a->peers[slot_of(a, address, PEER_SLOTS)];
    int64_t now_ms = clock_monotonic_ms();
    if (strcmp(p->address, address) != 0) {
        *p = (struct peer){ .since_ms = now_ms };
        text_copy(p->address, sizeof p->address, address);
    }
    int64_t refill = (now_ms - p->since_ms) / ACCESS_REFILL_MS;
    p->failures -= refill < p->failures ? (unsigned)refill : p->failures;
    p->since_ms += refill * ACCESS_REFILL_MS;
    return p;
}

bool access_may_try(struct access *a, struct request *r)
{
    if (peer_of(a, request_peer(r))->failures < ACCESS_FAILURES_MAX)
        return true;
    reply_problem(r, 429, "too_many_failures", "Too many failed logins from this address: wait a few seconds.", NULL);
    return false;
}

void access_failed(struct access *a, struct request *r)
{
    peer_of(a, request_peer(r))->failures++;
}

static void refuse(struct request *r, const char *code, const char *message)
{
    reply_header(r, "WWW-Authenticate", "Bearer realm=\"argosy\"");
    reply_problem(r, 401, code, message, NULL);
}

void access_found(struct access_query *query, int64_t identity, const struct error *e)
{
    struct access *a = query->access;
    struct request *r = query->request;
    if (e) {
        reply_error(r, e, NULL);
    } else if (identity == 0) {
        access_failed(a, r);
        refuse(r, "invalid_key", "This API key or session is not known, or is no longer valid.");
    } else {
        struct known *k = &a->known[slot_of(a, query->digest, KNOWN_SLOTS)];
        text_copy(k->digest, sizeof k->digest, query->digest);
        k->identity = identity;
        k->until_ms = clock_monotonic_ms() + ACCESS_REMEMBER_MS;
        request_allow(r, identity);
    }
    free(query);
}

void access_forget(struct access *a, const char *digest)
{
    struct known *k = &a->known[slot_of(a, digest, KNOWN_SLOTS)];
    if (strcmp(k->digest, digest) == 0)
        *k = (struct known){ 0 };
}

static bool changes_something(const struct request *r)
{
    const char *method = request_method(r);
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0;
}

/* The secret that came along; NULL: answered. */
static const char *take_secret(struct request *r, char *secret, size_t size, bool *ret_cookie)
{
    const char *authorization = request_header(r, "Authorization"), *cookies = request_header(r, "Cookie");
    *ret_cookie = false;
    if (authorization) {
        if (header_bearer(authorization, secret, size))
            return secret;
        refuse(r, "invalid_key", "Send the API key as Authorization: Bearer KEY.");
        return NULL;
    }
    if (!cookies || !header_cookie(cookies, ACCESS_COOKIE, secret, size)) {
        refuse(r, "no_key", "Who are you? Send an API key as Authorization: Bearer KEY.");
        return NULL;
    }
    *ret_cookie = true;
    if (changes_something(r) && !header_same_origin(request_header(r, "Sec-Fetch-Site"), request_header(r, "Origin"),
                                                    request_header(r, "Host"))) {
        reply_problem(r, 403, "foreign_origin", "A page of another origin may not change anything here.", NULL);
        return NULL;
    }
    return secret;
}

void access_check(struct access *a, struct request *r)
{
    char secret[ACCESS_SECRET_MAX], digest[DIGEST_BYTEA_SIZE];
    bool cookie;
    if (!take_secret(r, secret, sizeof secret, &cookie))
        return;
    digest_key(secret, digest);
    explicit_bzero(secret, sizeof secret);
    const struct known *k = &a->known[slot_of(a, digest, KNOWN_SLOTS)];
    if (k->until_ms > clock_monotonic_ms() && text_equal_secret(k->digest, digest)) {
        request_allow(r, k->identity);
        return;
    }
    if (!access_may_try(a, r))
        return;
    struct access_query *query = mem_zero(1, sizeof *query);
    query->access = a;
    query->request = r;
    text_copy(query->digest, sizeof query->digest, digest);
    a->config.lookup(a->config.arg, query->digest, cookie, query);
}
