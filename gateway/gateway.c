/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway.c - opening and closing of the gateway; its table of routes is routes.c.
 *
 * Two sessions with the record, so that a slow list holds up no submit; a transport only to wake whoever follows.
 * Everything a client sends is either committed or answered with an error: nothing lives only here.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/inside.h"
#include "gateway/intake.h"
#include "gateway/order.h"
#include "gateway/probes.h"
#include "gateway/reading.h"
#include "gateway/stray.h"
#include "gateway/submit.h"
#include "gateway/windows.h"
#include "queue/store_postgres.h"

enum { WORK_TIMEOUT_MS = 30000, READ_TIMEOUT_MS = 15000, LOCK_TIMEOUT_MS = 5000, QUEUE_MAX = 4096 };

struct gateway_config gateway_config_default(void)
{
    struct gateway_config config = { .batch_max = 1000,
                                     .stray_ms = 600000,
                                     .session_s = 12 * 3600,
                                     .reanalyze_hours = 168,
                                     .http = http_config_default() };
    config.http.host = "127.0.0.1";
    return config;
}

/* ---- what the servers tell ---- */

static void on_work_state(void *arg, bool up, const struct error *e)
{
    struct gateway *g = arg;
    if (up)
        gateway_write_kinds(g);
    if (g->intake && !g->closing)
        intake_record(g->intake, up && g->kinds_written);
    if (!up && e)
        log_failure(LOG_WARN, "gateway: the record is away", e);
}

static void on_read_state(void *arg, bool up, const struct error *e)
{
    (void)arg, (void)up, (void)e; /* the other session has told */
}

static void on_transport_state(void *arg, bool up, const struct error *e)
{
    struct gateway *g = arg;
    g->transport_up = up;
    if (!up && e)
        log_failure(LOG_WARN, "gateway: the transport is away; followers are woken by their poll", e);
}

/* ---- opening ---- */

