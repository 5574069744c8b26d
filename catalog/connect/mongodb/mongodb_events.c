/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_events.c - walks a BSON document with libbson, which checks every length, and calls the sink.
 *
 * Happy path: a stack of iterators, one for each object or list that is open. Failure modes: a document whose lengths
 * do not fit together, or that is nested deeper than MONGODB_DEPTH_MAX, ends with MONGODB_EVENTS_WRONG; what the sink
 * answers is passed on. Names and texts may hold anything, only a name no NUL.
 */
#include "catalog/connect/mongodb/mongodb_events.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "catalog/connect/connect.h"

enum { PATH_SIZE = 1024, SPELLED_SIZE = 128, UUID_BYTES = 16, REGEX_SIZE = 4096 };

struct level {
    bson_iter_t at;
    uint32_t size; /* of the object or list */
    bool list;
};

struct walk { /* 50 KB, aligned as iterators want it */
    const struct mongodb_events *events;
    char *why;
    struct error *error;
    unsigned depth;
    bson_iter_t inside, look; /* here, because not every stack is aligned as they want it */
    struct level levels[MONGODB_DEPTH_MAX];
};

const char *mongodb_native_name(enum mongodb_native native)
{
    static const char *const names[] = {
#define X(id, text) text,
        MONGODB_NATIVES(X)
#undef X
    };
    return names[native];
}

static int wrong(struct walk *w, const char *why)
{
    (void)snprintf(w->why, 200, "%s", why);
    return MONGODB_EVENTS_WRONG;
}

static int give(struct walk *w, enum mongodb_native native, enum document_kind kind, const char *text, size_t size)
{
    const struct document_sink *sink = w->events->sink;
    if (sink->native != NULL)
        sink->native(sink->context, native);
    return sink->scalar(sink->context, kind, text, size, w->error);
}

