/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

void buffer_init(struct buffer *b, size_t max)
{
    *b = (struct buffer){ .max = max };
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

/* Makes room for `size` more bytes and the NUL. */
static bool reserve(struct buffer *b, size_t size)
{
    if (b->overflow || size > b->max - b->size) {
        b->overflow = true;
        return false;
    }
    if (size < b->capacity - b->size) /* nearly always: a writer adds a few bytes at a time */
        return true;
    b->data = mem_grow(b->data, &b->capacity, b->size + size + 1, 1);
    return true;
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

bool buffer_format(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    bool ok = size >= 0 && reserve(b, (size_t)size);
    if (ok) {
        (void)vsnprintf(b->data + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
    return ok;
}

bool buffer_json_string(struct buffer *b, const char *text, size_t size)
{
    (void)buffer_char(b, '"');
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
        else if (c == '"' || c == '\\')
            (void)buffer_format(b, "\\%c", c);
        else if (c == '\n')
            (void)buffer_text(b, "\\n");
        else if (c == '\t')
            (void)buffer_text(b, "\\t");
        else
            (void)buffer_format(b, "\\u%04x", c);
        plain = at += step == 0 ? 1 : step;
    }
    (void)buffer_add(b, text + plain, at - plain);
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
