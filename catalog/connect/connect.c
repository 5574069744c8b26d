/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect.c - which dialect a URL asks for, and passing on to it.
 *
 * Happy path: connect_open() finds the dialect by the scheme and opens; every other call goes through the session's
 * table. Failure modes here: a scheme nobody knows, a call the dialect does not have (ERROR_REFUSED not_supported), a
 * write on a session opened read-only (ERROR_REFUSED read_only). Owner of a session: whoever opened it.
 */
#include "catalog/connect/connect.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "catalog/connect/connect_dialect.h"

enum {
    CONNECT_TIMEOUT_S = 10,
    LOCK_TIMEOUT_S = 30,
    URL_MAX = 4096,
    REOPEN_PATIENCE_MS = 15000,
    REOPEN_PAUSE_MS = 50,
    REOPEN_PAUSE_MAX_MS = 1000
};

/* In the order in which messages name them. */
static const struct connect_dialect *const dialects[] = { &connect_sqlite,  &connect_postgresql, &connect_mysql,
                                                          &connect_mongodb, &connect_sqlserver,  &connect_oracle };

const struct connect_dialect *connect_dialect_find(const char *url)
{
    size_t size = strcspn(url, ":/?#@ ");
    if (url[size] != ':')
        return NULL;
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        for (const char *const *scheme = dialects[i]->schemes; *scheme != NULL; scheme++)
            if (strlen(*scheme) == size && strncasecmp(*scheme, url, size) == 0)
                return dialects[i];
    return NULL;
}

/* The URL itself is not repeated: it may hold a password. */
static enum error_class unknown(struct error *e)
{
    struct buffer known;
    buffer_init(&known, 512);
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        (void)buffer_format(&known, "%s%s", i > 0 ? ", " : "", dialects[i]->example);
    enum error_class class =
        error_code(e, ERROR_INVALID, "unknown_scheme",
                   "the address of a database begins with the kind of database: write one of %s", buffer_view(&known));
    buffer_finish(&known);
    return class;
}

enum error_class connect_dialect_of(const char *url, const char **ret_dialect, struct error *e)
{
    const struct connect_dialect *dialect = connect_dialect_find(url);
    if (dialect == NULL)
        return unknown(e);
    *ret_dialect = dialect->name;
    return ERROR_OK;
}

enum error_class connect_open(const char *url, const char *secret, const struct connect_options *options,
                              struct connect **ret_connect, struct error *e)
{
    const struct connect_dialect *dialect = connect_dialect_find(url);
    if (dialect == NULL)
        return unknown(e);
    if (strlen(url) > URL_MAX)
        return error_set(e, ERROR_INVALID, "the address of the database is longer than %d bytes", URL_MAX);
    struct connect_options used = options != NULL ? *options : (struct connect_options){ .read_only = true };
    if (used.connect_timeout_s <= 0)
        used.connect_timeout_s = CONNECT_TIMEOUT_S;
    if (used.lock_timeout_s <= 0)
        used.lock_timeout_s = LOCK_TIMEOUT_S;
    if (used.application == NULL)
        used.application = "argosy";
    enum error_class class = dialect->open(url, secret, &used, ret_connect, e);
    if (class == ERROR_OK) {
        assert((*ret_connect)->dialect == dialect);
        (*ret_connect)->read_only = used.read_only;
    }
    return class;
}

struct connect *connect_close(struct connect *c)
{
    if (c != NULL)
        c->dialect->close(c);
    return NULL;
}

const char *connect_dialect(const struct connect *c)
{
    return c->dialect->name;
}

enum error_class connect_reopen(struct connect *c, struct error *e)
{
    int64_t until_ms = clock_monotonic_ms() + REOPEN_PATIENCE_MS;
    enum error_class class = ERROR_UNAVAILABLE;
    if (c->dialect->reopen == NULL)
        return error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the session with the database is lost");
    for (int pause_ms = REOPEN_PAUSE_MS;; pause_ms = pause_ms < REOPEN_PAUSE_MAX_MS ? 2 * pause_ms : pause_ms) {
        const struct timespec pause = { .tv_sec = pause_ms / 1000, .tv_nsec = (long)(pause_ms % 1000) * 1000 * 1000 };
        class = c->dialect->reopen(c, e);
        if (class != ERROR_UNAVAILABLE || clock_monotonic_ms() >= until_ms)
            break;
        (void)nanosleep(&pause, NULL); /* a server that starts tells nobody */
    }
    if (class == ERROR_OK)
        *e = ERROR_NONE;
    return class;
}

enum error_class connect_lock_timeout(struct connect *c, int timeout_ms, struct error *e)
{
    return c->dialect->lock_timeout != NULL ? c->dialect->lock_timeout(c, timeout_ms, e) : ERROR_OK;
}

