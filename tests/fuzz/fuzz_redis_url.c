/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_redis_url.c - an address of a Redis is refused, without its password in the words, or taken apart so that what
 * is put together again says the same: nothing was passed over.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "queue/redis_url.h"

static void escaped(struct buffer *b, const char *text)
{
    for (; *text; text++)
        (void)buffer_format(b, "%%%02x", (unsigned char)*text);
}

static void login(struct buffer *b, const struct redis_url *url)
{
    if (!url->user[0] && !url->password[0])
        return;
    escaped(b, url->user);
    (void)buffer_char(b, ':');
    escaped(b, url->password);
    (void)buffer_char(b, '@');
}

static void place(struct buffer *b, const struct redis_place *at)
{
    (void)buffer_char(b, '[');
    escaped(b, at->host);
    (void)buffer_format(b, "]:%d", at->port);
}

static void whole(struct buffer *b, const struct redis_url *url)
{
    if (url->path[0]) {
        (void)buffer_text(b, "unix:///");
        escaped(b, url->path + 1);
        (void)buffer_format(b, "?db=%d&password=", url->db);
        escaped(b, url->password);
        return;
    }
    (void)buffer_text(b, url->sentinel_count ? "redis+sentinel://" : "redis://");
    login(b, url);
    for (unsigned i = 0; i < url->sentinel_count; i++) {
        (void)buffer_text(b, i ? "," : "");
        place(b, &url->sentinels[i]);
    }
    if (url->sentinel_count) {
        (void)buffer_char(b, '/');
        escaped(b, url->master);
    } else {
        place(b, &url->at);
    }
    (void)buffer_format(b, "/%d", url->db);
    if (url->sentinel_count) {
        (void)buffer_text(b, "?sentinel_password=");
        escaped(b, url->sentinel_password);
    }
}

static bool place_is_one(const struct redis_place *at)
{
    return at->host[0] && at->port >= 1 && at->port <= 65535 && !strpbrk(at->host, "/?#@[] \t\r\n");
}

static void is_right(const struct redis_url *url)
{
    bool socket = url->path[0] != '\0', sentinel = url->sentinel_count > 0;
    assert(url->db >= 0 && url->db <= 65535 && url->sentinel_count <= REDIS_URL_SENTINELS_MAX);
    assert(sentinel == (url->master[0] != '\0'));
    assert(socket ? url->path[0] == '/' && !sentinel && !url->at.host[0] : sentinel || place_is_one(&url->at));
    for (unsigned i = 0; i < url->sentinel_count; i++)
        assert(place_is_one(&url->sentinels[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* every byte that is not in it was read by nobody, so the structs are compared whole */
    static struct redis_url url, again;
    struct error e = ERROR_NONE;
    char *text = mem_text_n((const char *)data, size);
    memset(&url, 0x55, sizeof url);
    if (redis_url_parse(text, &url, &e) == ERROR_OK) {
        struct buffer b;
        buffer_init(&b, 64 << 10);
        is_right(&url);
        whole(&b, &url);
        enum error_class class = redis_url_parse(buffer_view(&b), &again, &e);
        assert(class == ERROR_OK && strcmp(url.path, again.path) == 0 && strcmp(url.user, again.user) == 0);
        assert(strcmp(url.at.host, again.at.host) == 0 && url.at.port == again.at.port && url.db == again.db);
        assert(strcmp(url.password, again.password) == 0 && strcmp(url.master, again.master) == 0);
        assert(strcmp(url.sentinel_password, again.sentinel_password) == 0);
        assert(url.sentinel_count == again.sentinel_count);
        for (unsigned i = 0; i < url.sentinel_count; i++)
            assert(strcmp(url.sentinels[i].host, again.sentinels[i].host) == 0 &&
                   url.sentinels[i].port == again.sentinels[i].port);
        buffer_finish(&b);
    } else {
        assert(strcmp(e.code, "redis_url_invalid") == 0);
        assert(strlen(text) < 80 || !strstr(e.message, text)); /* our own words are shorter than that */
    }
    free(text);
    return 0;
}
