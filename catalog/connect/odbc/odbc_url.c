/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_url.c - see odbc_url.h. A host is letters, digits and . _ - : only, since drivers give more signs a meaning. */
#include "catalog/connect/odbc/odbc_url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect_dialect.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool made_of(const char *text, const char *more)
{
    for (; *text != '\0'; text++)
        if (strchr(letters, *text) == NULL && strchr(more, *text) == NULL)
            return false;
    return true;
}

static enum error_class read_host(const char *text, size_t size, struct odbc_url *url, struct error *e)
{
    bool six = size > 0 && *text == '[';
    enum error_class class = connect_url_place(text, size, &url->host, &url->port, e);
    if (class == ERROR_OK && (url->host == NULL || !made_of(url->host, six ? ".:%" : "._-")))
        return error_code(e, ERROR_INVALID, "bad_url", "the address has no host, or one with signs that no host has");
    return class;
}

/* Is it one of "a|b|c"? */
static bool listed(const char *values, const char *value)
{
    size_t size = strlen(value);
    for (const char *at = values; *at != '\0'; at += strcspn(at, "|"), at += *at == '|')
        if (strcspn(at, "|") == size && strncasecmp(at, value, size) == 0)
            return true;
    return false;
}

static enum error_class unknown_parameter(const struct odbc_parameter *known, struct error *e)
{
    struct buffer b;
    buffer_init(&b, 512);
    for (const struct odbc_parameter *at = known; at->name != NULL; at++)
        (void)buffer_format(&b, "%s%s=%s", at == known ? "" : ", ", at->name, at->values != NULL ? at->values : "NAME");
    enum error_class class = error_code(e, ERROR_INVALID, "bad_url",
                                        "the address has a parameter that is not known: write %s", buffer_view(&b));
    buffer_finish(&b);
    return class;
}

static enum error_class take_parameter(const char *name, size_t name_size, const char *value, size_t size,
                                       struct odbc_url *url, struct error *e)
{
    const struct odbc_parameter *p = url->parameters;
    size_t index = 0;
    while (p->name != NULL && (strlen(p->name) != name_size || strncasecmp(p->name, name, name_size) != 0)) {
        p++;
        index++;
    }
    if (p->name == NULL)
        return unknown_parameter(url->parameters, e);
    assert(index < ODBC_PARAMETERS_MAX);
    enum error_class class = connect_url_part(value, size, p->name, &url->values[index], e);
    if (class != ERROR_OK)
        return class;
    const char *given = url->values[index] != NULL ? url->values[index] : "";
    if (*given == '\0' || !(p->values != NULL ? listed(p->values, given) : made_of(given, " ._-()*")))
        return error_code(e, ERROR_INVALID, "bad_url", "%s of the address must be %s", p->name,
                          p->values != NULL ? p->values : "a name of letters, digits, blanks and . _ - ( )");
    return ERROR_OK;
}

static enum error_class read_query(const char *query, struct odbc_url *url, struct error *e)
{
    while (*query != '\0') {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");
        const char *value = query + name + (query[name] == '=');
        enum error_class class =
            size == 0 ? ERROR_OK : take_parameter(query, name, value, (size_t)(query + size - value), url, e);
        if (class != ERROR_OK)
            return class;
        query += size + (query[size] == '&');
    }
    return ERROR_OK;
}

enum error_class odbc_url_read(const char *text, const struct odbc_parameter *parameters, const char *example,
                               struct odbc_url *ret_url, struct error *e)
{
    struct odbc_url url = { .parameters = parameters };
    const char *authority = strstr(text, "://");
    if (authority == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "write the address as %s", example);
    authority += 3;
    size_t size = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', size), *host = at != NULL ? at + 1 : authority;
    const char *path = authority + size, *query = path + strcspn(path, "?");
    enum error_class class =
        at != NULL ? connect_url_part(authority, (size_t)(at - authority), "user", &url.user, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = read_host(host, (size_t)(path - host), &url, e);
    if (class == ERROR_OK && *path == '/')
        class = connect_url_part(path + 1, (size_t)(query - path - 1), "database", &url.name, e);
    if (class == ERROR_OK && *query == '?')
        class = read_query(query + 1, &url, e);
    if (class != ERROR_OK) {
        odbc_url_finish(&url);
        return class;
    }
    *ret_url = url;
    return class;
}

void odbc_url_finish(struct odbc_url *url)
{
    free(url->user);
    free(url->host);
    free(url->name);
    for (size_t i = 0; i < ODBC_PARAMETERS_MAX; i++)
        free(url->values[i]);
    *url = (struct odbc_url){ 0 };
}

const char *odbc_url_value(const struct odbc_url *url, const char *parameter)
{
    for (size_t i = 0; url->parameters[i].name != NULL; i++)
        if (strcmp(url->parameters[i].name, parameter) == 0)
            return url->values[i];
    return NULL;
}
