/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_sample.c - a small server over http/ in a process of its own: one route for each thing that a route can do.
 *
 * The header X-Key stands for a login: "now" is let in, "later" too but by a timer, "never" is refused by a timer,
 * others at once. SIGTERM closes it; it exits with 0 only when the loop is empty then.
 */
#include "tests/support/http_sample.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/reply.h"
#include "http/server.h"
#include "http/sse.h"
#include "http/stream.h"
#include "tests/support/cleaner.h"

static struct server *server;
static struct stream *slow_stream;
static unsigned served;

static void on_echo(void *arg, struct request *r)
{
    (void)arg;
    json_t *body;
    struct error e = ERROR_NONE;
    served++;
    if (request_json(r, &body, &e) != ERROR_OK)
        reply_error(r, &e, NULL);
    else
        reply_json(r, 200, body);
}

static void on_hello(void *arg, struct request *r)
{
    (void)arg;
    char name[20];
    enum request_query query = request_query(r, "name", name, sizeof name);
    served++;
    if (query == REQUEST_BAD)
        reply_problem(r, 400, "bad_name", "bad", NULL);
    else
        reply_json(r, 200,
                   json_pack("{s:s, s:I, s:i, s:s}", "name", name, "identity", (json_int_t)request_identity(r),
                             "served", (int)served, "correlation", request_correlation(r)));
}

static void on_late_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_late_timer(uv_timer_t *timer)
{
    reply_json(timer->data, 200, json_object());
    uv_close((uv_handle_t *)timer, on_late_timer_closed);
}

static void on_late(void *arg, struct request *r)
{
    (void)arg;
    uv_timer_t *timer = mem_zero(1, sizeof *timer);
    uv_timer_init(request_loop(r), timer);
    timer->data = r;
    uv_timer_start(timer, on_late_timer, 100, 0);
}

static void on_file(void *arg, struct request *r)
{
    (void)arg;
    struct request_file file = request_file(r);
    long rss_kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    for (char line[200]; status && fgets(line, sizeof line, status);)
        sscanf(line, "VmHWM: %ld", &rss_kb);
    if (status)
        fclose(status);
    reply_json(
        r, 201,
        json_pack("{s:s, s:I, s:i}", "sha256", file.sha256, "size", (json_int_t)file.size, "rss_kb", (int)rss_kb));
}

static void on_gone(void *arg)
{
    (void)arg;
    slow_stream = NULL;
}

static void on_stream(void *arg, struct request *r)
{
    (void)arg;
    struct buffer b;
    struct stream *s = stream_open(r, on_gone, NULL);
    buffer_init(&b, 1000);
    sse_event(&b, "1", "first", "{}", 2);
    sse_event(&b, "2", "second", "a\nb", 3);
    stream_send(s, b.data, b.size);
    buffer_finish(&b);
    slow_stream = s;
}

static void on_flood(void *arg, struct request *r)
{
    (void)arg;
    char *text = mem_alloc(60000);
    memset(text, 'x', 60000);
    struct buffer b;
    buffer_init(&b, 100000);
    unsigned fit = 0;
    for (; slow_stream != NULL && fit < 3; fit++) { /* an empty queue takes four */
        buffer_clear(&b);
        sse_event(&b, "7", "flood", text, 60000);
        if (!stream_send(slow_stream, b.data, b.size))
            break;
    }
    buffer_finish(&b);
    free(text);
    reply_json(r, 200, json_pack("{s:i}", "fit", (int)fit));
}

static const struct embed_file page = { "page.html", "<p>page</p>", 11, "0123456789abcdef0123456789abcdef" };

static void on_page(void *arg, struct request *r)
{
    (void)arg;
    reply_file(r, &page, "text/html; charset=utf-8");
}

static const struct route routes[] = {
    { .method = "GET", .pattern = "/hello", .handle = on_hello },
    { .method = "GET", .pattern = "/open", .flags = ROUTE_PUBLIC, .handle = on_hello },
    { .method = "POST", .pattern = "/echo", .handle = on_echo },
    { .method = "GET", .pattern = "/late", .handle = on_late },
    { .method = "POST", .pattern = "/file", .flags = ROUTE_UPLOAD, .handle = on_file },
    { .method = "GET", .pattern = "/stream", .handle = on_stream },
    { .method = "GET", .pattern = "/flood", .handle = on_flood },
    { .method = "GET", .pattern = "/page", .flags = ROUTE_PUBLIC, .handle = on_page },
};

static void on_authorise_timer(uv_timer_t *timer)
{
    struct request *r = timer->data;
    const char *key = request_header(r, "X-Key");
    if (strcmp(key, "later") == 0)
        request_allow(r, 2);
    else
        reply_problem(r, 401, "denied", "no", NULL);
    uv_close((uv_handle_t *)timer, on_late_timer_closed);
}

static void authorise(void *arg, struct request *r)
{
    (void)arg;
    const char *key = request_header(r, "X-Key");
    if (text_equal(key, "now")) {
        request_allow(r, 1);
    } else if (text_equal(key, "later") || text_equal(key, "never")) {
        uv_timer_t *timer = mem_zero(1, sizeof *timer);
        uv_timer_init(request_loop(r), timer);
        timer->data = r;
        uv_timer_start(timer, on_authorise_timer, 20, 0);
    } else {
        reply_problem(r, 401, "denied", "no", NULL);
    }
}

static void on_closed(void *arg)
{
    uv_close(arg, NULL);
}

static void on_term(uv_signal_t *handle, int signal_number)
{
    (void)signal_number;
    uv_signal_stop(handle);
    server_close(server, on_closed, handle);
}

static void serve(int to)
{
    uv_loop_t loop;
    uv_signal_t term;
    struct error e = ERROR_NONE;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    uv_signal_init(&loop, &term);
    uv_signal_start(&term, on_term, SIGTERM);
    struct route_table table = { routes, sizeof routes / sizeof routes[0], NULL };
    struct http_config config = http_config_default();
    config.loop = &loop;
    config.host = "127.0.0.1";
    config.tables = &table;
    config.table_count = 1;
    config.authorise = authorise;
    config.body_max = 10000;
    config.header_max = 8192;
    config.upload_folder = cleaner_folder();
    config.upload_max = 64 << 20;
    config.request_timeout_s = 10;
    config.keepalive_s = 1;
    if (server_create(&config, &server, &e) != ERROR_OK)
        _exit(3);
    uint16_t port = server_port(server);
    if (write(to, &port, sizeof port) != sizeof port)
        _exit(4);
    uv_run(&loop, UV_RUN_DEFAULT);
    exit(uv_loop_close(&loop) == 0 ? 0 : 5);
}

uint16_t http_sample_start(pid_t *ret_pid)
{
    int ends[2];
    uint16_t port = 0;
    cleaner_folder();
    if (pipe(ends) != 0 || (*ret_pid = fork()) < 0)
        return 0;
    if (*ret_pid == 0)
        serve(ends[1]);
    close(ends[1]);
    if (read(ends[0], &port, sizeof port) != sizeof port)
        port = 0;
    close(ends[0]);
    return port;
}
