/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - what the files of gateway/ share: the one struct gateway, and their handlers. Not for other rooms. */
#ifndef GATEWAY_INSIDE_H
#define GATEWAY_INSIDE_H

#include <uv.h>

#include "base/secretbox.h"
#include "gateway/gateway.h"
#include "http/access.h"
#include "http/reply.h"
#include "queue/store.h"
#include "queue/transport.h"
#include "sql/session.h"

enum { GATEWAY_NAME_MAX = 200 };

struct gateway {
    const struct gateway_config *config;
    uv_loop_t *loop;
    struct session *work; /* submits, logins and other short statements */
    struct session *read; /* lists and what may take longer */
    struct store *store;  /* over work */
    struct transport *transport;
    struct access *access;
    struct secretbox *box;
    struct submit *submit;
    struct windows *windows;
    struct readings *readings;
    struct probes *probes;
    struct stray *stray;
    struct intake *intake;       /* NULL: no submits by Kafka */
    const struct server *server; /* for its counters */
    char *uploads;               /* folder */
    int uploads_fd;
    bool transport_up;
    unsigned kinds_flying, kinds_failed; /* writes of the table of kinds */
    bool kinds_written;                  /* since the gateway began: the record takes every kind that we take */
    uv_timer_t wake_timer;
    unsigned closing; /* pieces that still close */
    void (*on_closed)(void *arg);
    void *closed_arg;
};

/* The record holds something new: whoever follows is told, once for all that happens in one turn of the loop. */
void gateway_wake(struct gateway *g);
/* Writes our kinds into the record, unless that is done or under way. What is submitted afterwards finds them there. */
void gateway_write_kinds(struct gateway *g);

/* ---- answer.c ---- */
/*
 * Runs the statement and answers with column 1 of its row as JSON (which PostgreSQL made) and `status`; without a row
 * with 404 and `missing`. Errors become answers.
 */
void answer_statement(struct session *session, struct request *r, unsigned status, const char *statement,
                      const struct sql_param *params, unsigned count, const char *missing);

/* ---- handlers; arg is the gateway ---- */
void submit_on_post(void *arg, struct request *r);
void jobs_on_list(void *arg, struct request *r);
void jobs_on_show(void *arg, struct request *r);
void jobs_on_why(void *arg, struct request *r);
void jobs_on_events(void *arg, struct request *r);
void jobs_on_cancel(void *arg, struct request *r);
void jobs_on_retry(void *arg, struct request *r);
void jobs_on_release(void *arg, struct request *r);
void jobs_on_artifacts(void *arg, struct request *r);
void jobs_on_logs(void *arg, struct request *r);
void dlq_on_list(void *arg, struct request *r);
void dlq_on_replay(void *arg, struct request *r);
void dlq_on_purge(void *arg, struct request *r);
void pipelines_on_post(void *arg, struct request *r);
void pipelines_on_show(void *arg, struct request *r);
void fleet_on_scale(void *arg, struct request *r);
void fleet_on_workers(void *arg, struct request *r);
void fleet_on_quiet(void *arg, struct request *r);
void fleet_on_stop(void *arg, struct request *r);
void fleet_on_kinds(void *arg, struct request *r);
void limits_on_list(void *arg, struct request *r);
void limits_on_put(void *arg, struct request *r);
void limits_on_delete(void *arg, struct request *r);
void tenants_on_list(void *arg, struct request *r);
void tenants_on_put(void *arg, struct request *r);
void queues_on_list(void *arg, struct request *r);
void queues_on_pause(void *arg, struct request *r);
void queues_on_resume(void *arg, struct request *r);
void queues_on_show(void *arg, struct request *r);
void queues_on_put(void *arg, struct request *r);
void queues_on_drain(void *arg, struct request *r);
void queues_on_forecast(void *arg, struct request *r);
void batches_on_post(void *arg, struct request *r);
void batches_on_list(void *arg, struct request *r);
void batches_on_show(void *arg, struct request *r);
void batches_on_failed(void *arg, struct request *r);
void batches_on_cancel(void *arg, struct request *r);
void schedules_on_post(void *arg, struct request *r);
void schedules_on_list(void *arg, struct request *r);
void schedules_on_show(void *arg, struct request *r);
void schedules_on_next(void *arg, struct request *r);
void schedules_on_pause(void *arg, struct request *r);
void schedules_on_resume(void *arg, struct request *r);
void schedules_on_run(void *arg, struct request *r);
void schedules_on_delete(void *arg, struct request *r);
void files_on_post(void *arg, struct request *r);
void connections_on_post(void *arg, struct request *r);
void connections_on_list(void *arg, struct request *r);
void connections_on_from_url(void *arg, struct request *r);
void connections_on_show(void *arg, struct request *r);
void connections_on_patch(void *arg, struct request *r);
void connections_on_delete(void *arg, struct request *r);
void connections_on_reanalyze(void *arg, struct request *r);
void probes_on_connection(void *arg, struct request *r);
void probes_on_url(void *arg, struct request *r);
void login_on_post(void *arg, struct request *r);
void login_on_show(void *arg, struct request *r);
void login_on_delete(void *arg, struct request *r);
void login_lookup(void *arg, const char *digest, bool cookie, struct access_query *query);
void health_on_alive(void *arg, struct request *r);
void health_on_ready(void *arg, struct request *r);
void health_on_metrics(void *arg, struct request *r);
void console_on_file(void *arg, struct request *r);

#endif
