/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - the bytes of a file, front to back, whatever it is packed in.
 *
 * input_open() looks through .gz, .zst, .xz and .bz2 by what the first bytes say, not by the name. A limit on what may
 * come out stops bombs: ERROR_TOO_LARGE names the limit and says what to do. Blocking; never more than a window in
 * memory.
 */
#ifndef CATALOG_PARSE_INPUT_INPUT_H
#define CATALOG_PARSE_INPUT_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct input;

struct input_limits {
    uint64_t bytes_max; /* unpacked */
    unsigned ratio_max; /* unpacked for each byte packed, once 64 MiB came out */
};
struct input_limits input_limits_default(void);

enum error_class input_open(const char *path, const struct input_limits *limits, struct input **ret_input,
                            struct error *e);
/* Memory of the caller's, for tests and small things; not copied. */
struct input *input_of_memory(const void *data, size_t size);
struct input *input_close(struct input *in); /* NULL is fine; returns NULL */

/* Up to `size` bytes into `into`; *ret_size 0 is the end. */
enum error_class input_read(struct input *in, void *into, size_t size, size_t *ret_size, struct error *e);
enum error_class input_rewind(struct input *in, struct error *e); /* to the first byte again */
uint64_t input_position(const struct input *in);                  /* unpacked bytes that were read */
/* 0 to 100 of the packed bytes; -1 when the size is not known. */
int input_percent(const struct input *in);

#endif
