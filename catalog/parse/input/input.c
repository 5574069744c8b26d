/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.c - inputs of a plain file and of memory, and the calls that all inputs share.
 *
 * Happy path: open, look at the first bytes, put a filter on top when they say so, read in big pieces. A plain file is
 * read, not mapped: one that is cut while it is mapped kills the process. A pipe is refused, since readers look first
 * and then begin again.
 */
#include "catalog/parse/input/input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalog/parse/input/input_private.h"

#define RATIO_FROM (UINT64_C(64) << 20)

struct input_limits input_limits_default(void)
{
    return (struct input_limits){ .bytes_max = UINT64_C(1) << 40, .ratio_max = 500 };
}

enum error_class input_limits_check(const struct input_limits *limits, uint64_t unpacked, uint64_t packed,
                                    const char *what, struct error *e)
{
    if (unpacked > limits->bytes_max)
        return error_code(e, ERROR_TOO_LARGE, "unpacked_too_large",
                          "%s: more than %llu bytes come out of it: unpack it first if that is right", what,
                          (unsigned long long)limits->bytes_max);
    if (unpacked > RATIO_FROM && unpacked / limits->ratio_max > packed)
        return error_code(
            e, ERROR_TOO_LARGE, "unpacked_ratio",
            "%s: more than %u bytes come out of each packed byte, as of a bomb: unpack it first if that is right", what,
            limits->ratio_max);
    return ERROR_OK;
}

/* ---- a plain file ---- */

struct file_input {
    struct input in;
    int fd;
    char name[];
};

static enum error_class file_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    struct file_input *f = (struct file_input *)in;
    ssize_t got;
    do
        got = read(f->fd, into, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_code(e, ERROR_FATAL, "file_unreadable", "%s: %s", in->name, strerror(errno));
    *ret_size = (size_t)got;
    return ERROR_OK;
}

static enum error_class file_seek(struct input *in, uint64_t position, struct error *e)
{
    struct file_input *f = (struct file_input *)in;
    if (lseek(f->fd, (off_t)position, SEEK_SET) < 0)
        return error_code(e, ERROR_FATAL, "file_unreadable", "%s: %s", in->name, strerror(errno));
    return ERROR_OK;
}

static enum error_class seek_to_start(struct input *in, struct error *e)
{
    return in->face->seek(in, 0, e);
}

static int size_percent(const struct input *in)
{
    return in->size == 0 ? 100 : (int)((in->position < in->size ? in->position : in->size) * 100 / in->size);
}

static void file_close(struct input *in)
{
    close(((struct file_input *)in)->fd);
}

static const struct input_face file_face = {
    .read = file_read,
    .rewind = seek_to_start,
    .percent = size_percent,
    .close = file_close,
    .seek = file_seek,
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

static enum error_class open_plain(const char *path, struct input **ret_input, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return error_code(e, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_INVALID, "file_unreadable", "%s: %s", path,
                          strerror(errno));
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return error_code(e, ERROR_INVALID, "file_unreadable", "%s is %s", path,
                          S_ISDIR(st.st_mode) ? "a folder" : "no plain file");
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    const char *name = base_name(path);
    struct file_input *f = mem_zero(1, sizeof *f + strlen(name) + 1);
    memcpy(f->name, name, strlen(name) + 1);
    f->in = (struct input){ .face = &file_face, .size = (uint64_t)st.st_size, .name = f->name };
    f->fd = fd;
    *ret_input = &f->in;
    return ERROR_OK;
}

enum error_class input_open(const char *path, const struct input_limits *limits, struct input **ret_input,
                            struct error *e)
{
    struct input *in = NULL;
    enum error_class class = open_plain(path, &in, e);
    if (class != ERROR_OK)
        return class;
    char head[INPUT_MAGIC_SIZE];
    size_t size = 0, got = 1;
    while (class == ERROR_OK && size < sizeof head && got > 0) {
        class = input_read(in, head + size, sizeof head - size, &got, e);
        size += got;
    }
    if (class == ERROR_OK)
        class = input_rewind(in, e);
    if (class != ERROR_OK) {
        input_close(in);
        return class;
    }
    if (input_is_packed(head, size))
        return input_unpack(in, limits, ret_input, e);
    *ret_input = in;
    return ERROR_OK;
}

/* ---- memory ---- */

struct memory_input {
    struct input in;
    const char *data; /* the caller's */
};

static enum error_class memory_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    (void)e;
    uint64_t left = in->size - in->position;
    *ret_size = size < left ? size : (size_t)left;
    if (*ret_size > 0)
        memcpy(into, ((struct memory_input *)in)->data + in->position, *ret_size);
    return ERROR_OK;
}

static enum error_class memory_seek(struct input *in, uint64_t position, struct error *e)
{
    (void)in, (void)position, (void)e; /* its place is in->position, which input_seek() sets */
    return ERROR_OK;
}

static void memory_close(struct input *in)
{
    (void)in;
}

static const struct input_face memory_face = {
    .read = memory_read,
    .rewind = seek_to_start,
    .percent = size_percent,
    .close = memory_close,
    .seek = memory_seek,
};

struct input *input_of_memory(const void *data, size_t size)
{
    struct memory_input *m = mem_zero(1, sizeof *m);
    m->in = (struct input){ .face = &memory_face, .size = size, .name = "memory" };
    m->data = data;
    return &m->in;
}

/* ---- all of them ---- */

struct input *input_close(struct input *in)
{
    if (in == NULL)
        return NULL;
    in->face->close(in);
    free(in);
    return NULL;
}

enum error_class input_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e)
{
    *ret_size = 0;
    enum error_class class = in->face->read(in, into, size, ret_size, e);
    if (class != ERROR_OK)
        *ret_size = 0;
    in->position += *ret_size;
    return class;
}

enum error_class input_rewind(struct input *in, struct error *e)
{
    enum error_class class = in->face->rewind(in, e);
    if (class == ERROR_OK)
        in->position = 0;
    return class;
}

enum error_class input_seek(struct input *in, uint64_t position, struct error *e)
{
    assert(in->face->seek && position <= in->size);
    enum error_class class = in->face->seek(in, position, e);
    if (class == ERROR_OK)
        in->position = position;
    return class;
}

uint64_t input_position(const struct input *in)
{
    return in->position;
}

int input_percent(const struct input *in)
{
    return in->face->percent(in);
}
