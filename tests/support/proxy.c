/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/proxy.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct proxy {
    pid_t pid;
    char url[600];
};

static int socket_open(const char *folder, bool server)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    assert_int_equal((server ? bind : connect)(fd, (struct sockaddr *)&address, sizeof address), 0);
    if (server)
        assert_int_equal(listen(fd, 1), 0);
    return fd;
}

/* A server that is stopped at once warns, and is gone: libpq then has something to read and nobody to write to. */
static void say_goodbye(int client)
{
    static const char notice[] = "N\0\0\0\x27SWARNING\0VWARNING\0C57P02\0Mgoodbye\0";
    if (write(client, notice, sizeof notice) != (ssize_t)sizeof notice)
        _exit(1);
}

/* Passes bytes both ways for one client; once the client says the word, the answer is dropped (after == true) or the
 * word itself. */
static void run(int client, int server, const char *word, size_t length, bool after)
{
    char data[8192];
    bool cut = false;
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        struct pollfd fds[] = { { .fd = client, .events = POLLIN }, { .fd = server, .events = POLLIN } };
        if (poll(fds, 2, -1) < 0)
            _exit(1);
        int from = fds[0].revents ? client : server;
        ssize_t size = read(from, data, sizeof data);
        if (size <= 0 || (from == server && cut))
            _exit(0); /* both sockets close */
        if (from == client && memmem(data, (size_t)size, word, length)) {
            if (!after) {
                say_goodbye(client);
                _exit(0);
            }
            cut = true;
        }
        if (write(from == client ? server : client, data, (size_t)size) != size)
            _exit(1);
    }
}

struct proxy *proxy_start(const char *url, const char *word, size_t length, bool after)
{
    struct proxy *p = malloc(sizeof *p);
    assert_non_null(p);
    char folder[] = "/tmp/argosy-proxy-XXXXXX", host[400];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(sscanf(strstr(url, "host="), "host=%399s", host), 1);
    int listener = socket_open(folder, true), server = socket_open(host, false);
    snprintf(p->url, sizeof p->url, "%.*shost=%s", (int)(strstr(url, "host=") - url), url, folder);
    fflush(NULL);
    p->pid = fork();
    if (p->pid == 0)
        run(accept(listener, NULL, NULL), server, word, length, after);
    close(listener);
    close(server);
    return p;
}

const char *proxy_url(const struct proxy *p)
{
    return p->url;
}

void proxy_stop(struct proxy *p)
{
    int status;
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    assert_int_equal(status, 0);
    char path[700];
    const char *folder = strstr(p->url, "host=") + 5;
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", folder);
    unlink(path);
    rmdir(folder);
    free(p);
}
