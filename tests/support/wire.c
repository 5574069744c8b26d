/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/wire.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/child.h"

enum { WAIT_MS = 120000 };

void wire_open(struct wire *c, uint16_t port)
{
    *c = (struct wire){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        child_fail("connect to port %u", port);
}

void wire_close(struct wire *c)
{
    close(c->fd);
    free(c->data);
    free(c->pending);
    *c = (struct wire){ .fd = -1 };
}

void wire_send(struct wire *c, const void *data, size_t size)
{
    for (const char *at = data; size > 0;) {
        ssize_t sent = send(c->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        size -= (size_t)sent;
    }
}

void wire_text(struct wire *c, const char *format, ...)
{
    char text[8192];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (size >= (int)sizeof text)
        child_fail("wire_text: too long");
    wire_send(c, text, (size_t)size);
}

/* More bytes; false at the end of the connection. */
static bool fill(struct wire *c)
{
    struct pollfd wait = { .fd = c->fd, .events = POLLIN };
    if (poll(&wait, 1, WAIT_MS) != 1)
        child_fail("no answer within %d ms; so far: %.*s", WAIT_MS, (int)c->size, c->data ? c->data : "");
    if (c->capacity - c->size < 65536)
        c->data = realloc(c->data, c->capacity += 131072);
    ssize_t got = read(c->fd, c->data + c->size, c->capacity - c->size - 1);
    if (got <= 0)
        return false;
    c->size += (size_t)got;
    c->data[c->size] = '\0';
    return true;
}

static void use(struct wire *c, size_t size)
{
    memmove(c->data, c->data + size, c->size - size + 1);
    c->size -= size;
}

/* Up to and with `mark`, as a string; NULL at the end of the connection. */
static char *read_until(struct wire *c, const char *mark)
{
    char *found;
    while (!c->data || (found = strstr(c->data, mark)) == NULL)
        if (!fill(c))
            return NULL;
    size_t size = (size_t)(found - c->data) + strlen(mark);
    char *text = strndup(c->data, size);
    use(c, size);
    return text;
}

static char *read_bytes(struct wire *c, size_t size)
{
    while (c->size < size)
        if (!fill(c))
            return NULL;
    char *bytes = malloc(size + 1);
    if (size)
        memcpy(bytes, c->data, size);
    bytes[size] = '\0';
    if (size)
        use(c, size);
    return bytes;
}

/* The next chunk's content, NULL when there is none any more. */
static char *read_chunk(struct wire *c, size_t *ret_size)
{
    char *line = read_until(c, "\r\n");
    *ret_size = line ? strtoul(line, NULL, 16) : 0;
    free(line);
    char *data = *ret_size ? read_bytes(c, *ret_size) : NULL;
    free(read_until(c, "\r\n"));
    return data;
}

struct wire_answer wire_read(struct wire *c)
{
    struct wire_answer a = { 0 };
    do {
        free(a.head);
        a.head = read_until(c, "\r\n\r\n");
        if (!a.head || sscanf(a.head, "HTTP/1.1 %u", &a.status) != 1)
            return a;
    } while (a.status == 100);
    const char *length = strcasestr(a.head, "\r\nContent-Length: ");
    if (length) {
        a.body_size = strtoul(length + 18, NULL, 10);
        a.body = read_bytes(c, a.body_size);
    } else if (strcasestr(a.head, "\r\nTransfer-Encoding: chunked")) {
        char *piece;
        for (size_t size; (piece = read_chunk(c, &size)) != NULL; free(piece)) {
            a.body = realloc(a.body, a.body_size + size + 1);
            memcpy(a.body + a.body_size, piece, size + 1);
            a.body_size += size;
        }
    } else {
        a.body = strdup("");
    }
    if (!a.body)
        a.status = 0;
    return a;
}

void wire_answer_finish(struct wire_answer *a)
{
    free(a->head);
    free(a->body);
    *a = (struct wire_answer){ 0 };
}

struct wire_answer wire_ask(uint16_t port, const char *method, const char *path, const char *headers, const char *body)
{
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s", method, path, headers ? headers : "");
    if (body) {
        wire_text(&c, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", strlen(body));
        wire_send(&c, body, strlen(body));
    } else {
        wire_text(&c, "\r\n");
    }
    struct wire_answer a = wire_read(&c);
    wire_close(&c);
    return a;
}

unsigned wire_stream(struct wire *c)
{
    char *head = read_until(c, "\r\n\r\n");
    unsigned status = 0;
    if (head)
        sscanf(head, "HTTP/1.1 %u", &status);
    free(head);
    return status;
}

/* One line of the stream without its end. The chunks' own lines are taken out: here each chunk is joined to what
 * waits. */
static char *stream_line(struct wire *c, char **pending)
{
    char *end;
    while (!*pending || !(end = strchr(*pending, '\n'))) {
        size_t size;
        char *chunk = read_chunk(c, &size);
        if (!chunk)
            return NULL;
        char *joined = NULL;
        if (asprintf(&joined, "%s%s", *pending ? *pending : "", chunk) < 0)
            child_fail("out of memory");
        free(*pending);
        free(chunk);
        *pending = joined;
    }
    char *line = strndup(*pending, (size_t)(end - *pending));
    memmove(*pending, end + 1, strlen(end + 1) + 1);
    return line;
}

struct wire_event wire_event(struct wire *c)
{
    struct wire_event e = { 0 };
    int64_t since_ms = clock_monotonic_ms();
    for (char *line; (line = stream_line(c, &c->pending)) != NULL; free(line)) {
        if (clock_monotonic_ms() - since_ms > WAIT_MS / 2) /* comments alone keep it open */
            child_fail("no event within %d ms", WAIT_MS / 2);
        if (line[0] == '\0' && e.data) {
            free(line);
            return e;
        }
        if (strncmp(line, "id: ", 4) == 0)
            snprintf(e.id, sizeof e.id, "%s", line + 4);
        else if (strncmp(line, "event: ", 7) == 0)
            snprintf(e.type, sizeof e.type, "%.63s", line + 7);
        else if (strncmp(line, "data: ", 6) == 0 && !e.data)
            e.data = strdup(line + 6);
    }
    free(e.data);
    return (struct wire_event){ 0 };
}
