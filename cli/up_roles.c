/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roles are this same program with everything it needs in the environment: nothing secret stands in a command line.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/instance.h"
#include "cli/up.h"
#include "remote/http_client.h"

extern char **environ;

enum { ROLE_PATIENCE_MS = 10000, READY_TIMEOUT_S = 2 };

void up_environment_set(struct up *up, const char *name, const char *value)
{
    size_t size = strlen(name);
    unsigned i = 0;
    while (i < up->environment_count &&
           !(strncmp(up->environment[i], name, size) == 0 && up->environment[i][size] == '='))
        i++;
    if (i == UP_ENVIRONMENT_MAX - 1)
        return;
    if (i == up->environment_count)
        up->environment_count++;
    else
        free(up->environment[i]);
    up->environment[i] = mem_format("%s=%s", name, value);
}

/* Is it a variable that would lead a child elsewhere? Settings are handed on as they were read, their files with them;
 * PGPORT and its like are about the user's own server. */
static bool is_left_out(const struct up *up, const char *entry)
{
    if (up->private_postgres && text_starts(entry, "PG"))
        return true;
    for (int i = 0; i < SETTING_MAX; i++) {
        const char *name = setting_rows[i].environment;
        size_t size = strlen(name);
        bool server = i == SETTING_DATABASE_URL || i == SETTING_REDIS_URL;
        if (strncmp(entry, name, size) == 0 && ((server && entry[size] == '=') || text_starts(entry + size, "_FILE=")))
            return true;
    }
    return false;
}

/* Ours, plus every setting that was given: a flag of `up` reaches the roles. */
static void inherit(struct up *up)
{
    for (char **entry = environ; *entry != NULL && up->environment_count < UP_ENVIRONMENT_MAX - SETTING_MAX - 1;
         entry++)
        if (!is_left_out(up, *entry))
            up->environment[up->environment_count++] = mem_text(*entry);
    for (int i = 0; i < SETTING_MAX; i++) {
        const char *value = settings_text(up->settings, (enum setting)i);
        bool server = i == SETTING_DATABASE_URL || i == SETTING_REDIS_URL; /* ours by now: set below */
        if (value != NULL && !server && strcmp(settings_source(up->settings, (enum setting)i), "default") != 0)
            up_environment_set(up, setting_rows[i].environment, value);
    }
}

static int bind_to(const struct sockaddr *address, socklen_t size)
{
    int on = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 && bind(fd, address, size) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

/* A socket that has the address and never listens: nobody who asks for any port is given this one as long as we live,
 * and the gateway may listen there whenever it is started. Port 0 asks for any. -1: it could not listen there. */
static int keep_port(const char *host, unsigned port, unsigned *ret_port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found = NULL;
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char service[16];
    (void)snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(*host != '\0' ? host : NULL, service, &hints, &found) != 0)
        return -1;
    int kept = bind_to(found->ai_addr, found->ai_addrlen), tried = -1;
    freeaddrinfo(found);
    if (kept >= 0 && getsockname(kept, (struct sockaddr *)&address, &size) == 0)
        tried = bind_to((const struct sockaddr *)&address, size);
    if (tried >= 0 && listen(tried, 1) == 0) {
        *ret_port = ntohs(address.ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)&address)->sin6_port
                                                        : ((const struct sockaddr_in *)&address)->sin_port);
    } else if (kept >= 0) {
        (void)close(kept);
        kept = -1;
    }
    if (tried >= 0)
        (void)close(tried);
    return kept;
}

/* The usual port when it is free, else any: a newcomer's other program must not stop the demo. An address that was
 * asked for stays and must be free, save that port 0 is chosen here, because everybody must know it. */
