/* SPDX-License-Identifier: Apache-2.0 */
/* inside.h - what the files of notifier/ share. Not for other rooms. */
#ifndef NOTIFIER_INSIDE_H
#define NOTIFIER_INSIDE_H

#include <uv.h>

#include "http/access.h"
#include "http/reply.h"
#include "http/stream.h"
#include "notifier/cursor.h"
#include "notifier/notifier.h"
#include "queue/transport.h"
#include "sql/session.h"

enum { NOTIFIER_NAME_SIZE = 64, EVENT_MAX = 1 << 20 };

/* What a client wants to hear; 0 and "" stand for everything. */
struct wish {
    int64_t job, pipeline;
    char kind[NOTIFIER_NAME_SIZE], queue[NOTIFIER_NAME_SIZE];
};

/* What is known of an event or a progress. kind and queue NULL: not known. */
struct subject {
    int64_t job, pipeline;
    const char *kind, *queue;
};

/* One client. Made by watcher_on_*(), joined by the reader, freed when its stream is gone or the request was answered.
 */
struct watcher {
    struct watcher *next, *prev; /* notifier->watchers, from the moment that its stream is open */
    struct watcher *next_join;
    struct notifier *notifier;
    struct request *request; /* until answered */
    struct stream *stream;
    struct wish wish;
    bool has_cursor;
    struct cursor *cursor; /* owned; NULL once joined */
    bool live;             /* hears what the reader reads */
    bool ended;            /* its last event was sent */
    bool check;            /* its pipeline may be over */
    bool ending;           /* it is: the next reading brings the last events */
    bool gone;             /* the client went while the reader was busy with it */
    char *state;           /* JSON, owned, while joining */
    bool final;            /* state says that nothing more will come */
};

struct notifier {
    const struct notifier_config *config;
    uv_loop_t *loop;
    struct session *session;
    struct transport *transport;
    struct access *access;
    struct reader *reader;
    struct progress *progress;
    struct publisher *publisher; /* NULL: nothing goes to Kafka */
    struct watcher *watchers;
    unsigned watcher_count;
    unsigned closing;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

/* ---- reader.c: the one who reads events, and lets clients join between two readings ---- */
struct reader *reader_create(struct notifier *n);
void reader_close(struct reader *r, void (*on_closed)(void *arg), void *arg); /* the session is closed; frees itself */
void reader_wake(struct reader *r);                                           /* the record holds something new */
void reader_session(struct reader *r, bool up);
void reader_join(struct reader *r, struct watcher *w);

/* ---- join.c: the steps of one client's joining ---- */
/* on_done runs once; the watcher is then live, or gone, or answered. `base` and `seen`: where the reader stands. */
void join_start(struct watcher *w, const char *base, const char *seen, void (*on_done)(void *arg), void *arg);

/* ---- watcher.c: clients and what they hear ---- */
void watcher_on_events(void *arg, struct request *r);
void watcher_on_job(void *arg, struct request *r);
void watcher_on_pipeline(void *arg, struct request *r);
bool watcher_open(struct watcher *w);  /* answers the request with a stream; false: answered with an error and freed */
void watcher_free(struct watcher *w);  /* that was never opened */
void watcher_leave(struct watcher *w); /* gone while joining: the reader is done with it */
void watcher_say(struct watcher *w, const char *id, const char *type, const char *data, size_t size);
void watcher_end(struct watcher *w);
bool watcher_wants(const struct watcher *w, const struct subject *subject);
/* Row `row` of events_read to one client, or to all that are live (w NULL). */
void watcher_event(struct notifier *n, struct watcher *w, const struct result *result, unsigned row, const char *id);

/* ---- progress.c ---- */
struct progress *progress_create(struct notifier *n);
void progress_close(struct progress *p, void (*on_closed)(void *arg), void *arg); /* frees itself */
void progress_take(struct progress *p, const char *text);                         /* of MESSAGE_PROGRESS */
void progress_learn(struct progress *p, const struct subject *subject);           /* whose job it is */

#endif
