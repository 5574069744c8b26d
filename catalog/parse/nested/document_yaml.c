/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_yaml.c - YAML by libyaml, event by event. Several documents in a stream are values one after the other.
 *
 * What libyaml refuses ends the reading as broken. Refused by us: keys that are objects or lists, aliases that go in
 * circles, and what goes over a limit. libyaml keeps a scalar or a comment in memory, hence the count of bytes that
 * brought nothing.
 */
#include "catalog/parse/nested/document_yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int on_read(void *context, unsigned char *into, size_t size, size_t *ret_size)
{
    struct yaml_reader *r = context;
    if (r->silent_bytes > r->ask->limits->value_max) {
        r->too_long = true;
        return 0;
    }
    r->input_class = document_watch(r->ask, r->error);
    if (r->input_class == ERROR_OK)
        r->input_class = input_read(r->ask->in, into, size, ret_size, r->error);
    r->silent_bytes += *ret_size;
    return r->input_class == ERROR_OK;
}

/* The value that began before is complete. */
static void value_ends(struct yaml_reader *r)
{
    if (r->depth > 0) {
        r->frames[r->depth - 1].have_key = false;
        if (!r->frames[r->depth - 1].list)
            r->frames[r->depth - 1].merging = false;
    }
}

static int item_begins(struct yaml_reader *r, bool list)
{
    struct yaml_frame *around = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    if (around != NULL && !around->list && !around->have_key)
        return (int)error_set(r->error, ERROR_INVALID, "line %llu: a key that is itself an object or a list",
                              (unsigned long long)r->line);
    if (r->depth >= r->ask->limits->depth_max)
        return (int)document_too_deep(r->ask, r->line, r->error);
    bool silent = around != NULL && around->merging;
    r->frames = mem_grow(r->frames, &r->frame_capacity, r->depth + 1, sizeof *r->frames);
    r->frames[r->depth++] =
        (struct yaml_frame){ .list = list, .merging = silent && list, .silent = silent, .merges = r->merge_count };
    if (silent)
        return ERROR_OK;
    const struct document_sink *sink = r->ask->sink;
    return list ? sink->list(sink->context, r->error) : sink->object(sink->context, r->error);
}

static int item_ends(struct yaml_reader *r)
{
    const struct document_sink *sink = r->ask->sink;
    size_t merges = r->frames[r->depth - 1].merges;
    bool silent = r->frames[r->depth - 1].silent;
    int answer = ERROR_OK;
    /* What is merged may hold a << of its own, which then comes behind it. */
    for (size_t i = merges; !silent && i < r->merge_count && answer == ERROR_OK; i++)
        answer = document_yaml_merge(r, r->merges[i]);
    if (!silent)
        r->merge_count = merges;
    r->depth--;
    if (answer == ERROR_OK && !silent)
        answer = sink->end(sink->context, r->error);
    value_ends(r);
    return answer;
}

static int item_key(struct yaml_reader *r, const struct yaml_item *item, bool weak)
{
    struct yaml_frame *frame = &r->frames[r->depth - 1];
    const struct document_sink *sink = r->ask->sink;
    if (item->what != YAML_SCALAR)
        return (int)error_set(r->error, ERROR_INVALID, "line %llu: a key that is an alias",
                              (unsigned long long)r->line);
    frame->have_key = true;
    frame->merging = item->merge;
    if (item->merge)
        return ERROR_OK;
    int answer = sink->key(sink->context, item->text, item->size, weak || frame->silent, r->error);
    if (answer != DOCUMENT_SKIP)
        return answer;
    r->skipping = true;
    return ERROR_OK;
}

static int item_value(struct yaml_reader *r, const struct yaml_item *item)
{
    struct yaml_frame *frame = r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
    const struct document_sink *sink = r->ask->sink;
    int answer = ERROR_OK;
    if (frame != NULL && frame->merging) {
        if (item->what == YAML_ALIAS) {
            r->merges = mem_grow(r->merges, &r->merge_capacity, r->merge_count + 1, sizeof *r->merges);
            r->merges[r->merge_count++] = item->anchor;
        }
    } else if (item->what == YAML_ALIAS) {
        return document_yaml_replay(r, item->anchor); /* its end is the end of the value */
    } else {
        answer = sink->scalar(sink->context, item->kind, item->text, item->size, r->error);
    }
    value_ends(r);
    return answer;
}

static void item_skipped(struct yaml_reader *r, const struct yaml_item *item)
{
    if (item->what == YAML_OBJECT || item->what == YAML_LIST)
        r->skip_depth++;
    else if (item->what == YAML_END)
        r->skip_depth--;
    if (r->skip_depth == 0) {
        r->skipping = false;
        value_ends(r);
    }
}