static int give_text(struct walk *w, enum mongodb_native native, enum document_kind kind, const char *text)
{
    return give(w, native, kind, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

/* YYYY-MM-DDTHH:MM:SS[.mmm]Z; the proleptic calendar, whatever the year. */
static void spell_instant(int64_t ms, char ret_text[static SPELLED_SIZE])
{
    int64_t seconds = ms / 1000, rest = ms % 1000;
    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    time_t instant = (time_t)seconds;
    struct tm tm;
    if (gmtime_r(&instant, &tm) == NULL) {
        (void)snprintf(ret_text, SPELLED_SIZE, "%" PRId64, ms);
        return;
    }
    int used = snprintf(ret_text, SPELLED_SIZE, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)tm.tm_year + 1900,
                        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
    (void)snprintf(ret_text + used, SPELLED_SIZE - (size_t)used, rest > 0 ? ".%03dZ" : "Z", (int)rest);
}

static int give_binary(struct walk *w, const bson_iter_t *at)
{
    bson_subtype_t subtype = BSON_SUBTYPE_BINARY;
    uint32_t size = 0;
    const uint8_t *data = NULL;
    w->events->api->do_bson_iter_binary(at, &subtype, &size, &data);
    if (subtype != BSON_SUBTYPE_UUID || size != UUID_BYTES || data == NULL)
        return give(w, MONGODB_BIN_DATA, DOCUMENT_OPAQUE, data != NULL ? (const char *)data : "", data ? size : 0);
    char text[SPELLED_SIZE];
    size_t used = 0;
    for (int i = 0; i < UUID_BYTES; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%02x",
                                 i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", data[i]);
    return give(w, MONGODB_UUID, DOCUMENT_OPAQUE, text, used);
}

static int give_number(struct walk *w, const bson_iter_t *at, bson_type_t type)
{
    const struct mongodb_api *api = w->events->api;
    char text[SPELLED_SIZE];
    bson_decimal128_t decimal;
    switch (type) {
    case BSON_TYPE_DOUBLE:
        connect_real_text(api->do_bson_iter_double(at), text);
        return give_text(w, MONGODB_DOUBLE, DOCUMENT_NUMBER, text);
    case BSON_TYPE_INT32:
        (void)snprintf(text, sizeof text, "%" PRId32, api->do_bson_iter_int32(at));
        return give_text(w, MONGODB_INT, DOCUMENT_NUMBER, text);
    case BSON_TYPE_INT64:
        (void)snprintf(text, sizeof text, "%" PRId64, api->do_bson_iter_int64(at));
        return give_text(w, MONGODB_LONG, DOCUMENT_NUMBER, text);
    default:
        if (!api->do_bson_iter_decimal128(at, &decimal))
            return wrong(w, "a decimal that can't be read");
        api->do_bson_decimal128_to_string(&decimal, text);
        return give_text(w, MONGODB_DECIMAL, DOCUMENT_NUMBER, text);
    }
}

/* Types that hardly anybody has. */
static int give_rare(struct walk *w, const bson_iter_t *at, bson_type_t type)
{
    const struct mongodb_api *api = w->events->api;
    char text[REGEX_SIZE];
    const char *options = "", *data = NULL;
    const uint8_t *scope = NULL;
    const bson_oid_t *oid = NULL;
    uint32_t size = 0, scope_size = 0, increment = 0;
    switch (type) {
    case BSON_TYPE_REGEX:
        data = api->do_bson_iter_regex(at, &options);
        (void)snprintf(text, sizeof text, "/%s/%s", data != NULL ? data : "", options != NULL ? options : "");
        return give_text(w, MONGODB_REGEX, DOCUMENT_OPAQUE, text);
    case BSON_TYPE_CODE:
        data = api->do_bson_iter_code(at, &size);
        return give(w, MONGODB_JAVASCRIPT, DOCUMENT_OPAQUE, data != NULL ? data : "", data != NULL ? size : 0);
    case BSON_TYPE_CODEWSCOPE:
        data = api->do_bson_iter_codewscope(at, &size, &scope_size, &scope);
        return give_text(w, MONGODB_JAVASCRIPT, DOCUMENT_OPAQUE, data);
    case BSON_TYPE_SYMBOL:
        data = api->do_bson_iter_symbol(at, &size);
        return give(w, MONGODB_SYMBOL, DOCUMENT_OPAQUE, data != NULL ? data : "", data != NULL ? size : 0);
    case BSON_TYPE_DBPOINTER:
        api->do_bson_iter_dbpointer(at, &size, &data, &oid);
        char hex[25] = "";
        if (oid != NULL)
            api->do_bson_oid_to_string(oid, hex);
        (void)snprintf(text, sizeof text, "%.1000s/%s", data != NULL ? data : "", hex);
        return give_text(w, MONGODB_DB_POINTER, DOCUMENT_OPAQUE, text);
    case BSON_TYPE_TIMESTAMP:
        api->do_bson_iter_timestamp(at, &size, &increment);
        spell_instant((int64_t)size * 1000, text);
        return give_text(w, MONGODB_TIMESTAMP, DOCUMENT_OPAQUE, text);
    case BSON_TYPE_MINKEY:
        return give_text(w, MONGODB_MIN_KEY, DOCUMENT_OPAQUE, "MinKey");
    case BSON_TYPE_MAXKEY:
        return give_text(w, MONGODB_MAX_KEY, DOCUMENT_OPAQUE, "MaxKey");
    default:
        return wrong(w, "a value of a type that is not known");
    }
}

static int give_scalar(struct walk *w, const bson_iter_t *at, bson_type_t type)
{
    const struct mongodb_api *api = w->events->api;
    const struct document_sink *sink = w->events->sink;
    char text[SPELLED_SIZE];
    const char *data = NULL;
    uint32_t size = 0;
    switch (type) {
    case BSON_TYPE_UTF8:
        data = api->do_bson_iter_utf8(at, &size);
        return give(w, MONGODB_STRING, DOCUMENT_STRING, data != NULL ? data : "", data != NULL ? size : 0);
    case BSON_TYPE_OID: {
        const bson_oid_t *oid = api->do_bson_iter_oid(at);
        if (oid == NULL)
            return wrong(w, "an objectId that can't be read");
        api->do_bson_oid_to_string(oid, text);
        return give(w, MONGODB_OBJECT_ID, DOCUMENT_OPAQUE, text, 24);
    }
    case BSON_TYPE_DOUBLE:
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
    case BSON_TYPE_DECIMAL128:
        return give_number(w, at, type);
    case BSON_TYPE_BOOL:
        return give_text(w, MONGODB_BOOL, DOCUMENT_BOOLEAN, api->do_bson_iter_bool(at) ? "true" : "false");
    case BSON_TYPE_DATE_TIME:
        spell_instant(api->do_bson_iter_date_time(at), text);
        return give_text(w, MONGODB_DATE, DOCUMENT_OPAQUE, text);
    case BSON_TYPE_NULL:
    case BSON_TYPE_UNDEFINED:
        return sink->scalar(sink->context, DOCUMENT_NULL, "", 0, w->error);
    case BSON_TYPE_BINARY:
        return give_binary(w, at);
    default:
        return give_rare(w, at, type);
    }
}

/* Where the innermost object stands; positions in lists are no part of it. */
static void path_of(const struct walk *w, char ret_path[static PATH_SIZE])
{
    size_t used = 0;
    ret_path[0] = '\0';
    for (size_t i = 0; i + 1 < w->depth; i++)
        if (!w->levels[i].list && used < PATH_SIZE)
            used += (size_t)snprintf(ret_path + used, PATH_SIZE - used, "/%s",
                                     w->events->api->do_bson_iter_key(&w->levels[i].at));
    if (used >= PATH_SIZE)
        ret_path[0] = '\0';
}

/* An object that begins with $ref is a reference; nobody else looks at it. */
static void look_for_reference(struct walk *w)
{
    const struct mongodb_api *api = w->events->api;
    bson_iter_t *at = &w->look;
    *at = w->levels[w->depth - 1].at;
    if (w->levels[w->depth - 1].list || !api->do_bson_iter_next(at) || api->do_bson_iter_type(at) != BSON_TYPE_UTF8 ||
        strcmp(api->do_bson_iter_key(at), "$ref") != 0)
        return;
    char path[PATH_SIZE];
    path_of(w, path);
    struct mongodb_reference reference = { .path = path, .collection = api->do_bson_iter_utf8(at, NULL) };
    if (!api->do_bson_iter_next(at) || strcmp(api->do_bson_iter_key(at), "$id") != 0)
        return;
    if (api->do_bson_iter_next(at) && strcmp(api->do_bson_iter_key(at), "$db") == 0 &&
        api->do_bson_iter_type(at) == BSON_TYPE_UTF8)
        reference.database = api->do_bson_iter_utf8(at, NULL);
    if (path[0] != '\0' && reference.collection != NULL)
        w->events->reference(w->events->context, &reference);
}

/* Of w->inside. */
static int open_level(struct walk *w, bool list)
{
    const struct document_sink *sink = w->events->sink;
    if (w->depth >= MONGODB_DEPTH_MAX) {
        (void)snprintf(w->why, 200, "its objects and lists are nested more than %d deep", MONGODB_DEPTH_MAX);
        return MONGODB_EVENTS_WRONG;
    }
    if (sink->native != NULL)
        sink->native(sink->context, list ? MONGODB_ARRAY : MONGODB_OBJECT);
    w->levels[w->depth++] = (struct level){ .at = w->inside, .size = w->inside.len, .list = list };
    if (w->events->reference != NULL)
        look_for_reference(w);
    return list ? sink->list(sink->context, w->error) : sink->object(sink->context, w->error);
}

/* The next thing of the innermost level. */
static int step(struct walk *w)
{
    const struct mongodb_api *api = w->events->api;
    const struct document_sink *sink = w->events->sink;
    struct level *level = &w->levels[w->depth - 1];
    if (!api->do_bson_iter_next(&level->at)) {
        if (level->at.err_off != 0 || level->at.off + 1 != level->size)
            return wrong(w, "it is no BSON: lengths in it do not fit together");
        w->depth--;
        return sink->end(sink->context, w->error);
    }
    if (!level->list) {
        const char *key = api->do_bson_iter_key(&level->at);
        int answer = sink->key(sink->context, key, strlen(key), false, w->error);
        if (answer == DOCUMENT_SKIP)
            return ERROR_OK;
        if (answer != ERROR_OK)
            return answer;
    }
    bson_type_t type = api->do_bson_iter_type(&level->at);
    if (type != BSON_TYPE_DOCUMENT && type != BSON_TYPE_ARRAY)
        return give_scalar(w, &level->at, type);
    if (!api->do_bson_iter_recurse(&level->at, &w->inside))
        return wrong(w, "it is no BSON: an object or list in it can't be read");
    return open_level(w, type == BSON_TYPE_ARRAY);
}

static int walk(struct walk *w, const uint8_t *data, size_t size)
{
    w->why[0] = '\0';
    if (!w->events->api->do_bson_iter_init_from_data(&w->inside, data, size))
        return wrong(w, "it is no BSON");
    int answer = open_level(w, false);
    while (answer == ERROR_OK && w->depth > 0)
        answer = step(w);
    return answer;
}

int mongodb_events_give(const struct mongodb_events *events, const uint8_t *data, size_t size, char ret_why[static 200],
                        struct error *e)
{
    void *memory = mem_alloc(sizeof(struct walk) + alignof(struct walk)); /* not cleared */
    struct walk *w = (struct walk *)(((uintptr_t)memory + alignof(struct walk) - 1) & ~(alignof(struct walk) - 1));
    w->events = events;
    w->why = ret_why;
    w->error = e;
    w->depth = 0;
    int answer = walk(w, data, size);
    free(memory);
    return answer;
}
