/* SPDX-License-Identifier: Apache-2.0 */
/* redis_url.c - takes a Redis address apart; strict, since a half-understood address is a wrong server. */
#include "queue/redis_url.h"

#include <string.h>

#include "base/text.h"

static enum error_class refuse(struct error *e, const char *why)
{
    return error_code(e, ERROR_INVALID, "redis_url_invalid",
                      "The Redis URL %s. Write redis://[:password@]host[:port][/db] or unix:///path.", why);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes %XX; false when it does not fit, is malformed or would hold a NUL. */
static bool unescape(const char *from, size_t size, char *ret_text, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        char c = from[i];
        if (c == '%') {
            int high = i + 2 < size ? hex_value(from[i + 1]) : -1;
            int low = i + 2 < size ? hex_value(from[i + 2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (used + 1 >= room)
            return false;
        ret_text[used++] = c;
    }
    ret_text[used] = '\0';
    return true;
}

static bool number(const char *from, size_t size, int max, int *ret_value)
{
    char digits[8];
    int64_t value;
    if (size == 0 || size >= sizeof digits)
        return false;
    memcpy(digits, from, size);
    digits[size] = '\0';
    if (!text_to_int64(digits, 0, max, &value))
        return false;
    *ret_value = (int)value;
    return true;
}

static enum error_class parse_socket(const char *text, struct redis_url *url, struct error *e)
{
    size_t size = strcspn(text, "?");
    if (text[0] != '/' || !unescape(text, size, url->path, sizeof url->path))
        return refuse(e, "needs an absolute path of at most 107 bytes after unix://");
    for (const char *at = text + size; *at; at += size) {
        at++; /* ? or & */
        size = strcspn(at, "&");
        if (text_starts(at, "db=") && number(at + 3, size - 3, 65535, &url->db))
            continue;
        if (text_starts(at, "password=") && unescape(at + 9, size - 9, url->password, sizeof url->password))
            continue;
        return refuse(e, "has a parameter other than db=N and password=P");
    }
    return ERROR_OK;
}

static enum error_class parse_host(const char *text, struct redis_url *url, struct error *e)
{
    const char *slash = strchr(text, '/');
    size_t size = slash ? (size_t)(slash - text) : strlen(text);
    if (slash && slash[1] && !number(slash + 1, strlen(slash + 1), 65535, &url->db))
        return refuse(e, "has something other than a database number after the last /");

    const char *at = memrchr(text, '@', size);
    if (at) {
        size_t login = (size_t)(at - text);
        const char *colon = memchr(text, ':', login);
        size_t user = colon ? (size_t)(colon - text) : login;
        if (!unescape(text, user, url->user, sizeof url->user))
            return refuse(e, "has a user that is too long or badly escaped");
        if (colon && !unescape(colon + 1, login - user - 1, url->password, sizeof url->password))
            return refuse(e, "has a password that is too long or badly escaped");
        size -= login + 1;
        text = at + 1;
    }

    bool bracket = size > 0 && text[0] == '[';
    const char *end = bracket ? memchr(text, ']', size) : NULL;
    if (bracket && !end)
        return refuse(e, "has [ without ]");
    const char *from = end ? end : text;
    const char *colon = memchr(from, ':', size - (size_t)(from - text));
    size_t host = colon ? (size_t)(colon - text) : size;
    if (colon && (!number(colon + 1, size - host - 1, 65535, &url->port) || url->port == 0))
        return refuse(e, "has a port that is no number from 1 to 65535");
    if (bracket) {
        text++;
        host = (size_t)(end - text);
    }
    if (host == 0 || !unescape(text, host, url->host, sizeof url->host))
        return refuse(e, "has no host, or one that is too long");
    return ERROR_OK;
}

enum error_class redis_url_parse(const char *text, struct redis_url *ret_url, struct error *e)
{
    struct redis_url url = { .port = 6379 };
    enum error_class class;
    if (!text || !*text)
        return refuse(e, "is empty");
    if (text[0] == '/')
        class = text_copy(url.path, sizeof url.path, text) ? ERROR_OK : refuse(e, "is a path over 107 bytes");
    else if (text_starts(text, "unix://"))
        class = parse_socket(text + strlen("unix://"), &url, e);
    else if (text_starts(text, "redis://"))
        class = parse_host(text + strlen("redis://"), &url, e);
    else if (text_starts(text, "rediss://"))
        class = refuse(e, "asks for TLS, which this carrier does not speak: use a tunnel or the postgres carrier");
    else
        class = refuse(e, "begins with neither redis:// nor unix:// nor /");
    if (class == ERROR_OK)
        *ret_url = url;
    return class;
}