int document_yaml_item(struct yaml_reader *r, const struct yaml_item *item, bool weak)
{
    if (r->skipping) {
        item_skipped(r, item);
        return ERROR_OK;
    }
    if (item->what == YAML_OBJECT || item->what == YAML_LIST)
        return item_begins(r, item->what == YAML_LIST);
    if (item->what == YAML_END)
        return item_ends(r);
    if (r->depth > 0 && !r->frames[r->depth - 1].list && !r->frames[r->depth - 1].have_key)
        return item_key(r, item, weak);
    return item_value(r, item);
}

static struct yaml_item item_of(const yaml_event_t *event, const char **ret_anchor)
{
    struct yaml_item item = { .what = YAML_END, .kind = DOCUMENT_NULL, .text = "" };
    *ret_anchor = NULL;
    if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT) {
        bool list = event->type == YAML_SEQUENCE_START_EVENT;
        item.what = list ? YAML_LIST : YAML_OBJECT;
        *ret_anchor = (const char *)(list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor);
    } else if (event->type == YAML_SCALAR_EVENT) {
        bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        item.what = YAML_SCALAR;
        item.text = (const char *)event->data.scalar.value;
        item.size = event->data.scalar.length;
        item.kind = document_yaml_kind(item.text, item.size, plain, (const char *)event->data.scalar.tag);
        item.merge = plain && item.size == 2 && memcmp(item.text, "<<", 2) == 0;
        *ret_anchor = (const char *)event->data.scalar.anchor;
    } else if (event->type == YAML_ALIAS_EVENT) {
        item.what = YAML_ALIAS;
    }
    return item;
}

/* An event that is part of a value. */
static int tell(struct yaml_reader *r, const yaml_event_t *event)
{
    const char *anchor;
    struct yaml_item item = item_of(event, &anchor);
    enum error_class class = ERROR_OK;
    if (item.what == YAML_ALIAS)
        class = document_yaml_find(r, (const char *)event->data.alias.anchor, &item.anchor);
    else if (anchor != NULL)
        class = document_yaml_open(r, anchor);
    if (class != ERROR_OK)
        return (int)class;
    document_yaml_keep(r, &item);
    if (item.what == YAML_OBJECT || item.what == YAML_LIST)
        r->level++;
    else if (item.what == YAML_END)
        r->level--;
    if (r->level > r->ask->limits->depth_max)
        return (int)document_too_deep(r->ask, r->line, r->error);
    if (item.what != YAML_OBJECT && item.what != YAML_LIST)
        document_yaml_close(r);
    return document_yaml_item(r, &item, false);
}

/* Until the stream ends, breaks off or somebody has enough. */
static int read_all(struct yaml_reader *r, struct document_end *end)
{
    for (bool more = true; more;) {
        yaml_event_t event;
        if (yaml_parser_parse(&r->parser, &event) == 0) {
            if (r->input_class != ERROR_OK)
                return (int)r->input_class;
            if (r->too_long)
                return (int)document_too_long(r->ask, r->parser.mark.line + 1, r->error);
            end->broken = true;
            document_broken(end, r->parser.problem_mark.line + 1, r->parser.problem_mark.column + 1, "no YAML: %s",
                            r->parser.problem != NULL ? r->parser.problem : "out of memory");
            return ERROR_OK;
        }
        r->silent_bytes = 0;
        r->line = event.start_mark.line + 1;
        int answer = ERROR_OK;
        if (event.type == YAML_STREAM_END_EVENT)
            more = false;
        else if (event.type == YAML_DOCUMENT_END_EVENT)
            document_yaml_forget(r);
        else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_START_EVENT)
            answer = tell(r, &event);
        yaml_event_delete(&event);
        if (answer != ERROR_OK)
            return answer;
    }
    return ERROR_OK;
}

enum error_class document_read_yaml(const struct document_ask *ask, struct document_end *ret_end, struct error *e)
{
    struct error own = ERROR_NONE;
    struct yaml_reader *r = mem_zero(1, sizeof *r);
    r->ask = ask;
    r->error = e != NULL ? e : &own;
    buffer_init(&r->log, ask->limits->alias_bytes_max);
    if (yaml_parser_initialize(&r->parser) == 0)
        abort();
    yaml_parser_set_input(&r->parser, on_read, r);
    int answer = read_all(r, ret_end);
    yaml_parser_delete(&r->parser);
    document_yaml_forget(r);
    buffer_finish(&r->log);
    free(r->anchors);
    free(r->opened);
    free(r->merges);
    free(r->frames);
    free(r);
    return answer == DOCUMENT_ENOUGH ? ERROR_OK : (enum error_class)answer;
}
