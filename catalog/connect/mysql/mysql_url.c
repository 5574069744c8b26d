/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_url.c - mysql://USER@HOST:PORT/DATABASE?socket=PATH&ssl=required, taken apart. The password is not in it any
 * more (connect_url_split). Failure: ERROR_INVALID that says what is wrong, without the address.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"

static enum error_class part(const char *text, size_t size, const char *what, char **ret, struct error *e)
{
    if (size == 0)
        return ERROR_OK;
    free(*ret);
    *ret = connect_url_decode(text, size);
    if (*ret == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the %s of the address has a broken percent code", what);
    return ERROR_OK;
}

/* host, host:port, [::1]:port */
static enum error_class read_host(const char *text, size_t size, struct mysql_url *url, struct error *e)
{
    const char *end = text + size, *after = text;
    size_t host = size;
    if (size > 0 && *text == '[') {
        const char *close = memchr(text, ']', size);
        if (close == NULL)
            return error_code(e, ERROR_INVALID, "bad_url", "the host of the address begins with [ and has no ]");
        text++;
        host = (size_t)(close - text);
        after = close + 1;
    } else {
        const char *colon = memchr(text, ':', size);
        host = colon != NULL ? (size_t)(colon - text) : size;
        after = text + host;
    }
    int64_t port = 0;
    if (after < end) {
        mem_auto char *digits = mem_text_n(after + 1, (size_t)(end - after - 1));
        if (*after != ':' || !text_to_int64(digits, 1, 65535, &port))
            return error_code(e, ERROR_INVALID, "bad_url", "the port of the address must be a number from 1 to 65535");
    }
    url->port = (unsigned)port;
    return part(text, host, "host", &url->host, e);
}

static enum error_class read_query(const char *query, struct mysql_url *url, struct error *e)
{
    while (*query != '\0') {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");
        const char *value = query + name + (query[name] == '=');
        size_t value_size = (size_t)(query + size - value);
        enum error_class class = ERROR_OK;
        if (name == 6 && memcmp(query, "socket", 6) == 0)
            class = part(value, value_size, "socket", &url->socket, e);
        else if (name == 3 && memcmp(query, "ssl", 3) == 0)
            class = part(value, value_size, "ssl parameter", &url->ssl, e);
        else if (size > 0)
            class = error_code(e, ERROR_INVALID, "bad_url",
                               "the address has a parameter that is not known: write socket=PATH or ssl=required");
        if (class != ERROR_OK)
            return class;
        query += size + (query[size] == '&');
    }
    if (url->ssl != NULL && strcmp(url->ssl, "required") != 0 && strcmp(url->ssl, "verify") != 0)
        return error_code(e, ERROR_INVALID, "bad_url", "ssl of the address must be required or verify");
    return ERROR_OK;
}

enum error_class mysql_url_read(const char *text, struct mysql_url *ret_url, struct error *e)
{
    struct mysql_url url = { 0 };
    const char *authority = strstr(text, "://");
    if (authority == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "write the address as mysql://USER@HOST/DATABASE");
    authority += 3;
    size_t size = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', size), *host = at != NULL ? at + 1 : authority;
    const char *path = authority + size, *query = path + strcspn(path, "?");
    enum error_class class = at != NULL ? part(authority, (size_t)(at - authority), "user", &url.user, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = read_host(host, (size_t)(path - host), &url, e);
    if (class == ERROR_OK && *path == '/')
        class = part(path + 1, (size_t)(query - path - 1), "database", &url.database, e);
    if (class == ERROR_OK && *query == '?')
        class = read_query(query + 1, &url, e);
    if (class != ERROR_OK)
        mysql_url_finish(&url);
    *ret_url = url;
    return class;
}

void mysql_url_finish(struct mysql_url *url)
{
    free(url->user);
    free(url->host);
    free(url->database);
    free(url->socket);
    free(url->ssl);
    *url = (struct mysql_url){ 0 };
}
