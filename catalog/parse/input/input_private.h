/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input_private.h - what an input is made of: where its bytes come from, as a table of functions. Inputs stand on one
 * another: a file, what a filter makes of it, a member of the archive that comes out. This room only.
 */
#ifndef CATALOG_PARSE_INPUT_INPUT_PRIVATE_H
#define CATALOG_PARSE_INPUT_INPUT_PRIVATE_H

#include <stdbool.h>

#include "catalog/parse/input/input.h"

struct input_face {
    enum error_class (*read)(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e);
    enum error_class (*rewind)(struct input *in, struct error *e);
    int (*percent)(const struct input *in);
    void (*close)(struct input *in); /* frees what `in` begins */
    /* NULL: front to back only. */
    enum error_class (*seek)(struct input *in, uint64_t position, struct error *e);
};

/* The first member of whatever implements it. */
struct input {
    const struct input_face *face;
    uint64_t position;
    uint64_t size;    /* of inputs that can seek */
    const char *name; /* for messages, owned by the input */
};

enum error_class input_seek(struct input *in, uint64_t position, struct error *e);

/* Do the first bytes say gz, zst, xz or bz2? */
enum { INPUT_MAGIC_SIZE = 6 };
bool input_is_packed(const void *head, size_t size);
/* What comes out of `inner`, which it owns from now on, also on failure. */
enum error_class input_unpack(struct input *inner, const struct input_limits *limits, struct input **ret_input,
                              struct error *e);
/* Has too much come out? `what` is the name of the input in the message. */
enum error_class input_limits_check(const struct input_limits *limits, uint64_t unpacked, uint64_t packed,
                                    const char *what, struct error *e);

#endif
