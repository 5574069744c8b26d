/* SPDX-License-Identifier: Apache-2.0 */
/* mongodb_wire.c - see mongodb_wire.h. One process takes connections, one more serves each; a file has the commands. */
#include "tests/support/mongodb_wire.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mongoc/mongoc.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalog/connect/mongodb/mongodb_api.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"

enum { OP_REPLY = 1, OP_QUERY = 2004, OP_MSG = 2013, HEADER = 16, MESSAGE_MAX = 64 << 20 };

static const char hello[] =
    "{\"ismaster\":true,\"isWritablePrimary\":true,\"maxBsonObjectSize\":16777216,\"maxMessageSizeBytes\":48000000,"
    "\"maxWriteBatchSize\":100000,\"minWireVersion\":0,\"maxWireVersion\":13,\"readOnly\":false,\"ok\":1.0}";
static const char not_found[] =
    "{\"ok\":0.0,\"code\":59,\"codeName\":\"CommandNotFound\",\"errmsg\":\"no such command\"}";

static const struct mongodb_api *api;
static __typeof__(bson_new_from_json) *from_json;
static char address[64], commands_path[360];
static pid_t server;

static bool all(int fd, void *data, size_t size, bool out)
{
    for (size_t done = 0; done < size;) {
        ssize_t moved = out ? send(fd, (char *)data + done, size - done, MSG_NOSIGNAL)
                            : recv(fd, (char *)data + done, size - done, 0);
        if (moved <= 0)
            return false;
        done += (size_t)moved;
    }
    return true;
}

static void put(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t get(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool send_reply(int fd, uint32_t opcode, uint32_t to, const bson_t *reply)
{
    size_t head = opcode == OP_QUERY ? HEADER + 20 : HEADER + 5, size = head + get(api->do_bson_get_data(reply));
    mem_auto uint8_t *message = mem_zero(1, size);
    put(message, (uint32_t)size);
    put(message + 4, 1);
    put(message + 8, to);
    put(message + 12, opcode == OP_QUERY ? OP_REPLY : OP_MSG);
    if (opcode == OP_QUERY)
        put(message + HEADER + 16, 1);
    memcpy(message + head, api->do_bson_get_data(reply), size - head);
    return all(fd, message, size, true);
}

static const struct wire_answer *answer_of(const struct wire_answer *answers, size_t count, const char *name,
                                           const char *json)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(answers[i].command, name) == 0 &&
            (answers[i].holds == NULL || strstr(json, answers[i].holds) != NULL))
            return &answers[i];
    return NULL;
}

static bool give_answer(int fd, uint32_t opcode, uint32_t to, const char *json)
{
    bson_error_t why = { 0 };
    bson_t *reply = from_json((const uint8_t *)json, -1, &why);
    if (reply == NULL) {
        fprintf(stderr, "mongodb_wire: %s: %.200s\n", why.message, json);
        _exit(1);
    }
    bson_iter_t at;
    if (!api->do_bson_iter_init_find(&at, reply, "ok"))
        (void)api->do_bson_append_double(reply, "ok", -1, 1);
    bool sent = send_reply(fd, opcode, to, reply);
    api->do_bson_destroy(reply);
    return sent;
}

static void note(const char *json)
{
    int fd = open(commands_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    mem_auto char *line = mem_format("%s\n", json);
    if (fd < 0 || write(fd, line, strlen(line)) < 0)
        _exit(1);
    close(fd);
}

/* false: the connection is over. */
static bool serve_one(int fd, const struct wire_answer *answers, size_t count)
{
    uint8_t head[HEADER];
    if (!all(fd, head, sizeof head, false) || get(head) < HEADER || get(head) > MESSAGE_MAX)
        return false;
    size_t size = get(head) - HEADER;
    uint32_t opcode = get(head + 12);
    mem_auto uint8_t *body = mem_zero(1, size + 1);
    if (!all(fd, body, size, false))
        return false;
    size_t at = opcode == OP_QUERY ? 4 + strlen((char *)body + 4) + 1 + 8 : 5;
    bson_t command;
    bson_iter_t first;
    if (!api->do_bson_init_static(&command, body + at, get(body + at)) || !api->do_bson_iter_init(&first, &command) ||
        !api->do_bson_iter_next(&first))
        return false;
    const char *name = api->do_bson_iter_key(&first);
    char *json = api->do_bson_as_relaxed_extended_json(&command, NULL);
    note(json);
    const struct wire_answer *answer = answer_of(answers, count, name, json);
    bool greeting = strcasecmp(name, "ismaster") == 0 || strcmp(name, "hello") == 0;
    const char *text = answer != NULL ? answer->json : greeting ? hello : strcmp(name, "ping") == 0 ? "{}" : not_found;
    api->do_bson_free(json);
    switch (answer != NULL ? answer->what : WIRE_ANSWER) {
    case WIRE_STALL:
        (void)all(fd, head, 1, false); /* until the other side goes */
        return false;
    case WIRE_HANG_UP:
        return false;
    case WIRE_RUBBISH:
        (void)all(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 47, true);
        return false;
    case WIRE_ANSWER:
        break;
    }
    return give_answer(fd, opcode, get(head + 4), text);
}

static _Noreturn void serve(int listening, const struct wire_answer *answers, size_t count)
{
    (void)signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int fd = accept(listening, NULL, NULL);
        if (fd < 0)
            _exit(1);
        if (fork() == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            while (serve_one(fd, answers, count))
                ;
            _exit(0);
        }
        close(fd);
    }
}

const char *wire_start(const struct wire_answer *answers, size_t count)
{
    struct error e = ERROR_NONE;
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    api = mongodb_api_load(&e);
    void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    from_json = library != NULL ? (__typeof__(from_json))dlsym(library, "bson_new_from_json") : NULL;
    if (api == NULL || from_json == NULL)
        child_fail("libmongoc: %s", e.message);
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening < 0 || bind(listening, (struct sockaddr *)&at, size) != 0 || listen(listening, 16) != 0 ||
        getsockname(listening, (struct sockaddr *)&at, &size) != 0)
        child_fail("a port for a MongoDB");
    snprintf(address, sizeof address, "mongodb://127.0.0.1:%u", ntohs(at.sin_port));
    snprintf(commands_path, sizeof commands_path, "%s/mongodb_commands", cleaner_folder());
    (void)unlink(commands_path);
    server = fork();
    if (server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(listening, answers, count);
    }
    if (server < 0)
        child_fail("fork");
    cleaner_watch(server);
    close(listening);
    return address;
}

void wire_stop(void)
{
    if (server <= 0)
        return;
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    server = 0;
}

char *wire_commands(void)
{
    FILE *f = fopen(commands_path, "r");
    char *text = NULL;
    size_t size = 0;
    if (f == NULL || getdelim(&text, &size, '\0', f) < 0)
        child_fail("the commands that came");
    fclose(f);
    return text;
}
