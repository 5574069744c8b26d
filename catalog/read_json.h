/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_json.h - reading a JSON tree that may be wrong anywhere, top-down, without an if a line.
 *
 * The first wrong thing sets the error, with the JSON pointer of where; whatever is read after that is a harmless zero,
 * and the caller looks at `class` once at the end. Texts and lists are copied into the arena, with limits.
 */
#ifndef CATALOG_READ_JSON_H
#define CATALOG_READ_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum { READ_JSON_NAME_MAX = 1024, READ_JSON_TEXT_MAX = 256 * 1024 };

/* Where we are; lives on the C stack. key NULL: item number `index`. */
struct read_json_at {
    const struct read_json_at *up;
    const char *key;
    size_t index;
};

struct read_json {
    struct arena *arena;
    struct error *error;
    enum error_class class; /* ERROR_OK until something was wrong */
};

/* "key is what", e.g. what = "must be a text". */
void read_json_wrong(struct read_json *r, const struct read_json_at *at, const char *key, const char *what);

/* Required text must be there and not empty; otherwise NULL stands for absent or null. */
const char *read_json_text(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                           bool required, size_t max);
int64_t read_json_integer(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                          int64_t absent, int64_t min, int64_t max);
bool read_json_boolean(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                       bool absent);
double read_json_real(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                      double min, double max);
/* The array `key` (absent: NULL) of at most max items. */
const json_t *read_json_array(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                              size_t max);
/* The array of texts `key` (absent: none), each of at most READ_JSON_TEXT_MAX bytes. */
void read_json_texts(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                     size_t max, const char ***ret_items, size_t *ret_count);
/* false, with the error set, when the arena could not take `size` bytes more and much beside. */
bool read_json_room(struct read_json *r, const struct read_json_at *at, size_t size);

#endif
