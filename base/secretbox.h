/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secretbox.h - a text sealed for its row: XChaCha20-Poly1305 under the fleet's key file, the row id as associated
 * data.
 *
 * Sealed bytes copied into another row do not open there. The key file holds 32 random bytes, is made once (0600) and
 * must be the same on every machine that opens secrets. Blocking file access, for start-up, slots and the CLI; seal and
 * open never block.
 */
#ifndef BASE_SECRETBOX_H
#define BASE_SECRETBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
    SECRETBOX_KEY_SIZE = 32,
    SECRETBOX_OVERHEAD = 24 + 16, /* nonce before, tag after */
    SECRETBOX_TEXT_MAX = 64 << 10
};

struct secretbox; /* holds the key in guarded memory that no core dump gets */

/* Reads the key file. ERROR_NOT_FOUND "key_file_missing", ERROR_INVALID "key_file_size", ERROR_DENIED "key_file_open"
 * (readable by others). */
enum error_class secretbox_load(const char *path, struct secretbox **ret_box, struct error *e);
/* The same, made first when there is none; of several who try at once one makes it and all read that one. */
enum error_class secretbox_create(const char *path, struct secretbox **ret_box, struct error *e);
struct secretbox *secretbox_destroy(struct secretbox *box); /* wipes; NULL is fine; returns NULL */

/* *ret_sealed: *ret_size == size + SECRETBOX_OVERHEAD bytes, free() it. */
enum error_class secretbox_seal(const struct secretbox *box, int64_t row, const char *text, size_t size,
                                unsigned char **ret_sealed, size_t *ret_size, struct error *e);
/* *ret_text: NUL-terminated, secretbox_wipe() it. ERROR_DENIED "secret_refused": another key, another row, or changed
 * bytes. */
enum error_class secretbox_open(const struct secretbox *box, int64_t row, const unsigned char *sealed, size_t size,
                                char **ret_text, struct error *e);

/* Overwrites the text in a way the compiler keeps, and frees it. NULL is fine. */
void secretbox_wipe(char *text);

#endif
