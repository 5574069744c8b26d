/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed.h - text files compiled into the program: SQL, templates, the console, the schemas of kinds.
 *
 * The tables are laid out by cmake/embed.cmake, sorted by name, and live as long as the program. The bytes are those of
 * the file and end with a NUL that size does not count, so text can be used as a C string.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embed_file {
    const char *name; /* path below the embedded folder, like "job_finish.sql" */
    const char *data;
    size_t size;
    const char *hash; /* 32 hex digits of the content where the table has them (the console), else NULL */
};

/* NULL when the table has no such name. */
const struct embed_file *embed_find(const struct embed_file *table, size_t count, const char *name);

#endif
