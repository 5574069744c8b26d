/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport.h - the doorbell's contract. It carries dispatches to one worker's place and small messages back; it is
 * never a record and never a right: it may lose, double, delay or reorder, and every wait on it has a backstop in the
 * record.
 *
 * Carriers: redis (one stream per incarnation; pub/sub for events), kafka (one partition per incarnation), postgres
 * (rows of the record plus NOTIFY), and a faulty one in memory (tests/support). Loop only; nothing blocks, nothing is
 * retried here: what can't be sent is dropped and told by on_state, since the record rings again. A carrier reconnects
 * by itself.
 *
 * on_state: up or down at each change, e says why it went down. up with an e: still up, but something was dropped.
 */
#ifndef QUEUE_TRANSPORT_H
#define QUEUE_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "queue/kafka_options.h"
#include "queue/store.h"

struct transport;

/* Messages that are not dispatches. Numbers are absolute (latest wins), so a lost one costs only time. */
struct message {
    enum message_type {
        MESSAGE_DONE,     /* worker -> scheduler: incarnation has ended `done` dispatches in all; credit is free again;
                             text: NULL or mean run time by kind, JSON {"noop":12} in us, of its recent jobs */
        MESSAGE_WAKE,     /* anybody -> scheduler and notifier: the record holds something new */
        MESSAGE_PROGRESS, /* worker -> notifier: text is JSON {"job","epoch","percent","message"}, or
                             {"job","epoch","logs":[...]} */
        MESSAGE_CANCEL,   /* scheduler/gateway -> worker: stop job `id` at `epoch` */
        MESSAGE_VOID,     /* scheduler -> worker: seq `seq` will never come */
        MESSAGE_BEAT      /* scheduler -> worker: beat at once (its state in the record changed) */
    } type;
    int64_t incarnation, done, id, epoch, seq;
    const char *text;
};

struct transport_handlers { /* any may be NULL; arguments valid during the call */
    void *arg;
    void (*on_dispatch)(void *arg, const struct dispatch *jobs, unsigned count);
    void (*on_message)(void *arg, const struct message *message);
    void (*on_state)(void *arg, bool up, const struct error *e);
    void (*on_reads)(void *arg); /* worker: transport_reads() has changed, which the scheduler should know */
    void (*on_carrier)(void *arg, const char *name);   /* the fleet's carrier is another one from now on */
    void (*on_submit)(void *arg, const char *payload); /* scheduler: NOTIFY argosy_submit; heard from follow() on */
};

struct transport_ops {
    const char *name; /* "redis", "kafka", "postgres"; of what programs use: "switch" */
    /* Worker: opens the incarnation's place and delivers from it (0 closes it). */
    void (*subscribe)(struct transport *, int64_t incarnation);
    /* Scheduler/notifier: receive what goes to everybody (DONE, WAKE, PROGRESS). */
    void (*follow)(struct transport *);
    void (*publish)(struct transport *, int64_t incarnation, const struct dispatch *jobs, unsigned count);
    /* NULL: no. true: the record can ring what it dispatches to this incarnation as it commits (dispatch_ring of
     * store.h), which spares the publish and a commit of its own; incarnation 0: a message to everybody is a commit. */
    bool (*record_rings)(struct transport *, int64_t incarnation);
    /* incarnation 0: to everybody who follows. */
    void (*send)(struct transport *, int64_t incarnation, const struct message *message);
    void (*forget)(struct transport *, int64_t incarnation); /* a dead worker's place is removed */
    void (*close)(struct transport *, void (*on_closed)(void *arg), void *arg);
};

struct transport {
    const struct transport_ops *ops;
    struct transport_handlers handlers;
};

/*
 * What programs use: the carrier that the record says was chosen for the fleet (argosy.setting; without one the carrier
 * named here), PostgreSQL while that is away, and another one for workers that do not read it (transport_switch.c).
 * Nothing is connected yet when it returns; NULL only for a name or an address that can't be: see e.
 */
struct transport_config { /* texts are copied */
    uv_loop_t *loop;
    const char *carrier;   /* "redis", "kafka" or "postgres" */
    const char *redis_url; /* redis://[user:password@]host[:port][/db], unix:///path or a path of a socket; or NULL */
    const char *redis_prefix;  /* of keys and channels: fleets that share a Redis differ in it; NULL: "argosy" */
    struct kafka_config kafka; /* brokers NULL: none */
    const char *database_url;  /* who follows or subscribes LISTENs there: not through a pooler */
    struct transport_handlers handlers;
};
struct transport *transport_create(const struct transport_config *config, struct error *e);
/* on_closed (may be NULL) runs from the loop once all of it is freed; no handler runs after this call. NULL is fine:
 * on_closed runs at once. */
void transport_close(struct transport *t, void (*on_closed)(void *arg), void *arg);

/* The two below do nothing and say nothing on a single carrier. */
/* Scheduler: what the record tells of a worker (worker_row); what is for it goes where it reads. */
void transport_address(struct transport *t, int64_t incarnation, const char *carrier, const char *reads);
/* Worker: the carriers that deliver to it now, a JSON list for its beat; NULL: not known. Valid until the next call. */
const char *transport_reads(struct transport *t);
/* The carrier in use. */
const char *transport_name(const struct transport *t);

/* The single carriers, for tests and for the above; kafka: queue/transport_kafka.h. */
struct transport *transport_redis_create(uv_loop_t *loop, const char *url, const char *prefix,
                                         const struct transport_handlers *handlers, struct error *e);
struct transport *transport_postgres_create(uv_loop_t *loop, const char *database_url,
                                            const struct transport_handlers *handlers);

#endif
