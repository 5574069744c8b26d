/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header, lowest byte first: size u32, type u8, flags u8, number u16, id i64, epoch i64, value i64.
 * The reader keeps the bytes of frames not yet whole; its memory follows the largest frame and is given back when it
 * has been large and is empty.
 */
#include "worker/frame.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { READER_FIRST = 32 << 10, READER_KEEP = 256 << 10, FLAGS_ALL = FRAME_SEAL | FRAME_NO_ARGS | FRAME_WHOLE };

static const struct {
    const char *name;
    size_t max;
} types[] = {
#define X(id, wire, text, limit) [wire] = { .name = (text), .max = (limit) },
    FRAME_TYPES(X)
#undef X
};

enum { TYPE_COUNT = sizeof types / sizeof types[0] };

const char *frame_type_name(enum frame_type type)
{
    return (unsigned)type < TYPE_COUNT && types[type].name != NULL ? types[type].name : "unknown";
}

static void put64(char *at, int64_t value)
{
    uint64_t wire = htole64((uint64_t)value);
    memcpy(at, &wire, sizeof wire);
}

static int64_t get64(const char *at)
{
    uint64_t wire;
    memcpy(&wire, at, sizeof wire);
    return (int64_t)le64toh(wire);
}

bool frame_add(struct buffer *b, const struct frame *head, const char *const *texts, unsigned count)
{
    assert((unsigned)head->type < TYPE_COUNT && types[head->type].max > 0);
    size_t size = count > 0 ? count - 1 : 0;
    for (unsigned i = 0; i < count; i++)
        if (__builtin_add_overflow(size, strlen(texts[i]), &size))
            return false;
    if (size > types[head->type].max || b->overflow || size + FRAME_HEADER_SIZE + 1 > b->max - b->size)
        return false;
    char header[FRAME_HEADER_SIZE];
    uint32_t wire_size = htole32((uint32_t)size);
    uint16_t wire_number = htole16(head->number);
    memcpy(header, &wire_size, sizeof wire_size);
    header[4] = (char)head->type;
    header[5] = (char)head->flags;
    memcpy(header + 6, &wire_number, sizeof wire_number);
    put64(header + 8, head->id);
    put64(header + 16, head->epoch);
    put64(header + 24, head->value);
    bool ok = buffer_add(b, header, sizeof header);
    for (unsigned i = 0; i < count; i++)
        ok = ok && buffer_add(b, texts[i], strlen(texts[i]) + 1);
    return count > 0 ? ok : ok && buffer_char(b, '\0');
}

const char *frame_text(const struct frame *frame, unsigned index)
{
    const char *at = frame->payload, *end = frame->payload + frame->size;
    for (; index > 0; index--) {
        at += strlen(at) + 1;
        if (at > end)
            return NULL;
    }
    return at;
}

void frame_reader_init(struct frame_reader *reader)
{
    *reader = (struct frame_reader){ 0 };
}

void frame_reader_finish(struct frame_reader *reader)
{
    free(reader->data);
    *reader = (struct frame_reader){ 0 };
}

/* Bytes of the frame at the front, or of a header while that is not whole. Its size was checked by _next(). */
static size_t wanted(const struct frame_reader *reader)
{
    if (reader->end - reader->begin < FRAME_HEADER_SIZE)
        return FRAME_HEADER_SIZE;
    uint32_t size;
    memcpy(&size, reader->data + reader->begin, sizeof size);
    return FRAME_HEADER_SIZE + (size_t)le32toh(size) + 1;
}

char *frame_reader_space(struct frame_reader *reader, size_t *ret_size)
{
    size_t held = reader->end - reader->begin;
    if (held == 0 && reader->capacity > READER_KEEP)
        frame_reader_finish(reader);
    if (held > 0 && reader->begin > 0)
        memmove(reader->data, reader->data + reader->begin, held);
    reader->begin = 0;
    reader->end = held;
    size_t need = wanted(reader);
    if (reader->capacity < READER_FIRST || reader->capacity < need || reader->capacity == held) {
        size_t capacity = need + READER_FIRST > 2 * held ? need + READER_FIRST : 2 * held;
        reader->data = mem_resize(reader->data, capacity, 1);
        reader->capacity = capacity;
    }
    *ret_size = reader->capacity - reader->end;
    return reader->data + reader->end;
}

void frame_reader_fed(struct frame_reader *reader, size_t size)
{
    assert(size <= reader->capacity - reader->end);
    reader->end += size;
}

enum error_class frame_reader_next(struct frame_reader *reader, struct frame *ret_frame, bool *ret_there,
                                   struct error *e)
{
    *ret_there = false;
    size_t held = reader->end - reader->begin;
    if (held < FRAME_HEADER_SIZE)
        return ERROR_OK;
    const char *at = reader->data + reader->begin;
    uint32_t size;
    uint16_t number;
    memcpy(&size, at, sizeof size);
    memcpy(&number, at + 6, sizeof number);
    size = le32toh(size);
    unsigned type = (unsigned char)at[4], flags = (unsigned char)at[5];
    if (type >= TYPE_COUNT || types[type].max == 0 || (flags & ~(unsigned)FLAGS_ALL) != 0)
        return error_code(e, ERROR_INVALID, "bad_frame", "a frame of type %u with flags %u is unknown", type, flags);
    if (size > types[type].max)
        return error_code(e, ERROR_INVALID, "bad_frame", "a %s frame has %u bytes; the limit is %zu", types[type].name,
                          size, types[type].max);
    if (held < FRAME_HEADER_SIZE + (size_t)size + 1)
        return ERROR_OK;
    if (at[FRAME_HEADER_SIZE + size] != '\0')
        return error_code(e, ERROR_INVALID, "bad_frame", "a %s frame does not end with a NUL", types[type].name);
    *ret_frame = (struct frame){ .type = (enum frame_type)type,
                                 .flags = flags,
                                 .number = le16toh(number),
                                 .id = get64(at + 8),
                                 .epoch = get64(at + 16),
                                 .value = get64(at + 24),
                                 .payload = at + FRAME_HEADER_SIZE,
                                 .size = size };
    reader->begin += FRAME_HEADER_SIZE + (size_t)size + 1;
    *ret_there = true;
    return ERROR_OK;
}
