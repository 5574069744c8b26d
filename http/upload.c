/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upload.c - a body that goes to a file as it arrives, in constant memory.
 *
 * Happy path: the first piece opens FOLDER/incoming-HEX; each piece is hashed and written while its connection is
 * suspended, so a slow disk slows the client and not the loop; at the end fsync and close, and then the handler runs
 * and renames it. Failure: what the disk refuses is answered with 507 or 500, the rest of the body is dropped.
 * Whenever the request ends without request_file_keep(), the file is removed; what a crash leaves is swept at the next
 * start (server.c).
 */
#include "http/exchange.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/random.h"
#include "http/reply.h"

struct upload {
    struct request *request;
    struct server *server; /* stays after the request */
    enum {
        UPLOAD_OPENING,
        UPLOAD_WRITING, /* or waiting for the next piece */
        UPLOAD_SYNCING,
        UPLOAD_CLOSING,
        UPLOAD_READY,
        UPLOAD_FAILED
    } state;
    uv_fs_t fs;
    uv_file fd; /* -1: not open */
    char *path;
    char *piece; /* the one being written; the memory serves all */
    size_t piece_capacity, piece_size, piece_done;
    bool whole; /* no piece follows */
    bool kept;
    int64_t size;
    crypto_hash_sha256_state hash;
    char sha256[crypto_hash_sha256_BYTES * 2 + 1];
};

struct upload *upload_create(struct request *r)
{
    struct upload *u = mem_zero(1, sizeof *u);
    char name[33];
    random_hex(name, sizeof name);
    u->request = r;
    u->server = r->server;
    u->fd = -1;
    u->path = mem_format("%s/incoming-%s", r->server->config.upload_folder, name);
    crypto_hash_sha256_init(&u->hash);
    return u;
}

static void upload_tick(struct upload *u);

static void fail(struct upload *u, int status)
{
    u->state = UPLOAD_FAILED;
    bool full = status == UV_ENOSPC || status == -EDQUOT;
    char message[200];
    snprintf(message, sizeof message, "The file could not be stored: %s.", uv_strerror(status));
    reply_problem(u->request, full ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_INTERNAL_SERVER_ERROR,
                  full ? "storage_full" : "storage_failed", message, NULL);
}

static void on_fs(uv_fs_t *fs)
{
    struct upload *u = fs->data;
    ssize_t result = fs->result;
    uv_fs_req_cleanup(fs);
    u->server->writes--;
    if (result < 0) {
        fail(u, (int)result);
        return;
    }
    switch (u->state) {
    case UPLOAD_OPENING:
        u->fd = (uv_file)result;
        u->state = UPLOAD_WRITING;
        break;
    case UPLOAD_WRITING:
        u->piece_done += (size_t)result;
        break;
    case UPLOAD_SYNCING:
        u->state = UPLOAD_CLOSING;
        break;
    case UPLOAD_CLOSING:
        u->fd = -1;
        u->state = UPLOAD_READY;
        break;
    default:
        break;
    }
    upload_tick(u);
}

static void upload_tick(struct upload *u)
{
    uv_loop_t *loop = u->server->config.loop;
    int status = 0;
    u->fs.data = u;
    if (u->state == UPLOAD_WRITING && u->piece_done == u->piece_size && u->whole)
        u->state = UPLOAD_SYNCING;
    if (u->state == UPLOAD_OPENING) {
        status = uv_fs_open(loop, &u->fs, u->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600, on_fs);
    } else if (u->state == UPLOAD_WRITING && u->piece_done < u->piece_size) {
        uv_buf_t rest = uv_buf_init(u->piece + u->piece_done, (unsigned)(u->piece_size - u->piece_done));
        status = uv_fs_write(loop, &u->fs, u->fd, &rest, 1, -1, on_fs);
    } else if (u->state == UPLOAD_SYNCING) {
        status = uv_fs_fsync(loop, &u->fs, u->fd, on_fs);
    } else if (u->state == UPLOAD_CLOSING) {
        status = uv_fs_close(loop, &u->fs, u->fd, on_fs);
    } else { /* the piece is written, or all is */
        exchange_wake(u->request);
        return;
    }
    if (status == 0)
        u->server->writes++;
    else
        fail(u, status);
}

void upload_write(struct upload *u, const char *data, size_t size)
{
    assert(u->piece_done == u->piece_size && !u->whole);
    u->piece = mem_grow(u->piece, &u->piece_capacity, size, 1);
    memcpy(u->piece, data, size);
    u->piece_size = size;
    u->piece_done = 0;
    u->size += (int64_t)size;
    u->server->stats.upload_bytes += size;
    crypto_hash_sha256_update(&u->hash, (const unsigned char *)data, size);
    exchange_wait(u->request);
    upload_tick(u);
}

void upload_finish(struct upload *u)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&u->hash, digest);
    sodium_bin2hex(u->sha256, sizeof u->sha256, digest, sizeof digest);
    u->whole = true;
    exchange_wait(u->request);
    upload_tick(u);
}

bool upload_ready(const struct upload *u)
{
    return u->state == UPLOAD_READY;
}

int64_t upload_size(const struct upload *u)
{
    return u->size;
}

const char *upload_path(const struct upload *u)
{
    return u->path;
}

const char *upload_sha256(const struct upload *u)
{
    return u->sha256;
}

void upload_keep(struct upload *u)
{
    u->kept = true;
}

static void destroy(struct upload *u)
{
    free(u->path);
    free(u->piece);
    free(u);
}

/* Close, then remove; errors have nobody left to hear them, and the sweep at the next start removes what stays. */
static void on_abandoned(uv_fs_t *fs)
{
    struct upload *u = fs->data;
    struct server *s = u->server;
    bool closed = fs->fs_type == UV_FS_CLOSE;
    uv_fs_req_cleanup(fs);
    s->writes--;
    if (closed && uv_fs_unlink(s->config.loop, &u->fs, u->path, on_abandoned) == 0) {
        s->writes++;
        return;
    }
    destroy(u);
    server_tick(s);
}

void upload_abandon(struct upload *u)
{
    if (!u)
        return;
    uv_loop_t *loop = u->server->config.loop;
    int status = UV_ENOENT;
    u->fs.data = u;
    if (u->fd >= 0)
        status = uv_fs_close(loop, &u->fs, u->fd, on_abandoned);
    else if (!u->kept && u->state != UPLOAD_OPENING)
        status = uv_fs_unlink(loop, &u->fs, u->path, on_abandoned);
    if (status == 0)
        u->server->writes++;
    else
        destroy(u);
}
