/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_mongodb_events.c - any bytes as a BSON document: events whose objects and lists end as they began, keys before
 * the values of objects alone, every byte of a text there; or a reason why it can't be read on.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/connect/mongodb/mongodb_events.h"

enum { INPUT_MAX = 1 << 20 };

struct seen {
    unsigned depth;
    bool list[MONGODB_DEPTH_MAX + 1], keyed[MONGODB_DEPTH_MAX + 1];
    int native;
};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void touch(const char *text, size_t size)
{
    unsigned char sum = 0;
    for (size_t i = 0; i < size; i++)
        sum ^= (unsigned char)text[i];
    *(volatile unsigned char *)&sum = sum;
}

/* A value comes: in an object there was a key before it. */
static void value(struct seen *s)
{
    require(s->depth == 0 || s->list[s->depth] || s->keyed[s->depth]);
    s->keyed[s->depth] = false;
}

static int begin(struct seen *s, bool list)
{
    require(s->native == (list ? MONGODB_ARRAY : MONGODB_OBJECT));
    s->native = -1;
    value(s);
    s->depth++;
    require(s->depth <= MONGODB_DEPTH_MAX);
    s->list[s->depth] = list;
    s->keyed[s->depth] = false;
    return ERROR_OK;
}

static int on_object(void *context, struct error *e)
{
    (void)e;
    return begin(context, false);
}

static int on_list(void *context, struct error *e)
{
    (void)e;
    return begin(context, true);
}

static int on_end(void *context, struct error *e)
{
    (void)e;
    struct seen *s = context;
    require(s->depth > 0 && !s->keyed[s->depth]);
    s->depth--;
    return ERROR_OK;
}

static int on_key(void *context, const char *name, size_t size, bool weak, struct error *e)
{
    (void)e;
    struct seen *s = context;
    require(s->depth > 0 && !s->list[s->depth] && !s->keyed[s->depth] && !weak && memchr(name, '\0', size) == NULL);
    touch(name, size);
    s->keyed[s->depth] = true;
    return ERROR_OK;
}

static int on_scalar(void *context, enum document_kind kind, const char *text, size_t size, struct error *e)
{
    (void)e;
    struct seen *s = context;
    require(kind == DOCUMENT_NULL || (s->native >= 0 && s->native < MONGODB_OBJECT));
    s->native = -1;
    touch(text, size);
    value(s);
    return ERROR_OK;
}

static void on_native(void *context, unsigned type)
{
    require(type < MONGODB_NATIVE_COUNT && mongodb_native_name((enum mongodb_native)type) != NULL);
    ((struct seen *)context)->native = (int)type;
}

static void on_reference(void *context, const struct mongodb_reference *reference)
{
    (void)context;
    require(reference->path[0] == '/' && reference->collection != NULL);
    touch(reference->collection, strlen(reference->collection));
    touch(reference->path, strlen(reference->path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = ERROR_NONE;
    const struct mongodb_api *api = mongodb_api_load(&e);
    struct seen seen = { .native = -1 };
    const struct document_sink sink = { .object = on_object,
                                        .list = on_list,
                                        .end = on_end,
                                        .key = on_key,
                                        .scalar = on_scalar,
                                        .native = on_native,
                                        .context = &seen };
    const struct mongodb_events events = { .api = api, .sink = &sink, .reference = on_reference };
    char why[200];
    require(api != NULL);
    if (size > INPUT_MAX)
        return 0;
    uint8_t *copy = malloc(size + 1); /* so that a byte too far is seen */
    require(copy != NULL);
    memcpy(copy, data, size);
    uint8_t *exact = realloc(copy, size > 0 ? size : 1);
    int answer = mongodb_events_give(&events, exact, size, why, &e);
    require(answer == ERROR_OK ? seen.depth == 0 : answer == MONGODB_EVENTS_WRONG && why[0] != '\0');
    free(exact);
    return 0;
}
