/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_url.c - mysql://USER@HOST:PORT/DATABASE?socket=PATH&ssl=required, taken apart. The password is not in it any
 * more (connect_url_split). Failure: ERROR_INVALID that says what is wrong, without the address.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/connect/mysql/mysql.h"

static enum error_class read_query(const char *query, struct mysql_url *url, struct error *e)
{
    while (*query != '\0') {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");
        const char *value = query + name + (query[name] == '=');
        size_t value_size = (size_t)(query + size - value);
        enum error_class class = ERROR_OK;
        if (name == 6 && memcmp(query, "socket", 6) == 0)
            class = connect_url_part(value, value_size, "socket", &url->socket, e);
        else if (name == 3 && memcmp(query, "ssl", 3) == 0)
            class = connect_url_part(value, value_size, "ssl parameter", &url->ssl, e);
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
    enum error_class class =
        at != NULL ? connect_url_part(authority, (size_t)(at - authority), "user", &url.user, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = connect_url_place(host, (size_t)(path - host), &url.host, &url.port, e);
    if (class == ERROR_OK && *path == '/')
        class = connect_url_part(path + 1, (size_t)(query - path - 1), "database", &url.database, e);
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
