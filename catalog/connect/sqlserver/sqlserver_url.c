/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_url.c - sqlserver://USER@HOST:PORT/DATABASE?driver=...&encrypt=yes as the connection string of a driver.
 *
 * Microsoft's driver and FreeTDS call some things differently; which of them it is, is seen by the name of the driver
 * or of its library. Encryption is on unless the address says otherwise, and with Microsoft's driver the server's
 * certificate is checked unless the address trusts it; FreeTDS checks what its freetds.conf says.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "catalog/catalog.h"
#include "catalog/connect/sqlserver/sqlserver.h"

enum { PORT = 1433, HOST_SIZE = 1024 };

static const struct odbc_parameter parameters[] = {
    { "driver", NULL },
    { "instance", NULL },
    { "encrypt", "yes|no|strict" },
    { "trustServerCertificate", "yes|no" },
    { "hostNameInCertificate", NULL },
    { "multiSubnetFailover", "yes|no" },
    { "applicationIntent", "ReadOnly|ReadWrite" },
    { NULL, NULL },
};

static bool is_freetds(const struct odbc_driver *driver)
{
    return strcasestr(driver->name, "freetds") != NULL || strcasestr(driver->library, "tdsodbc") != NULL;
}

static bool says(const struct odbc_url *url, const char *parameter, const char *value)
{
    const char *given = odbc_url_value(url, parameter);
    return given != NULL && strcasecmp(given, value) == 0;
}

static void add_microsoft(const struct odbc_url *url, struct odbc_string *s)
{
    char server[HOST_SIZE];
    const char *instance = odbc_url_value(url, "instance"), *encrypt = odbc_url_value(url, "encrypt");
    if (instance != NULL && url->port == 0)
        (void)snprintf(server, sizeof server, "%.500s\\%.200s", url->host, instance);
    else
        (void)snprintf(server, sizeof server, "tcp:%.500s,%u", url->host, url->port > 0 ? url->port : PORT);
    odbc_string_add(s, "SERVER", server, "host");
    odbc_string_add(s, "Encrypt", encrypt != NULL ? encrypt : "yes", "parameter encrypt");
    odbc_string_add(s, "TrustServerCertificate", odbc_url_value(url, "trustServerCertificate"), "parameter");
    odbc_string_add(s, "HostNameInCertificate", odbc_url_value(url, "hostNameInCertificate"), "parameter");
    odbc_string_add(s, "MultiSubnetFailover", odbc_url_value(url, "multiSubnetFailover"), "parameter");
}

static void add_freetds(const struct odbc_url *url, struct odbc_string *s)
{
    char server[HOST_SIZE], port[16];
    const char *instance = odbc_url_value(url, "instance");
    bool named = instance != NULL && url->port == 0;
    (void)snprintf(server, sizeof server, named ? "%.500s\\%.200s" : "%.500s", url->host, instance);
    (void)snprintf(port, sizeof port, "%u", url->port > 0 ? url->port : PORT);
    odbc_string_add(s, "SERVER", server, "host");
    odbc_string_add(s, "PORT", named ? NULL : port, "port");
    odbc_string_add(s, "TDS_Version", "7.4", "version");
    odbc_string_add(s, "ClientCharset", "UTF-8", "character set");
    odbc_string_add(s, "Encryption", says(url, "encrypt", "no") ? "off" : "require", "encryption");
}

enum error_class sqlserver_url_read(const char *text, struct odbc_url *ret_url, struct error *e)
{
    return odbc_url_read(text, parameters, connect_sqlserver.example, ret_url, e);
}

enum error_class sqlserver_string(const struct odbc_url *url, const struct odbc_driver *driver, const char *secret,
                                  const struct connect_options *options, struct odbc_string *ret_string,
                                  struct error *e)
{
    const char *text, *intent = odbc_url_value(url, "applicationIntent");
    odbc_string_init(ret_string);
    odbc_string_add(ret_string, "DRIVER", driver->name, "driver's name");
    if (is_freetds(driver))
        add_freetds(url, ret_string);
    else
        add_microsoft(url, ret_string);
    odbc_string_add(ret_string, "DATABASE", url->name, "database");
    odbc_string_add(ret_string, "UID", url->user != NULL ? url->user : "", "user");
    odbc_string_add(ret_string, "PWD", secret != NULL ? secret : "", "password");
    odbc_string_add(ret_string, "APP", options->application, "application's name");
    if (intent == NULL)
        intent = options->read_only ? "ReadOnly" : NULL;
    odbc_string_add(ret_string, "ApplicationIntent", intent, "parameter applicationIntent");
    return odbc_string_view(ret_string, &text, e);
}
