/* SPDX-License-Identifier: Apache-2.0 */
/* packer.c - the writing half of libarchive, loaded as the program loads the reading half. */
#include "tests/support/packer.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define WRITING(X)              \
    X(write_new)                \
    X(write_free)               \
    X(write_close)              \
    X(write_set_format_by_name) \
    X(write_set_format_raw)     \
    X(write_add_filter_by_name) \
    X(write_add_filter_none)    \
    X(write_open_filename)      \
    X(write_header)             \
    X(write_data)               \
    X(error_string)             \
    X(entry_new)                \
    X(entry_free)               \
    X(entry_set_pathname)       \
    X(entry_set_size)           \
    X(entry_set_filetype)       \
    X(entry_set_perm)           \
    X(entry_set_symlink)

static struct {
#define X(function) __typeof__(archive_##function) *function;
    WRITING(X)
#undef X
} api;

struct packer {
    struct archive *archive;
};

static void check(struct packer *p, long result)
{
    if (result >= ARCHIVE_OK)
        return;
    (void)fprintf(stderr, "packer: %s\n", p != NULL ? api.error_string(p->archive) : dlerror());
    abort();
}

static void load(void)
{
    void *library = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL), *found;
    check(NULL, library != NULL ? 0 : ARCHIVE_FATAL);
#define X(function)                                 \
    found = dlsym(library, "archive_" #function);   \
    check(NULL, found != NULL ? 0 : ARCHIVE_FATAL); \
    memcpy(&api.function, &found, sizeof found);
    WRITING(X)
#undef X
}

struct packer *packer_create(const char *path, const char *format, const char *filter)
{
    load();
    struct packer *p = mem_zero(1, sizeof *p);
    p->archive = api.write_new();
    check(p, strcmp(format, "raw") == 0 ? api.write_set_format_raw(p->archive)
                                        : api.write_set_format_by_name(p->archive, format));
    check(p, strcmp(filter, "none") == 0 ? api.write_add_filter_none(p->archive)
                                         : api.write_add_filter_by_name(p->archive, filter));
    check(p, api.write_open_filename(p->archive, path));
    return p;
}

void packer_begin(struct packer *p, const char *name, size_t size, const char *link)
{
    struct archive_entry *entry = api.entry_new();
    api.entry_set_pathname(entry, name);
    api.entry_set_perm(entry, 0644);
    api.entry_set_filetype(entry, link != NULL ? AE_IFLNK : AE_IFREG);
    if (link != NULL)
        api.entry_set_symlink(entry, link);
    else
        api.entry_set_size(entry, (la_int64_t)size);
    check(p, api.write_header(p->archive, entry));
    api.entry_free(entry);
}

void packer_data(struct packer *p, const void *data, size_t size)
{
    check(p, (long)api.write_data(p->archive, data, size));
}

void packer_member(struct packer *p, const char *name, const char *text)
{
    packer_begin(p, name, strlen(text), NULL);
    packer_data(p, text, strlen(text));
}

struct packer *packer_close(struct packer *p)
{
    check(p, api.write_close(p->archive));
    check(p, api.write_free(p->archive));
    free(p);
    return NULL;
}
