/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - where an input comes from, so that it can be opened again: a file, or a member of an archive that is a
 * source itself. And archives, member by member. This room only.
 */
#ifndef CATALOG_PARSE_INPUT_SOURCE_H
#define CATALOG_PARSE_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/parse/input/input.h"

/* In an arena, as are its texts. */
struct source {
    const char *path;           /* of a file; else */
    const struct source *outer; /* the archive, and in it */
    size_t index;               /* the how-manieth member, from 0 */
    bool packed;                /* a member that is gz, zst, xz or bz2 by itself */
    bool lazily;                /* a file that is opened when it is read, as members are */
    const char *name;           /* for messages and for the format */
    struct input_limits limits;
};

/* A member is opened when it is first read and closed when it was read to its end: many may be held. */
enum error_class source_open(const struct source *s, struct input **ret_input, struct error *e);
/* A member that comes from memory until source_forget(); `data` is owned from now on, made by malloc(). */
struct input *source_of_memory(const struct source *s, char *data, size_t size);
/* The memory is given back; the next read opens the archive again. For inputs of this file only; others are left. */
void source_forget(struct input *in);

struct archive_member {
    size_t index;
    const char *name;     /* as the archive has it; good until the next member */
    bool file, encrypted; /* file: neither folder nor link nor device */
};

struct archive_reader;
enum error_class archive_reader_open(const struct source *s, struct archive_reader **ret_reader, struct error *e);
struct archive_reader *archive_reader_close(struct archive_reader *r); /* NULL is fine; returns NULL */
enum error_class archive_reader_next(struct archive_reader *r, struct archive_member *ret_member, bool *ret_there,
                                     struct error *e);
/* Bytes of the current member; *ret_size 0 is its end. ERROR_TOO_LARGE: all that came out is over the source's limits.
 */
enum error_class archive_reader_read(struct archive_reader *r, void *into, size_t size, size_t *ret_size,
                                     struct error *e);
int archive_reader_percent(const struct archive_reader *r);

#endif
