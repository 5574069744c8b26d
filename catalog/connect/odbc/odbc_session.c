/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_session.c - a session from an address: what every dialect through unixODBC does, in the order it is done.
 *
 * Happy path: take the address apart, choose a driver, write its connection string, connect, let the dialect pin what
 * its statements depend on. Failure: whatever was begun is closed again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/connect/odbc/odbc.h"
#include "catalog/connect/odbc/odbc_string.h"
#include "catalog/connect/odbc/odbc_url.h"

static enum error_class connect_to(struct odbc *o, const struct odbc_url *url, const char *secret,
                                   const struct connect_options *options, struct error *e)
{
    struct odbc_driver driver;
    struct odbc_string string;
    const char *text;
    enum error_class class = odbc_driver_find(o, odbc_url_value(url, "driver"), &driver, e);
    if (class != ERROR_OK)
        return class;
    class = o->kind->string(url, &driver, secret, options, &string, e);
    if (class == ERROR_OK)
        class = odbc_string_view(&string, &text, e);
    if (class == ERROR_OK)
        class = odbc_open(o, text, secret, options, e);
    odbc_string_finish(&string);
    return class == ERROR_OK ? o->kind->prepare(o, url, options, e) : class;
}

enum error_class odbc_session_open(const struct connect_dialect *dialect, const struct odbc_kind *kind, const char *url,
                                   const char *secret, const struct connect_options *options,
                                   struct connect **ret_connect, struct error *e)
{
    struct odbc_url parts;
    if (kind->read_url(url, &parts, e) != ERROR_OK)
        return e->class;
    struct odbc *o = mem_zero(1, sizeof *o);
    o->base.dialect = dialect;
    o->kind = kind;
    enum error_class class = odbc_begin(o, dialect->name, e);
    if (class == ERROR_OK)
        class = connect_to(o, &parts, secret, options, e);
    odbc_url_finish(&parts);
    if (class == ERROR_OK)
        *ret_connect = &o->base;
    else
        odbc_session_close(&o->base);
    return class;
}

void odbc_session_close(struct connect *c)
{
    struct odbc *o = odbc_of(c);
    odbc_close(o);
    free(o->name);
    free(o);
}
