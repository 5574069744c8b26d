/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest.h - SHA-256 (FIPS 180-4, libsodium's). For names of contents and for random keys of ours that are kept only as
 * a digest (256 random bits need no salt and no stretching); never for passwords that people choose.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX_SIZE = 2 * DIGEST_SIZE + 1 };

void digest_sha256(const void *data, size_t size, unsigned char ret_digest[static DIGEST_SIZE]);
void digest_hex(const unsigned char digest[static DIGEST_SIZE], char ret_text[static DIGEST_HEX_SIZE]);

/* The digest of a key of ours in PostgreSQL's text form of bytea, "\x…": what argosy.api_key and argosy.session hold.
 */
enum { DIGEST_BYTEA_SIZE = DIGEST_HEX_SIZE + 2 };
void digest_key(const char *key, char ret_text[static DIGEST_BYTEA_SIZE]);

#endif
