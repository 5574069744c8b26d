/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <sodium.h>
#include <string.h>

void digest_sha256(const void *data, size_t size, unsigned char ret_digest[static DIGEST_SIZE])
{
    (void)crypto_hash_sha256(ret_digest, data, size);
}

void digest_hex(const unsigned char digest[static DIGEST_SIZE], char ret_text[static DIGEST_HEX_SIZE])
{
    (void)sodium_bin2hex(ret_text, DIGEST_HEX_SIZE, digest, DIGEST_SIZE);
}

void digest_key(const char *key, char ret_text[static DIGEST_BYTEA_SIZE])
{
    unsigned char digest[DIGEST_SIZE];
    digest_sha256(key, strlen(key), digest);
    memcpy(ret_text, "\\x", 2);
    digest_hex(digest, ret_text + 2);
}
