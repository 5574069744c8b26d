/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_odbc_string.c - addresses of SQL Server and Oracle, and the connection strings made of them: what is said,
 * what is refused, and that no value gets out of its place, whoever of the known parsers reads it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/mem.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/oracle/oracle.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "tests/support/cleaner.h"
#include "tests/support/odbc_reader.h"
#include "tests/support/odbc_sample.h"

static const struct odbc_driver microsoft = { "ODBC Driver 18 for SQL Server", "/opt/libmsodbcsql-18.so" };
static const struct odbc_driver freetds = { "FreeTDS", "libtdsodbc.so" };
static const struct odbc_driver renamed = { "the old one", "/usr/lib/odbc/libtdsodbc.so" };
static const struct odbc_driver instant = { "Oracle 21 ODBC driver", "libsqora.so.21.1" };
static const struct connect_options options = { .read_only = true, .application = "argosy job 1 epoch 2" };

static const char *made(const char *address, const struct odbc_driver *driver, const char *secret)
{
    static char text[ODBC_STRING_MAX];
    struct odbc_url url;
    struct odbc_string s;
    struct error e = ERROR_NONE;
    const char *view;
    bool oracle = strncmp(address, "oracle", 6) == 0;
    if ((oracle ? oracle_url_read(address, &url, &e) : sqlserver_url_read(address, &url, &e)) != ERROR_OK)
        fail_msg("%s: %s", address, e.message);
    enum error_class class = oracle ? oracle_string(&url, driver, secret, &options, &s, &e)
                                    : sqlserver_string(&url, driver, secret, &options, &s, &e);
    if (class != ERROR_OK || odbc_string_view(&s, &view, &e) != ERROR_OK)
        fail_msg("%s: %s", address, e.message);
    strncpy(text, view, sizeof text - 1);
    odbc_string_finish(&s);
    odbc_url_finish(&url);
    return text;
}

static void each_driver_is_told_in_its_own_words(void **state)
{
    (void)state;
    assert_string_equal(made("sqlserver://me@db.example.com:1444/shop?encrypt=strict", &microsoft, "pw"),
                        "DRIVER=ODBC Driver 18 for SQL Server;SERVER={tcp:db.example.com,1444};Encrypt=strict;"
                        "DATABASE=shop;UID=me;PWD=pw;APP=argosy job 1 epoch 2;ApplicationIntent=ReadOnly;");
    assert_string_equal(made("sqlserver://me@h/shop?instance=SQL1&trustServerCertificate=yes", &microsoft, "p;w"),
                        "DRIVER=ODBC Driver 18 for SQL Server;SERVER=h\\SQL1;Encrypt=yes;TrustServerCertificate=yes;"
                        "DATABASE=shop;UID=me;PWD={p;w};APP=argosy job 1 epoch 2;ApplicationIntent=ReadOnly;");
    static const char *const tds =
        "SERVER=h;PORT=1433;TDS_Version=7.4;ClientCharset=UTF-8;Encryption=require;DATABASE={a;b};UID=me;PWD=;"
        "APP=argosy job 1 epoch 2;ApplicationIntent=ReadOnly;";
    assert_string_equal(strchr(made("sqlserver://me@h/a%3Bb", &freetds, NULL), ';') + 1, tds);
    assert_string_equal(strchr(made("sqlserver://me@h/a%3Bb", &renamed, NULL), ';') + 1, tds);
    assert_string_equal(made("oracle://hr@h/orclpdb1", &instant, "pw"),
                        "DRIVER=Oracle 21 ODBC driver;DBQ=//h:1521/orclpdb1;UID=hr;PWD=pw;QTO=T;");
    assert_string_equal(made("oracle://hr@[::1]:2484/a.b$c?protocol=tcps", &instant, "pw"),
                        "DRIVER=Oracle 21 ODBC driver;DBQ={tcps://[::1]:2484/a.b$c};UID=hr;PWD=pw;QTO=T;");
}

static void wrong_addresses_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *url, *says;
    } cases[] = {
        { "sqlserver://u@h:0/d", "port" },
        { "sqlserver://u@h:99999/d", "port" },
        { "sqlserver://u@/d", "no host" },
        { "sqlserver://u@h,1433;DRIVER=x/d", "no host" },
        { "sqlserver://u@h%3BDRIVER%3Dx/d", "no host" },
        { "sqlserver://u@[::1/d", "]" },
        { "sqlserver://u@h/d?color=red", "driver=NAME" },
        { "sqlserver://u@h/d?DumpFile=/tmp/x", "not known" },
        { "sqlserver://u@h/d?encrypt=maybe", "yes|no|strict" },
        { "sqlserver://u@h/d?driver=/tmp/evil.so", "a name of letters" },
        { "sqlserver://u@h/d?driver=x%3BSERVER%3Dy", "a name of letters" },
        { "sqlserver://u@h/d?driver=a%7D%3BSERVER%3Dy", "a name of letters" },
        { "sqlserver://u@h/d?driver=SQLite3", "not one for it" },
        { "sqlserver://u@h/d?driver=Nothing%20Here", "registered here" },
        { "sqlserver://u%zz@h/d", "percent code" },
        { "sqlserver:h/d", "://" },
        { "oracle://u@h", "service" },
        { "oracle://u@h/(DESCRIPTION=x)", "" },
        { "oracle://u@h/a%3BPWD%3Db", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct connect *c = NULL;
        struct error e = ERROR_NONE;
        enum error_class class = connect_open(cases[i].url, "MARK", NULL, &c, &e);
        if (class == ERROR_OK || strstr(e.message, cases[i].says) == NULL || strstr(e.message, "MARK") != NULL)
            fail_msg("%s: %d %s", cases[i].url, (int)class, e.message);
    }
}

