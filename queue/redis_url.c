/* SPDX-License-Identifier: Apache-2.0 */
/* redis_url.c - takes a Redis address apart; strict, since a half-understood address is a wrong server. */
#include "queue/redis_url.h"

#include <string.h>

#include "base/text.h"

static enum error_class refuse(struct error *e, const char *why)
{
    return error_code(e, ERROR_INVALID, "redis_url_invalid",
                      "The Redis URL %s. Write redis://[:password@]host[:port][/db], unix:///path or "
                      "redis+sentinel://host[:port],.../master[/db].",
                      why);
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

/* [[user]:password@]; *ret_size: how much of the text it takes. */
static enum error_class parse_login(const char *text, size_t size, struct redis_url *url, size_t *ret_size,
                                    struct error *e)
{
    const char *at = memrchr(text, '@', size);
    *ret_size = 0;
    if (!at)
        return ERROR_OK;
    size_t login = (size_t)(at - text);
    const char *colon = memchr(text, ':', login);
    size_t user = colon ? (size_t)(colon - text) : login;
    if (!unescape(text, user, url->user, sizeof url->user))
        return refuse(e, "has a user that is too long or badly escaped");
    if (colon && !unescape(colon + 1, login - user - 1, url->password, sizeof url->password))
        return refuse(e, "has a password that is too long or badly escaped");
    *ret_size = login + 1;
    return ERROR_OK;
}

/* Whatever may be a name or an address of one: a piece of the URL that was put in the wrong place is none. */
static bool is_host(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7F || strchr("/?#@[]\\\"", *text))
            return false;
    return true;
}

/* host[:port], [::1]:port; a port that is not given stays as it was. */
static enum error_class parse_place(const char *text, size_t size, struct redis_place *place, struct error *e)
{
    bool bracket = size > 0 && text[0] == '[';
    const char *end = bracket ? memchr(text, ']', size) : NULL;
    if (bracket && !end)
        return refuse(e, "has [ without ]");
    const char *from = end ? end + 1 : text;
    const char *colon = memchr(from, ':', size - (size_t)(from - text));
    size_t host = colon ? (size_t)(colon - text) : size;
    if (colon && (!number(colon + 1, size - host - 1, 65535, &place->port) || place->port == 0))
        return refuse(e, "has a port that is no number from 1 to 65535");
    if (bracket && text + host != from)
        return refuse(e, "has something other than a port after ]");
    if (bracket) {
        text++;
        host = (size_t)(end - text);
    }
    if (host == 0 || !unescape(text, host, place->host, sizeof place->host))
        return refuse(e, "has no host, or one that is too long");
    if (!is_host(place->host))
        return refuse(e, "has a host with characters that no host has");
    return ERROR_OK;
}

static enum error_class parse_host(const char *text, struct redis_url *url, struct error *e)
{
    const char *slash = strchr(text, '/');
    size_t size = slash ? (size_t)(slash - text) : strlen(text), login;
    if (slash && slash[1] && !number(slash + 1, strlen(slash + 1), 65535, &url->db))
        return refuse(e, "has something other than a database number after the last /");
    if (parse_login(text, size, url, &login, e) != ERROR_OK)
        return e->class;
    return parse_place(text + login, size - login, &url->at, e);
}

static enum error_class parse_sentinels(const char *text, struct redis_url *url, struct error *e)
{
    static const char key[] = "sentinel_password=";
    size_t size = strcspn(text, "/"), login;
    const char *master = text[size] == '/' ? text + size + 1 : "";
    size_t master_size = strcspn(master, "/?"), db_size = 0;
    const char *rest = master + master_size;
    if (master_size == 0 || !unescape(master, master_size, url->master, sizeof url->master))
        return refuse(e, "names no master after the sentinels");
    if (*rest == '/') {
        db_size = strcspn(++rest, "?");
        if (!number(rest, db_size, 65535, &url->db))
            return refuse(e, "has something other than a database number after the master");
        rest += db_size;
    }
    if (*rest == '?' && (!text_starts(++rest, key) || !unescape(rest + strlen(key), strlen(rest) - strlen(key),
                                                                url->sentinel_password, sizeof url->sentinel_password)))
        return refuse(e, "has a parameter other than sentinel_password=P");
    if (parse_login(text, size, url, &login, e) != ERROR_OK)
        return e->class;
    for (const char *at = text + login, *end = text + size; at <= end;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        size_t piece = (size_t)((comma ? comma : end) - at);
        if (url->sentinel_count == REDIS_URL_SENTINELS_MAX)
            return refuse(e, "has more than 8 sentinels");
        struct redis_place *place = &url->sentinels[url->sentinel_count++];
        place->port = 26379;
        if (parse_place(at, piece, place, e) != ERROR_OK)
            return e->class;
        at += piece + 1;
    }
    return ERROR_OK;
}

enum error_class redis_url_parse(const char *text, struct redis_url *ret_url, struct error *e)
{
    struct redis_url url = { .at.port = 6379 };
    enum error_class class;
    if (!text || !*text)
        return refuse(e, "is empty");
    if (text[0] == '/')
        class = text_copy(url.path, sizeof url.path, text) ? ERROR_OK : refuse(e, "is a path over 107 bytes");
    else if (text_starts(text, "unix://"))
        class = parse_socket(text + strlen("unix://"), &url, e);
    else if (text_starts(text, "redis://"))
        class = parse_host(text + strlen("redis://"), &url, e);
    else if (text_starts(text, "redis+sentinel://"))
        class = parse_sentinels(text + strlen("redis+sentinel://"), &url, e);
    else if (text_starts(text, "rediss://"))
        class = refuse(e, "asks for TLS, which this carrier does not speak: use a tunnel or the postgres carrier");
    else
        class = refuse(e, "begins with neither redis:// nor redis+sentinel:// nor unix:// nor /");
    if (class == ERROR_OK)
        *ret_url = url;
    return class;
}
