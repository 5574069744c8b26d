/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_odbc_url.c - the address of a SQL Server or an Oracle database, from any text to the connection strings of each
 * driver: refused, or read by all known parsers as the same keys, all of them ours, with user, password and database as
 * the address has them. The first line is the address, the second one a password of its own.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/oracle/oracle.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "tests/support/odbc_reader.h"

static bool is_ours(const char *key)
{
    static const char *const keys[] = { "DRIVER",
                                        "SERVER",
                                        "PORT",
                                        "TDS_Version",
                                        "ClientCharset",
                                        "Encryption",
                                        "Encrypt",
                                        "TrustServerCertificate",
                                        "HostNameInCertificate",
                                        "MultiSubnetFailover",
                                        "DATABASE",
                                        "UID",
                                        "PWD",
                                        "APP",
                                        "ApplicationIntent",
                                        "DBQ",
                                        "QTO" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void keeps(const struct odbc_reader_part *part, const char *key, const char *value)
{
    assert(strcmp(part->key, key) != 0 || strcmp(part->value, value != NULL ? value : "") == 0);
}

static void reads_as_meant(const char *text, const struct odbc_url *url, const char *secret)
{
    struct odbc_reader_part first[ODBC_READER_PARTS_MAX], parts[ODBC_READER_PARTS_MAX];
    size_t first_count = 0, count = 0;
    assert(odbc_reader_parts(text, ODBC_READER_RULE, first, &first_count));
    for (int reader = ODBC_READER_RULE; reader < ODBC_READERS; reader++) {
        assert(odbc_reader_parts(text, (enum odbc_reader)reader, parts, &count));
        assert(count == first_count);
        for (size_t i = 0; i < count; i++) {
            assert(is_ours(parts[i].key));
            assert(strcmp(parts[i].key, first[i].key) == 0 && strcmp(parts[i].value, first[i].value) == 0);
            keeps(&parts[i], "UID", url->user);
            keeps(&parts[i], "PWD", secret);
            keeps(&parts[i], "DATABASE", url->name);
            free(parts[i].key);
            free(parts[i].value);
        }
    }
    for (size_t i = 0; i < first_count; i++) {
        free(first[i].key);
        free(first[i].value);
    }
}

static void try_string(bool oracle, const struct odbc_url *url, const struct odbc_driver *driver, const char *secret)
{
    const struct connect_options options = { .read_only = true, .application = "argosy job 1 epoch 2" };
    struct odbc_string string;
    struct error e = ERROR_NONE;
    const char *text;
    enum error_class class = oracle ? oracle_string(url, driver, secret, &options, &string, &e)
                                    : sqlserver_string(url, driver, secret, &options, &string, &e);
    if (class == ERROR_OK && odbc_string_view(&string, &text, &e) == ERROR_OK)
        reads_as_meant(text, url, secret);
    else
        assert(e.class == ERROR_INVALID && text_utf8_valid(e.message, strlen(e.message)));
    odbc_string_finish(&string);
}

static void try_address(bool oracle, const char *public, const char *secret)
{
    static const struct odbc_driver drivers[] = { { "ODBC Driver 18 for SQL Server", "libmsodbcsql-18.so" },
                                                  { "FreeTDS", "libtdsodbc.so" } };
    static const struct odbc_driver instant = { "Oracle 21 ODBC driver", "libsqora.so" };
    struct odbc_url url;
    struct error e = ERROR_NONE;
    if ((oracle ? oracle_url_read(public, &url, &e) : sqlserver_url_read(public, &url, &e)) != ERROR_OK) {
        assert(e.class == ERROR_INVALID && text_utf8_valid(e.message, strlen(e.message)));
        return;
    }
    for (size_t i = 0; !oracle && i < sizeof drivers / sizeof *drivers; i++)
        try_string(false, &url, &drivers[i], secret);
    if (oracle)
        try_string(true, &url, &instant, secret);
    odbc_url_finish(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_text_n((const char *)data, size), *rest = text, *public = NULL, *secret = NULL;
    const char *address = fuzz_line(&rest), *own = fuzz_line(&rest), *dialect = "";
    struct error e = ERROR_NONE;
    if (connect_dialect_of(address, &dialect, &e) == ERROR_OK &&
        (strcmp(dialect, "sqlserver") == 0 || strcmp(dialect, "oracle") == 0) &&
        connect_url_split(address, &public, &secret, &e) == ERROR_OK) {
        bool oracle = strcmp(dialect, "oracle") == 0;
        try_address(oracle, public, secret);
        if (*own != '\0')
            try_address(oracle, public, own);
    }
    free(public);
    free(secret);
    free(text);
    return 0;
}
