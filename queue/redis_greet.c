/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_greet.c - the first words on a connection.
 *
 * To a server: AUTH, SELECT, CLIENT SETNAME, PING; PONG means up. To a sentinel: who is the master? Its answer is kept,
 * the connection is let go of and the link connects there. A server that Sentinel named is asked for its role as well:
 * just after a failover a sentinel may still name the one that was.
 *
 * Failure: a refused login, a sentinel that knows no such master, a server that is none: the connection is dropped, and
 * the link tries again, with the next sentinel.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "queue/redis_link_private.h"

static void drop(struct redis_link *link, const char *why, const char *what)
{
    struct error e = ERROR_NONE;
    error_code(&e, ERROR_UNAVAILABLE, "redis_unavailable", why, what);
    redis_link_drop(link, &e);
}

static void on_role(void *arg, redisReply *reply)
{
    struct redis_link *link = arg;
    if (!reply || link->state != LINK_GREETING)
        return;
    bool master = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
                  reply->element[0]->type == REDIS_REPLY_STRING && text_equal(reply->element[0]->str, "master");
    if (!master)
        drop(link, "%s is not the master: a failover is under way", link->at.host);
}

/* reply: [host, port], or nil */
static void on_master(void *arg, redisReply *reply)
{
    struct redis_link *link = arg;
    struct redis_place place;
    int64_t port = 0;
    if (!reply || link->state != LINK_GREETING)
        return;
    if (reply->type == REDIS_REPLY_ERROR) {
        drop(link, "the sentinel answered %s", reply->str);
    } else if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
               reply->element[0]->type != REDIS_REPLY_STRING || reply->element[1]->type != REDIS_REPLY_STRING ||
               !text_copy(place.host, sizeof place.host, reply->element[0]->str) ||
               !text_to_int64(reply->element[1]->str, 1, 65535, &port)) {
        drop(link, "the sentinel knows no master \"%s\"", link->url.master);
    } else {
        place.port = (int)port;
        link->at = place;
        link->found = true;
        drop(link, "connecting to the master that the sentinel names%s", "");
    }
}

static void ask_sentinel(struct redis_link *link)
{
    const char *login[] = { "AUTH", link->url.sentinel_password };
    const char *ask[] = { "SENTINEL", "get-master-addr-by-name", link->url.master };
    if (*link->url.sentinel_password)
        redis_link_send_now(link, NULL, NULL, 2, login, NULL); /* refused: the question is, too */
    redis_link_send_now(link, on_master, link, 3, ask, NULL);
}

/* The last command of the greeting; an error of AUTH or SELECT has dropped the connection before. */
static void on_pong(void *arg, redisReply *reply)
{
    struct redis_link *link = arg;
    if (link->state != LINK_GREETING || !reply)
        return;
    if (reply->type == REDIS_REPLY_ERROR) {
        struct error e = ERROR_NONE;
        error_code(&e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis answered %s", reply->str);
        redis_link_drop(link, &e);
        return;
    }
    redis_link_greeted(link);
}

static void on_greeted(void *arg, redisReply *reply)
{
    struct redis_link *link = arg;
    if (!reply || reply->type != REDIS_REPLY_ERROR || link->state != LINK_GREETING)
        return;
    struct error e = ERROR_NONE;
    error_code(&e, ERROR_UNAVAILABLE, "redis_login", "Redis refused the login or the database: %s", reply->str);
    redis_link_drop(link, &e);
}

static void greet_server(struct redis_link *link)
{
    char db[16];
    const char *login[] = { "AUTH", link->url.user, link->url.password };
    const char *old_login[] = { "AUTH", link->url.password };
    const char *select[] = { "SELECT", db };
    const char *name[] = { "CLIENT", "SETNAME", link->config.name };
    const char *role[] = { "ROLE" };
    const char *ping[] = { "PING" };
    if (*link->url.user)
        redis_link_send_now(link, on_greeted, link, 3, login, NULL);
    else if (*link->url.password)
        redis_link_send_now(link, on_greeted, link, 2, old_login, NULL);
    if (link->url.db) {
        snprintf(db, sizeof db, "%d", link->url.db);
        redis_link_send_now(link, on_greeted, link, 2, select, NULL);
    }
    redis_link_send_now(link, NULL, NULL, 3, name, NULL); /* only for people: a refusal is no matter */
    if (link->url.sentinel_count > 0)
        redis_link_send_now(link, on_role, link, 1, role, NULL);
    redis_link_send_now(link, on_pong, link, 1, ping, NULL);
}

void redis_greet(struct redis_link *link)
{
    if (link->asking)
        ask_sentinel(link);
    else
        greet_server(link);
}
