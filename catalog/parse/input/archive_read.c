/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive_read.c - zip and tar by libarchive, over any input. What can seek is read by its directory (zip), else from
 * front to back. What comes out of all members together counts against the limits, so that members that share their
 * packed bytes make no bomb.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/input/archive_api.h"
#include "catalog/parse/input/input_private.h"
#include "catalog/parse/input/source.h"

enum { BLOCK_SIZE = 64 * 1024 };

struct archive_reader {
    struct input *in; /* owned */
    struct input_limits limits;
    struct archive *archive; /* owned */
    size_t members;
    uint64_t unpacked, packed; /* packed: what was read, of an input whose size is not known */
    enum error_class inner_class;
    struct error inner_error;
    char name[32]; /* of a member without one */
    char block[BLOCK_SIZE];
};

static la_ssize_t give_block(struct archive *a, void *context, const void **ret_block)
{
    (void)a;
    struct archive_reader *r = context;
    size_t got;
    r->inner_class = input_read(r->in, r->block, sizeof r->block, &got, &r->inner_error);
    r->packed += got;
    *ret_block = r->block;
    return r->inner_class == ERROR_OK ? (la_ssize_t)got : ARCHIVE_FATAL;
}

static la_int64_t seek(struct archive *a, void *context, la_int64_t offset, int whence)
{
    (void)a;
    struct archive_reader *r = context;
    uint64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? r->in->position : r->in->size, to;
    if (offset < 0 && (uint64_t)-offset > from)
        return ARCHIVE_FATAL;
    to = offset < 0 ? from - (uint64_t)-offset : from + (uint64_t)offset;
    if (to > r->in->size)
        return ARCHIVE_FATAL;
    r->inner_class = input_seek(r->in, to, &r->inner_error);
    return r->inner_class == ERROR_OK ? (la_int64_t)to : ARCHIVE_FATAL;
}

/* Over what nobody wants to see, as far as there is. */
static la_int64_t skip(struct archive *a, void *context, la_int64_t wanted)
{
    (void)a;
    struct archive_reader *r = context;
    uint64_t left = r->in->size - r->in->position, step = wanted > 0 ? (uint64_t)wanted : 0;
    if (step > left)
        step = left;
    r->inner_class = input_seek(r->in, r->in->position + step, &r->inner_error);
    return r->inner_class == ERROR_OK ? (la_int64_t)step : ARCHIVE_FATAL;
}

static enum error_class failed(struct archive_reader *r, struct error *e)
{
    if (r->inner_class != ERROR_OK) {
        if (e != NULL)
            *e = r->inner_error;
        return r->inner_class;
    }
    const char *why = archive.error_string(r->archive);
    return error_code(e, ERROR_INVALID, "archive_damaged", "member %zu is damaged, or the archive is cut off: %s",
                      r->members, why != NULL ? why : "no reason given");
}

static enum error_class begin(struct archive_reader *r, struct error *e)
{
    struct archive *a = r->archive = archive.read_new();
    if (a == NULL)
        return error_set(e, ERROR_FATAL, "libarchive gives no reader");
    archive.read_support_format_tar(a);
    archive.read_support_format_zip_streamable(a);
    archive.read_set_read_callback(a, give_block);
    if (r->in->face->seek != NULL) {
        archive.read_support_format_zip_seekable(a);
        archive.read_set_seek_callback(a, seek);
        archive.read_set_skip_callback(a, skip);
    }
    archive.read_set_callback_data(a, r);
    return archive.read_open1(a) == ARCHIVE_OK ? ERROR_OK : failed(r, e);
}

enum error_class archive_reader_open(const struct source *s, struct archive_reader **ret_reader, struct error *e)
{
    struct input *in;
    enum error_class class = archive_api_load(e);
    if (class == ERROR_OK)
        class = source_open(s, &in, e);
    if (class != ERROR_OK)
        return class;
    struct archive_reader *r = mem_zero(1, sizeof *r);
    r->in = in;
    r->limits = s->limits;
    class = begin(r, e);
    if (class == ERROR_OK)
        *ret_reader = r;
    else
        archive_reader_close(r);
    return class;
}

struct archive_reader *archive_reader_close(struct archive_reader *r)
{
    if (r == NULL)
        return NULL;
    if (r->archive != NULL)
        (void)archive.read_free(r->archive);
    input_close(r->in);
    free(r);
    return NULL;
}

enum error_class archive_reader_next(struct archive_reader *r, struct archive_member *ret_member, bool *ret_there,
                                     struct error *e)
{
    struct archive_entry *entry;
    int result;
    *ret_there = false;
    do
        result = archive.read_next_header(r->archive, &entry);
    while (result == ARCHIVE_RETRY);
    if (result == ARCHIVE_EOF)
        return ERROR_OK;
    if (result < ARCHIVE_WARN)
        return failed(r, e);
    const char *name = archive.entry_pathname_utf8(entry);
    if (name == NULL)
        name = archive.entry_pathname(entry);
    if (name == NULL) {
        (void)snprintf(r->name, sizeof r->name, "member %zu", r->members);
        name = r->name;
    }
    *ret_member = (struct archive_member){
        .index = r->members++,
        .name = name,
        .file = archive.entry_filetype(entry) == AE_IFREG && archive.entry_hardlink(entry) == NULL,
        .encrypted = archive.entry_is_encrypted(entry) == 1,
    };
    *ret_there = true;
    return ERROR_OK;
}

enum error_class archive_reader_read(struct archive_reader *r, void *into, size_t size, size_t *ret_size,
                                     struct error *e)
{
    la_ssize_t got;
    *ret_size = 0;
    do
        got = archive.read_data(r->archive, into, size);
    while (got == ARCHIVE_RETRY);
    if (got < 0)
        return failed(r, e);
    r->unpacked += (uint64_t)got;
    uint64_t packed = r->in->face->seek != NULL ? r->in->size : r->packed;
    enum error_class class = input_limits_check(&r->limits, r->unpacked, packed, "the archive", e);
    if (class == ERROR_OK)
        *ret_size = (size_t)got;
    return class;
}

int archive_reader_percent(const struct archive_reader *r)
{
    return input_percent(r->in);
}
