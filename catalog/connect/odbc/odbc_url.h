/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_url.h - scheme://USER@HOST:PORT/NAME?a=b&c=d, taken apart. The password is not in it any more
 * (connect_url_split). Parameters are those of a dialect's list and no others, with the values that the list allows.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_URL_H
#define CATALOG_CONNECT_ODBC_ODBC_URL_H

#include "base/error.h"

enum { ODBC_PARAMETERS_MAX = 12 };

struct odbc_parameter {
    const char *name;
    const char *values; /* "yes|no"; NULL: a name of letters, digits, blanks and . _ - ( ) * */
};

struct odbc_url { /* texts owned; NULL: not given */
    char *user, *host, *name;
    unsigned port;
    const struct odbc_parameter *parameters; /* the dialect's, ended by one without a name */
    char *values[ODBC_PARAMETERS_MAX];       /* of each of them */
};

/* ERROR_INVALID that says what is wrong, without the address. example: how it is written. */
enum error_class odbc_url_read(const char *text, const struct odbc_parameter *parameters, const char *example,
                               struct odbc_url *ret_url, struct error *e);
void odbc_url_finish(struct odbc_url *url);
const char *odbc_url_value(const struct odbc_url *url, const char *parameter); /* NULL: not given */

#endif
