/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_api.h - the functions of libmongoc and libbson that a session uses. They are loaded when the first MongoDB
 * address is opened: who has none needs no such library.
 */
#ifndef CATALOG_CONNECT_MONGODB_MONGODB_API_H
#define CATALOG_CONNECT_MONGODB_MONGODB_API_H

#include <mongoc/mongoc.h>

#include "base/error.h"

#define MONGODB_FUNCTIONS(X)                      \
    X(mongoc_init)                                \
    X(mongoc_log_set_handler)                     \
    X(mongoc_uri_new_with_error)                  \
    X(mongoc_uri_destroy)                         \
    X(mongoc_uri_get_username)                    \
    X(mongoc_uri_get_database)                    \
    X(mongoc_uri_get_tls)                         \
    X(mongoc_uri_set_password)                    \
    X(mongoc_uri_set_appname)                     \
    X(mongoc_uri_set_compressors)                 \
    X(mongoc_uri_get_option_as_int32)             \
    X(mongoc_uri_set_option_as_int32)             \
    X(mongoc_uri_set_option_as_bool)              \
    X(mongoc_uri_set_read_prefs_t)                \
    X(mongoc_read_prefs_new)                      \
    X(mongoc_read_prefs_destroy)                  \
    X(mongoc_client_new_from_uri_with_error)      \
    X(mongoc_client_set_error_api)                \
    X(mongoc_client_destroy)                      \
    X(mongoc_client_select_server)                \
    X(mongoc_client_get_collection)               \
    X(mongoc_client_get_database)                 \
    X(mongoc_client_read_command_with_opts)       \
    X(mongoc_server_description_hello_response)   \
    X(mongoc_server_description_destroy)          \
    X(mongoc_database_find_collections_with_opts) \
    X(mongoc_database_destroy)                    \
    X(mongoc_collection_aggregate)                \
    X(mongoc_collection_find_with_opts)           \
    X(mongoc_collection_find_indexes_with_opts)   \
    X(mongoc_collection_destroy)                  \
    X(mongoc_cursor_next)                         \
    X(mongoc_cursor_error_document)               \
    X(mongoc_cursor_destroy)                      \
    X(bson_new)                                   \
    X(bson_copy)                                  \
    X(bson_destroy)                               \
    X(bson_init_static)                           \
    X(bson_append_utf8)                           \
    X(bson_append_int32)                          \
    X(bson_append_int64)                          \
    X(bson_append_double)                         \
    X(bson_append_bool)                           \
    X(bson_append_oid)                            \
    X(bson_append_document)                       \
    X(bson_append_array)                          \
    X(bson_get_data)                              \
    X(bson_as_relaxed_extended_json)              \
    X(bson_array_as_json)                         \
    X(bson_free)                                  \
    X(bson_iter_init)                             \
    X(bson_iter_init_find)                        \
    X(bson_iter_init_from_data)                   \
    X(bson_iter_next)                             \
    X(bson_iter_recurse)                          \
    X(bson_iter_key)                              \
    X(bson_iter_type)                             \
    X(bson_iter_utf8)                             \
    X(bson_iter_symbol)                           \
    X(bson_iter_code)                             \
    X(bson_iter_codewscope)                       \
    X(bson_iter_regex)                            \
    X(bson_iter_double)                           \
    X(bson_iter_int32)                            \
    X(bson_iter_int64)                            \
    X(bson_iter_as_int64)                         \
    X(bson_iter_as_bool)                          \
    X(bson_iter_bool)                             \
    X(bson_iter_date_time)                        \
    X(bson_iter_timestamp)                        \
    X(bson_iter_oid)                              \
    X(bson_iter_decimal128)                       \
    X(bson_iter_binary)                           \
    X(bson_iter_dbpointer)                        \
    X(bson_iter_document)                         \
    X(bson_iter_array)                            \
    X(bson_oid_to_string)                         \
    X(bson_oid_is_valid)                          \
    X(bson_oid_init_from_string)                  \
    X(bson_decimal128_to_string)

struct mongodb_api {
#define X(function) __typeof__(function) *do_##function;
    MONGODB_FUNCTIONS(X)
#undef X
};

/* The functions; NULL with the error set when the library is not there. */
const struct mongodb_api *mongodb_api_load(struct error *e);

#endif
