/* SPDX-License-Identifier: Apache-2.0 */
/* The row path of every load: no allocation but the buffer's growth, one pass over each text. */
#include "catalog/connect/copytext.h"

#include <string.h>

const char *copytext_integer(int64_t value, char space[static COPYTEXT_INTEGER_SIZE], size_t *ret_size)
{
    char *end = space + COPYTEXT_INTEGER_SIZE, *at = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--at = '-';
    *ret_size = (size_t)(end - at);
    return at;
}

/* What a byte is written as after a backslash; 0: it stands for itself. */
static char escape_of(unsigned char byte)
{
    switch (byte) {
    case '\\':
        return '\\';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

/* Bytes above '\r' other than the backslash are never special: one comparison for nearly all of them. */
static bool plain(unsigned char byte)
{
    return byte > '\r' && byte != '\\';
}

static enum error_class add_text(struct buffer *out, const char *text, size_t size, struct error *e)
{
    size_t from = 0;
    for (size_t i = 0; i < size; i++) {
        if (plain((unsigned char)text[i]))
            continue;
        if (text[i] == '\0')
            return error_code(e, ERROR_FATAL, "text_with_nul",
                              "the text holds a NUL byte, which PostgreSQL can't store");
        char escape = escape_of((unsigned char)text[i]);
        if (!escape)
            continue;
        char pair[2] = { '\\', escape };
        buffer_add(out, text + from, i - from);
        buffer_add(out, pair, sizeof pair);
        from = i + 1;
    }
    buffer_add(out, text + from, size - from);
    return ERROR_OK;
}

/* \x and hex digits, the backslash doubled for COPY. */
static void add_bytes(struct buffer *out, const char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char piece[512];
    buffer_add(out, "\\\\x", 3);
    for (size_t i = 0; i < size;) {
        size_t used = 0;
        for (; i < size && used < sizeof piece; i++) {
            unsigned char byte = (unsigned char)data[i];
            piece[used++] = digits[byte >> 4];
            piece[used++] = digits[byte & 15];
        }
        buffer_add(out, piece, used);
    }
}

enum error_class copytext_value(struct buffer *out, bool binary, const struct connect_value *value, struct error *e)
{
    char space[COPYTEXT_INTEGER_SIZE], real[CONNECT_REAL_SIZE];
    const char *data = value->data;
    size_t size = value->size;

    switch (value->type) {
    case CONNECT_NULL:
        buffer_add(out, "\\N", 2);
        return ERROR_OK;
    case CONNECT_INTEGER:
        data = copytext_integer(value->integer, space, &size);
        break;
    case CONNECT_REAL:
        connect_real_text(value->real, real);
        data = real;
        size = strlen(real);
        break;
    case CONNECT_TEXT:
        break;
    case CONNECT_BINARY:
        if (!binary)
            return error_code(e, ERROR_FATAL, "bytes_in_text_column",
                              "the source holds bytes (a blob of %zu) and the target's column is not binary", size);
        break;
    }
    if (binary)
        add_bytes(out, data, size);
    else if (value->type == CONNECT_TEXT)
        return add_text(out, data, size, e);
    else
        buffer_add(out, data, size);
    return ERROR_OK;
}
