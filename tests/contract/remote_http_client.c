/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remote_http_client.c - our HTTP client against an imitated server that sends, byte for byte, what a gateway, a
 * stranger or a dying machine would: errors by class, answers limited, uploads streamed, events followed and resumed.
 */
#include "remote/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/cleaner.h"

enum { REQUEST_MAX = 1 << 16, CHUNK = 1 << 16, UPLOAD_SIZE = 48 << 20 };

/* ---- the imitated server: one process, one connection after the other, answers by path ---- */

static const char *const answers[][2] = {
    { "/ok", "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"id\":7}" },
    { "/empty", "HTTP/1.1 204 No Content\r\n\r\n" },
    { "/html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>" },
    { "/moved", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n" },
    { "/400", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"message\":\"No such kind.\",\"error_code\":"
              "\"unknown_kind\",\"details\":{\"kinds\":[\"a\"]},\"timestamp\":\"\"}" },
    { "/401", "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" },
    { "/403", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" },
    { "/404", "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops" },
    { "/409", "HTTP/1.1 409 No\r\nContent-Length: 0\r\n\r\n" },
    { "/413", "HTTP/1.1 413 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" },
    { "/429", "HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n" },
    { "/500", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" },
    { "/503", "HTTP/1.1 503 No\r\nContent-Length: 17\r\n\r\n{\"message\":[1,2]}" },
    { "/dies/before", "" },
    { "/dies/head", "HTTP/1.1 200 OK\r\nContent-Le" },
    { "/dies/body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":7}" },
    { "/garbage", "SSH-2.0-OpenSSH_9.2\r\n" },
    { "/events", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nid: 1\nevent: state\ndata: {\"a\":1}\n\n"
                 ": a comment\n\nid: 2\ndata: two\ndata: lines\n\n" },
    { "/events/cut", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "16\r\nid: 5\ndata: whole\n\nda\r\n" },
    { "/events/html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\ndata: not an event\n\n" },
    { "/events/moved", "HTTP/1.1 302 Found\r\nLocation: /events\r\nContent-Length: 0\r\n\r\n" },
    { "/events/404",
      "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n{\"message\":\"No such job.\",\"error_code\":\"not_found\"}" },
};

static void send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        data += sent;
        size -= (size_t)sent;
    }
}

/* Tells what arrived: the head as a JSON string, the size and sum of the body. */
static void echo(int fd, const char *head, long long size, unsigned long long sum)
{
    json_auto_t *json = json_pack("{s:s, s:I, s:I}", "head", head, "size", size, "sum", (json_int_t)sum);
    mem_auto char *text = json_dumps(json, JSON_COMPACT);
    mem_auto char *answer = mem_format("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(text), text);
    send_all(fd, answer, strlen(answer));
}

static void serve(int fd)
{
    static char request[REQUEST_MAX], part[CHUNK];
    size_t got = 0;
    char *end = NULL, path[256];
    while (end == NULL && got < sizeof request - 1) {
        ssize_t more = read(fd, request + got, sizeof request - 1 - got);
        if (more <= 0)
            return;
        got += (size_t)more;
        request[got] = '\0';
        end = strstr(request, "\r\n\r\n");
    }
    if (end == NULL || sscanf(request, "%*15s %255s", path) != 1)
        return;
    long long length = 0, body = (long long)(request + got - (end + 4));
    const char *field = strcasestr(request, "\r\nContent-Length:");
    if (field != NULL && field < end)
        length = strtoll(field + strlen("\r\nContent-Length:"), NULL, 10);
    unsigned long long sum = 0;
    for (const char *p = end + 4; p < request + got; p++)
        sum += (unsigned char)*p;
    if (strcmp(path, "/large") == 0) {
        static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n\"";
        send_all(fd, head, sizeof head - 1);
        memset(part, 'x', sizeof part);
        for (int i = 0; i < 64; i++)
            send_all(fd, part, sizeof part);
        send_all(fd, "\"", 1);
        return;
    }
    if (strcmp(path, "/slow") == 0) {
        (void)poll(&(struct pollfd){ .fd = fd, .events = POLLRDHUP }, 1, 20000);
        return;
    }
    bool early = strcmp(path, "/413") == 0; /* answers before it has read what comes */
    if (length > body && strcasestr(request, "Expect: 100-continue") != NULL && !early)
        send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    while (!early && body < length) {
        ssize_t more = read(fd, part, sizeof part);
        if (more <= 0 || strcmp(path, "/dies/reading") == 0)
            return;
        for (ssize_t i = 0; i < more; i++)
            sum += (unsigned char)part[i];
        body += more;
    }
    end[2] = '\0';
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(path, answers[i][0]) == 0) {
            send_all(fd, answers[i][1], strlen(answers[i][1]));
            if (early) /* a reset would take the answer away from the client */
                while (shutdown(fd, SHUT_WR) == 0 && read(fd, part, sizeof part) > 0)
                    ;
            return;
        }
    if (strcmp(path, "/events/resume") == 0) {
        const char *last = strcasestr(request, "Last-Event-ID: ");
        static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
        mem_auto char *event =
            mem_format("%sid: %d\ndata: next\n\n", head, last != NULL ? (int)strtol(last + 15, NULL, 10) + 1 : 1);
        send_all(fd, event, strlen(event));
        return;
    }
    echo(fd, request, body, sum);
}

static char url[64];

static int start_server(void **state)
{
    (void)state;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (const struct sockaddr *)&address, size) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int fd; getppid() == parent && (fd = accept(listener, NULL, NULL)) >= 0; (void)close(fd))
            serve(fd);
        _exit(0);
    }
    (void)close(listener);
    cleaner_watch(child);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    return child > 0 ? 0 : -1;
}

