/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_rest.c - single submits through the gateway: 64 connections that stay open, each with one request under way.
 *
 * Happy path: connect -> POST /api/v1/jobs -> read the whole answer -> the next one, until all have been asked for. The
 * queue is held meanwhile, so what is measured is acceptance; then it is released and every job must succeed.
 * Failure: any other answer than 201, or a connection that ends, ends the run and says so.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/bench.h"
#include "cli/bench_roles.h"
#include "cli/instance.h"

enum { CONNECTIONS = 64, ANSWER_MAX = 16384, REQUEST_MAX = 1024 };

struct rest;

/* One connection and its one request. */
struct caller {
    struct rest *rest;
    uv_tcp_t tcp;
    uv_connect_t connect;
    uv_write_t write;
    char answer[ANSWER_MAX + 1];
    size_t got;
    int64_t sent_us;
};

struct rest {
    uv_loop_t loop;
    struct caller callers[CONNECTIONS];
    char request[REQUEST_MAX];
    size_t request_size;
    int64_t jobs, asked, answered;
    int64_t *took_us; /* of each answer */
    struct error error;
};

static void end(struct rest *r, const char *what)
{
    if (r->error.class == ERROR_OK)
        (void)error_code(&r->error, ERROR_FATAL, "bench_rest", "%s", what);
    uv_stop(&r->loop);
}

static void on_written(uv_write_t *write, int status)
{
    struct caller *c = write->data;
    if (status < 0)
        end(c->rest, uv_strerror(status));
}

static void ask(struct caller *c)
{
    struct rest *r = c->rest;
    if (r->asked == r->jobs)
        return;
    r->asked++;
    c->got = 0;
    c->sent_us = clock_monotonic_us();
    c->write.data = c;
    uv_buf_t part = uv_buf_init(r->request, (unsigned)r->request_size);
    int refused = uv_write(&c->write, (uv_stream_t *)&c->tcp, &part, 1, on_written);
    if (refused != 0)
        end(r, uv_strerror(refused));
}

/* Is the whole answer there? */
static bool is_whole(const struct caller *c)
{
    const char *head_end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "\r\nContent-Length:");
    if (head_end == NULL || length == NULL || length > head_end)
        return false;
    size_t body = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
    return c->got >= (size_t)(head_end + 4 - c->answer) + body;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    struct caller *c = handle->data;
    (void)suggested;
    *ret_buf = uv_buf_init(c->answer + c->got, (unsigned)(ANSWER_MAX - c->got));
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buf)
{
    struct caller *c = stream->data;
    struct rest *r = c->rest;
    (void)buf;
    if (size < 0) {
        end(r, size == UV_ENOBUFS ? "an answer is too long" : uv_strerror((int)size));
        return;
    }
    c->got += (size_t)size;
    c->answer[c->got] = '\0';
    if (size == 0 || !is_whole(c))
        return;
    if (!text_starts(c->answer, "HTTP/1.1 201 ")) {
        end(r, c->answer);
        return;
    }
    r->took_us[r->answered++] = clock_monotonic_us() - c->sent_us;
    if (r->answered == r->jobs)
        uv_stop(&r->loop);
    else
        ask(c);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct caller *c = connect->data;
    if (status < 0) {
        end(c->rest, uv_strerror(status));
        return;
    }
    (void)uv_tcp_nodelay(&c->tcp, 1);
    (void)uv_read_start((uv_stream_t *)&c->tcp, on_room, on_read);
    ask(c);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* "http://127.0.0.1:8087" of up.json */
static enum error_class gateway_address(const struct bench *b, struct sockaddr_in *ret_address, struct error *e)
{
    const char *url = json_string_value(json_object_get(b->fleet.state, "url"));
    const char *colon = url != NULL ? strrchr(url, ':') : NULL;
    int64_t port;
    if (colon == NULL || !text_to_int64(colon + 1, 1, 65535, &port) ||
        uv_ip4_addr("127.0.0.1", (int)port, ret_address) != 0)
        return error_code(e, ERROR_FATAL, "bench_rest", "the fleet has no gateway: %s", url != NULL ? url : "");
    return ERROR_OK;
}

static enum error_class make_request(struct rest *r, const struct bench *b, struct error *e)
{
    static const char body[] =
        "{\"kind\":\"noop\",\"args\":{\"payload\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}}";
    char *key;
    if (instance_line(b->fleet.folder, "api.key", &key, e) != ERROR_OK)
        return e->class;
    r->request_size = (size_t)snprintf(r->request, sizeof r->request,
                                       "POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                                       "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                       key, sizeof body - 1, body);
    free(key);
    return ERROR_OK;
}

static void call_all(struct rest *r, const struct sockaddr_in *address)
{
    (void)uv_loop_init(&r->loop);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        struct caller *c = &r->callers[i];
        c->rest = r;
        c->tcp.data = c->connect.data = c;
        (void)uv_tcp_init(&r->loop, &c->tcp);
        (void)uv_tcp_connect(&c->connect, &c->tcp, (const struct sockaddr *)address, on_connected);
    }
    (void)uv_run(&r->loop, UV_RUN_DEFAULT);
    for (unsigned i = 0; i < CONNECTIONS; i++)
        uv_close((uv_handle_t *)&r->callers[i].tcp, NULL);
    (void)uv_run(&r->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&r->loop);
}

static void report(struct bench *b, struct rest *r, int64_t began_us, const struct bench_roles *before)
{
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    const struct bench_roles after = bench_roles_sample(b->fleet.pid, false);
    qsort(r->took_us, (size_t)r->jobs, sizeof *r->took_us, by_size);
    json_t *part = json_pack(
        "{s:f, s:I, s:i, s:f, s:f, s:o}", "jobs_per_s", (double)r->jobs / seconds, "jobs", (json_int_t)r->jobs,
        "connections", CONNECTIONS, "p50_ms", (double)r->took_us[r->jobs / 2] / 1e3, "p99_ms",
        (double)r->took_us[r->jobs * 99 / 100] / 1e3, "cpu_s_per_1000", bench_roles_cpu(before, &after, r->jobs));
    (void)json_object_set_new(b->report, "rest", part);
}

enum error_class bench_rest(struct bench *b, struct error *e)
{
    struct sockaddr_in address;
    struct rest *r = mem_zero(1, sizeof *r);
    int64_t after;
    double recorded;
    r->jobs = b->jobs;
    r->took_us = mem_zero((size_t)r->jobs, sizeof *r->took_us);
    if (gateway_address(b, &address, e) == ERROR_OK && make_request(r, b, e) == ERROR_OK &&
        bench_ask(b, "bench_last", NULL, &after, e) == ERROR_OK && bench_hold(b, true, e) == ERROR_OK) {
        const struct bench_roles before = bench_roles_sample(b->fleet.pid, false);
        int64_t began_us = clock_monotonic_us();
        call_all(r, &address);
        *e = r->error;
        if (e->class == ERROR_OK)
            report(b, r, began_us, &before);
        if (e->class == ERROR_OK && bench_hold(b, false, e) == ERROR_OK &&
            bench_wait(b, "bench_left", NULL, false, e) == ERROR_OK)
            (void)bench_check(b, after, r->jobs, &recorded, e);
    }
    explicit_bzero(r->request, sizeof r->request);
    free(r->took_us);
    free(r);
    return e->class;
}
