/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler.c - the loop around the plan: leads or waits to lead, lets everything in, ticks once, acts.
 *
 * Callbacks only store what came in (plan, pulse); on_prepare() runs once an iteration of the loop, before it sleeps,
 * and begins whatever follows from it. Losing the session is losing the lead, at once; what was under way is answered
 * with an error by then, and the plan keeps what it knows of the workers for the next time.
 */
#include "scheduler/scheduler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "queue/store_postgres.h"
#include "scheduler/scheduler_private.h"

enum { IDLE_MS = 5000, RETRY_MS = 1000, STOP_MS = 2000, ACTIONS = 32, QUEUE_MAX = 10000 };

/* ---- the lead ---- */

static void on_lead(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    if (s->state != SCHEDULER_ASKING)
        return;
    if (e) {
        complain(s, "asking for the lead failed", e);
        s->state = SCHEDULER_STANDBY;
    } else if (!result_bool(result, 0, 0)) {
        s->state = SCHEDULER_STANDBY;
    } else {
        s->state = SCHEDULER_LEADING;
        pulse_init(&s->pulse, clock_monotonic_ms());
        chores_start(s);
        upkeep_start(s);
        log_event(LOG_INFO, "leads", LOG_T("scheduler", s->name));
    }
    s->retry_ms = clock_monotonic_ms() + RETRY_MS;
}

static void ask_for_lead(struct scheduler *s)
{
    const struct sql_param params[] = { SQL_TEXT(s->name) };
    s->state = SCHEDULER_ASKING;
    session_run(s->session, "scheduler_lead", params, 1, 0, on_lead, s);
}

static void on_session_state(void *arg, bool up, const struct error *e)
{
    struct scheduler *s = arg;
    if (s->state == SCHEDULER_STOPPING)
        return;
    if (!up) {
        if (s->state == SCHEDULER_LEADING)
            log_event(LOG_WARN, "no longer leads: its session ended", LOG_T("scheduler", s->name));
        s->state = SCHEDULER_AWAY;
        if (e)
            complain(s, "the record is out of reach", e);
    } else {
        ask_for_lead(s);
    }
}

static void on_upkeep_state(void *arg, bool up, const struct error *e)
{
    (void)arg, (void)up, (void)e; /* the other session tells the same, and housekeeping tells when it failed */
}

/* ---- what comes in ---- */

static void on_submit(void *arg, const char *payload)
{
    struct scheduler *s = arg;
    int64_t lane;
    if (text_to_int64(payload, 1, INT32_MAX, &lane) && plan_hint(s->plan, (int32_t)lane))
        pulse_hint(&s->pulse);
    else
        pulse_wake(&s->pulse);
}

static void on_message(void *arg, const struct message *message)
{
    struct scheduler *s = arg;
    if (message->type == MESSAGE_DONE) { /* whom that unblocked, the record tells by itself */
        plan_done(s->plan, message->incarnation, message->done, message->text);
        s->ended = true;
    } else if (message->type == MESSAGE_WAKE) {
        pulse_wake(&s->pulse);
    }
}

static void on_transport_state(void *arg, bool up, const struct error *e)
{
    struct scheduler *s = arg;
    if (e && e->class != ERROR_OK)
        complain(s, up ? "the doorbell has a fault" : "the doorbell is out of order", e);
    else if (up && !s->transport_up)
        log_event(LOG_INFO, "the doorbell works", LOG_T("transport", transport_name(s->transport)));
    s->transport_up = up;
}

static void on_carrier(void *arg, const char *name)
{
    (void)arg;
    log_event(LOG_INFO, "the fleet's carrier is another one", LOG_T("transport", name));
}

static void on_lanes(void *arg, const struct lane_row *rows, unsigned count, const struct error *e)
{
    struct scheduler *s = arg;
    if (e)
        complain(s, "looking into the lanes failed", e);
    else
        plan_lanes(s->plan, rows, count);
    int64_t now_ms = clock_monotonic_ms();
    pulse_looked(&s->pulse, e ? 0 : plan_available(s->plan, now_ms), now_ms);
}

/* ---- the tick ---- */

