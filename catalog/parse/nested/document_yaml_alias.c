/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_yaml_alias.c - what anchors keep, and what aliases and merges make of it.
 *
 * Limits: bytes kept at once (an anchor over it is lost: an error only for who refers to it), number of anchors, values
 * that aliases add. An alias inside its own anchor is refused. Replaying recurses once a container, so no deeper than
 * depth_max.
 */
#include "catalog/parse/nested/document_yaml.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* In the log; `size` bytes of text follow it. */
struct entry {
    unsigned char what, kind, merge;
    uint32_t anchor;
    size_t size;
};

static uint32_t *bucket(struct yaml_reader *r, const char *name)
{
    uint32_t hash = 2166136261U;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619U;
    return &r->buckets[hash % YAML_BUCKETS];
}

enum error_class document_yaml_open(struct yaml_reader *r, const char *name)
{
    if (r->anchor_count == YAML_ANCHORS_MAX)
        return error_code(r->error, ERROR_TOO_LARGE, "too_many_anchors", "line %llu: more than %d anchors",
                          (unsigned long long)r->line, YAML_ANCHORS_MAX);
    r->anchors = mem_grow(r->anchors, &r->anchor_capacity, r->anchor_count + 1, sizeof *r->anchors);
    r->opened = mem_grow(r->opened, &r->opened_capacity, r->opened_count + 1, sizeof *r->opened);
    struct yaml_anchor *anchor = &r->anchors[r->anchor_count];
    uint32_t *head = bucket(r, name);
    *anchor = (struct yaml_anchor){ .name = mem_text(name), .start = r->log.size, .level = r->level, .open = true };
    anchor->next = *head;
    r->opened[r->opened_count++] = r->anchor_count++;
    *head = (uint32_t)r->anchor_count;
    return ERROR_OK;
}

static void lose_opened(struct yaml_reader *r)
{
    size_t start = r->anchors[r->opened[0]].start;
    for (size_t i = 0; i < r->opened_count; i++) {
        r->anchors[r->opened[i]].lost = true;
        r->anchors[r->opened[i]].open = false;
    }
    /* Anchors inside the outermost one that have ended already lie in the part that goes. */
    for (size_t i = r->anchor_count; i-- > r->opened[0];)
        if (r->anchors[i].start >= start)
            r->anchors[i].lost = true;
    r->opened_count = 0;
    r->log.size = start;
}

void document_yaml_keep(struct yaml_reader *r, const struct yaml_item *item)
{
    if (r->opened_count == 0)
        return;
    struct entry entry = { .what = (unsigned char)item->what,
                           .kind = (unsigned char)item->kind,
                           .merge = item->merge,
                           .anchor = (uint32_t)item->anchor,
                           .size = item->what == YAML_SCALAR ? item->size : 0 };
    size_t room = r->ask->limits->alias_bytes_max - r->log.size;
    if (room < sizeof entry || room - sizeof entry < entry.size) {
        lose_opened(r);
        return;
    }
    buffer_add(&r->log, &entry, sizeof entry);
    if (entry.size > 0)
        buffer_add(&r->log, item->text, entry.size);
}

void document_yaml_close(struct yaml_reader *r)
{
    while (r->opened_count > 0 && r->anchors[r->opened[r->opened_count - 1]].level == r->level) {
        struct yaml_anchor *anchor = &r->anchors[r->opened[--r->opened_count]];
        anchor->open = false;
        anchor->end = r->log.size;
    }
}

enum error_class document_yaml_find(struct yaml_reader *r, const char *name, size_t *ret_anchor)
{
    uint32_t at = *bucket(r, name);
    while (at != 0 && strcmp(r->anchors[at - 1].name, name) != 0)
        at = r->anchors[at - 1].next;
    if (at == 0)
        return error_set(r->error, ERROR_INVALID, "line %llu: no anchor is named %.100s", (unsigned long long)r->line,
                         name);
    if (r->anchors[at - 1].lost)
        return error_code(r->error, ERROR_TOO_LARGE, "anchor_too_large",
                          "line %llu: the value that *%.100s stands for takes more than %zu bytes (limit "
                          "alias_bytes_max)",
                          (unsigned long long)r->line, name, r->ask->limits->alias_bytes_max);
    if (r->anchors[at - 1].open)
        return error_set(r->error, ERROR_INVALID, "line %llu: *%.100s stands inside the value that it stands for",
                         (unsigned long long)r->line, name);
    *ret_anchor = at - 1;
    return ERROR_OK;
}

static int replay(struct yaml_reader *r, size_t at, size_t end, bool weak)
{
    int answer = ERROR_OK;
    while (at < end && answer == ERROR_OK) {
        struct entry entry;
        memcpy(&entry, r->log.data + at, sizeof entry);
        if (++r->replayed > r->ask->limits->alias_events_max)
            return (int)error_code(r->error, ERROR_TOO_LARGE, "aliases_too_large",
                                   "line %llu: aliases add more than %llu values (limit alias_events_max)",
                                   (unsigned long long)r->line, (unsigned long long)r->ask->limits->alias_events_max);
        struct yaml_item item = { .what = entry.what,
                                  .kind = entry.kind,
                                  .merge = entry.merge,
                                  .text = r->log.data + at + sizeof entry,
                                  .size = entry.size,
                                  .anchor = entry.anchor };
        answer = document_yaml_item(r, &item, weak);
        at += sizeof entry + entry.size;
    }
    return answer;
}

int document_yaml_replay(struct yaml_reader *r, size_t anchor)
{
    return replay(r, r->anchors[anchor].start, r->anchors[anchor].end, false);
}

int document_yaml_merge(struct yaml_reader *r, size_t anchor)
{
    size_t start = r->anchors[anchor].start, end = r->anchors[anchor].end;
    if (end - start < 2 * sizeof(struct entry) || r->log.data[start] != YAML_OBJECT)
        return ERROR_OK; /* a merge of what is no object merges nothing */
    return replay(r, start + sizeof(struct entry), end - sizeof(struct entry), true);
}

void document_yaml_forget(struct yaml_reader *r)
{
    for (size_t i = 0; i < r->anchor_count; i++)
        free(r->anchors[i].name);
    r->anchor_count = r->opened_count = 0;
    memset(r->buckets, 0, sizeof r->buckets);
    buffer_clear(&r->log);
}
