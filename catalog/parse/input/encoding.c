/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding.c - an input that another one goes through, by iconv. libuchardet is loaded when bytes are no UTF-8; where
 * it is missing, Windows-1252 is the guess.
 */
#include "catalog/parse/input/encoding.h"

#include <dlfcn.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/parse/input/input_private.h"

enum { BLOCK_SIZE = 128 * 1024, HIGH_BYTES_FEW = 30, CHARACTER_MAX = 16 }; /* the last: of what a step may give */

/* ---- which one ---- */

bool encoding_is_utf8(const char *name)
{
    return strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "UTF8") == 0 || strcasecmp(name, "ASCII") == 0;
}

static const char *by_mark(const unsigned char *head, size_t size)
{
    if (size >= 4 && head[0] == 0xFF && head[1] == 0xFE && head[2] == 0 && head[3] == 0)
        return "UTF-32LE";
    if (size >= 4 && head[0] == 0 && head[1] == 0 && head[2] == 0xFE && head[3] == 0xFF)
        return "UTF-32BE";
    if (size >= 2 && head[0] == 0xFF && head[1] == 0xFE)
        return "UTF-16LE";
    if (size >= 2 && head[0] == 0xFE && head[1] == 0xFF)
        return "UTF-16BE";
    return NULL;
}

/* Every other byte a NUL: UTF-16 without a mark, of a text that is mostly Latin. */
static const char *by_zeros(const unsigned char *head, size_t size)
{
    size_t even = 0, odd = 0, pairs = (size < 4096 ? size : 4096) / 2;
    for (size_t i = 0; i < pairs; i++) {
        even += head[i * 2] == 0;
        odd += head[i * 2 + 1] == 0;
    }
    if (pairs < 4)
        return NULL;
    if (odd * 10 > pairs * 7 && even * 10 < pairs)
        return "UTF-16LE";
    return even * 10 > pairs * 7 && odd * 10 < pairs ? "UTF-16BE" : NULL;
}

static bool by_libuchardet(const char *head, size_t size, char *ret_name)
{
    static struct {
        void *(*create)(void);
        void (*destroy)(void *);
        int (*data)(void *, const char *, size_t);
        void (*end)(void *);
        const char *(*charset)(void *);
    } api;
    if (api.charset == NULL) {
        void *library = dlopen("libuchardet.so.0", RTLD_NOW | RTLD_LOCAL);
        if (library == NULL)
            return false;
        void *found[5] = { dlsym(library, "uchardet_new"), dlsym(library, "uchardet_delete"),
                           dlsym(library, "uchardet_handle_data"), dlsym(library, "uchardet_data_end"),
                           dlsym(library, "uchardet_get_charset") };
        for (size_t i = 0; i < 5; i++)
            if (found[i] == NULL)
                return false;
        memcpy(&api, found, sizeof found);
    }
    void *detector = api.create();
    bool known = api.data(detector, head, size) == 0;
    api.end(detector);
    known = known && text_copy(ret_name, ENCODING_NAME_SIZE, api.charset(detector)) && *ret_name != '\0';
    api.destroy(detector);
    return known;
}

static bool is_western(const char *name)
{
    static const char *const western[] = {
        "ASCII",        "ISO-8859-1",   "ISO-8859-15", "ISO-8859-9",        "ISO-8859-10",
        "ISO-8859-13",  "ISO-8859-3",   "ISO-8859-4",  "ISO-8859-14",       "ISO-8859-16",
        "WINDOWS-1252", "WINDOWS-1258", "UTF-8",       "MAC-CENTRALEUROPE", "WINDOWS-1257",
        "IBM852",       "IBM865",       "VISCII",      "ISO-8859-2"
    };
    for (size_t i = 0; i < sizeof western / sizeof *western; i++)
        if (strcasecmp(name, western[i]) == 0)
            return true;
    return false;
}

const char *encoding_guess(const char *head, size_t size, bool whole, char ret_name[static ENCODING_NAME_SIZE])
{
    const char *name = by_mark((const unsigned char *)head, size);
    if (name == NULL)
        name = by_zeros((const unsigned char *)head, size);
    if (name != NULL)
        return name;
    size_t at = 0, high = 0;
    for (size_t step; at < size && (step = text_utf8_size(head + at, size - at)) > 0; at += step)
        ;
    if (at == size || (!whole && size - at < 4))
        return "UTF-8";
    for (size_t i = 0; i < size; i++)
        high += (unsigned char)head[i] >= 0x80;
    /* few of them tell nothing: then it is what most old files are */
    if (high < HIGH_BYTES_FEW || !by_libuchardet(head, size, ret_name) || is_western(ret_name))
        return "WINDOWS-1252";
    return ret_name;
}

