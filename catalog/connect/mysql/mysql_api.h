/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_api.h - the functions of libmariadb that a session uses. It is loaded when the first MySQL or MariaDB address
 * is opened: who has none needs no such library.
 */
#ifndef CATALOG_CONNECT_MYSQL_MYSQL_API_H
#define CATALOG_CONNECT_MYSQL_MYSQL_API_H

#include <mariadb/mysql.h>

#include "base/error.h"

#define MYSQL_FUNCTIONS(X) \
    X(init)                \
    X(optionsv)            \
    X(real_connect)        \
    X(close)               \
    X(errno)               \
    X(error)               \
    X(real_query)          \
    X(store_result)        \
    X(use_result)          \
    X(free_result)         \
    X(fetch_row)           \
    X(fetch_lengths)       \
    X(fetch_fields)        \
    X(num_fields)          \
    X(num_rows)            \
    X(get_server_info)     \
    X(thread_id)

struct mysql_api {
    __typeof__(mariadb_reconnect) *do_reconnect;
#define X(function) __typeof__(mysql_##function) *do_##function; /* pasted: errno may be a macro */
    MYSQL_FUNCTIONS(X)
#undef X
};

/* The functions; NULL with the error set when the library is not there. */
const struct mysql_api *mysql_api_load(struct error *e);

#endif
