/* SPDX-License-Identifier: Apache-2.0 */
/* notifier.c - opening and closing of the notifier, its routes, and who may listen. */
#include "notifier/notifier.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "notifier/inside.h"
#include "notifier/publisher.h"

enum { STATEMENT_TIMEOUT_MS = 20000, QUEUE_MAX = 4096 };

static void on_alive(void *arg, struct request *r)
{
    (void)arg;
    reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

static const struct route routes[] = {
    { "GET", "/api/v1/events", 0, watcher_on_events, "Events of all jobs as they happen; kind, queue; Last-Event-ID" },
    { "GET", "/api/v1/jobs/{id}/stream", 0, watcher_on_job, "One job: its state, events and progress; ends with it" },
    { "GET", "/api/v1/pipelines/{id}/stream", 0, watcher_on_pipeline, "The same for all jobs of a pipeline" },
    { "GET", "/healthz", ROUTE_PUBLIC, on_alive, "This process answers" },
};

struct route_table notifier_routes(void)
{
    return (struct route_table){ .routes = routes, .count = sizeof routes / sizeof routes[0] };
}

struct notifier_config notifier_config_default(void)
{
    struct notifier_config config = {
        .poll_ms = 500, .batch_max = 20000, .catchup_max = 10000, .http = http_config_default()
    };
    config.http.host = "127.0.0.1";
    return config;
}

/* ---- what the servers tell ---- */

static void on_session_state(void *arg, bool up, const struct error *e)
{
    struct notifier *n = arg;
    if (!up && e)
        log_failure(LOG_WARN, "notifier: the record is away", e);
    reader_session(n->reader, up);
}

static void on_message(void *arg, const struct message *message)
{
    struct notifier *n = arg;
    if (message->type == MESSAGE_PROGRESS)
        progress_take(n->progress, message->text);
    else if (message->type == MESSAGE_WAKE || message->type == MESSAGE_DONE)
        reader_wake(n->reader);
    if (n->publisher && message->type != MESSAGE_PROGRESS)
        publisher_wake(n->publisher);
}

static void on_transport_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    if (!up && e)
        log_failure(LOG_WARN, "notifier: the transport is away; events come by polling, progress not at all", e);
}

/* ---- who may listen, where the notifier is served alone ---- */

static void on_looked_up(void *arg, const struct result *result, const struct error *e)
{
    access_found(arg, !e && result_rows(result) > 0 ? result_int(result, 0, 0) : 0, e);
}

static void lookup(void *arg, const char *digest, bool cookie, struct access_query *query)
{
    struct notifier *n = arg;
    session_run(n->session, cookie ? "access_session" : "access_key", &SQL_TEXT(digest), 1, 0, on_looked_up, query);
}

static void notifier_authorise(void *part, struct request *r)
{
    struct notifier *n = part;
    access_check(n->access, r);
}

/* ---- opening and closing ---- */

static enum error_class notifier_open(const void *arg, uv_loop_t *loop, void **ret_part, struct route_table *ret_routes,
                                      struct error *e)
{
    const struct notifier_config *config = arg;
    struct notifier *n = mem_zero(1, sizeof *n);
    n->config = config;
    n->loop = loop;
    const struct transport_config carrier = {
        .loop = loop,
        .carrier = config->carrier,
        .redis_url = config->redis_url,
        .kafka = config->kafka,
        .database_url = config->direct_url ? config->direct_url : config->database_url,
        .handlers = { .arg = n, .on_message = on_message, .on_state = on_transport_state }
    };
    n->transport = transport_create(&carrier, e);
    if (!n->transport) {
        free(n);
        return e->class;
    }
    const struct session_config session = { .loop = loop,
                                            .url = config->database_url,
                                            .application = "argosy notifier",
                                            .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                            .queue_max = QUEUE_MAX,
                                            .arg = n,
                                            .on_state = on_session_state };
    const struct access_config access = { .arg = n, .lookup = lookup };
    n->access = access_create(&access);
    n->reader = reader_create(n);
    n->progress = progress_create(n);
    if (config->kafka.brokers && config->kafka_events)
        n->publisher = publisher_create(loop, config);
    n->session = session_create(&session);
    n->transport->ops->follow(n->transport);
    *ret_part = n;
    *ret_routes = notifier_routes();
    ret_routes->arg = n;
    return ERROR_OK;
}

static void on_piece_closed(void *arg)
{
    struct notifier *n = arg;
    if (--n->closing > 0)
        return;
    void (*on_closed)(void *arg) = n->on_closed;
    void *closed_arg = n->closed_arg;
    access_destroy(n->access);
    free(n);
    on_closed(closed_arg);
}

static void on_session_closed(void *arg)
{
    struct notifier *n = arg;
    reader_close(n->reader, on_piece_closed, n);
    progress_close(n->progress, on_piece_closed, n);
}

static void on_transport_closed(void *arg)
{
    struct notifier *n = arg;
    session_close(n->session, on_session_closed, n);
}

static void notifier_close(void *part, void (*on_closed)(void *arg), void *arg)
{
    struct notifier *n = part;
    n->on_closed = on_closed;
    n->closed_arg = arg;
    n->closing = 2U + (n->publisher != NULL);
    if (n->publisher)
        publisher_close(n->publisher, on_piece_closed, n);
    transport_close(n->transport, on_transport_closed, n);
}

struct host_part notifier_part(const struct notifier_config *config)
{
    return (struct host_part){ .name = "notifier",
                               .config = config,
                               .open = notifier_open,
                               .close = notifier_close,
                               .authorise = notifier_authorise };
}

static void on_listening(void *arg, uint16_t port)
{
    const struct notifier_config *config = arg;
    log_event(LOG_INFO, "notifier: listening", LOG_T("host", config->http.host), LOG_I("port", port));
}

int notifier_main(const struct notifier_config *config)
{
    struct error e = ERROR_NONE;
    const struct host_part part = notifier_part(config);
    if (host_run(&config->http, &part, 1, on_listening, (void *)(uintptr_t)config, &e) == ERROR_OK)
        return 0;
    log_failure(LOG_ERROR, "notifier: cannot start", &e);
    return error_exit_code(e.class);
}