static struct http_client *open_client(const struct http_client_config *more)
{
    struct http_client *c = NULL;
    struct error e = ERROR_NONE;
    struct http_client_config config = *more;
    if (config.base_url == NULL)
        config.base_url = url;
    assert_int_equal(http_client_create(&config, &c, &e), ERROR_OK);
    return c;
}

/* ---- the tests ---- */

static void test_answers(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum error_class class;
        const char *code;
    } cases[] = {
        { "/ok", ERROR_OK, "" },
        { "/empty", ERROR_OK, "" },
        { "/html", ERROR_FATAL, "unexpected_answer" },
        { "/moved", ERROR_FATAL, "unexpected_answer" },
        { "/400", ERROR_INVALID, "unknown_kind" },
        { "/401", ERROR_DENIED, "unexpected_answer" },
        { "/403", ERROR_DENIED, "unexpected_answer" },
        { "/404", ERROR_NOT_FOUND, "unexpected_answer" },
        { "/409", ERROR_REFUSED, "unexpected_answer" },
        { "/413", ERROR_TOO_LARGE, "unexpected_answer" },
        { "/429", ERROR_UNAVAILABLE, "unexpected_answer" },
        { "/500", ERROR_UNAVAILABLE, "unexpected_answer" },
        { "/503", ERROR_UNAVAILABLE, "unexpected_answer" },
        { "/dies/before", ERROR_UNAVAILABLE, "connection_broken" },
        { "/dies/head", ERROR_UNAVAILABLE, "connection_broken" },
        { "/dies/body", ERROR_UNAVAILABLE, "connection_broken" },
        { "/garbage", ERROR_FATAL, "unexpected_answer" },
        { "/ok", ERROR_OK, "" }, /* nothing of those before is left */
    };
    json_t *details = NULL;
    struct http_client *c = open_client(&(struct http_client_config){ .details = &details });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error e = ERROR_NONE;
        json_t *answer = NULL;
        enum error_class class = http_client_call(c, "GET", cases[i].path, NULL, NULL, &answer, &e);
        if (class != cases[i].class || (cases[i].code != NULL && strcmp(e.code, cases[i].code) != 0))
            fail_msg("%s: %s %s: %s", cases[i].path, error_class_name(class), e.code, e.message);
        if (strcmp(cases[i].path, "/400") == 0) {
            assert_string_equal(e.message, "No such kind.");
            assert_int_equal(json_array_size(json_object_get(details, "kinds")), 1);
        }
        assert_true((class == ERROR_OK) == (answer != NULL));
        json_decref(answer);
    }
    json_decref(details);
    assert_null(http_client_destroy(c));
}

