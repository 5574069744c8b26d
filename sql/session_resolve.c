/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_resolve.c - names of hosts in a session's URL, looked up before libpq would, which blocks.
 *
 * The URL is taken apart by libpq itself. Each host that is a name is looked up on libuv's own threads, one after
 * another; libpq then gets name and address side by side (the name is for TLS). Addresses and paths of sockets stay as
 * they are; a URL without a name goes to libpq at once, as does one that libpq can't read: it says why.
 *
 * Failure: no host has an address: the session is lost, and tries again. A name that has none is left out while others
 * have. A lookup that outlives its session's patience is let go of and answers nobody.
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "sql/session_private.h"

enum { HOSTS_MAX = 16, ADDRESSES_MAX = 4, LIST_MAX = 64 << 10 };

struct resolve {
    struct session *session;
    uv_getaddrinfo_t request;
    char *names[HOSTS_MAX], *ports[HOSTS_MAX]; /* ports: NULL where libpq's default holds */
    unsigned count, next;
    int failure; /* of the name looked up last that has no address */
    struct buffer host, address, port;
};

static void next(struct resolve *r);

static void destroy(struct resolve *r)
{
    for (unsigned i = 0; i < HOSTS_MAX; i++) {
        free(r->names[i]);
        free(r->ports[i]);
    }
    buffer_finish(&r->host);
    buffer_finish(&r->address);
    buffer_finish(&r->port);
    free(r);
}

static bool is_name(const char *host)
{
    struct in6_addr address; /* of either family */
    return *host != '\0' && *host != '/' && *host != '@' && inet_pton(AF_INET, host, &address) != 1 &&
           inet_pton(AF_INET6, host, &address) != 1;
}

static void add(struct resolve *r, const char *address)
{
    const char *comma = r->host.size > 0 || r->address.size > 0 || r->port.size > 0 ? "," : "";
    (void)buffer_format(&r->host, "%s%s", comma, r->names[r->next]);
    (void)buffer_format(&r->address, "%s%s", comma, address);
    (void)buffer_format(&r->port, "%s%s", comma, r->ports[r->next] != NULL ? r->ports[r->next] : "");
}

static void on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct resolve *r = request->data;
    struct session *s = r->session;
    char address[INET6_ADDRSTRLEN];
    unsigned taken = 0;
    for (struct addrinfo *at = found; at != NULL && taken < ADDRESSES_MAX; at = at->ai_next)
        if (uv_ip_name(at->ai_addr, address, sizeof address) == 0) {
            add(r, address);
            taken++;
        }
    uv_freeaddrinfo(found);
    if (taken == 0)
        r->failure = status != 0 ? status : UV_EAI_NONAME;
    s->handles--;
    session_enter(s);
    if (s->resolve == r && !s->closing) {
        r->next++;
        next(r);
    } else {
        if (s->resolve == r)
            s->resolve = NULL;
        destroy(r);
    }
    session_leave(s);
}

static void finish(struct resolve *r)
{
    struct session *s = r->session;
    struct error e;
    s->resolve = NULL;
    if (r->host.size > 0) {
        session_connect(s, buffer_view(&r->host), buffer_view(&r->address), buffer_view(&r->port));
    } else {
        (void)error_code(&e, ERROR_UNAVAILABLE, "database_unavailable", "find PostgreSQL's host %s: %s", r->names[0],
                         uv_strerror(r->failure));
        session_lost(s, &e);
    }
    destroy(r);
}

static void next(struct resolve *r)
{
    struct session *s = r->session;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    for (; r->next < r->count; r->next++) {
        const char *name = r->names[r->next];
        if (!is_name(name)) { /* libpq takes an address for its own, a socket by its host */
            add(r, *name == '/' || *name == '@' ? "" : name);
            continue;
        }
        r->request.data = r;
        r->failure = uv_getaddrinfo(s->config.loop, &r->request, on_found, name, NULL, &hints);
        if (r->failure == 0) {
            s->handles++;
            return;
        }
    }
    finish(r);
}

/* "a,b" into its pieces; how many, or HOSTS_MAX + 1 when there are too many. */
static unsigned split(const char *list, char **ret_pieces)
{
    unsigned count = 0;
    for (const char *from = list;; from++) {
        size_t size = strcspn(from, ",");
        if (count == HOSTS_MAX)
            return HOSTS_MAX + 1;
        ret_pieces[count++] = mem_text_n(from, size);
        from += size;
        if (*from == '\0')
            return count;
    }
}

/* Is there a name to look up? What libpq would find wrong is left to libpq. */
static bool read_url(struct resolve *r, const char *url)
{
    char *hosts = NULL, *ports = NULL;
    bool addressed = false, named = false;
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
        hosts = strcmp(o->keyword, "host") == 0 ? o->val : hosts;
        ports = strcmp(o->keyword, "port") == 0 ? o->val : ports;
        addressed = addressed || (strcmp(o->keyword, "hostaddr") == 0 && o->val != NULL);
    }
    if (hosts != NULL && !addressed) {
        r->count = split(hosts, r->names);
        unsigned given = ports != NULL ? split(ports, r->ports) : 0;
        for (unsigned i = 0; r->count <= HOSTS_MAX && i < r->count; i++) {
            named = named || is_name(r->names[i]);
            if (given == 1 && i > 0) /* one port is everybody's */
                r->ports[i] = mem_text(r->ports[0]);
        }
        named = named && given <= HOSTS_MAX && (given <= 1 || given == r->count);
    }
    PQconninfoFree(options);
    return named;
}

void session_resolve(struct session *s)
{
    struct resolve *r = mem_zero(1, sizeof *r);
    r->session = s;
    buffer_init(&r->host, LIST_MAX);
    buffer_init(&r->address, LIST_MAX);
    buffer_init(&r->port, LIST_MAX);
    if (!read_url(r, s->url)) {
        destroy(r);
        session_connect(s, NULL, NULL, NULL);
        return;
    }
    s->state = SESSION_RESOLVING;
    s->resolve = r;
    next(r);
}