static void close_all(struct scheduler *s);

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* the tick follows in this iteration */
}

static void look(struct scheduler *s)
{
    upkeep_limits(s); /* answered before the lanes are */
    s->store->ops->lanes(s->store, on_lanes, s);
}

static void lead(struct scheduler *s, int64_t now_ms)
{
    struct plan_action actions[ACTIONS];
    unsigned count;
    pulse_turn(&s->pulse, now_ms);
    turns_note(&s->turns, 0, now_ms);
    int64_t wait_ms = upkeep_step(s, now_ms, chores_step(s, now_ms));
    do {
        count = plan_step(s->plan, now_ms, actions, ACTIONS);
        for (unsigned i = 0; i < count; i++)
            act_on(s, &actions[i]);
    } while (count == ACTIONS);
    if (pulse_look(&s->pulse, plan_has_credit(s->plan), plan_available(s->plan, now_ms), now_ms))
        look(s);
    if (!s->pulse.looking && pulse_wait_ms(&s->pulse, now_ms) < wait_ms)
        wait_ms = pulse_wait_ms(&s->pulse, now_ms);
    uv_timer_start(&s->timer, on_timer, wait_ms > 0 ? (uint64_t)wait_ms : 1, 0);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct scheduler *s = prepare->data;
    int64_t now_ms = clock_monotonic_ms();
    if (s->closing)
        return;
    switch (s->state) {
    case SCHEDULER_AWAY:
    case SCHEDULER_ASKING:
        break;
    case SCHEDULER_STANDBY:
        if (now_ms >= s->retry_ms)
            ask_for_lead(s);
        else
            uv_timer_start(&s->timer, on_timer, (uint64_t)(s->retry_ms - now_ms), 0);
        break;
    case SCHEDULER_LEADING:
        lead(s, now_ms);
        break;
    case SCHEDULER_STOPPING:
        if (s->calls == 0 || now_ms >= s->stop_by_ms)
            close_all(s);
        else
            uv_timer_start(&s->timer, on_timer, 10, 0);
        break;
    }
}

/* ---- signals, birth and death ---- */

static void on_stop(uv_signal_t *signal, int number)
{
    struct scheduler *s = signal->data;
    if (s->state == SCHEDULER_STOPPING) {
        log_event(LOG_WARN, "stopped the hard way", LOG_I("signal", number));
        _exit(1);
    }
    log_event(LOG_INFO, "stops", LOG_I("signal", number));
    s->state = SCHEDULER_STOPPING;
    s->stop_by_ms = clock_monotonic_ms() + STOP_MS;
}

static void on_report(uv_signal_t *signal, int number)
{
    static const char *const states[] = { "away", "asking", "standby", "leading", "stopping" };
    struct scheduler *s = signal->data;
    (void)number;
    log_event(LOG_INFO, "report", LOG_T("state", states[s->state]), LOG_T("pulse", s->pulse.busy ? "busy" : "quiet"),
              LOG_I("available", plan_available(s->plan, clock_monotonic_ms())), LOG_I("calls", s->calls),
              LOG_I("dispatched", s->dispatched), LOG_I("rung", s->rung), LOG_I("taken_back", s->taken_back),
              LOG_I("deaths", s->deaths));
}

static void on_hangup(uv_signal_t *signal, int number)
{
    const struct scheduler *s = signal->data;
    (void)number;
    if (s->config->reload != NULL)
        s->config->reload(s->config->reload_arg);
}

static void close_all(struct scheduler *s)
{
    s->closing = true;
    transport_close(s->transport, NULL, NULL);
    if (s->session)
        session_close(s->session, NULL, NULL); /* and with it the lead */
    if (s->upkeep)
        session_close(s->upkeep, NULL, NULL);
    if (s->retention)
        session_close(s->retention, NULL, NULL);
    uv_close((uv_handle_t *)&s->timer, NULL);
    uv_close((uv_handle_t *)&s->prepare, NULL);
    uv_close((uv_handle_t *)&s->term, NULL);
    uv_close((uv_handle_t *)&s->interrupt, NULL);
    uv_close((uv_handle_t *)&s->report, NULL);
    uv_close((uv_handle_t *)&s->hangup, NULL);
}

