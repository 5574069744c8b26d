/* SPDX-License-Identifier: Apache-2.0 */
/*
 * piped.c - `pg_dump -s shop | argosy discover -`: what is piped is kept below TMPDIR (else /tmp), since discovery goes
 * back to rows. Nothing is left there, however the program ends.
 */
#include "cli/piped.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nameless.h"

enum { BLOCK_SIZE = 256 * 1024 };

static enum error_class keep(int fd, const char *data, size_t size, struct error *e)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_set(e, ERROR_FATAL, "standard input can't be kept in a temporary file: %s; TMPDIR says where",
                             strerror(errno));
        data += put;
        size -= (size_t)put;
    }
    return ERROR_OK;
}

static enum error_class copy(int fd, struct error *e)
{
    mem_auto char *block = mem_alloc(BLOCK_SIZE);
    for (size_t all = 0;;) {
        ssize_t got = read(STDIN_FILENO, block, BLOCK_SIZE);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(e, ERROR_FATAL, "standard input can't be read: %s", strerror(errno));
        if (got == 0)
            return ERROR_OK;
        if (all == 0 && got >= 15 && memcmp(block, "SQLite format 3", 15) == 0)
            return error_code(e, ERROR_INVALID, "file_unreadable",
                              "standard input is a SQLite database: name its file instead");
        enum error_class class = keep(fd, block, (size_t)got, e);
        if (class != ERROR_OK)
            return class;
        all += (size_t)got;
    }
}

enum error_class piped_take(struct piped *p, struct error *e)
{
    const char *folder;
    if (isatty(STDIN_FILENO) == 1)
        return error_code(e, ERROR_INVALID, "usage", "\"-\" is what is piped in, and nothing is");
    int fd = nameless_open(&folder);
    if (fd < 0)
        return error_set(e, ERROR_FATAL, "no temporary file can be made in %s: %s; TMPDIR says where", folder,
                         strerror(errno));
    p->fd = fd;
    (void)snprintf(p->path, sizeof p->path, "/proc/self/fd/%d", fd);
    return copy(fd, e);
}

void piped_finish(struct piped *p)
{
    if (p->fd > 0)
        close(p->fd);
    *p = (struct piped){ 0 };
}
