/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input_packed.c - an input that unpacks another one: gz, zst, xz, bz2 by libarchive, which is asked for the bytes of a
 * file without a container ("raw").
 *
 * Failure modes: damaged or cut input is ERROR_INVALID with how far it went; too much coming out is ERROR_TOO_LARGE.
 * What came out before stays given: a reader that can use half a file may.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/input/archive_api.h"
#include "catalog/parse/input/input_private.h"

enum { BLOCK_SIZE = 256 * 1024 };

struct packed_input {
    struct input in;
    struct input *inner; /* owned */
    struct input_limits limits;
    struct archive *archive; /* owned */
    bool empty;
    enum error_class inner_class; /* what reading `inner` said inside the library */
    struct error inner_error;
    char block[BLOCK_SIZE];
};

/* "BZh" alone may begin a text. */
bool input_is_packed(const void *head, size_t size)
{
    static const char gz[] = { 0x1f, '\x8b', 8 }, zst[] = { 0x28, '\xb5', 0x2f, '\xfd' };
    static const char xz[] = { '\xfd', '7', 'z', 'X', 'Z', 0 };
    const unsigned char *at = head;
    if (size >= INPUT_MAGIC_SIZE && memcmp(at, "BZh", 3) == 0 && at[3] >= '1' && at[3] <= '9')
        return (at[4] == 0x31 && at[5] == 0x41) || (at[4] == 0x17 && at[5] == 0x72);
    return (size >= sizeof gz && memcmp(at, gz, sizeof gz) == 0) ||
           (size >= sizeof zst && memcmp(at, zst, sizeof zst) == 0) ||
           (size >= sizeof xz && memcmp(at, xz, sizeof xz) == 0);
}

static la_ssize_t give_block(struct archive *a, void *context, const void **ret_block)
{
    (void)a;
    struct packed_input *p = context;
    size_t got;
    p->inner_class = input_read(p->inner, p->block, sizeof p->block, &got, &p->inner_error);
    *ret_block = p->block;
    return p->inner_class == ERROR_OK ? (la_ssize_t)got : ARCHIVE_FATAL;
}

static enum error_class failed(struct packed_input *p, struct error *e)
{
    if (p->inner_class != ERROR_OK) {
        if (e != NULL)
            *e = p->inner_error;
        return p->inner_class;
    }
    const char *why = p->archive != NULL ? archive.error_string(p->archive) : NULL;
    return error_code(e, ERROR_INVALID, "file_damaged", "%s: damaged or cut off, %llu bytes came out of it: %s",
                      p->in.name, (unsigned long long)p->in.position, why != NULL ? why : "no reason given");
}

static enum error_class start(struct packed_input *p, struct error *e)
{
    if (p->archive != NULL)
        (void)archive.read_free(p->archive);
    p->inner_class = ERROR_OK;
    struct archive *a = p->archive = archive.read_new();
    if (a == NULL)
        return failed(p, e);
    archive.read_support_filter_gzip(a);
    archive.read_support_filter_zstd(a);
    archive.read_support_filter_xz(a);
    archive.read_support_filter_bzip2(a);
    archive.read_support_format_raw(a);
    archive.read_support_format_empty(a);
    archive.read_set_read_callback(a, give_block);
    archive.read_set_callback_data(a, p);
    struct archive_entry *entry;
    int result = archive.read_open1(a);
    if (result == ARCHIVE_OK)
        result = archive.read_next_header(a, &entry);
    p->empty = result == ARCHIVE_EOF;
    return result == ARCHIVE_OK || p->empty ? ERROR_OK : failed(p, e);
}

static enum error_class packed_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    struct packed_input *p = (struct packed_input *)in;
    if (p->empty)
        return ERROR_OK;
    la_ssize_t got;
    do
        got = archive.read_data(p->archive, into, size);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return failed(p, e);
    *ret_size = (size_t)got;
    return input_limits_check(&p->limits, in->position + *ret_size, p->inner->position, in->name, e);
}

static enum error_class packed_rewind(struct input *in, struct error *e)
{
    struct packed_input *p = (struct packed_input *)in;
    enum error_class class = input_rewind(p->inner, e);
    return class == ERROR_OK ? start(p, e) : class;
}

static int packed_percent(const struct input *in)
{
    return input_percent(((const struct packed_input *)in)->inner);
}

static void packed_close(struct input *in)
{
    struct packed_input *p = (struct packed_input *)in;
    if (p->archive != NULL)
        (void)archive.read_free(p->archive);
    input_close(p->inner);
}

static const struct input_face packed_face = {
    .read = packed_read,
    .rewind = packed_rewind,
    .percent = packed_percent,
    .close = packed_close,
};

enum error_class input_unpack(struct input *inner, const struct input_limits *limits, struct input **ret_input,
                              struct error *e)
{
    enum error_class class = archive_api_load(e);
    if (class != ERROR_OK) {
        input_close(inner);
        return class;
    }
    struct packed_input *p = mem_zero(1, sizeof *p);
    p->in = (struct input){ .face = &packed_face, .name = inner->name };
    p->inner = inner;
    p->limits = *limits;
    class = start(p, e);
    if (class != ERROR_OK) {
        input_close(&p->in);
        return class;
    }
    *ret_input = &p->in;
    return ERROR_OK;
}
