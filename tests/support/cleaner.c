/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cleaner.c - removes what a test leaves, however it ended.
 *
 * The test writes each server's pid into a pipe; the cleaner opens a pidfd at once, so that a number used again by the
 * kernel can't be hit. On end of file: wait for them to end of their own death signal (a PostgreSQL that is killed
 * leaves its shared memory behind), SIGKILL who does not, remove the folder.
 */
#include "tests/support/cleaner.h"

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/child.h"

enum { WATCHED_MAX = 64, EXIT_WAIT_MS = 60000 };

static char folder[256];
static int pipe_out = -1;

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    remove(path); /* best effort: what can't be removed stays in the temporary folder */
    return 0;
}

/* False: it did not end in time. */
static bool ends(int fd, int signal_number)
{
    struct pollfd event = { .fd = fd, .events = POLLIN };
    pidfd_send_signal(fd, signal_number, NULL, 0);
    return poll(&event, 1, EXIT_WAIT_MS) == 1;
}

/* Everything the cleaner does. Children of servers (backends of PostgreSQL) end by themselves when these are gone. */
static void clean(int pipe_in)
{
    int watched[WATCHED_MAX];
    unsigned count = 0;
    pid_t pid;
    while (read(pipe_in, &pid, sizeof pid) == (ssize_t)sizeof pid) {
        int fd = pidfd_open(pid, 0);
        if (fd >= 0 && count < WATCHED_MAX)
            watched[count++] = fd;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!ends(watched[i], SIGCONT)) /* a test may have stopped it */
            (void)ends(watched[i], SIGKILL);
    }
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Forked twice and in a session of its own: not in the family that ctest kills, and holding none of its pipes. */
static void start(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        child_fail("pipe");
    pid_t first = fork();
    if (first < 0)
        child_fail("fork");
    if (first == 0) {
        setsid();
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        if (fork() != 0)
            _exit(0);
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        dup2(ends[0], 3);
        close_range(4, ~0U, 0);
        clean(3);
        _exit(0);
    }
    waitpid(first, NULL, 0);
    close(ends[0]);
    pipe_out = ends[1];
}

/* Whatever a program leaves among temporary files goes with the test; whoever it runs as may write there. */
static void give_temporary(void)
{
    char temporary[sizeof folder + 8];
    snprintf(temporary, sizeof temporary, "%s/tmp", folder);
    if (mkdir(temporary, 0700) != 0 || chmod(temporary, 01777) != 0 || setenv("TMPDIR", temporary, 1) != 0)
        child_fail("mkdir %s", temporary);
}

const char *cleaner_folder(void)
{
    if (!folder[0]) {
        const char *parent = getenv("TMPDIR");
        if (!parent || !parent[0] || strlen(parent) > 60 || strchr(parent, ' '))
            parent = "/tmp"; /* the path of a unix socket has room for 107 bytes; an address ends at a blank */
        snprintf(folder, sizeof folder, "%s/argosy-test-XXXXXX", parent);
        if (!mkdtemp(folder) || chmod(folder, 0755) != 0)
            child_fail("mkdtemp %s", folder);
        start();
        give_temporary();
    }
    return folder;
}

void cleaner_watch(pid_t pid)
{
    cleaner_folder();
    if (write(pipe_out, &pid, sizeof pid) != (ssize_t)sizeof pid)
        child_fail("cleaner pipe");
}
