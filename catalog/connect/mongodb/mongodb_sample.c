/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_sample.c - which documents of a collection are looked at, and taking them into the spool.
 *
 * Happy path: a collection of at most scan_max documents is read as a whole; of a larger one the server draws a sample
 * ($sample). A server that draws more than a twentieth reads the whole collection for it, so no more than that is asked
 * of one that is larger than scan_max. A document that is drawn twice is taken once. Failure modes: a server that can't
 * draw, or is too slow at it, is asked for the first documents instead; documents that came before a time ran out, or
 * before there was enough, are the sample.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/mongodb/mongodb.h"

enum { DRAWN_PART = 20, SPOOL_PART = 8 };
static const int64_t spool_max = (int64_t)2 << 30, least_bytes = 64 * 1024;

struct taking {
    struct mongodb *session;
    struct mongodb_kept *kept;
    int64_t count_max, bytes_max;
    uint64_t *seen; /* hashes of the ids that were drawn, 0: free; NULL: nothing comes twice */
    size_t seen_size;
    bool cut;             /* there are more */
    struct error undrawn; /* why no sample could be drawn */
};

static uint64_t hash_of(const uint8_t *data, size_t size)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ data[i]) * 1099511628211u;
    hash = (hash ^ hash >> 31) * 0x9E3779B97F4A7C15u;
    return hash != 0 ? hash : 1;
}

/* By its bytes: drawn twice it is the same. */
static bool is_new(struct taking *t, const bson_t *document)
{
    uint64_t hash = hash_of(t->session->api->do_bson_get_data(document), mongodb_size(t->session->api, document));
    size_t at = hash & (t->seen_size - 1);
    while (t->seen[at] != 0 && t->seen[at] != hash)
        at = (at + 1) & (t->seen_size - 1);
    if (t->seen[at] == hash)
        return false;
    t->seen[at] = hash;
    return true;
}

static enum error_class take(void *context, const bson_t *document, struct error *e)
{
    struct taking *t = context;
    if (t->kept->count >= t->count_max ||
        (t->kept->count > 0 && t->kept->bytes + (int64_t)mongodb_size(t->session->api, document) > t->bytes_max)) {
        t->cut = true;
        return error_set(e, ERROR_INTERRUPTED, "enough");
    }
    if (t->seen != NULL && !is_new(t, document))
        return ERROR_OK;
    return mongodb_spool_add(t->session, t->kept, document, e);
}

/* [{$sample: {size: n}}] */
static mongoc_cursor_t *draw(struct mongodb *m, mongoc_collection_t *collection, int64_t count)
{
    const struct mongodb_api *api = m->api;
    bson_t *size = api->do_bson_new(), *stage = api->do_bson_new(), *pipeline = api->do_bson_new();
    bson_t *options = mongodb_options(m, m->command_ms);
    (void)api->do_bson_append_int64(size, "size", -1, count);
    (void)api->do_bson_append_document(stage, "$sample", -1, size);
    (void)api->do_bson_append_document(pipeline, "0", -1, stage);
    mongoc_cursor_t *cursor =
        api->do_mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, pipeline, options, NULL);
    bson_t *const made[] = { size, stage, pipeline, options };
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        api->do_bson_destroy(made[i]);
    return cursor;
}

/* The first ones, as they lie. */
static mongoc_cursor_t *first(struct mongodb *m, mongoc_collection_t *collection, int64_t count)
{
    bson_t *filter = m->api->do_bson_new(), *options = mongodb_options(m, m->command_ms);
    (void)m->api->do_bson_append_int64(options, "limit", -1, count);
    mongoc_cursor_t *cursor = m->api->do_mongoc_collection_find_with_opts(collection, filter, options, NULL);
    m->api->do_bson_destroy(filter);
    m->api->do_bson_destroy(options);
    return cursor;
}

/* Passes over what only ends the taking; a time that ran out when there is something is no failure. */
static enum error_class take_all(struct taking *t, mongoc_cursor_t *cursor, struct error *e)
{
    enum error_class class = mongodb_each(t->session, cursor, take, t, e);
    bool enough = class == ERROR_INTERRUPTED && t->cut;
    if (!enough && !(class == ERROR_TIMED_OUT && t->kept->count > 0))
        return class;
    t->cut = true;
    *e = ERROR_NONE;
    return ERROR_OK;
}

/* Could the first documents be had where a drawn sample could not? */
static bool is_refusal(enum error_class class)
{
    return class == ERROR_FATAL || class == ERROR_TIMED_OUT || class == ERROR_DENIED;
}

static enum error_class take_drawn(struct taking *t, mongoc_collection_t *collection, int64_t count, bool *ret_drawn,
                                   struct error *e)
{
    size_t slots = 1024;
    while (slots < (size_t)count * 2)
        slots *= 2;
    t->seen_size = slots;
    t->seen = mem_zero(slots, sizeof *t->seen);
    enum error_class class = take_all(t, draw(t->session, collection, count), e);
    free(t->seen);
    t->seen = NULL;
    *ret_drawn = class == ERROR_OK && t->kept->count > 0;
    if (class == ERROR_OK || (is_refusal(class) && !t->session->broken)) {
        if (class != ERROR_OK) {
            t->undrawn = *e;
            *e = ERROR_NONE;
        }
        return ERROR_OK;
    }
    return class;
}

enum error_class mongodb_sample(struct mongodb *m, struct mongodb_collection *from, struct arena *arena,
                                const char **ret_note, struct error *e)
{
    bool view = strcmp(from->type, "view") == 0, drawn = false;
    int64_t whole_max = view ? MONGODB_VIEW_SAMPLE : m->scan_max, count = view ? MONGODB_VIEW_SAMPLE : m->sample;
    struct taking t = { .session = m, .kept = &from->kept };
    t.bytes_max = (spool_max - m->spool_size) / SPOOL_PART;
    t.bytes_max = t.bytes_max < least_bytes                ? least_bytes
                  : t.bytes_max > MONGODB_SAMPLE_BYTES_MAX ? MONGODB_SAMPLE_BYTES_MAX
                                                           : t.bytes_max;
    mongoc_collection_t *collection = m->api->do_mongoc_client_get_collection(m->client, from->database, from->name);
    enum error_class class = mongodb_usable(m, e);
    if (class == ERROR_OK && !view && from->estimate > whole_max) {
        int64_t drawable = from->estimate / DRAWN_PART;
        t.count_max = count < drawable || drawable == 0 ? count : drawable;
        class = take_drawn(&t, collection, t.count_max, &drawn, e);
    }
    if (class == ERROR_OK && !drawn) {
        t.count_max = from->estimate > whole_max ? count : whole_max;
        class = take_all(&t, first(m, collection, t.count_max + 1), e);
    }
    m->api->do_mongoc_collection_destroy(collection);
    if (class != ERROR_OK)
        return class;
    from->whole = !drawn && !t.cut;
    *ret_note = NULL;
    if (!from->whole && drawn)
        *ret_note = arena_format(arena, "%lld documents drawn by the server ($sample)", (long long)from->kept.count);
    else if (!from->whole)
        *ret_note =
            arena_format(arena, "the first %lld documents%s%s", (long long)from->kept.count,
                         t.undrawn.class != ERROR_OK ? ", for the server draws no sample: " : "", t.undrawn.message);
    return ERROR_OK;
}
