/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_listen.c - is a NOTIFY heard through this URL? For `argosy doctor` and start-up.
 *
 * One connection LISTENs, a second one rings, both by the same URL; a pooler that lends servers by the transaction lets
 * the first never hear it. Without a pooler there is nothing to try. The channel's name is new each time, so that two
 * who try at once don't hear one another.
 */
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "sql/client_private.h"
#include "sql/result_wrap.h"

enum { PATIENCE_MS = 2000 };

static enum error_class run_text(struct client *c, const char *text, struct error *e)
{
    PGresult *pg = PQexec(c->pg, text);
    enum error_class class = client_checked(c, pg, e);
    PQclear(pg);
    return class;
}

static bool heard(struct client *c, const char *channel)
{
    bool is = false;
    for (PGnotify *n; !is && PQconsumeInput(c->pg) && (n = PQnotifies(c->pg)) != NULL; PQfreemem(n))
        is = strcmp(n->relname, channel) == 0;
    return is;
}

static bool hears(struct client *c, const char *channel)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS, left_ms = PATIENCE_MS;
    bool is = heard(c, channel);
    for (; !is && left_ms > 0 && PQstatus(c->pg) == CONNECTION_OK; left_ms = until_ms - clock_monotonic_ms()) {
        struct pollfd socket = { .fd = PQsocket(c->pg), .events = POLLIN };
        (void)poll(&socket, 1, (int)left_ms);
        is = heard(c, channel);
    }
    return is;
}

enum error_class client_listens(struct client *c, struct error *e)
{
    struct client *other = NULL;
    if (client_ready(c, e) != ERROR_OK || !c->pooled)
        return e->class;
    mem_auto char *channel = mem_format("argosy_try_%llx", (unsigned long long)random_u64());
    mem_auto char *listen = mem_format("LISTEN %s", channel), *ring = mem_format("NOTIFY %s", channel);
    enum error_class class = run_text(c, listen, e);
    if (class == ERROR_OK)
        class = client_open(c->url, c->application, c->connect_timeout_s, &other, e);
    if (class == ERROR_OK)
        class = run_text(other, ring, e);
    if (class == ERROR_OK && !hears(c, channel))
        class = error_code(e, ERROR_REFUSED, "database_pooled",
                           "LISTEN does not work there: the URL leads through a pooler that lends servers by the "
                           "transaction; set database-direct-url (DATABASE_DIRECT_URL) to PostgreSQL itself");
    client_close(other);
    return class;
}
