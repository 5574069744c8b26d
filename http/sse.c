/* SPDX-License-Identifier: Apache-2.0 */
#include "http/sse.h"

#include <string.h>

static bool add_field(struct buffer *b, const char *name, const char *value)
{
    return buffer_text(b, name) && buffer_add(b, value, strcspn(value, "\r\n")) && buffer_char(b, '\n');
}

bool sse_event(struct buffer *b, const char *id, const char *event, const char *data, size_t size)
{
    bool fits = (!id || add_field(b, "id: ", id)) && (!event || add_field(b, "event: ", event));
    size_t from = 0;
    while (fits) {
        size_t upto = from;
        while (upto < size && data[upto] != '\n' && data[upto] != '\r')
            upto++;
        fits = buffer_text(b, "data: ") && buffer_add(b, data + from, upto - from) && buffer_char(b, '\n');
        if (upto == size)
            break;
        from = upto + (data[upto] == '\r' && upto + 1 < size && data[upto + 1] == '\n' ? 2 : 1);
    }
    return fits && buffer_char(b, '\n');
}

bool sse_comment(struct buffer *b, const char *text)
{
    return buffer_text(b, ": ") && buffer_add(b, text, strcspn(text, "\r\n")) && buffer_text(b, "\n\n");
}
