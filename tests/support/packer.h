/* SPDX-License-Identifier: Apache-2.0 */
/* packer.h - makes packed files and archives for tests, evil ones as well, with libarchive. Fails the test that asks.
 */
#ifndef TESTS_SUPPORT_PACKER_H
#define TESTS_SUPPORT_PACKER_H

#include <stddef.h>

struct packer;

/* A file at path. format: "zip", "pax", "raw"; filter: "none", "gzip", "zstd", "xz", "bzip2". */
struct packer *packer_create(const char *path, const char *format, const char *filter);
/* link: NULL, or where a symbolic link of that name points to. */
void packer_begin(struct packer *p, const char *name, size_t size, const char *link);
void packer_data(struct packer *p, const void *data, size_t size);
void packer_member(struct packer *p, const char *name, const char *text); /* both at once */
struct packer *packer_close(struct packer *p);                            /* returns NULL */

#endif
