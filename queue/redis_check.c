/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_check.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "queue/redis_url.h"

enum { TIMEOUT_S = 3, VALUE_SIZE = 32 };

/* The value of `name:` in an INFO text, into ret_value. */
static bool info_value(const redisReply *reply, const char *name, char ret_value[VALUE_SIZE])
{
    const char *at = reply->type == REDIS_REPLY_STRING ? strstr(reply->str, name) : NULL;
    if (at == NULL)
        return false;
    at += strlen(name);
    (void)snprintf(ret_value, VALUE_SIZE, "%.*s", (int)strcspn(at, "\r\n"), at);
    return true;
}

static enum error_class log_in(redisContext *redis, const char *user, const char *password, struct error *e)
{
    redisReply *reply = NULL;
    if (*user != '\0')
        reply = redisCommand(redis, "AUTH %s %s", user, password);
    else if (*password != '\0')
        reply = redisCommand(redis, "AUTH %s", password);
    bool refused = reply != NULL && reply->type == REDIS_REPLY_ERROR;
    if (reply != NULL)
        freeReplyObject(reply);
    return refused ? error_code(e, ERROR_DENIED, "redis_login", "Redis refuses the user or password of its URL")
                   : ERROR_OK;
}

static redisContext *open_at(const char *path, const struct redis_place *place, struct error *e)
{
    const struct timeval patience = { .tv_sec = TIMEOUT_S };
    redisContext *redis = *path != '\0' ? redisConnectUnixWithTimeout(path, patience)
                                        : redisConnectWithTimeout(place->host, place->port, patience);
    if (redis != NULL && redis->err == 0) {
        (void)redisSetTimeout(redis, patience);
        return redis;
    }
    (void)error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis does not answer: %s",
                     redis != NULL ? redis->errstr : "no memory");
    redisFree(redis);
    return NULL;
}

/* The master that the first sentinel knows of that knows. */
static enum error_class find_master(const struct redis_url *url, struct redis_place *ret_place, struct error *e)
{
    bool found = false;
    for (unsigned i = 0; i < url->sentinel_count && !found; i++) {
        int64_t port;
        redisContext *sentinel = open_at("", &url->sentinels[i], e);
        if (sentinel == NULL || log_in(sentinel, "", url->sentinel_password, e) != ERROR_OK) {
            redisFree(sentinel);
            continue;
        }
        redisReply *reply = redisCommand(sentinel, "SENTINEL get-master-addr-by-name %s", url->master);
        found = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                text_copy(ret_place->host, sizeof ret_place->host, reply->element[0]->str) &&
                text_to_int64(reply->element[1]->str, 1, 65535, &port);
        ret_place->port = found ? (int)port : 0;
        (void)error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "no sentinel knows a master \"%s\"", url->master);
        if (reply != NULL)
            freeReplyObject(reply);
        redisFree(sentinel);
    }
    if (found)
        *e = ERROR_NONE;
    return e->class;
}

static enum error_class judge(const redisReply *info, char *ret_text, unsigned size, struct error *e)
{
    char version[VALUE_SIZE], policy[VALUE_SIZE], limit[VALUE_SIZE];
    if (info->type == REDIS_REPLY_ERROR && text_starts(info->str, "LOADING"))
        return error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis answered %s", info->str);
    if (!info_value(info, "redis_version:", version) || !info_value(info, "maxmemory_policy:", policy) ||
        !info_value(info, "\nmaxmemory:", limit))
        return error_code(
            e, ERROR_REFUSED, "redis_unasked",
            "Redis does not say whether it evicts (%s): allow our user INFO, or set transport to postgres",
            info->type == REDIS_REPLY_ERROR ? info->str : "INFO has no maxmemory");
    if (!text_equal(policy, "noeviction") && !text_equal(limit, "0"))
        return error_code(
            e, ERROR_REFUSED, "redis_evicts",
            "Redis %s throws keys away at %s bytes (maxmemory-policy %s), and dispatches with them: CONFIG "
            "SET maxmemory-policy noeviction, there and in its configuration file",
            version, limit, policy);
    (void)snprintf(ret_text, size, "Redis %s, maxmemory %s, maxmemory-policy %s", version, limit, policy);
    return ERROR_OK;
}

enum error_class redis_check(const char *url, char *ret_text, unsigned size, struct error *e)
{
    struct redis_url parsed;
    if (redis_url_parse(url, &parsed, e) != ERROR_OK)
        return e->class;
    if (parsed.sentinel_count > 0 && find_master(&parsed, &parsed.at, e) != ERROR_OK)
        return e->class;
    redisContext *redis = open_at(parsed.path, &parsed.at, e);
    if (redis == NULL)
        return e->class;
    enum error_class class = log_in(redis, parsed.user, parsed.password, e);
    redisReply *info = class == ERROR_OK ? redisCommand(redis, "INFO") : NULL;
    if (info != NULL)
        class = judge(info, ret_text, size, e);
    else if (class == ERROR_OK)
        class = error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis does not answer: %s", redis->errstr);
    if (info != NULL)
        freeReplyObject(info);
    redisFree(redis);
    return class;
}
