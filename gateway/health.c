/* SPDX-License-Identifier: Apache-2.0 */
/* health.c - /healthz (this process answers), /readyz (and can do its work), /metrics (Prometheus text). */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "gateway/inside.h"

enum { METRICS_MAX = 1 << 20 };

void health_on_alive(void *arg, struct request *r)
{
    (void)arg;
    reply_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

void health_on_ready(void *arg, struct request *r)
{
    struct gateway *g = arg;
    bool database = session_is_up(g->work) && session_is_up(g->read), ready = database && g->kinds_written;
    if (database)
        gateway_write_kinds(g);
    if (!ready)
        reply_header(r, "Retry-After", "2");
    reply_json(r, ready ? 200 : 503,
               json_pack("{s:s, s:b, s:b}", "status", ready ? "ready" : "waiting", "database", database, "transport",
                         g->transport_up));
}

/* One family: its rows of the result, `name{label="…",label2="…"} value`. */
static void add_rows(struct buffer *b, const struct result *result, const char *what, const char *name,
                     const char *type, const char *label, const char *label2)
{
    buffer_format(b, "# TYPE %s %s\n", name, type);
    for (unsigned i = 0; i < result_rows(result); i++) {
        if (strcmp(result_text(result, i, 0), what) != 0)
            continue;
        buffer_text(b, name);
        if (label2) {
            buffer_char(b, '{');
            if (label)
                buffer_format(b, "%s=\"%s\",", label, result_text(result, i, 1)); /* names: nothing to escape */
            buffer_format(b, "%s=\"%s\"}", label2, result_text(result, i, 2));
        }
        buffer_format(b, " %s\n", result_text(result, i, 3));
    }
}

static void add_own(struct buffer *b, const struct gateway *g)
{
    struct http_stats stats = server_stats(g->server);
    buffer_text(b, "# TYPE argosy_http_requests_total counter\n");
    for (unsigned i = 1; i < 6; i++)
        buffer_format(b, "argosy_http_requests_total{status=\"%uxx\"} %llu\n", i,
                      (unsigned long long)stats.requests[i]);
    buffer_format(b, "# TYPE argosy_http_refused_total counter\nargosy_http_refused_total %llu\n",
                  (unsigned long long)stats.refused);
    buffer_format(b, "# TYPE argosy_http_connections gauge\nargosy_http_connections %u\n", stats.connections);
    buffer_format(b, "# TYPE argosy_http_active gauge\nargosy_http_active %u\n", stats.active);
    buffer_format(b, "# TYPE argosy_http_streams gauge\nargosy_http_streams %u\n", stats.streams);
    buffer_format(b, "# TYPE argosy_http_streams_dropped_total counter\nargosy_http_streams_dropped_total %llu\n",
                  (unsigned long long)stats.dropped);
    buffer_format(b, "# TYPE argosy_upload_bytes_total counter\nargosy_upload_bytes_total %llu\n",
                  (unsigned long long)stats.upload_bytes);
    buffer_format(b, "# TYPE argosy_transport_up gauge\nargosy_transport_up %d\n", g->transport_up);
    buffer_format(b, "# TYPE argosy_sql_waiting gauge\nargosy_sql_waiting %u\n",
                  session_pending(g->work) + session_pending(g->read));
}

struct metrics {
    struct gateway *gateway;
    struct request *request;
};

static void on_metrics(void *arg, const struct result *result, const struct error *e)
{
    struct metrics *m = arg;
    struct buffer b;
    buffer_init(&b, METRICS_MAX);
    buffer_format(&b, "# TYPE argosy_database_up gauge\nargosy_database_up %d\n", e == NULL);
    add_own(&b, m->gateway);
    if (!e) {
        add_rows(&b, result, "jobs", "argosy_jobs", "gauge", "queue", "state");
        add_rows(&b, result, "workers", "argosy_workers", "gauge", NULL, "state");
        add_rows(&b, result, "slots", "argosy_slots", "gauge", NULL, NULL);
        add_rows(&b, result, "submitted", "argosy_jobs_submitted_total", "counter", NULL, NULL);
        add_rows(&b, result, "dispatched", "argosy_dispatches_total", "counter", NULL, NULL);
        add_rows(&b, result, "ended", "argosy_dispatches_ended_total", "counter", NULL, NULL);
    }
    if (b.overflow)
        reply_problem(m->request, 500, "too_large", "There are more queues than this page can hold.", NULL);
    else
        reply_text(m->request, 200, "text/plain; version=0.0.4; charset=utf-8", buffer_view(&b), b.size);
    buffer_finish(&b);
    free(m);
}

void health_on_metrics(void *arg, struct request *r)
{
    struct metrics *m = mem_zero(1, sizeof *m);
    m->gateway = arg;
    m->request = r;
    session_run(m->gateway->read, "metrics", NULL, 0, 1000, on_metrics, m);
}