static void open_handles(struct scheduler *s)
{
    uv_loop_init(&s->loop);
    uv_timer_init(&s->loop, &s->timer);
    uv_prepare_init(&s->loop, &s->prepare);
    uv_signal_init(&s->loop, &s->term);
    uv_signal_init(&s->loop, &s->interrupt);
    uv_signal_init(&s->loop, &s->report);
    uv_signal_init(&s->loop, &s->hangup);
    s->prepare.data = s->term.data = s->interrupt.data = s->report.data = s->hangup.data = s;
    uv_prepare_start(&s->prepare, on_prepare);
    uv_signal_start(&s->term, on_stop, SIGTERM);
    uv_signal_start(&s->interrupt, on_stop, SIGINT);
    uv_signal_start(&s->report, on_report, SIGUSR1);
    uv_signal_start(&s->hangup, on_hangup, SIGHUP);
}

static enum error_class open_servers(struct scheduler *s, struct error *e)
{
    const struct scheduler_config *config = s->config;
    const char *direct_url = config->direct_url != NULL ? config->direct_url : config->database_url;
    struct transport_config transport = { .loop = &s->loop,
                                          .carrier = config->transport,
                                          .redis_url = config->redis_url,
                                          .redis_prefix = config->redis_prefix,
                                          .database_url = direct_url,
                                          .kafka = config->kafka,
                                          .handlers = { .arg = s,
                                                        .on_message = on_message,
                                                        .on_state = on_transport_state,
                                                        .on_carrier = on_carrier,
                                                        .on_submit = on_submit } };
    s->transport = transport_create(&transport, e);
    if (!s->transport)
        return e->class;
    s->transport->ops->follow(s->transport);
    struct session_config session = { .loop = &s->loop,
                                      .url = direct_url,
                                      .own_server = config->direct_url == NULL,
                                      .application = "argosy scheduler",
                                      .idle_session_timeout_ms = config->idle_ms > 0 ? config->idle_ms : IDLE_MS,
                                      .queue_max = QUEUE_MAX,
                                      .arg = s,
                                      .on_state = on_session_state };
    s->session = session_create(&session);
    struct session_config upkeep = { .loop = &s->loop,
                                     .url = config->database_url,
                                     .application = "argosy housekeeping",
                                     .arg = s,
                                     .on_state = on_upkeep_state };
    s->upkeep = session_create(&upkeep);
    upkeep.application = "argosy retention";
    s->retention = session_create(&upkeep);
    s->store = store_postgres_create(s->session);
    return ERROR_OK;
}

static void name_self(struct scheduler *s)
{
    char host[64] = "localhost";
    (void)gethostname(host, sizeof host - 1);
    if (s->config->name)
        (void)text_copy(s->name, sizeof s->name, s->config->name);
    else
        (void)snprintf(s->name, sizeof s->name, "%s:%d", host, (int)getpid());
}

struct scheduler *scheduler_create(const struct scheduler_config *config)
{
    struct scheduler *s = mem_zero(1, sizeof *s);
    struct plan_limits limits = plan_limits_default;
    struct error e = ERROR_NONE;
    s->config = config;
    if (config->expire_ms > 0)
        limits.expire_ms = (unsigned)config->expire_ms;
    name_self(s);
    s->plan = plan_create(&limits);
    open_handles(s);
    if (open_servers(s, &e) != ERROR_OK) {
        log_failure(LOG_ERROR, "the scheduler can't start", &e);
        s->exit_code = error_exit_code(e.class);
        close_all(s);
    }
    return s;
}

int scheduler_destroy(struct scheduler *s)
{
    s->store = store_postgres_destroy(s->store);
    log_event(LOG_INFO, "stopped", LOG_I("dispatched", s->dispatched));
    int exit_code = s->exit_code;
    s->plan = plan_destroy(s->plan);
    uv_loop_close(&s->loop);
    free(s);
    return exit_code;
}

int scheduler_main(const struct scheduler_config *config)
{
    struct scheduler *s = scheduler_create(config);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    return scheduler_destroy(s);
}
