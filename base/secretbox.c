/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed form: nonce (24 random bytes), ciphertext, tag. The associated data is the row id as 8 bytes, highest first.
 * The key file appears whole or not at all: it is written under a name of its own and then linked to its place, and a
 * link that finds the place taken uses what is there.
 */
#include "base/secretbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/random.h"

struct secretbox {
    unsigned char key[SECRETBOX_KEY_SIZE];
};

enum { ROW_SIZE = 8, NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

_Static_assert(SECRETBOX_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(SECRETBOX_OVERHEAD == NONCE_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES, "overhead");

static void row_bytes(int64_t row, unsigned char ret_bytes[static ROW_SIZE])
{
    for (int i = 0; i < ROW_SIZE; i++)
        ret_bytes[i] = (unsigned char)((uint64_t)row >> (8 * (ROW_SIZE - 1 - i)));
}

static enum error_class key_read(int fd, const char *path, struct secretbox **ret_box, struct error *e)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return error_set(e, ERROR_FATAL, "key file %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode) || status.st_size != SECRETBOX_KEY_SIZE)
        return error_code(e, ERROR_INVALID, "key_file_size", "key file %s must be a file of exactly %d bytes", path,
                          SECRETBOX_KEY_SIZE);
    if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0)
        return error_code(e, ERROR_DENIED, "key_file_open",
                          "key file %s is open to other users: chmod 600 it, and treat the key as known", path);
    struct secretbox *box = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *box);
    if (box == NULL)
        return error_set(e, ERROR_FATAL, "key file %s: no guarded memory for the key", path);
    ssize_t got = pread(fd, box->key, SECRETBOX_KEY_SIZE, 0);
    if (got != SECRETBOX_KEY_SIZE) {
        sodium_free(box);
        return error_set(e, ERROR_FATAL, "key file %s: %s", path, got < 0 ? strerror(errno) : "cut short");
    }
    *ret_box = box;
    return ERROR_OK;
}

enum error_class secretbox_load(const char *path, struct secretbox **ret_box, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return error_code(e, ERROR_NOT_FOUND, "key_file_missing",
                          "there is no key file %s: copy it from where the fleet was first started", path);
    if (fd < 0)
        return error_set(e, ERROR_DENIED, "key file %s: %s", path, strerror(errno));
    enum error_class class = key_read(fd, path, ret_box, e);
    close(fd);
    return class;
}

/* The folder's entry must outlive a power cut, or secrets sealed today could not be opened tomorrow. */
static bool folder_sync(const char *path)
{
    mem_auto char *folder = mem_text(path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder] = '\0';
    int fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static enum error_class key_write(const char *temporary, const char *path, struct error *e)
{
    unsigned char key[SECRETBOX_KEY_SIZE];
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(e, ERROR_DENIED, "make key file %s: %s", path, strerror(errno));
    random_bytes(key, sizeof key);
    bool ok = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    close(fd);
    if (ok && link(temporary, path) != 0 && errno != EEXIST)
        ok = false;
    int cause = errno;
    (void)unlink(temporary);
    if (!ok || !folder_sync(path))
        return error_set(e, ERROR_FATAL, "make key file %s: %s", path, strerror(ok ? errno : cause));
    return ERROR_OK;
}

enum error_class secretbox_create(const char *path, struct secretbox **ret_box, struct error *e)
{
    if (access(path, F_OK) != 0) {
        char suffix[17];
        random_hex(suffix, sizeof suffix);
        mem_auto char *temporary = mem_format("%s.%s", path, suffix);
        enum error_class class = key_write(temporary, path, e);
        if (class != ERROR_OK)
            return class;
    }
    return secretbox_load(path, ret_box, e);
}

struct secretbox *secretbox_destroy(struct secretbox *box)
{
    sodium_free(box); /* wipes */
    return NULL;
}

enum error_class secretbox_seal(const struct secretbox *box, int64_t row, const char *text, size_t size,
                                unsigned char **ret_sealed, size_t *ret_size, struct error *e)
{
    if (size > SECRETBOX_TEXT_MAX)
        return error_set(e, ERROR_TOO_LARGE, "a secret has at most %d bytes", SECRETBOX_TEXT_MAX);
    unsigned char associated[ROW_SIZE];
    row_bytes(row, associated);
    unsigned char *sealed = mem_alloc(size + SECRETBOX_OVERHEAD);
    random_bytes(sealed, NONCE_SIZE);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_SIZE, NULL, (const unsigned char *)text, size,
                                                     associated, sizeof associated, NULL, sealed, box->key);
    *ret_sealed = sealed;
    *ret_size = size + SECRETBOX_OVERHEAD;
    return ERROR_OK;
}

enum error_class secretbox_open(const struct secretbox *box, int64_t row, const unsigned char *sealed, size_t size,
                                char **ret_text, struct error *e)
{
    if (size >= SECRETBOX_OVERHEAD && size <= SECRETBOX_TEXT_MAX + SECRETBOX_OVERHEAD) {
        unsigned char associated[ROW_SIZE];
        row_bytes(row, associated);
        size_t text_size = size - SECRETBOX_OVERHEAD;
        char *text = mem_zero(text_size + 1, 1);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)text, NULL, NULL, sealed + NONCE_SIZE,
                                                       size - NONCE_SIZE, associated, sizeof associated, sealed,
                                                       box->key) == 0) {
            *ret_text = text;
            return ERROR_OK;
        }
        free(text);
    }
    return error_code(e, ERROR_DENIED, "secret_refused",
                      "the secret of row %lld does not open with this key file: use the one it was sealed with",
                      (long long)row);
}

void secretbox_wipe(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}
