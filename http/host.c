/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.c - parts open, server serves; at a signal the server closes first (handlers still get what they wait for), then
 * the parts, in reverse, then the loop is empty. HUP: limits are read again.
 *
 * Failure: a part that does not open ends the others that did; nothing was served.
 */
#include "http/host.h"

#include <assert.h>
#include <signal.h>
#include <unistd.h>

struct host {
    uv_loop_t loop;
    uv_signal_t term, interrupt, hangup;
    struct server *server;
    const struct host_part *parts;
    void *made[HOST_PARTS_MAX];
    struct route_table tables[HOST_PARTS_MAX];
    unsigned open; /* parts that are */
    bool closing;
    const struct http_config *limits;
};

static void on_part_closed(void *arg);

static void close_next(struct host *h)
{
    if (h->open == 0) {
        uv_close((uv_handle_t *)&h->term, NULL);
        uv_close((uv_handle_t *)&h->interrupt, NULL);
        uv_close((uv_handle_t *)&h->hangup, NULL);
        return;
    }
    unsigned last = --h->open;
    h->parts[last].close(h->made[last], on_part_closed, h);
}

static void on_part_closed(void *arg)
{
    close_next(arg);
}

static void on_server_closed(void *arg)
{
    struct host *h = arg;
    h->server = NULL;
    close_next(h);
}

static void on_signal(uv_signal_t *handle, int signal_number)
{
    struct host *h = handle->data;
    if (h->closing)
        _exit(128 + signal_number);
    h->closing = true;
    server_close(h->server, on_server_closed, h);
}

static void on_hangup(uv_signal_t *handle, int signal_number)
{
    struct host *h = handle->data;
    (void)signal_number;
    if (h->closing || !h->limits->reload)
        return;
    struct http_config fresh = *h->limits;
    h->limits->reload(h->limits->reload_arg, &fresh);
    server_limits(h->server, fresh.body_max, fresh.upload_max);
}

static void authorise(void *arg, struct request *r)
{
    struct host *h = arg;
    for (unsigned i = 0; i < h->open; i++)
        if (h->parts[i].authorise) {
            h->parts[i].authorise(h->made[i], r);
            return;
        }
    assert(!"no part authorises");
}

static void on_done(void *arg, const struct http_done *done)
{
    struct host *h = arg;
    if (h->limits->on_done)
        h->limits->on_done(h->limits->arg, done);
}

static enum error_class open_all(struct host *h, unsigned count, struct error *e)
{
    for (; h->open < count; h->open++) {
        const struct host_part *part = &h->parts[h->open];
        enum error_class class = part->open(part->config, &h->loop, &h->made[h->open], &h->tables[h->open], e);
        if (class != ERROR_OK)
            return class;
    }
    struct http_config config = *h->limits;
    config.loop = &h->loop;
    config.tables = h->tables;
    config.table_count = count;
    config.arg = h;
    config.authorise = authorise;
    config.on_done = on_done;
    return server_create(&config, &h->server, e);
}

enum error_class host_run(const struct http_config *limits, const struct host_part *parts, unsigned count,
                          void (*on_listening)(void *arg, uint16_t port), void *arg, struct error *e)
{
    struct host h = { .parts = parts, .limits = limits };
    assert(count <= HOST_PARTS_MAX);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&h.loop);
    uv_signal_init(&h.loop, &h.term);
    uv_signal_init(&h.loop, &h.interrupt);
    uv_signal_init(&h.loop, &h.hangup);
    h.term.data = h.interrupt.data = h.hangup.data = &h;
    enum error_class class = open_all(&h, count, e);
    if (class == ERROR_OK) {
        uv_signal_start(&h.term, on_signal, SIGTERM);
        uv_signal_start(&h.interrupt, on_signal, SIGINT);
        uv_signal_start(&h.hangup, on_hangup, SIGHUP);
        for (unsigned i = 0; i < count; i++)
            if (parts[i].serving)
                parts[i].serving(h.made[i], h.server);
        if (on_listening)
            on_listening(arg, server_port(h.server));
    } else {
        close_next(&h);
    }
    uv_run(&h.loop, UV_RUN_DEFAULT);
    int left = uv_loop_close(&h.loop);
    assert(left == 0);
    return class;
}
