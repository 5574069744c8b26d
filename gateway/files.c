/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files.c - POST /api/v1/files: the body is an upload's content.
 *
 * Happy path: http/ has written and synced the body; an id is taken, the file renamed to uploads/ID, the folder synced,
 * and only then the row is written: a row always has its file. Failure: until the rename http/ removes the file. After
 * it a lost connection to the record may leave a file without a row; it is removed when the record said no, else by
 * stray.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/filename.h"
#include "gateway/inside.h"

struct filing {
    struct gateway *gateway;
    struct request *request;
    enum { FILING_ID, FILING_RENAME, FILING_SYNC, FILING_ROW, FILING_REMOVE } state;
    uv_fs_t fs;
    int64_t id, size;
    char name[GATEWAY_NAME_MAX + 1], sha256[65];
    char *path;
};

static void filing_tick(struct filing *f);

static void filing_end(struct filing *f)
{
    free(f->path);
    free(f);
}

static void filing_fail(struct filing *f, int status)
{
    struct error e;
    (void)error_code(&e, ERROR_FATAL, "storage_failed", "The file could not be stored: %s.", uv_strerror(status));
    reply_error(f->request, &e, NULL);
    filing_end(f);
}

static void on_fs(uv_fs_t *fs)
{
    struct filing *f = fs->data;
    int status = (int)fs->result;
    uv_fs_req_cleanup(fs);
    if (f->state == FILING_REMOVE) {
        filing_end(f);
        return;
    }
    if (status < 0) {
        filing_fail(f, status);
        return;
    }
    if (f->state == FILING_RENAME)
        request_file_keep(f->request);
    f->state++;
    filing_tick(f);
}

static void on_id(void *arg, const struct result *result, const struct error *e)
{
    struct filing *f = arg;
    if (e) {
        reply_error(f->request, e, NULL);
        filing_end(f);
        return;
    }
    f->id = result_int(result, 0, 0);
    f->path = mem_format("%s/%lld", f->gateway->uploads, (long long)f->id);
    f->state = FILING_RENAME;
    filing_tick(f);
}

static void on_row(void *arg, const struct result *result, const struct error *e)
{
    struct filing *f = arg;
    (void)result;
    if (!e) {
        char location[64];
        snprintf(location, sizeof location, "/api/v1/files/%lld", (long long)f->id);
        reply_header(f->request, "Location", location);
        reply_json(f->request, 201,
                   json_pack("{s:I, s:s, s:I, s:s}", "id", (json_int_t)f->id, "name", f->name, "size",
                             (json_int_t)f->size, "sha256", f->sha256));
        filing_end(f);
        return;
    }
    reply_error(f->request, e, NULL);
    if (e->class == ERROR_UNAVAILABLE) { /* it may have been committed */
        filing_end(f);
        return;
    }
    f->state = FILING_REMOVE;
    filing_tick(f);
}

static void filing_tick(struct filing *f)
{
    struct gateway *g = f->gateway;
    int status = 0;
    char id[24], size[24];
    f->fs.data = f;
    switch (f->state) {
    case FILING_ID:
        session_run(g->work, "upload_next", NULL, 0, 0, on_id, f);
        return;
    case FILING_RENAME:
        status = uv_fs_rename(g->loop, &f->fs, request_file(f->request).path, f->path, on_fs);
        break;
    case FILING_SYNC:
        status = uv_fs_fsync(g->loop, &f->fs, g->uploads_fd, on_fs);
        break;
    case FILING_ROW: {
        snprintf(id, sizeof id, "%lld", (long long)f->id);
        snprintf(size, sizeof size, "%lld", (long long)f->size);
        const struct sql_param params[] = { SQL_TEXT(id), SQL_TEXT(f->name), SQL_TEXT(size), SQL_TEXT(f->sha256) };
        session_run(g->work, "upload_add", params, 4, 0, on_row, f);
        return;
    }
    case FILING_REMOVE:
        if (uv_fs_unlink(g->loop, &f->fs, f->path, on_fs) != 0)
            filing_end(f);
        return;
    }
    if (status != 0)
        filing_fail(f, status);
}

void files_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct request_file file = request_file(r);
    struct filing *f = mem_zero(1, sizeof *f);
    const char *disposition = request_header(r, "Content-Disposition");
    if (!disposition) {
        (void)text_copy(f->name, sizeof f->name, "upload");
    } else if (!filename_parse(disposition, f->name, sizeof f->name)) {
        free(f);
        reply_problem(r, 400, "invalid_name",
                      "Name the file with Content-Disposition: attachment; filename=\"…\", at most 200 bytes.", NULL);
        return;
    }
    f->gateway = g;
    f->request = r;
    f->size = file.size;
    (void)text_copy(f->sha256, sizeof f->sha256, file.sha256);
    filing_tick(f);
}
