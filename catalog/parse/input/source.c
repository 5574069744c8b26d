/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.c - a member of an archive as an input: from memory while it is there, else by walking the archive to it.
 */
#include "catalog/parse/input/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/input/input_private.h"

/* ---- the member as the archive gives it ---- */

struct reader_input {
    struct input in;
    struct archive_reader *reader; /* owned */
};

static enum error_class reader_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    return archive_reader_read(((struct reader_input *)in)->reader, into, size, ret_size, e);
}

/* Only to where it still is: whoever wants more opens it again. */
static enum error_class reader_rewind(struct input *in, struct error *e)
{
    return in->position == 0 ? ERROR_OK : error_set(e, ERROR_FATAL, "a member can't be read again in place");
}

static int reader_percent(const struct input *in)
{
    return archive_reader_percent(((const struct reader_input *)in)->reader);
}

static void reader_close(struct input *in)
{
    archive_reader_close(((struct reader_input *)in)->reader);
}

static const struct input_face reader_face = {
    .read = reader_read,
    .rewind = reader_rewind,
    .percent = reader_percent,
    .close = reader_close,
};

static enum error_class open_reader(const struct source *s, struct input **ret_input, struct error *e)
{
    struct archive_reader *reader = NULL;
    struct archive_member member = { 0 };
    bool there = true;
    if (s->outer == NULL)
        return input_open(s->path, &s->limits, ret_input, e);
    enum error_class class = archive_reader_open(s->outer, &reader, e);
    while (class == ERROR_OK && there) {
        class = archive_reader_next(reader, &member, &there, e);
        if (class != ERROR_OK || !there || member.index != s->index)
            continue;
        struct reader_input *in = mem_zero(1, sizeof *in);
        in->in = (struct input){ .face = &reader_face, .name = s->name };
        in->reader = reader;
        if (s->packed) /* owns it from here on, also when it fails: nobody else may keep it */
            return input_unpack(&in->in, &s->limits, ret_input, e);
        *ret_input = &in->in;
        return ERROR_OK;
    }
    archive_reader_close(reader);
    if (class != ERROR_OK)
        return class;
    return error_code(e, ERROR_INVALID, "archive_changed", "%s is not in the archive any more", s->name);
}

/* ---- the member that is opened when it is read ---- */

struct member_input {
    struct input in;
    const struct source *source;
    struct input *from; /* owned; NULL: not open */
    char *memory;       /* owned; NULL: forgotten, or never was */
    bool ended;
};

static enum error_class member_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    struct member_input *m = (struct member_input *)in;
    if (m->ended)
        return ERROR_OK;
    enum error_class class = m->from == NULL ? open_reader(m->source, &m->from, e) : ERROR_OK;
    if (class == ERROR_OK)
        class = input_read(m->from, into, size, ret_size, e);
    m->ended = class == ERROR_OK && *ret_size == 0 && size > 0;
    if (m->ended)
        m->from = input_close(m->from);
    return class;
}

static enum error_class member_rewind(struct input *in, struct error *e)
{
    (void)e;
    struct member_input *m = (struct member_input *)in;
    m->ended = false;
    m->from = input_close(m->from);
    return ERROR_OK;
}

static int member_percent(const struct input *in)
{
    const struct member_input *m = (const struct member_input *)in;
    return m->ended ? 100 : m->from != NULL ? input_percent(m->from) : 0;
}

static void member_close(struct input *in)
{
    struct member_input *m = (struct member_input *)in;
    input_close(m->from);
    free(m->memory);
}

static const struct input_face member_face = {
    .read = member_read,
    .rewind = member_rewind,
    .percent = member_percent,
    .close = member_close,
};

/* ---- from memory ---- */

static enum error_class memory_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    (void)e;
    uint64_t left = in->size - in->position;
    *ret_size = size < left ? size : (size_t)left;
    if (*ret_size > 0)
        memcpy(into, ((struct member_input *)in)->memory + in->position, *ret_size);
    return ERROR_OK;
}

static enum error_class memory_seek(struct input *in, uint64_t position, struct error *e)
{
    (void)in, (void)position, (void)e;
    return ERROR_OK;
}

static enum error_class memory_rewind(struct input *in, struct error *e)
{
    (void)in, (void)e;
    return ERROR_OK;
}

static int memory_percent(const struct input *in)
{
    return in->size > 0 ? (int)(in->position * 100 / in->size) : 100;
}

static const struct input_face memory_face = {
    .read = memory_read,
    .rewind = memory_rewind,
    .percent = memory_percent,
    .close = member_close,
    .seek = memory_seek,
};

struct input *source_of_memory(const struct source *s, char *data, size_t size)
{
    struct member_input *m = mem_zero(1, sizeof *m);
    m->in = (struct input){ .face = &memory_face, .size = size, .name = s->name };
    m->source = s;
    m->memory = data;
    return &m->in;
}

void source_forget(struct input *in)
{
    if (in == NULL || in->face != &memory_face)
        return;
    struct member_input *m = (struct member_input *)in;
    free(m->memory);
    m->memory = NULL;
    in->face = &member_face;
    in->position = in->size = 0;
}

enum error_class source_open(const struct source *s, struct input **ret_input, struct error *e)
{
    if (s->outer == NULL && !s->lazily)
        return input_open(s->path, &s->limits, ret_input, e);
    struct member_input *m = mem_zero(1, sizeof *m);
    m->in = (struct input){ .face = &member_face, .name = s->name };
    m->source = s;
    *ret_input = &m->in;
    return ERROR_OK;
}
