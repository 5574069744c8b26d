/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_url.c - oracle://USER@HOST:PORT/SERVICE?driver=... as the connection string of Oracle's driver, whose DBQ is
 * an easy connect name: //host:port/service. Host and service are of signs that mean nothing else there.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/connect/oracle/oracle.h"

enum { PORT = 1521, NAME_SIZE = 1024, NAME_MAX_BYTES = 256 };

static const struct odbc_parameter parameters[] = {
    { "driver", NULL },
    { "protocol", "tcp|tcps" },
    { NULL, NULL },
};

static bool is_service(const char *name)
{
    static const char signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-$#";
    return name != NULL && strlen(name) <= NAME_MAX_BYTES && name[strspn(name, signs)] == '\0';
}

enum error_class oracle_url_read(const char *text, struct odbc_url *ret_url, struct error *e)
{
    enum error_class class = odbc_url_read(text, parameters, connect_oracle.example, ret_url, e);
    if (class != ERROR_OK || is_service(ret_url->name))
        return class;
    odbc_url_finish(ret_url);
    return error_code(e, ERROR_INVALID, "bad_url",
                      "the address of an Oracle database ends with its service, of letters, digits and . _ - $ #: "
                      "oracle://USER@HOST:PORT/SERVICE");
}

enum error_class oracle_string(const struct odbc_url *url, const struct odbc_driver *driver, const char *secret,
                               const struct connect_options *options, struct odbc_string *ret_string, struct error *e)
{
    char name[NAME_SIZE];
    const char *text, *protocol = odbc_url_value(url, "protocol");
    (void)options;
    bool six = strchr(url->host, ':') != NULL;
    odbc_string_init(ret_string);
    (void)snprintf(name, sizeof name, "%s%s//%s%.500s%s:%u/%s", protocol != NULL ? protocol : "",
                   protocol != NULL ? ":" : "", six ? "[" : "", url->host, six ? "]" : "",
                   url->port > 0 ? url->port : PORT, url->name);
    odbc_string_add(ret_string, "DRIVER", driver->name, "driver's name");
    odbc_string_add(ret_string, "DBQ", name, "service");
    odbc_string_add(ret_string, "UID", url->user != NULL ? url->user : "", "user");
    odbc_string_add(ret_string, "PWD", secret != NULL ? secret : "", "password");
    odbc_string_add(ret_string, "QTO", "T", "timeout"); /* the driver keeps to a statement's timeout */
    return odbc_string_view(ret_string, &text, e);
}
