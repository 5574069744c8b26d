/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { DRAIN_SIZE = 256 << 10 }; /* handed over at a time */

void buffer_init(struct buffer *b, size_t max)
{
    *b = (struct buffer){ .max = max };
}

void buffer_init_drain(struct buffer *b, size_t max, buffer_drain *drain, void *context)
{
    *b = (struct buffer){ .max = max, .drain = drain, .context = context };
}

void buffer_finish(struct buffer *b)
{
    free(b->data);
    *b = (struct buffer){ .max = b->max };
}

void buffer_clear(struct buffer *b)
{
    b->size = 0;
    b->overflow = false;
    if (b->data != NULL)
        b->data[0] = '\0';
}

static bool hand_over(struct buffer *b, size_t kept)
{
    size_t size = b->size - kept;
    if (size > 0 && !b->drain(b->context, b->data, size)) {
        b->overflow = true;
        return false;
    }
    if (kept > 0)
        memmove(b->data, b->data + size, kept + 1);
    b->size = kept;
    return true;
}

bool buffer_flush(struct buffer *b)
{
    return !b->overflow && (b->drain == NULL || hand_over(b, 0));
}

static bool make_room(struct buffer *b, size_t size)
{
    if (b->drain != NULL && b->size > 1 && !hand_over(b, 1))
        return false;
    size_t needed = b->size + size + 1;
    if (b->drain != NULL && needed < DRAIN_SIZE)
        needed = DRAIN_SIZE;
    b->data = mem_grow(b->data, &b->capacity, needed, 1);
    return true;
}

/* Makes room for `size` more bytes and the NUL. */
static bool reserve(struct buffer *b, size_t size)
{
    if (b->overflow || size > b->max - b->size) {
        b->overflow = true;
        return false;
    }
    return size < b->capacity - b->size || make_room(b, size); /* nearly always there: a few bytes at a time */
}

char *buffer_room(struct buffer *b, size_t size)
{
    return reserve(b, size) ? b->data + b->size : NULL;
}

void buffer_took(struct buffer *b, size_t size)
{
    b->size += size;
    b->data[b->size] = '\0';
}

bool buffer_add(struct buffer *b, const void *data, size_t size)
{
    if (!reserve(b, size))
        return false;
    if (size > 0)
        memcpy(b->data + b->size, data, size);
    b->size += size;
    b->data[b->size] = '\0';
    return true;
}

bool buffer_text(struct buffer *b, const char *text)
{
    return buffer_add(b, text, strlen(text));
}

bool buffer_char(struct buffer *b, char c)
{
    if (!reserve(b, 1))
        return false;
    b->data[b->size++] = c;
    b->data[b->size] = '\0';
    return true;
}

/* Written where it belongs; once more when there was too little room. */
bool buffer_format(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    size_t room = b->overflow ? 0 : b->capacity - b->size;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(room > 0 ? b->data + b->size : NULL, room, format, args);
    va_end(args);
    bool there = size >= 0 && (size_t)size < room && (size_t)size <= b->max - b->size;
    if (room > 0 && !there)
        b->data[b->size] = '\0';
    bool ok = there || (size >= 0 && reserve(b, (size_t)size));
    if (ok && !there)
        (void)vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
    b->size += ok ? (size_t)size : 0;
    va_end(again);
    return ok;
}

static const uint64_t ONES = UINT64_C(0x0101010101010101), HIGHS = UINT64_C(0x8080808080808080);

/* How many bytes at the front mean themselves in JSON: printable ASCII but '"' and '\\'. Eight at a time. */
static size_t json_plain(const char *text, size_t size)
{
    size_t at = 0;
    for (; size - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t bytes;
        memcpy(&bytes, text + at, sizeof bytes);
        uint64_t quotes = bytes ^ ONES * '"', slashes = bytes ^ ONES * '\\';
        uint64_t odd = bytes | (bytes - ONES * ' ') | (quotes - ONES) | (slashes - ONES);
        if ((odd & HIGHS) != 0) /* the lowest byte that is not plain sets its own high bit */
            break;
    }
    while (at < size && (unsigned char)text[at] >= ' ' && (unsigned char)text[at] < 0x80 && text[at] != '"' &&
           text[at] != '\\')
        at++;
    return at;
}

static void json_escape(struct buffer *b, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char escape[6] = { '\\', 'u', '0', '0', digits[c >> 4], digits[c & 0xF] };
    if (c == '"' || c == '\\')
        escape[1] = (char)c;
    else if (c == '\n')
        escape[1] = 'n';
    else if (c == '\t')
        escape[1] = 't';
    (void)buffer_add(b, escape, escape[1] == 'u' ? 6 : 2);
}

/* From the first byte that is not plain. */
static void json_rest(struct buffer *b, const char *text, size_t size)
{
    size_t plain = 0, at = 0; /* bytes [plain, at) are copied as they are */
    while (at < size) {
        unsigned char c = (unsigned char)text[at];
        size_t step = c < 0x80 ? 1 : text_utf8_size(text + at, size - at);
        if (step > 0 && c >= 0x20 && c != '"' && c != '\\') {
            at += step;
            continue;
        }
        (void)buffer_add(b, text + plain, at - plain);
        if (step == 0)
            (void)buffer_text(b, "\xEF\xBF\xBD");
        else
            json_escape(b, c);
        plain = at += step == 0 ? 1 : step;
    }
    (void)buffer_add(b, text + plain, at - plain);
}

bool buffer_json_string(struct buffer *b, const char *text, size_t size)
{
    size_t plain = json_plain(text, size);
    char *to = buffer_room(b, plain + 2); /* both quotes */
    if (to == NULL)
        return false;
    *to = '"';
    if (plain > 0)
        memcpy(to + 1, text, plain);
    if (plain == size) {
        to[plain + 1] = '"';
        buffer_took(b, plain + 2);
        return true;
    }
    buffer_took(b, plain + 1);
    json_rest(b, text + plain, size - plain);
    return buffer_char(b, '"');
}

void buffer_drop_front(struct buffer *b, size_t size)
{
    if (size == 0)
        return;
    if (size >= b->size) {
        buffer_clear(b);
        return;
    }
    memmove(b->data, b->data + size, b->size - size + 1);
    b->size -= size;
}

char *buffer_take(struct buffer *b)
{
    char *data = b->data != NULL ? b->data : mem_text("");
    *b = (struct buffer){ .max = b->max };
    return data;
}

const char *buffer_view(const struct buffer *b)
{
    return b->data != NULL && b->size > 0 ? b->data : "";
}
