/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_url.c - takes the password out of a URL.
 *
 * Happy path: scheme://user:PASSWORD@host/db?… becomes scheme://user@host/db?… and PASSWORD, percent-decoded; a
 * "password" parameter counts as well. Failure modes: a password whose special characters are not encoded can't be told
 * from host and path, so anything doubtful is ERROR_INVALID with how to write it; no message repeats the URL. A sqlite
 * URL has no secret and is taken as it is. Dialects that take an address apart themselves find its parts here, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect_dialect.h"

enum { URL_MAX = 4096 };

static const char encode[] = "in a user name or password write special characters as percent codes: @ is %40, : is "
                             "%3A, / is %2F, ? is %3F, # is %23, % is %25";

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c != '\0' ? strchr(digits, c | 0x20) : NULL;
    return at == NULL || (c | 0x20) != *at ? -1 : (int)(at - digits);
}

/* New text, or NULL for a bad percent code or an encoded NUL. */
char *connect_url_decode(const char *text, size_t size)
{
    char *plain = mem_alloc(size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        int high = text[i] == '%' && i + 2 < size ? hex(text[i + 1]) : -1;
        if (text[i] != '%') {
            plain[used++] = text[i];
            continue;
        }
        int low = high >= 0 ? hex(text[i + 2]) : -1;
        if (low < 0 || high * 16 + low == 0) {
            explicit_bzero(plain, size + 1);
            free(plain);
            return NULL;
        }
        plain[used++] = (char)(high * 16 + low);
        i += 2;
    }
    plain[used] = '\0';
    return plain;
}