static enum error_class choose_listen(struct up *up, struct error *e)
{
    const char *wanted = settings_text(up->settings, SETTING_LISTEN), *colon = strrchr(wanted, ':');
    bool given = strcmp(settings_source(up->settings, SETTING_LISTEN), "default") != 0;
    int64_t port = 0;
    unsigned chosen = 0;
    if (colon == NULL || !text_to_int64(colon + 1, 0, 65535, &port))
        return error_code(e, ERROR_INVALID, "invalid_setting", "--listen is \"%s\": it must be ADDRESS:PORT", wanted);
    bool bracketed = *wanted == '[' && colon > wanted && colon[-1] == ']';
    mem_auto char *host = mem_text_n(wanted + bracketed, (size_t)(colon - wanted) - 2U * bracketed);
    up->port_fd = keep_port(host, (unsigned)port, &chosen);
    if (up->port_fd < 0 && !given)
        up->port_fd = keep_port(host, 0, &chosen);
    if (up->port_fd < 0)
        return error_code(e, ERROR_REFUSED, "port_in_use",
                          "can't listen on %s: another program has that port, or the address is not this machine's; "
                          "give another --listen, port 0 takes a free one",
                          wanted);
    up->listen = mem_format("%.*s:%u", (int)(colon - wanted), wanted, chosen);
    return ERROR_OK;
}

static void role_init(struct up *up, struct child *child, const char *name, const char *role, int patience_ms)
{
    mem_auto char *log = up->log_files ? mem_format("%s/log/%s.log", up->folder, name) : NULL;
    const char *argv[] = { "/proc/self/exe", role, NULL };
    child_init(child, &up->loop, name, argv, up->environment, log, SIGTERM, patience_ms);
}

enum error_class up_roles_init(struct up *up, struct error *e)
{
    inherit(up);
    if (choose_listen(up, e) != ERROR_OK)
        return e->class;
    const char *port = strrchr(up->listen, ':');
    bool any = text_starts(up->listen, "0.0.0.0:") || text_starts(up->listen, "[::]:") || port == up->listen;
    up->url = mem_format("http://%.*s%s", any ? 9 : (int)(port - up->listen), any ? "127.0.0.1" : up->listen, port);
    up_environment_set(up, "ARGOSY_LISTEN", up->listen);
    up_environment_set(up, "ARGOSY_DATA_DIR", up->folder);
    up_environment_set(up, "DATABASE_URL", up->database_url);
    if (up->private_postgres) /* whatever stands in the environment or a file is about another server */
        up_environment_set(up, "DATABASE_DIRECT_URL", up->database_url);
    if (up->redis_url != NULL)
        up_environment_set(up, "REDIS_URL", up->redis_url);
    int drain_ms = (int)settings_number(up->settings, SETTING_DRAIN);
    role_init(up, &up->scheduler, "scheduler", "scheduler", ROLE_PATIENCE_MS);
    role_init(up, &up->gateway, "gateway", "gateway", ROLE_PATIENCE_MS);
    for (unsigned i = 0; i < up->worker_count; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "worker-%u", i + 1);
        role_init(up, &up->workers[i], name, "worker", drain_ms + ROLE_PATIENCE_MS);
    }
    return ERROR_OK;
}

enum error_class up_roles_ready(struct up *up, struct error *e)
{
    struct http_client *client = NULL;
    struct http_client_config config = { .base_url = up->url, .timeout_s = READY_TIMEOUT_S };
    if (http_client_create(&config, &client, e) != ERROR_OK)
        return e->class;
    if (http_client_call(client, "GET", "/readyz", NULL, NULL, NULL, e) != ERROR_OK)
        (void)error_code(e, ERROR_RETRY, "gateway_starting", "the gateway is not ready yet: %s", e->message);
    client = http_client_destroy(client);
    if (up->gateway.state != CHILD_RUNNING) /* then somebody else has answered */
        return error_code(e, ERROR_RETRY, "gateway_starting", "the gateway does not stay up: see %s",
                          up->log_files ? up->gateway.log_path : "the lines above");
    return e->class == ERROR_RETRY ? ERROR_RETRY : ERROR_OK;
}
