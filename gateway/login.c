/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login.c - the console trades an API key for a cookie; and who a key or a cookie belongs to.
 *
 * The cookie is 256 random bits, HttpOnly, SameSite=Strict, Secure behind TLS; the record keeps only its digest. The
 * key is taken from a body, never from a URL. A page of another origin can't log anybody in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/random.h"
#include "gateway/inside.h"
#include "http/header.h"

enum { COOKIE_SIZE = 65, COOKIE_FIELD_SIZE = 200 };

struct login {
    struct gateway *gateway;
    struct request *request;
    char cookie[COOKIE_SIZE];
};

static void set_cookie(struct gateway *g, struct request *r, const char *value, int seconds)
{
    char field[COOKIE_FIELD_SIZE];
    snprintf(field, sizeof field, ACCESS_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", value, seconds,
             g->config->behind_tls ? "; Secure" : "");
    reply_header(r, "Set-Cookie", field);
}

static void on_opened(void *arg, const struct result *result, const struct error *e)
{
    struct login *l = arg;
    if (e) {
        reply_error(l->request, e, NULL);
    } else if (result_rows(result) == 0) {
        access_failed(l->gateway->access, l->request);
        reply_problem(l->request, 401, "invalid_key", "This API key is not known, or is no longer valid.", NULL);
    } else {
        set_cookie(l->gateway, l->request, l->cookie, l->gateway->config->session_s);
        reply_json(l->request, 201, json_pack("{s:s}", "name", result_text(result, 0, 1)));
    }
    explicit_bzero(l->cookie, sizeof l->cookie);
    free(l);
}

/* A browser says where a page comes from; what says nothing is no browser, and has the key in its hands anyway. */
static bool is_foreign(const struct request *r)
{
    const char *site = request_header(r, "Sec-Fetch-Site"), *origin = request_header(r, "Origin");
    return (site || origin) && !header_same_origin(site, origin, request_header(r, "Host"));
}

void login_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    if (is_foreign(r)) {
        reply_problem(r, 403, "foreign_origin", "A page of another origin may not log in here.", NULL);
        return;
    }
    if (!access_may_try(g->access, r))
        return;
    if (request_json(r, &body, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    const char *key = json_string_value(json_object_get(body, "key"));
    if (!key || !*key || strlen(key) > ACCESS_SECRET_MAX) {
        reply_problem(r, 400, "invalid_key", "Send {\"key\": \"…\"}.", NULL);
        return;
    }
    struct login *l = mem_zero(1, sizeof *l);
    char key_digest[DIGEST_BYTEA_SIZE], cookie_digest[DIGEST_BYTEA_SIZE], seconds[16];
    l->gateway = g;
    l->request = r;
    random_hex(l->cookie, sizeof l->cookie);
    digest_key(key, key_digest);
    digest_key(l->cookie, cookie_digest);
    snprintf(seconds, sizeof seconds, "%d", g->config->session_s);
    const struct sql_param params[] = { SQL_TEXT(key_digest), SQL_TEXT(cookie_digest), SQL_TEXT(seconds) };
    session_run(g->work, "access_open", params, 3, 0, on_opened, l);
}

void login_on_show(void *arg, struct request *r)
{
    (void)arg;
    reply_json(r, 200, json_pack("{s:I}", "identity", (json_int_t)request_identity(r)));
}

static void on_closed(void *arg, const struct result *result, const struct error *e)
{
    struct login *l = arg;
    (void)result;
    if (e) {
        reply_error(l->request, e, NULL);
    } else {
        set_cookie(l->gateway, l->request, "", 0);
        reply_empty(l->request, 204);
    }
    free(l);
}

void login_on_delete(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char cookie[ACCESS_SECRET_MAX], digest[DIGEST_BYTEA_SIZE];
    const char *field = request_header(r, "Cookie");
    if (!field || !header_cookie(field, ACCESS_COOKIE, cookie, sizeof cookie)) {
        reply_empty(r, 204);
        return;
    }
    digest_key(cookie, digest);
    access_forget(g->access, digest);
    struct login *l = mem_zero(1, sizeof *l);
    l->gateway = g;
    l->request = r;
    session_run(g->work, "access_close", &SQL_TEXT(digest), 1, 0, on_closed, l);
}

static void on_looked_up(void *arg, const struct result *result, const struct error *e)
{
    access_found(arg, !e && result_rows(result) > 0 ? result_int(result, 0, 0) : 0, e);
}

void login_lookup(void *arg, const char *digest, bool cookie, struct access_query *query)
{
    struct gateway *g = arg;
    session_run(g->work, cookie ? "access_session" : "access_key", &SQL_TEXT(digest), 1, 0, on_looked_up, query);
}