/* Values that somebody means harm with, in each place where one may stand. */
static const char *const hostile[] = {
    ";DRIVER=/tmp/evil.so",
    "x;DumpFile=/tmp/argosy-odbc-dump",
    "x};DumpFile=/tmp/argosy-odbc-dump;A={",
    "x}};DumpFile=/tmp/argosy-odbc-dump;A={{",
    "{x};SERVER=other",
    "}",
    "}}",
    "{",
    "{}",
    "a}b",
    "a}b=c",
    "x;UID=sa",
    " ;FILEDSN=/tmp/x",
    "x} ;DSN=other",
    "DRIVER={evil}",
    "=;=",
    " lead and trail ",
    "}; ",
    "\"quoted;SERVER=other\"",
    "'quoted;SERVER=other'",
    "p[]{}(),;?*=!@ä€😀",
};

/* The string as each parser takes it apart says the same, key by key; or the value was refused. */
static void no_value_gets_out_of_its_place(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct odbc_string s;
        struct error e = ERROR_NONE;
        const char *text;
        odbc_string_init(&s);
        odbc_string_add(&s, "DRIVER", "FreeTDS", "driver");
        odbc_string_add(&s, "UID", hostile[i], "user");
        odbc_string_add(&s, "PWD", hostile[i], "password");
        odbc_string_add(&s, "APP", "last", "name");
        if (odbc_string_view(&s, &text, &e) != ERROR_OK) {
            assert_true(strlen(hostile[i]) < 4 || strstr(e.message, hostile[i]) == NULL);
            assert_non_null(strchr(hostile[i], '}')); /* nothing else is refused */
            refused++;
        } else {
            const char *const wanted[] = { "DRIVER",   "FreeTDS", "UID",  hostile[i], "PWD",
                                           hostile[i], "APP",     "last", NULL };
            odbc_reader_agree(text, wanted);
        }
        odbc_string_finish(&s);
    }
    assert_true(refused > 3 && refused < sizeof hostile / sizeof *hostile / 2);
}

/* The parsers of the test see a breach when there is one: what naive code would have made. */
static void the_readers_see_a_breach(void **state)
{
    (void)state;
    static const char *const wanted[] = { "DRIVER", "FreeTDS", "PWD", "x};DumpFile=/tmp/y", NULL };
    assert_false(odbc_reader_agrees("DRIVER=FreeTDS;PWD=x};DumpFile=/tmp/y;", wanted));
    assert_false(odbc_reader_agrees("DRIVER=FreeTDS;PWD={x};DumpFile=/tmp/y};", wanted));
    assert_false(odbc_reader_agrees("DRIVER=FreeTDS;PWD={x}};DumpFile=/tmp/y};", wanted));
}

static void control_characters_and_bad_text_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "a\nb", "a\tb", "\x01", "a\x7f", "cut \xc3" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct odbc_string s;
        struct error e = ERROR_NONE;
        const char *text = NULL;
        odbc_string_init(&s);
        odbc_string_add(&s, "UID", bad[i], "user");
        assert_int_equal(odbc_string_view(&s, &text, &e), ERROR_INVALID);
        odbc_string_finish(&s);
    }
}

/* Through the whole way with the real driver manager and the real FreeTDS, which writes a file when it is told
 * DumpFile=. Nobody listens at port 1. */
static void freetds_itself_is_not_tricked(void **state)
{
    (void)state;
    mem_auto char *file = mem_format("%s/dumped", cleaner_folder());
    static const char *const shapes[] = { "x;DumpFile=%s", "x};DumpFile=%s;A={", "x}};DumpFile=%s;A={{",
                                          "x} ;DumpFile=%s" };
    struct stat seen;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const char *at = strstr(shapes[i], "%s");
        mem_auto char *secret = mem_format("%.*s%s%s", (int)(at - shapes[i]), shapes[i], file, at + 2);
        const struct connect_options patient = { .read_only = true, .connect_timeout_s = 120 };
        struct connect *c = NULL;
        struct error e = ERROR_NONE;
        enum error_class class = connect_open("sqlserver://u@127.0.0.1:1/d?driver=FreeTDS", secret, &patient, &c, &e);
        if (class != ERROR_INVALID && strcmp(e.code, "connection_refused") != 0)
            fail_msg("%d %s", (int)class, e.message);
        assert_null(strstr(e.message, file));
        assert_int_not_equal(stat(file, &seen), 0);
    }
    /* nor is the driver manager, which would look for another source of data */
    static const char *const others[] = { "x;DSN=nowhere", "x;FILEDSN=/nowhere", "x;DRIVER={SQLite3", "{;DSN=nowhere" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct connect_options patient = { .read_only = true, .connect_timeout_s = 120 };
        struct connect *c = NULL;
        struct error e = ERROR_NONE;
        (void)connect_open("sqlserver://u@127.0.0.1:1/d?driver=FreeTDS", others[i], &patient, &c, &e);
        assert_string_equal(e.code, "connection_refused");
    }
    /* and that it would have written it, were it told so */
    struct error e = ERROR_NONE;
    mem_auto char *told =
        mem_format("DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=1;TDS_Version=7.4;UID=u;PWD=x;DumpFile=%s;", file);
    assert_null(odbc_sample_open(&sqlserver_kind, "sqlserver", told, NULL, &e));
    assert_int_equal(e.class, ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "connection_refused");
    assert_int_equal(stat(file, &seen), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_driver_is_told_in_its_own_words),
        cmocka_unit_test(wrong_addresses_say_what_to_do),
        cmocka_unit_test(no_value_gets_out_of_its_place),
        cmocka_unit_test(the_readers_see_a_breach),
        cmocka_unit_test(control_characters_and_bad_text_are_refused),
        cmocka_unit_test(freetds_itself_is_not_tricked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