static enum error_class open_folder(struct gateway *g, const char *folder, struct error *e)
{
    mem_auto char *key = mem_format("%s/secret.key", folder);
    g->uploads = mem_format("%s/uploads", folder);
    if (mkdir(g->uploads, 0700) != 0 && errno != EEXIST)
        return error_code(e, ERROR_INVALID, "bad_data_folder", "cannot make %s: %s", g->uploads, strerror(errno));
    g->uploads_fd = open(g->uploads, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (g->uploads_fd < 0)
        return error_code(e, ERROR_INVALID, "bad_data_folder", "cannot open %s: %s", g->uploads, strerror(errno));
    return secretbox_create(key, &g->box, e);
}

static struct session *open_session(struct gateway *g, const char *application, int timeout_ms,
                                    void (*on_state)(void *arg, bool up, const struct error *e))
{
    const struct session_config config = { .loop = g->loop,
                                           .url = g->config->database_url,
                                           .application = application,
                                           .statement_timeout_ms = timeout_ms,
                                           .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                           .queue_max = QUEUE_MAX,
                                           .arg = g,
                                           .on_state = on_state };
    return session_create(&config);
}

static void finish(struct gateway *g)
{
    order_close();
    submit_destroy(g->submit);
    windows_destroy(g->windows);
    access_destroy(g->access);
    store_postgres_destroy(g->store);
    secretbox_destroy(g->box);
    if (g->uploads_fd >= 0)
        close(g->uploads_fd);
    free(g->uploads);
    free(g);
}

static enum error_class gateway_open(const void *arg, uv_loop_t *loop, void **ret_part, struct route_table *ret_routes,
                                     struct error *e)
{
    const struct gateway_config *config = arg;
    struct gateway *g = mem_zero(1, sizeof *g);
    g->config = config;
    g->loop = loop;
    g->uploads_fd = -1;
    const struct transport_config carrier = { .loop = loop,
                                              .carrier = config->carrier,
                                              .redis_url = config->redis_url,
                                              .kafka = config->kafka,
                                              .database_url = config->database_url,
                                              .handlers = { .arg = g, .on_state = on_transport_state } };
    if (open_folder(g, config->data_folder, e) != ERROR_OK || order_open(e) != ERROR_OK ||
        (g->transport = transport_create(&carrier, e)) == NULL) {
        finish(g);
        return e->class;
    }
    g->work = open_session(g, "argosy gateway", WORK_TIMEOUT_MS, on_work_state);
    g->read = open_session(g, "argosy gateway reads", READ_TIMEOUT_MS, on_read_state);
    gateway_write_kinds(g);
    g->store = store_postgres_create(g->work);
    g->submit = submit_create(g);
    g->windows = windows_create(g);
    g->readings = readings_create(g);
    g->probes = probes_create(g);
    g->stray = stray_create(g, config->stray_ms);
    const struct access_config access = { .arg = g, .lookup = login_lookup };
    g->access = access_create(&access);
    if (config->kafka.brokers && config->kafka_submit)
        g->intake = intake_create(g);
    uv_timer_init(loop, &g->wake_timer);
    g->wake_timer.data = g;
    *ret_part = g;
    *ret_routes = gateway_routes();
    ret_routes->arg = g;
    return ERROR_OK;
}

static void gateway_serving(void *part, const struct server *s)
{
    struct gateway *g = part;
    g->server = s;
}

static void gateway_authorise(void *part, struct request *r)
{
    struct gateway *g = part;
    access_check(g->access, r);
}

/* ---- closing ---- */

static void on_piece_closed(void *arg)
{
    struct gateway *g = arg;
    if (--g->closing > 0)
        return;
    void (*on_closed)(void *arg) = g->on_closed;
    void *closed_arg = g->closed_arg;
    finish(g);
    on_closed(closed_arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    on_piece_closed(handle->data);
}

static void gateway_close(void *part, void (*on_closed)(void *arg), void *arg)
{
    struct gateway *g = part;
    g->on_closed = on_closed;
    g->closed_arg = arg;
    g->closing = 7U + (g->intake != NULL);
    if (g->intake)
        intake_close(g->intake, on_piece_closed, g);
    stray_close(g->stray, on_piece_closed, g);
    readings_close(g->readings, on_piece_closed, g);
    probes_close(g->probes, on_piece_closed, g);
    uv_close((uv_handle_t *)&g->wake_timer, on_timer_closed);
    session_close(g->work, on_piece_closed, g);
    session_close(g->read, on_piece_closed, g);
    transport_close(g->transport, on_piece_closed, g);
}

struct host_part gateway_part(const struct gateway_config *config)
{
    return (struct host_part){ .name = "gateway",
                               .config = config,
                               .open = gateway_open,
                               .close = gateway_close,
                               .authorise = gateway_authorise,
                               .serving = gateway_serving };
}

/* ---- the program ---- */

static void on_done(void *arg, const struct http_done *done)
{
    (void)arg;
    enum log_level level = done->status >= 500 ? LOG_WARN : LOG_DEBUG;
    if (log_enabled(level))
        log_event(level, "request", LOG_T("method", done->method), LOG_T("path", done->path),
                  LOG_I("status", done->status), LOG_I("us", done->took_us), LOG_T("request_id", done->request_id),
                  LOG_T("peer", done->peer));
}

/* Others find the port by this file, so it appears whole. */
static void on_listening(void *arg, uint16_t port)
{
    const struct gateway_config *config = arg;
    log_event(LOG_INFO, "gateway: listening", LOG_T("host", config->http.host), LOG_I("port", port));
    if (!config->port_file)
        return;
    mem_auto char *fresh = mem_format("%s.new", config->port_file);
    FILE *file = fopen(fresh, "we");
    bool written = file && fprintf(file, "%u\n", port) > 0;
    if ((file && fclose(file) != 0) || !written || rename(fresh, config->port_file) != 0)
        log_event(LOG_ERROR, "gateway: cannot write the port file", LOG_T("path", config->port_file));
}

int gateway_main(const struct gateway_config *config)
{
    struct error e = ERROR_NONE;
    struct host_part parts[HOST_PARTS_MAX] = { gateway_part(config) };
    unsigned count = 1;
    for (; count <= config->other_count && count < HOST_PARTS_MAX; count++)
        parts[count] = config->others[count - 1];
    mem_auto char *uploads = mem_format("%s/uploads", config->data_folder);
    struct http_config limits = config->http;
    limits.upload_folder = uploads;
    limits.on_done = on_done;
    if (host_run(&limits, parts, count, on_listening, (void *)(uintptr_t)config, &e) == ERROR_OK)
        return 0;
    log_failure(LOG_ERROR, "gateway: cannot start", &e);
    return error_exit_code(e.class);
}
