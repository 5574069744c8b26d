/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roles are this same program with everything it needs in the environment: nothing secret stands in a command line.
 */
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

/* Ours, plus every setting that was given: a flag of `up` reaches the roles. */
static void inherit(struct up *up)
{
    for (char **entry = environ; *entry != NULL && up->environment_count < UP_ENVIRONMENT_MAX - SETTING_MAX - 1;
         entry++)
        up->environment[up->environment_count++] = mem_text(*entry);
    for (int i = 0; i < SETTING_MAX; i++) {
        const char *value = settings_text(up->settings, (enum setting)i);
        if (value != NULL && strcmp(settings_source(up->settings, (enum setting)i), "default") != 0)
            up_environment_set(up, setting_rows[i].environment, value);
    }
}

/* Can we have this port of the loopback address? 0 asks for any; *ret_port is the one that was free. */
static bool port_is_free(unsigned port, unsigned *ret_port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (fd < 0)
        return false;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool ours = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0 &&
                getsockname(fd, (struct sockaddr *)&address, &size) == 0;
    (void)close(fd);
    *ret_port = ntohs(address.sin_port);
    return ours;
}

/* The usual port when it is free, else any: a newcomer's other program must not stop the demo. An address that was
 * asked for stays, save that port 0 is chosen here, because everybody must know it. */
static enum error_class choose_listen(const struct settings *settings, char **ret_listen, struct error *e)
{
    const char *wanted = settings_text(settings, SETTING_LISTEN), *colon = strrchr(wanted, ':');
    bool given = strcmp(settings_source(settings, SETTING_LISTEN), "default") != 0;
    int64_t port = 0;
    unsigned chosen = 0;
    if (colon == NULL || !text_to_int64(colon + 1, 0, 65535, &port))
        return error_code(e, ERROR_INVALID, "invalid_setting", "--listen is \"%s\": it must be ADDRESS:PORT", wanted);
    bool keep = (given && port > 0) || (!given && port_is_free((unsigned)port, &chosen));
    if (!keep && !port_is_free(0, &chosen))
        return error_code(e, ERROR_REFUSED, "no_free_port", "no free port on 127.0.0.1: give --listen");
    *ret_listen = mem_format("%.*s:%u", (int)(colon - wanted), wanted, keep ? (unsigned)port : chosen);
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
    if (choose_listen(up->settings, &up->listen, e) != ERROR_OK)
        return e->class;
    const char *port = strrchr(up->listen, ':');
    bool any = text_starts(up->listen, "0.0.0.0:") || text_starts(up->listen, "[::]:") || port == up->listen;
    up->url = mem_format("http://%.*s%s", any ? 9 : (int)(port - up->listen), any ? "127.0.0.1" : up->listen, port);
    up_environment_set(up, "ARGOSY_LISTEN", up->listen);
    up_environment_set(up, "ARGOSY_DATA_DIR", up->folder);
    up_environment_set(up, "DATABASE_URL", up->database_url);
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
    return e->class == ERROR_RETRY ? ERROR_RETRY : ERROR_OK;
}