void connect_sample(struct connect *c, const struct connect_sampling *sampling)
{
    c->sampling = *sampling;
}

static enum error_class unsupported(const struct connect *c, const char *what, struct error *e)
{
    return error_code(e, ERROR_REFUSED, "not_supported", "%s: %s is not supported for this kind of database",
                      c->dialect->name, what);
}

/* Before anything that writes. */
static enum error_class writable(const struct connect *c, bool function, const char *what, struct error *e)
{
    if (!function)
        return unsupported(c, what, e);
    if (c->read_only)
        return error_code(e, ERROR_REFUSED, "read_only", "%s: the session was opened to read only", what);
    return ERROR_OK;
}

enum error_class connect_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                 struct catalog **ret_catalog, struct error *e)
{
    if (c->dialect->catalog == NULL)
        return unsupported(c, "reading the schema", e);
    return c->dialect->catalog(c, arena, schema, exact_rows, ret_catalog, e);
}

enum error_class connect_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                              enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                              void *arg, struct error *e)
{
    if (c->dialect->read == NULL)
        return unsupported(c, "reading rows", e);
    assert(t->column_count > 0);
    return c->dialect->read(c, t, range, row, arg, e);
}

enum error_class connect_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    if (c->dialect->count == NULL)
        return unsupported(c, "counting rows", e);
    return c->dialect->count(c, t, ret_rows, e);
}

enum error_class connect_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                    bool *ret_all, struct error *e)
{
    enum error_class class = ERROR_OK;
    *ret_rows = t->rows;
    *ret_all = t->rows >= 0 && t->rows_exact;
    if (*ret_all || t->rows > most)
        return ERROR_OK;
    if (c->dialect->count_upto != NULL)
        class = c->dialect->count_upto(c, t, most, ret_rows, e);
    else if (t->rows >= 0)
        class = connect_count(c, t, ret_rows, e);
    else
        return ERROR_OK; /* a table of unknown size is not counted without a limit */
    *ret_all = class == ERROR_OK && *ret_rows <= most;
    return class;
}

enum error_class connect_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                               struct connect_value **ret_bounds, unsigned *ret_count, struct error *e)
{
    *ret_bounds = NULL;
    *ret_count = 0;
    if (c->dialect->split == NULL || parts < 2 || t->primary_key.columns.count == 0)
        return ERROR_OK;
    return c->dialect->split(c, arena, t, parts, ret_bounds, ret_count, e);
}

enum error_class connect_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                 const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                 struct error *e)
{
    if (c->dialect->orphans == NULL)
        return unsupported(c, "looking for orphans", e);
    return c->dialect->orphans(c, arena, t, fk, ret_count, ret_samples, e);
}

enum error_class connect_begin(struct connect *c, struct error *e)
{
    return c->dialect->begin != NULL ? c->dialect->begin(c, e) : unsupported(c, "a transaction", e);
}

enum error_class connect_commit(struct connect *c, struct error *e)
{
    return c->dialect->commit != NULL ? c->dialect->commit(c, e) : unsupported(c, "a transaction", e);
}

void connect_rollback(struct connect *c)
{
    if (c->dialect->rollback != NULL)
        c->dialect->rollback(c);
}

enum error_class connect_script(struct connect *c, const char *script, struct error *e)
{
    enum error_class class = writable(c, c->dialect->script != NULL, "running a script", e);
    return class != ERROR_OK ? class : c->dialect->script(c, script, e);
}

enum error_class connect_copy_begin(struct connect *c, const struct catalog_table *target,
                                    struct connect_copy **ret_copy, struct error *e)
{
    enum error_class class = writable(c, c->dialect->copy_begin != NULL, "loading rows", e);
    return class != ERROR_OK ? class : c->dialect->copy_begin(c, target, ret_copy, e);
}

enum error_class connect_copy_row(struct connect_copy *copy, const struct connect_value *values, struct error *e)
{
    return copy->connect->dialect->copy_row(copy, values, e);
}

enum error_class connect_copy_end(struct connect_copy *copy, int64_t *ret_rows, struct error *e)
{
    return copy->connect->dialect->copy_end(copy, ret_rows, e);
}

void connect_copy_abort(struct connect_copy *copy)
{
    if (copy != NULL)
        copy->connect->dialect->copy_abort(copy);
}

void connect_real_text(double value, char *ret_text)
{
    if (!isfinite(value)) {
        (void)snprintf(ret_text, CONNECT_REAL_SIZE, "%s", isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(ret_text, CONNECT_REAL_SIZE, "%.*g", digits, value);
        if (strtod(ret_text, NULL) == value)
            return;
    }
}
