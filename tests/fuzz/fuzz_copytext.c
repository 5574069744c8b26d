/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_copytext.c - a value as a field of COPY: refused, or read as PostgreSQL reads it the same bytes come out. The
 * first byte says what the value is: text, bytes, a number, into a column of bytes or not.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "catalog/connect/copytext.h"

enum { INPUT_MAX = 64 * 1024 };

/* As COPY's text format has it; no field and no line ends inside. */
static void unescape(const struct buffer *field, struct buffer *ret)
{
    for (size_t i = 0; i < field->size; i++) {
        char c = field->data[i];
        if (c == '\t' || c == '\n' || c == '\r')
            abort();
        if (c == '\\' && ++i < field->size) {
            c = field->data[i];
            c = c == 'n'   ? '\n'
                : c == 't' ? '\t'
                : c == 'r' ? '\r'
                : c == 'b' ? '\b'
                : c == 'f' ? '\f'
                : c == 'v' ? '\v'
                           : c;
        }
        buffer_add(ret, &c, 1);
    }
}

static void hex(const uint8_t *data, size_t size, struct buffer *ret)
{
    buffer_text(ret, "\\x");
    for (size_t i = 0; i < size; i++)
        buffer_format(ret, "%02x", data[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum connect_value_type types[] = { CONNECT_TEXT, CONNECT_BINARY, CONNECT_TEXT, CONNECT_NULL };
    if (size == 0 || size > INPUT_MAX)
        return 0;
    enum connect_value_type type = types[data[0] % 4];
    bool binary = data[0] % 4 == 1 || data[0] % 4 == 2;
    struct connect_value value = { .type = type, .data = (const char *)data + 1, .size = size - 1 };
    struct buffer field, wanted, got;
    struct error e = ERROR_NONE;
    buffer_init(&field, 1 << 20);
    buffer_init(&wanted, 1 << 20);
    buffer_init(&got, 1 << 20);
    if (copytext_value(&field, binary, &value, &e) != ERROR_OK) {
        if (e.message[0] == '\0' || binary || memchr(value.data, 0, value.size) == NULL)
            abort();
    } else if (type == CONNECT_NULL) {
        if (strcmp(buffer_view(&field), "\\N") != 0)
            abort();
    } else {
        if (binary)
            hex(data + 1, size - 1, &wanted);
        else
            buffer_add(&wanted, value.data, value.size);
        unescape(&field, &got);
        if (got.size != wanted.size || (got.size > 0 && memcmp(got.data, wanted.data, got.size) != 0))
            abort();
        if (field.size == 2 && memcmp(field.data, "\\N", 2) == 0)
            abort(); /* a text is never NULL */
    }
    buffer_finish(&field);
    buffer_finish(&wanted);
    buffer_finish(&got);
    return 0;
}
