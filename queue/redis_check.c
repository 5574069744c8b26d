/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/redis_check.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "queue/redis_url.h"

enum { TIMEOUT_S = 3 };

/* The value of `name:` in an INFO text, into ret_value. */
static void info_value(const redisReply *reply, const char *name, char *ret_value, size_t size)
{
    const char *at = reply != NULL && reply->type == REDIS_REPLY_STRING ? strstr(reply->str, name) : NULL;
    (void)snprintf(ret_value, size, "unknown");
    if (at == NULL)
        return;
    at += strlen(name);
    (void)snprintf(ret_value, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

static enum error_class log_in(redisContext *redis, const struct redis_url *url, struct error *e)
{
    redisReply *reply = NULL;
    if (*url->user != '\0')
        reply = redisCommand(redis, "AUTH %s %s", url->user, url->password);
    else if (*url->password != '\0')
        reply = redisCommand(redis, "AUTH %s", url->password);
    bool refused = reply != NULL && reply->type == REDIS_REPLY_ERROR;
    if (reply != NULL)
        freeReplyObject(reply);
    return refused ? error_code(e, ERROR_DENIED, "redis_login", "Redis refuses the user or password of its URL")
                   : ERROR_OK;
}

enum error_class redis_check(const char *url, char *ret_text, unsigned size, struct error *e)
{
    struct redis_url parsed;
    struct timeval patience = { .tv_sec = TIMEOUT_S };
    char version[32], policy[32];
    if (redis_url_parse(url, &parsed, e) != ERROR_OK)
        return e->class;
    redisContext *redis = *parsed.path != '\0' ? redisConnectUnixWithTimeout(parsed.path, patience)
                                               : redisConnectWithTimeout(parsed.host, parsed.port, patience);
    if (redis == NULL || redis->err != 0) {
        (void)error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis does not answer: %s",
                         redis != NULL ? redis->errstr : "no memory");
        redisFree(redis);
        return e->class;
    }
    (void)redisSetTimeout(redis, patience);
    enum error_class class = log_in(redis, &parsed, e);
    redisReply *info = class == ERROR_OK ? redisCommand(redis, "INFO") : NULL;
    if (class == ERROR_OK && info == NULL)
        class = error_code(e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis does not answer: %s", redis->errstr);
    info_value(info, "redis_version:", version, sizeof version);
    info_value(info, "maxmemory_policy:", policy, sizeof policy);
    if (class == ERROR_OK && strcmp(policy, "noeviction") != 0)
        class = error_code(e, ERROR_REFUSED, "redis_evicts",
                           "Redis %s has maxmemory-policy %s and may throw dispatches away: set it to noeviction",
                           version, policy);
    if (class == ERROR_OK)
        (void)snprintf(ret_text, size, "Redis %s, maxmemory-policy %s", version, policy);
    if (info != NULL)
        freeReplyObject(info);
    redisFree(redis);
    return class;
}
