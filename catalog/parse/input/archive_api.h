/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive_api.h - the functions of libarchive that reading uses. It is loaded when the first packed file comes: with
 * what it pulls in (libxml2, ICU) it would cost every slot and every command milliseconds at its start.
 */
#ifndef CATALOG_PARSE_INPUT_ARCHIVE_API_H
#define CATALOG_PARSE_INPUT_ARCHIVE_API_H

#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

#define ARCHIVE_FUNCTIONS(X)              \
    X(read_new)                           \
    X(read_free)                          \
    X(read_support_filter_gzip)           \
    X(read_support_filter_bzip2)          \
    X(read_support_filter_xz)             \
    X(read_support_filter_zstd)           \
    X(read_support_format_raw)            \
    X(read_support_format_empty)          \
    X(read_support_format_tar)            \
    X(read_support_format_zip_seekable)   \
    X(read_support_format_zip_streamable) \
    X(read_set_options)                   \
    X(read_set_read_callback)             \
    X(read_set_seek_callback)             \
    X(read_set_skip_callback)             \
    X(read_set_callback_data)             \
    X(read_open1)                         \
    X(read_next_header)                   \
    X(read_data)                          \
    X(read_data_skip)                     \
    X(error_string)                       \
    X(entry_pathname)                     \
    X(entry_pathname_utf8)                \
    X(entry_filetype)                     \
    X(entry_hardlink)                     \
    X(entry_is_encrypted)

struct archive_api {
#define X(function) __typeof__(archive_##function) *function;
    ARCHIVE_FUNCTIONS(X)
#undef X
};

extern struct archive_api archive;
enum error_class archive_api_load(struct error *e);

#endif
