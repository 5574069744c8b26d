/* SPDX-License-Identifier: Apache-2.0 */
#include "notifier/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Digits; *at moves behind them. */
static bool number(const char **at)
{
    size_t size = strspn(*at, "0123456789");
    *at += size;
    return size > 0 && size <= 20;
}

/* "xmin:xmax:" and a list of ids: whether they are in order is PostgreSQL's to say. */
static bool is_snapshot(const char *text)
{
    if (!number(&text) || *text++ != ':' || !number(&text) || *text++ != ':')
        return false;
    while (*text) {
        if (!number(&text) || (*text && (*text++ != ',' || !*text)))
            return false;
    }
    return true;
}

/* Copies up to the next ';' or the end; *at moves behind it. */
static bool part(const char **at, char *ret_text, size_t size)
{
    size_t length = strcspn(*at, ";");
    if (length == 0 || length >= size)
        return false;
    memcpy(ret_text, *at, length);
    ret_text[length] = '\0';
    *at += length;
    *at += **at == ';';
    return true;
}

bool cursor_parse(const char *text, struct cursor *ret_cursor)
{
    struct cursor *c = ret_cursor;
    c->upto[0] = '\0';
    c->n = 0;
    if (!part(&text, c->base, sizeof c->base) || !part(&text, c->seen, sizeof c->seen) || !is_snapshot(c->seen))
        return false;
    if (*text == '\0')
        return true;
    return part(&text, c->upto, sizeof c->upto) && is_snapshot(c->upto) && text_to_int64(text, 1, INT64_MAX, &c->n);
}

bool cursor_format(const char *base, const char *seen, const char *upto, int64_t n, char *ret_text, size_t ret_size)
{
    int size = n == 0 ? snprintf(ret_text, ret_size, "%s;%s", base, upto)
                      : snprintf(ret_text, ret_size, "%s;%s;%s;%" PRId64, base, seen, upto, n);
    return size > 0 && (size_t)size < ret_size;
}
