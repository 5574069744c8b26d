/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buffer.h - bytes that grow up to a limit.
 *
 * Invariants: data[size] is '\0' once anything was added; size <= max. Going over max sets `overflow` and drops what
 * did not fit; whoever sends the buffer checks it once at the end. init/finish do not allocate by themselves.
 *
 * A buffer with a drain hands its bytes over instead of growing: all but the last one, which writers look back at. Then
 * `max` bounds what is added in one go, and `overflow` means that the drain took no more.
 */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* false: no more, and the buffer overflows. */
typedef bool buffer_drain(void *context, const char *data, size_t size);

struct buffer {
    char *data; /* owned; NULL while empty */
    size_t size;
    size_t capacity;
    size_t max;
    buffer_drain *drain; /* NULL: it grows */
    void *context;       /* the drain's */
    bool overflow;
};

void buffer_init(struct buffer *b, size_t max);
void buffer_init_drain(struct buffer *b, size_t max, buffer_drain *drain, void *context);
bool buffer_flush(struct buffer *b);  /* with a drain: hands over what is left */
void buffer_finish(struct buffer *b); /* frees; may be used again after buffer_init() */
void buffer_clear(struct buffer *b);  /* keeps the memory */

bool buffer_add(struct buffer *b, const void *data, size_t size);
bool buffer_text(struct buffer *b, const char *text);
bool buffer_char(struct buffer *b, char c);
/* Room for `size` more bytes at the end, to be filled from there and taken with buffer_took(); NULL: overflow. */
char *buffer_room(struct buffer *b, size_t size);
void buffer_took(struct buffer *b, size_t size);
bool buffer_format(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buffer_json_string(struct buffer *b, const char *text,
                        size_t size);                  /* quoted and escaped; bad UTF-8 becomes U+FFFD */
void buffer_drop_front(struct buffer *b, size_t size); /* forgets the first bytes */

/* Gives the memory away: free() it. Never NULL. The buffer is empty after. */
char *buffer_take(struct buffer *b);

/* NUL-terminated view, "" when empty; valid until the next change. */
const char *buffer_view(const struct buffer *b);

#endif