static void test_nobody_there(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        enum error_class class;
    } cases[] = { { "http://127.0.0.1:1", ERROR_UNAVAILABLE },
                  { "http://no..name", ERROR_UNAVAILABLE }, /* without asking a name server */
                  { "file:///etc/passwd", ERROR_INVALID },
                  { "gopher://127.0.0.1:1", ERROR_INVALID },
                  { "http://[", ERROR_INVALID },
                  { "", ERROR_INVALID } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error e = ERROR_NONE;
        struct http_client *c = open_client(&(struct http_client_config){ .base_url = cases[i].url });
        enum error_class class = http_client_call(c, "GET", "/x", NULL, NULL, NULL, &e);
        if (class != cases[i].class)
            fail_msg("\"%s\": %s: %s", cases[i].url, error_class_name(class), e.message);
        http_client_destroy(c);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    char *text = NULL;
    struct http_client *c = open_client(&(struct http_client_config){ .answer_max = 1 << 20 });
    assert_int_equal(http_client_text(c, "/large", &text, &e), ERROR_TOO_LARGE);
    assert_string_equal(e.code, "answer_too_large");
    http_client_destroy(c);
    c = open_client(&(struct http_client_config){ .timeout_s = 1 });
    assert_int_equal(http_client_call(c, "GET", "/slow", NULL, NULL, NULL, &e), ERROR_TIMED_OUT);
    http_client_destroy(c);
    c = open_client(&(struct http_client_config){ 0 });
    assert_int_equal(http_client_text(c, "/large", &text, &e), ERROR_OK);
    assert_int_equal(strlen(text), 64 * CHUNK + 2);
    free(text);
    http_client_destroy(c);
}

/* What goes out: method, key, body; no header that the caller did not mean. */
static void test_requests(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct http_client *c = open_client(&(struct http_client_config){ .bearer = "argosy_secret" });
    json_auto_t *body = json_pack("{s:s}", "kind", "noop"), *answer = NULL, *next = NULL;
    assert_int_equal(http_client_call(c, "POST", "/echo/1", body, "key-1", &answer, &e), ERROR_OK);
    const char *head = json_string_value(json_object_get(answer, "head"));
    assert_int_equal(strncmp(head, "POST /echo/1 HTTP/1.1\r\n", 23), 0); /* the slash of the base is not doubled */
    assert_non_null(strstr(head, "Authorization: Bearer argosy_secret\r\n"));
    assert_non_null(strstr(head, "Idempotency-Key: key-1\r\n"));
    assert_non_null(strstr(head, "Content-Type: application/json\r\n"));
    assert_int_equal(json_integer_value(json_object_get(answer, "size")), (json_int_t)strlen("{\"kind\":\"noop\"}"));
    assert_int_equal(http_client_call(c, "GET", "/echo/2", NULL, NULL, &next, &e), ERROR_OK);
    head = json_string_value(json_object_get(next, "head"));
    assert_int_equal(strncmp(head, "GET /echo/2 HTTP/1.1\r\n", 22), 0);
    assert_null(strstr(head, "Idempotency-Key"));
    assert_null(strstr(head, "Content-Type"));
    assert_int_equal(http_client_call(c, "POST", "/echo/3", body, "a\r\nX-Evil: 1", NULL, &e), ERROR_INVALID);
    http_client_destroy(c);
}

