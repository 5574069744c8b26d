/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_source.c - the documents of a collection as one list of events: from the spool, or straight from a cursor. A
 * document that can't be read to its end is left out and counted, as a line of NDJSON is.
 */
#include "catalog/connect/mongodb/mongodb.h"

#include <stdio.h>

enum { PLACES_MAX = 50000, TABLES_MAX = 500 };

struct nested_limits mongodb_source_limits(void)
{
    struct nested_limits limits = nested_limits_default();
    limits.depth_max = MONGODB_DEPTH_MAX;
    limits.places_max = PLACES_MAX;
    limits.tables_max = TABLES_MAX;
    return limits;
}

struct giving {
    struct mongodb_source *source;
    struct mongodb_events events;
    struct document_end *end;
};

static void on_reference(void *context, const struct mongodb_reference *reference)
{
    const struct mongodb_source *source = context;
    source->reference(source->context, source->collection, reference);
}

static int give(void *context, const uint8_t *data, size_t size, struct error *e)
{
    struct giving *g = context;
    const struct document_sink *sink = g->events.sink;
    char why[200];
    int answer = mongodb_events_give(&g->events, data, size, why, e);
    if (answer != MONGODB_EVENTS_WRONG)
        return answer;
    if (g->end->lines_wrong++ == 0)
        (void)snprintf(g->end->message, sizeof g->end->message, "%s", why);
    sink->abandon(sink->context);
    return sink->list(sink->context, e); /* the list goes on */
}

static enum error_class give_cursor(struct giving *g, int *ret_answer, struct error *e)
{
    struct mongodb *m = g->source->session;
    const bson_t *document = NULL;
    bson_error_t why = { 0 };
    while (*ret_answer == ERROR_OK && m->api->do_mongoc_cursor_next(g->source->cursor, &document))
        *ret_answer = give(g, m->api->do_bson_get_data(document), mongodb_size(m->api, document), e);
    if (*ret_answer == ERROR_OK && m->api->do_mongoc_cursor_error_document(g->source->cursor, &why, NULL))
        return mongodb_failed(m, &why, e);
    return ERROR_OK;
}

static enum error_class read_source(void *self, const struct document_sink *sink, struct document_end *ret_end,
                                    struct error *e)
{
    struct mongodb_source *source = self;
    struct giving g = { .source = source, .end = ret_end };
    g.events = (struct mongodb_events){ .api = source->session->api, .sink = sink, .context = source };
    g.events.reference = source->reference != NULL ? on_reference : NULL;
    enum error_class class = ERROR_OK;
    int answer = sink->list(sink->context, e);
    if (answer == ERROR_OK && source->cursor != NULL)
        class = give_cursor(&g, &answer, e);
    else if (answer == ERROR_OK)
        class = mongodb_spool_each(source->session, &source->collection->kept, give, &g, &answer, e);
    if (class == ERROR_OK && answer == ERROR_OK)
        answer = sink->end(sink->context, e);
    if (class != ERROR_OK || answer == ERROR_OK || answer == DOCUMENT_ENOUGH)
        return class;
    return (enum error_class)answer;
}

static bool is_taken(void *self, const char *table)
{
    const struct mongodb_source *source = self;
    return source->taken != NULL && source->taken(source->context, table);
}

struct nested_events mongodb_source_events(struct mongodb_source *source)
{
    return (struct nested_events){
        .read = read_source, .column = mongodb_type_settle, .taken = is_taken, .key = "_id", .self = source
    };
}
