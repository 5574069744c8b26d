/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_spool.c - documents kept for as long as the session, in a file that has no name: they are read several times,
 * once for the shape of their tables and once for each table's rows, and must be the same ones each time.
 *
 * Failure modes: no place for the file (ERROR_FATAL with the folder), a disk that is full.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nameless.h"
#include "catalog/connect/mongodb/mongodb.h"

enum { CHUNK = 256 * 1024, NAME_SIZE = 4096 };

static enum error_class spool_open(struct mongodb *m, struct error *e)
{
    const char *folder;
    m->spool = nameless_open(&folder);
    return m->spool >= 0 ? ERROR_OK
                         : error_code(e, ERROR_FATAL, "no_spool", "no file for the sampled documents in %.500s: %s",
                                      folder, strerror(errno));
}

enum error_class mongodb_spool_add(struct mongodb *m, struct mongodb_kept *kept, const bson_t *document,
                                   struct error *e)
{
    const uint8_t *data = m->api->do_bson_get_data(document);
    size_t size = mongodb_size(m->api, document);
    enum error_class class = m->spool < 0 ? spool_open(m, e) : ERROR_OK;
    if (class != ERROR_OK)
        return class;
    if (kept->count == 0)
        kept->at = m->spool_size;
    for (size_t done = 0; done < size;) {
        ssize_t wrote = pwrite(m->spool, data + done, size - done, (off_t)(m->spool_size + (int64_t)done));
        if (wrote <= 0)
            return error_code(e, ERROR_FATAL, "no_spool", "the file for the sampled documents: %s", strerror(errno));
        done += (size_t)wrote;
    }
    m->spool_size += (int64_t)size;
    kept->bytes += (int64_t)size;
    kept->count++;
    return ERROR_OK;
}

/* The part of the file that is in memory. */
struct window {
    const struct mongodb *session;
    uint8_t *data;
    size_t capacity, used, at;
    int64_t next, end; /* in the file */
};

/* At least `size` bytes from window.at on, fewer only at the end of what was kept. */
static enum error_class window_fill(struct window *w, size_t size, struct error *e)
{
    memmove(w->data, w->data + w->at, w->used - w->at);
    w->used -= w->at;
    w->at = 0;
    if (size > w->capacity)
        w->data = mem_grow(w->data, &w->capacity, size, 1);
    while (w->used < w->capacity && w->next < w->end) {
        size_t wanted = w->capacity - w->used;
        if ((int64_t)wanted > w->end - w->next)
            wanted = (size_t)(w->end - w->next);
        ssize_t got = pread(w->session->spool, w->data + w->used, wanted, (off_t)w->next);
        if (got <= 0)
            return error_code(e, ERROR_FATAL, "no_spool", "the file of the sampled documents: %s", strerror(errno));
        w->used += (size_t)got;
        w->next += got;
    }
    return ERROR_OK;
}

/* The size of the document at window.at, all of which is in memory then. */
static enum error_class window_next(struct window *w, size_t *ret_size, struct error *e)
{
    enum error_class class = ERROR_OK;
    uint32_t size = 0;
    if (w->used - w->at < sizeof size)
        class = window_fill(w, CHUNK, e);
    if (class != ERROR_OK)
        return class;
    memcpy(&size, w->data + w->at, sizeof size);
    size = BSON_UINT32_FROM_LE(size);
    if (w->used - w->at < size)
        class = window_fill(w, size, e);
    *ret_size = size;
    return class;
}

enum error_class mongodb_spool_each(const struct mongodb *m, const struct mongodb_kept *kept,
                                    int (*take)(void *context, const uint8_t *data, size_t size, struct error *e),
                                    void *context, int *ret_answer, struct error *e)
{
    struct window w = { .session = m, .capacity = CHUNK, .next = kept->at, .end = kept->at + kept->bytes };
    enum error_class class = ERROR_OK;
    w.data = mem_alloc(w.capacity);
    *ret_answer = ERROR_OK;
    for (int64_t i = 0; class == ERROR_OK && *ret_answer == ERROR_OK && i < kept->count; i++) {
        size_t size = 0;
        class = window_next(&w, &size, e);
        if (class == ERROR_OK)
            *ret_answer = take(context, w.data + w.at, size, e);
        w.at += size;
    }
    free(w.data);
    return class;
}