enum error_class connect_url_part(const char *text, size_t size, const char *what, char **ret, struct error *e)
{
    if (size == 0)
        return ERROR_OK;
    free(*ret);
    *ret = connect_url_decode(text, size);
    if (*ret == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the %s of the address has a broken percent code", what);
    return ERROR_OK;
}

enum error_class connect_url_place(const char *text, size_t size, char **ret_host, unsigned *ret_port, struct error *e)
{
    const char *end = text + size;
    bool bracket = size > 0 && *text == '[';
    const char *close = bracket ? memchr(text, ']', size) : NULL;
    const char *colon = bracket ? NULL : memchr(text, ':', size);
    if (bracket && close == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the host of the address begins with [ and has no ]");
    const char *host = bracket ? text + 1 : text, *host_end = bracket ? close : colon != NULL ? colon : end;
    const char *after = bracket ? close + 1 : host_end;
    int64_t port = 0;
    if (after < end) {
        mem_auto char *digits = mem_text_n(after + 1, (size_t)(end - after - 1));
        if (*after != ':' || !text_to_int64(digits, 1, 65535, &port))
            return error_code(e, ERROR_INVALID, "bad_url", "the port of the address must be a number from 1 to 65535");
    }
    *ret_port = (unsigned)port;
    return connect_url_part(host, (size_t)(host_end - host), "host", ret_host, e);
}

static void secret_free(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

/* A secret beside the password has nowhere to go. */
static bool is_other_secret(const char *query, size_t size)
{
    static const char *const names[] = { "sslpassword", "tlsCertificateKeyFilePassword",
                                         "sslClientCertificateKeyPassword", "proxyPassword",
                                         "authMechanismProperties" /* may hold AWS_SESSION_TOKEN */ };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == size && strncasecmp(query, names[i], size) == 0)
            return true;
    return false;
}

/* Copies ?a=b&… without the parameters that are secret. */
static enum error_class split_query(const char *query, struct buffer *public, char **secret, struct error *e)
{
    bool first = true;
    while (*query != '\0') {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");
        if (name == 8 && strncasecmp(query, "password", 8) == 0 && size > name) {
            secret_free(*secret);
            *secret = connect_url_decode(query + 9, size - 9);
            if (*secret == NULL)
                return error_code(e, ERROR_INVALID, "bad_url", "the password parameter has a broken percent code");
        } else if (is_other_secret(query, name)) {
            return error_code(
                e, ERROR_INVALID, "bad_url",
                "%.*s can't be given in the address, which has one secret, the password: use a client key "
                "without a passphrase",
                (int)name, query);
        } else if (size > 0) {
            (void)buffer_char(public, first ? '?' : '&');
            (void)buffer_add(public, query, size);
            first = false;
        }
        query += size + (query[size] == '&');
    }
    return ERROR_OK;
}

/* authority: what stands between // and the next / or ?. */
static enum error_class split_authority(const char *authority, size_t size, struct buffer *public, char **secret,
                                        struct error *e)
{
    const char *at = memchr(authority, '@', size);
    if (at == NULL) {
        (void)buffer_add(public, authority, size);
        return ERROR_OK;
    }
    const char *host = at + 1;
    size_t host_size = size - (size_t)(host - authority), user_size = (size_t)(at - authority);
    if (memchr(host, '@', host_size) != NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the address has two @: %s", encode);
    const char *colon = memchr(authority, ':', user_size);
    if (colon != NULL) {
        *secret = connect_url_decode(colon + 1, (size_t)(at - colon) - 1);
        if (*secret == NULL)
            return error_code(e, ERROR_INVALID, "bad_url", "the password has a broken percent code: %s", encode);
        user_size = (size_t)(colon - authority);
    }
    (void)buffer_add(public, authority, user_size);
    (void)buffer_char(public, '@');
    (void)buffer_add(public, host, host_size);
    return ERROR_OK;
}

/* Host names and ports hold none of this; a cut password would. */
static bool authority_doubtful(const char *authority, size_t size, const char *rest)
{
    size_t path = strcspn(rest, "?");
    bool later_at = memchr(rest, '@', path) != NULL;
    return later_at || memchr(authority, '#', size) != NULL || memchr(rest, '#', strlen(rest)) != NULL;
}

static enum error_class split(const char *url, struct buffer *public, char **secret, struct error *e)
{
    const char *authority = strstr(url, "://");
    if (authority == NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the address lacks \"://\" after the kind of database");
    authority += 3;
    size_t size = strcspn(authority, "/?");
    const char *rest = authority + size;
    if (authority_doubtful(authority, size, rest))
        return error_code(e, ERROR_INVALID, "bad_url", "the address can't be read: %s", encode);
    (void)buffer_add(public, url, (size_t)(authority - url));
    enum error_class class = split_authority(authority, size, public, secret, e);
    if (class != ERROR_OK)
        return class;
    size_t path = strcspn(rest, "?");
    (void)buffer_add(public, rest, path);
    return rest[path] == '?' ? split_query(rest + path + 1, public, secret, e) : ERROR_OK;
}

enum error_class connect_url_split(const char *url, char **ret_public, char **ret_secret, struct error *e)
{
    const char *dialect;
    enum error_class class = connect_dialect_of(url, &dialect, e);
    if (class != ERROR_OK)
        return class;
    size_t size = strlen(url);
    if (size > URL_MAX || !text_utf8_valid(url, size) || strpbrk(url, "\n\r\t") != NULL)
        return error_code(e, ERROR_INVALID, "bad_url", "the address is longer than %d bytes or holds odd characters",
                          URL_MAX);
    if (strcmp(dialect, "sqlite") == 0) {
        *ret_public = mem_text(url);
        *ret_secret = NULL;
        return ERROR_OK;
    }
    struct buffer public;
    char *secret = NULL;
    buffer_init(&public, URL_MAX);
    class = split(url, &public, &secret, e);
    if (class == ERROR_OK) {
        *ret_public = buffer_take(&public);
        *ret_secret = secret;
        return ERROR_OK;
    }
    secret_free(secret);
    buffer_finish(&public);
    return class;
}

/* What stands between // and the path: the user as it is, the host in small letters, the port unless it is usual. */
static void key_authority(struct buffer *key, const char *authority, size_t size, unsigned usual_port)
{
    char usual[16];
    const char *at = memchr(authority, '@', size);
    size_t host = at != NULL ? (size_t)(at - authority) + 1 : 0;
    int port_size = snprintf(usual, sizeof usual, ":%u", usual_port);
    (void)buffer_add(key, authority, host);
    if (usual_port > 0 && size - host > (size_t)port_size &&
        memcmp(authority + size - port_size, usual, (size_t)port_size) == 0)
        size -= (size_t)port_size;
    for (size_t i = host; i < size; i++)
        (void)buffer_char(key, (char)(authority[i] >= 'A' && authority[i] <= 'Z' ? authority[i] | 0x20 : authority[i]));
}

char *connect_url_key(const char *url)
{
    const struct connect_dialect *dialect = connect_dialect_find(url);
    const char *authority = strstr(url, "://");
    if (dialect == NULL || authority == NULL)
        return mem_text(url);
    struct buffer key;
    buffer_init(&key, 2 * URL_MAX);
    authority += 3;
    size_t size = strcspn(authority, "/?");
    (void)buffer_format(&key, "%s://", dialect->name);
    key_authority(&key, authority, size, dialect->port);
    const char *rest = authority + size;
    (void)buffer_text(&key, rest[0] == '/' && rest[1] == '\0' ? "" : rest);
    return buffer_take(&key);
}