/* ---- the text ---- */

struct decoded_input {
    struct input in;
    struct input *inner; /* not owned */
    iconv_t iconv;
    uint64_t bad;
    bool end;
    size_t at, size;
    char block[BLOCK_SIZE];
    size_t spare_at, spare_size; /* of a character that was cut by the end of the reader's room */
    char spare[CHARACTER_MAX];
};

uint64_t encoding_bad(const struct input *decoded)
{
    return ((const struct decoded_input *)decoded)->bad;
}

static enum error_class refill(struct decoded_input *d, struct error *e)
{
    memmove(d->block, d->block + d->at, d->size - d->at);
    d->size -= d->at;
    d->at = 0;
    size_t got;
    enum error_class class = input_read(d->inner, d->block + d->size, sizeof d->block - d->size, &got, e);
    d->size += got;
    d->end = class == ERROR_OK && got == 0;
    return class;
}

/* What can't be a character is passed over, one byte at a time. */
static void pass_bad(struct decoded_input *d, char **to, size_t *room)
{
    d->bad++;
    d->at++;
    memcpy(*to, "\xEF\xBF\xBD", 3);
    *to += 3;
    *room -= 3;
}

/* As much as there is room for, which is a character at least; 0 only at the end. */
static enum error_class decode(struct decoded_input *d, char *into, size_t size, size_t *ret_size, struct error *e)
{
    char *to = into;
    size_t room = size;
    while (room >= CHARACTER_MAX && !(d->end && d->at == d->size)) {
        char *from = d->block + d->at;
        size_t left = d->size - d->at;
        size_t result = left > 0 ? iconv(d->iconv, &from, &left, &to, &room) : 0;
        int why = result == (size_t)-1 ? errno : 0;
        d->at = d->size - left;
        if (why == E2BIG)
            break;
        if (why == EILSEQ || (why == EINVAL && d->end)) {
            if (room < 3)
                break;
            pass_bad(d, &to, &room);
            continue;
        }
        if (d->end)
            continue;
        if (to > into)
            break;
        enum error_class class = refill(d, e);
        if (class != ERROR_OK)
            return class;
    }
    *ret_size = size - room;
    return ERROR_OK;
}

/* Who has less room than a character may need gets it in pieces. */
static enum error_class decoded_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    struct decoded_input *d = (struct decoded_input *)in;
    if (d->spare_at == d->spare_size) {
        if (size >= CHARACTER_MAX)
            return decode(d, into, size, ret_size, e);
        d->spare_at = d->spare_size = 0;
        enum error_class class = decode(d, d->spare, sizeof d->spare, &d->spare_size, e);
        if (class != ERROR_OK)
            return class;
    }
    size_t left = d->spare_size - d->spare_at;
    *ret_size = left < size ? left : size;
    memcpy(into, d->spare + d->spare_at, *ret_size);
    d->spare_at += *ret_size;
    return ERROR_OK;
}

static enum error_class decoded_rewind(struct input *in, struct error *e)
{
    struct decoded_input *d = (struct decoded_input *)in;
    d->at = d->size = d->spare_at = d->spare_size = 0;
    d->end = false;
    d->bad = 0;
    (void)iconv(d->iconv, NULL, NULL, NULL, NULL);
    return input_rewind(d->inner, e);
}

static int decoded_percent(const struct input *in)
{
    return input_percent(((const struct decoded_input *)in)->inner);
}

static void decoded_close(struct input *in)
{
    iconv_close(((struct decoded_input *)in)->iconv);
}

static const struct input_face decoded_face = {
    .read = decoded_read,
    .rewind = decoded_rewind,
    .percent = decoded_percent,
    .close = decoded_close,
};

enum error_class encoding_decode(struct input *inner, const char *name, struct input **ret_input, struct error *e)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1)
        return error_code(e, ERROR_INVALID, "unknown_encoding", "%s: no encoding named %.40s is known", inner->name,
                          name);
    struct decoded_input *d = mem_zero(1, sizeof *d);
    d->in = (struct input){ .face = &decoded_face, .name = inner->name };
    d->inner = inner;
    d->iconv = converter;
    *ret_input = &d->in;
    return ERROR_OK;
}
