/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stray.c - one look: list the folder, ask the record which of those ids it does not know, remove those that it did not
 * know the last time either.
 *
 *   WAITING ── time ──▶ LISTING ──▶ ASKING ──▶ REMOVING, one by one ──▶ WAITING
 *
 * A file waits for its row for seconds at most (files.c), and two looks are minutes apart, so nothing here depends on
 * what a clock says. Failure: the folder can't be read, the record is away: nothing is removed, the next look sees.
 */
#include "gateway/stray.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "sql/array.h"

enum { IDS_MAX = 100000, ARRAY_BYTES_MAX = 4 << 20 };

struct ids {
    int64_t *items;
    size_t count, capacity;
};

struct stray {
    struct gateway *gateway;
    uv_timer_t timer;
    uv_fs_t fs;
    struct ids before, unknown; /* without a row: the last time, now; in order */
    size_t next;                /* of unknown: to be removed, if it is in both */
    bool busy, closing, timer_open;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

static void remove_next(struct stray *s);

static void add(struct ids *ids, int64_t id)
{
    ids->items = mem_grow(ids->items, &ids->capacity, ids->count + 1, sizeof *ids->items);
    ids->items[ids->count++] = id;
}

static void free_when_done(struct stray *s)
{
    if (!s->closing || s->busy || s->timer_open)
        return;
    void (*on_closed)(void *arg) = s->on_closed;
    void *arg = s->closed_arg;
    free(s->before.items);
    free(s->unknown.items);
    free(s);
    on_closed(arg);
}

static void end(struct stray *s)
{
    s->busy = false;
    free_when_done(s);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void on_removed(uv_fs_t *fs)
{
    struct stray *s = fs->data;
    if (fs->result == 0)
        log_event(LOG_INFO, "gateway: removed a file that no upload names",
                  LOG_I("upload", s->unknown.items[s->next - 1]));
    uv_fs_req_cleanup(fs);
    remove_next(s);
}

static void remove_next(struct stray *s)
{
    while (!s->closing && s->next < s->unknown.count) {
        int64_t id = s->unknown.items[s->next++];
        if (s->before.count == 0 || !bsearch(&id, s->before.items, s->before.count, sizeof id, compare))
            continue;
        mem_auto char *path = mem_format("%s/%" PRId64, s->gateway->uploads, id);
        if (uv_fs_unlink(s->gateway->loop, &s->fs, path, on_removed) == 0)
            return;
    }
    free(s->before.items);
    s->before = s->unknown;
    s->unknown = (struct ids){ .items = NULL };
    end(s);
}

static void on_unknown(void *arg, const struct result *result, const struct error *e)
{
    struct stray *s = arg;
    if (e || s->closing) {
        end(s);
        return;
    }
    s->unknown.count = 0;
    for (unsigned i = 0; i < result_rows(result); i++)
        add(&s->unknown, result_int(result, i, 0));
    s->next = 0;
    remove_next(s);
}

static void on_listed(uv_fs_t *fs)
{
    struct stray *s = fs->data;
    struct array ids;
    struct sql_param param;
    uv_dirent_t entry;
    int64_t id;
    array_init(&ids, ARRAY_INT, ARRAY_BYTES_MAX);
    while (ids.count < IDS_MAX && uv_fs_scandir_next(fs, &entry) == 0)
        if (text_to_int64(entry.name, 1, INT64_MAX, &id))
            array_int(&ids, id);
    uv_fs_req_cleanup(fs);
    if (s->closing || ids.count == 0 || !array_param(&ids, &param))
        end(s);
    else
        session_run(s->gateway->read, "upload_unknown", &param, 1, 0, on_unknown, s);
    array_finish(&ids);
}

static void on_timer(uv_timer_t *timer)
{
    struct stray *s = timer->data;
    if (s->busy)
        return;
    s->busy = uv_fs_scandir(s->gateway->loop, &s->fs, s->gateway->uploads, 0, on_listed) == 0;
}

struct stray *stray_create(struct gateway *g, int every_ms)
{
    struct stray *s = mem_zero(1, sizeof *s);
    s->gateway = g;
    s->fs.data = s->timer.data = s;
    s->timer_open = true;
    uv_timer_init(g->loop, &s->timer);
    uv_timer_start(&s->timer, on_timer, (uint64_t)every_ms, (uint64_t)every_ms);
    return s;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct stray *s = handle->data;
    s->timer_open = false;
    free_when_done(s);
}

void stray_close(struct stray *s, void (*on_closed)(void *arg), void *arg)
{
    s->closing = true;
    s->on_closed = on_closed;
    s->closed_arg = arg;
    uv_close((uv_handle_t *)&s->timer, on_timer_closed);
}
