/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_driver.c - which ODBC driver speaks to the server: the one that the address names, or the best of those that the
 * machine has registered (odbcinst.ini). A driver is known by its name only, never by a path, and must be one of the
 * kind's: an address must not be able to make us load any file, nor have SQLite's driver open any.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/connect/odbc/odbc.h"

enum { ATTRIBUTES_SIZE = 4096, DRIVERS_MAX = 200, LISTED_MAX = 600 };

/* "Driver=libx.so\0Setup=...\0\0" */
static void read_library(const char *attributes, size_t size, char *ret_library)
{
    ret_library[0] = '\0';
    for (size_t at = 0; at < size && attributes[at] != '\0'; at += strlen(attributes + at) + 1)
        if (strncasecmp(attributes + at, "Driver=", 7) == 0)
            (void)text_copy(ret_library, ODBC_DRIVER_SIZE, attributes + at + 7);
}

static bool next_driver(struct odbc *o, bool first, struct odbc_driver *ret_driver)
{
    char attributes[ATTRIBUTES_SIZE + 2] = { 0 };
    SQLSMALLINT name_size = 0, size = 0;
    SQLRETURN code =
        o->api->do_Drivers(o->environment, first ? SQL_FETCH_FIRST : SQL_FETCH_NEXT, (SQLCHAR *)ret_driver->name,
                           ODBC_DRIVER_SIZE, &name_size, (SQLCHAR *)attributes, ATTRIBUTES_SIZE, &size);
    if (!SQL_SUCCEEDED(code))
        return false;
    ret_driver->name[ODBC_DRIVER_SIZE - 1] = '\0';
    read_library(attributes, ATTRIBUTES_SIZE, ret_driver->library);
    return true;
}

static enum error_class none(const struct odbc *o, const char *wanted, struct buffer *seen, struct error *e)
{
    const char *listed = seen->size > 0 ? buffer_view(seen) : "none";
    if (!text_utf8_valid(listed, strlen(listed)))
        listed = "some";
    if (wanted != NULL)
        return error_code(e, ERROR_UNAVAILABLE, "odbc_driver",
                          "%s: no ODBC driver is registered as the address calls it; registered here: %s",
                          o->kind->name, listed);
    return error_code(e, ERROR_UNAVAILABLE, "odbc_driver",
                      "%s: its ODBC driver is missing: %s. Then `odbcinst -q -d` lists it; registered here: %s",
                      o->kind->name, o->kind->install, listed);
}

static bool matches(const char *const *patterns, const char *text, size_t *ret_index)
{
    for (*ret_index = 0; patterns[*ret_index] != NULL; ++*ret_index)
        if (fnmatch(patterns[*ret_index], text, FNM_CASEFOLD) == 0)
            return true;
    return false;
}

static enum error_class other_kind(const struct odbc *o, struct error *e)
{
    return error_code(e, ERROR_REFUSED, "odbc_driver", "%s: the driver that the address names is not one for it",
                      o->kind->name);
}

/* The one that the address names; SIZE_MAX in ret_best: not seen. */
static bool take_named(const struct odbc *o, const char *wanted, const struct odbc_driver *driver,
                       struct odbc_driver *ret_driver, size_t *ret_best)
{
    size_t unused;
    if (strcasecmp(wanted, driver->name) != 0)
        return true;
    *ret_driver = *driver;
    *ret_best = 0;
    return matches(o->kind->drivers, driver->name, &unused) || matches(o->kind->libraries, driver->library, &unused);
}

static void take_best(const struct odbc *o, const struct odbc_driver *driver, struct odbc_driver *ret_driver,
                      size_t *ret_best)
{
    size_t at;
    if (!matches(o->kind->drivers, driver->name, &at))
        return;
    if (at < *ret_best || (at == *ret_best && strcasecmp(driver->name, ret_driver->name) > 0)) { /* 18 before 17 */
        *ret_driver = *driver;
        *ret_best = at;
    }
}

enum error_class odbc_driver_find(struct odbc *o, const char *wanted, struct odbc_driver *ret_driver, struct error *e)
{
    struct odbc_driver driver = { 0 };
    size_t best = SIZE_MAX;
    bool fits = true;
    struct buffer seen;
    buffer_init(&seen, LISTED_MAX);
    for (int i = 0; fits && i < DRIVERS_MAX && next_driver(o, i == 0, &driver); i++) {
        (void)buffer_format(&seen, "%s%s", i > 0 ? ", " : "", driver.name);
        if (wanted != NULL)
            fits = take_named(o, wanted, &driver, ret_driver, &best);
        else
            take_best(o, &driver, ret_driver, &best);
    }
    enum error_class class = !fits ? other_kind(o, e) : best == SIZE_MAX ? none(o, wanted, &seen, e) : ERROR_OK;
    buffer_finish(&seen);
    return class;
}