/* A file that is larger than we would hold: our memory does not grow with it. */
static void test_upload(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    static char block[CHUNK];
    unsigned long long sum = 0;
    mem_auto char *path = mem_format("%s/upload", cleaner_folder());
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    for (size_t at = 0; at < UPLOAD_SIZE; at += sizeof block) {
        for (size_t i = 0; i < sizeof block; i++) {
            block[i] = (char)(at / CHUNK + i * 7);
            sum += (unsigned char)block[i];
        }
        assert_int_equal(fwrite(block, 1, sizeof block, f), sizeof block);
    }
    assert_int_equal(fclose(f), 0);
    struct http_client *c = open_client(&(struct http_client_config){ 0 });
    json_auto_t *answer = NULL;
    assert_int_equal(http_client_upload(c, "/echo", path, "a \"b\"\r\nX: y", &answer, &e), ERROR_OK);
    assert_int_equal(json_integer_value(json_object_get(answer, "size")), UPLOAD_SIZE);
    assert_true((unsigned long long)json_integer_value(json_object_get(answer, "sum")) == sum);
    const char *head = json_string_value(json_object_get(answer, "head"));
    assert_non_null(strstr(head, "filename=\"a \\\"b\\\""));
    assert_null(strstr(head, "\nX: y")); /* a name adds no header */
    assert_int_equal(strncmp(head, "POST ", 5), 0);
    assert_int_equal(http_client_upload(c, "/413", path, "x", NULL, &e), ERROR_TOO_LARGE);
    assert_int_equal(http_client_upload(c, "/dies/reading", path, "x", NULL, &e), ERROR_UNAVAILABLE);
    assert_int_equal(http_client_upload(c, "/echo", "/nonexistent", "x", NULL, &e), ERROR_NOT_FOUND);
    assert_int_equal(http_client_upload(c, "/echo", "/", "x", NULL, &e), ERROR_INVALID);
    http_client_destroy(c);
}

struct seen {
    char text[512];
    unsigned count, stop_at;
};

static bool note(void *arg, const struct http_event *event)
{
    struct seen *s = arg;
    size_t used = strlen(s->text);
    (void)snprintf(s->text + used, sizeof s->text - used, "%s/%s/%s;", event->type, event->id, event->data);
    return ++s->count != s->stop_at;
}

static void test_events(void **state)
{
    (void)state;
    static const struct {
        const char *path, *last_id;
        unsigned stop_at;
        enum error_class class;
        const char *seen;
    } cases[] = {
        { "/events", NULL, 0, ERROR_OK, "state/1/{\"a\":1};message/2/two\nlines;" },
        { "/events", NULL, 1, ERROR_OK, "state/1/{\"a\":1};" },
        { "/events/cut", NULL, 0, ERROR_UNAVAILABLE, "message/5/whole;" }, /* half an event is none */
        { "/events/resume", NULL, 0, ERROR_OK, "message/1/next;" },
        { "/events/resume", "41", 0, ERROR_OK, "message/42/next;" },
        { "/events/html", NULL, 0, ERROR_FATAL, "" },
        { "/events/moved", NULL, 0, ERROR_FATAL, "" },
        { "/events/404", NULL, 0, ERROR_NOT_FOUND, "" },
        { "/dies/before", NULL, 0, ERROR_UNAVAILABLE, "" },
    };
    struct http_client *c = open_client(&(struct http_client_config){ 0 });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error e = ERROR_NONE;
        struct seen s = { .stop_at = cases[i].stop_at };
        enum error_class class = http_client_events(c, cases[i].path, cases[i].last_id, note, &s, &e);
        if (class != cases[i].class || strcmp(s.text, cases[i].seen) != 0)
            fail_msg("%s: %s %s, saw %s", cases[i].path, error_class_name(class), e.message, s.text);
    }
    struct error e = ERROR_NONE;
    json_auto_t *answer = NULL;
    assert_int_equal(http_client_call(c, "GET", "/ok", NULL, NULL, &answer, &e), ERROR_OK); /* after a stream */
    http_client_destroy(c);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_nobody_there), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_requests), cmocka_unit_test(test_upload),       cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, start_server, NULL);
}
