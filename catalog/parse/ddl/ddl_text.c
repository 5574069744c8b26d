/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_text.c - any bytes as UTF-8 that can be read: UTF-16 (as SQL Server's tools write it) is converted, bytes that
 * are no text are replaced one by one, so that places stay true.
 */
#include "catalog/parse/ddl/ddl_text.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { BLOCK = 32 };

static uint32_t unit_at(const unsigned char *at, bool big)
{
    return big ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

static char *put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = code == 0 ? ' ' : (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

static void from_utf16(const char *text, size_t size, bool big, struct ddl_text *ret)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + (size & ~(size_t)1);
    ret->owned = mem_alloc(size / 2 * 3 + 4);
    char *to = ret->owned;
    for (; at < end; at += 2) {
        uint32_t unit = unit_at(at, big);
        bool high = unit >= 0xD800 && unit < 0xDC00, low = unit >= 0xDC00 && unit < 0xE000;
        uint32_t next = high && end - at > 2 ? unit_at(at + 2, big) : 0;
        if (next >= 0xDC00 && next < 0xE000) {
            to = put_utf8(to, 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00));
            at += 2;
        } else if (high || low) {
            if (ret->bad++ == 0)
                ret->first_bad = (size_t)(to - ret->owned);
            *to++ = '?';
        } else {
            to = put_utf8(to, unit);
        }
    }
    ret->text = ret->owned;
    ret->size = (size_t)(to - ret->owned);
    ret->utf16 = true;
}

/* How many bytes from `at` on are plain ASCII without NUL, at least. */
static size_t plain_run(const char *at, size_t size)
{
    size_t done = 0;
    while (size - done >= BLOCK) {
        unsigned char any = 0;
        for (size_t i = 0; i < BLOCK; i++)                                    /* one vector comparison */
            any |= (unsigned char)((at[done + i] - 1) | at[done + i]) & 0x80; /* 0, and from 0x80 on */
        if (any != 0)
            break;
        done += BLOCK;
    }
    while (done < size && (unsigned char)(at[done] - 1) < 0x7F)
        done++;
    return done;
}

static void own(struct ddl_text *ret)
{
    if (ret->owned != NULL)
        return;
    ret->owned = mem_alloc(ret->size + 1);
    memcpy(ret->owned, ret->text, ret->size);
    ret->text = ret->owned;
}

void ddl_text_clean(const char *text, size_t size, struct ddl_text *ret_text)
{
    struct ddl_text *ret = ret_text;
    const unsigned char *bytes = (const unsigned char *)text;
    *ret = (struct ddl_text){ .text = text, .size = size };
    bool little = size >= 2 && bytes[0] == 0xFF && bytes[1] == 0xFE,
         big = size >= 2 && bytes[0] == 0xFE && bytes[1] == 0xFF;
    if (little || big) {
        from_utf16(text + 2, size - 2, big, ret);
        return;
    }
    if (size >= 6 && bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0) { /* without its mark */
        from_utf16(text, size, false, ret);
        return;
    }
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        ret->text += 3;
        ret->size -= 3;
    }
    for (size_t at = plain_run(ret->text, ret->size); at < ret->size;) {
        size_t step = ret->text[at] == '\0' ? 0 : text_utf8_size(ret->text + at, ret->size - at);
        if (step == 0) {
            own(ret);
            if (ret->bad++ == 0)
                ret->first_bad = at;
            ret->owned[at] = ret->owned[at] == '\0' ? ' ' : '?';
            step = 1;
        }
        at += step;
        at += plain_run(ret->text + at, ret->size - at);
    }
}
