/* SPDX-License-Identifier: Apache-2.0 */
/* connect_url.c - passwords leave URLs whole and nothing of them stays, not in the public form and not in an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/connect/connect.h"
#include "catalog/connect/connect_probe.h"

static void split(void **state)
{
    (void)state;
    static const struct {
        const char *url, *public, *secret;
    } cases[] = {
        { "sqlite:a b?.db", "sqlite:a b?.db", NULL },
        { "sqlite:///x@y:z", "sqlite:///x@y:z", NULL },
        { "postgresql://u:secret@h:5/d?sslmode=require", "postgresql://u@h:5/d?sslmode=require", "secret" },
        { "postgres://u:p%40%2Fs%25@h/d", "postgres://u@h/d", "p@/s%" },
        { "postgresql://u:a:b@h/d", "postgresql://u@h/d", "a:b" },
        { "postgresql://u:@h/d", "postgresql://u@h/d", "" },
        { "postgresql://h/d", "postgresql://h/d", NULL },
        { "postgresql://u@/d?host=/tmp/x&password=p%20w&port=6", "postgresql://u@/d?host=/tmp/x&port=6", "p w" },
        { "POSTGRESQL://u:x@[::1]:5432/d", "POSTGRESQL://u@[::1]:5432/d", "x" },
        { "postgresql:///d?PASSWORD=x", "postgresql:///d", "x" },
        { "mongodb://u:p%40@a:1,b:2/d?replicaSet=r&tls=true", "mongodb://u@a:1,b:2/d?replicaSet=r&tls=true", "p@" },
        { "mongodb+srv://u:x@cluster.example/d", "mongodb+srv://u@cluster.example/d", "x" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *public = NULL, *secret = NULL;
        struct error e = ERROR_NONE;
        if (connect_url_split(cases[i].url, &public, &secret, &e) != ERROR_OK)
            fail_msg("%s: %s", cases[i].url, e.message);
        assert_string_equal(public, cases[i].public);
        if (cases[i].secret == NULL)
            assert_null(secret);
        else
            assert_string_equal(secret, cases[i].secret);
        free(public);
        free(secret);
    }
}

static void doubtful_is_refused(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "postgresql://u:MARK@R@h/d",
        "postgresql://u:MA/RK@h/d",
        "postgresql://u:MARK%4@h/d",
        "postgresql://u:MARK%00@h/d",
        "postgresql://u:MARK#1@h/d",
        "sybase://u:MARK@h/d",
        "host=h password=MARK",
        "MARK",
        "",
        "postgresql:u:MARK@h/d",
        "postgresql://h/d?password=MARK%",
        "postgresql://h/d?sslpassword=MARK",
        "mongodb://h/d?tls=true&tlsCertificateKeyFilePassword=MARK",
        "mongodb://h/d?authMechanismProperties=AWS_SESSION_TOKEN:MARK",
        "postgresql://u:MARK\n@h/d",
        "postgresql://u:MA%zzRK@h/d",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char *public = NULL, *secret = NULL;
        struct error e = ERROR_NONE;
        assert_int_equal(connect_url_split(urls[i], &public, &secret, &e), ERROR_INVALID);
        assert_null(public);
        assert_null(secret);
        assert_null(strstr(e.message, "MARK"));
        assert_true(strlen(e.message) > 20);
    }
}

static void dialects(void **state)
{
    (void)state;
    const char *dialect = NULL;
    struct error e = ERROR_NONE;
    assert_int_equal(connect_dialect_of("sqlite:x", &dialect, &e), ERROR_OK);
    assert_string_equal(dialect, "sqlite");
    assert_int_equal(connect_dialect_of("postgres://h/d", &dialect, &e), ERROR_OK);
    assert_string_equal(dialect, "postgresql");
    assert_int_equal(connect_dialect_of("mssql://h/d", &dialect, &e), ERROR_OK);
    assert_string_equal(dialect, "sqlserver");
    assert_int_equal(connect_dialect_of("oracle://h/d", &dialect, &e), ERROR_OK);
    assert_string_equal(dialect, "oracle");
    assert_int_equal(connect_dialect_of("db2:x", &dialect, &e), ERROR_INVALID);
    assert_string_equal(e.code, "unknown_scheme");
    assert_non_null(strstr(e.message, "sqlite:FILE"));
}

static void one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *url, *key;
    } cases[] = {
        { "postgres://u@DB.Example.com:5432/Shop", "postgresql://u@db.example.com/Shop" },
        { "postgresql://db.example.com/", "postgresql://db.example.com" },
        { "postgresql://db.example.com", "postgresql://db.example.com" },
        { "postgresql://h:54321/d", "postgresql://h:54321/d" },
        { "postgresql://U%40@h/d?sslmode=require", "postgresql://U%40@h/d?sslmode=require" },
        { "postgresql://[::1]:5432/d", "postgresql://[::1]/d" },
        { "postgresql://[::5432]/d", "postgresql://[::5432]/d" },
        { "postgresql://:5432/d", "postgresql://:5432/d" },
        { "mariadb://h:3306/d", "mysql://h/d" },
        { "sqlite:a/B", "sqlite:a/B" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *key = connect_url_key(cases[i].url);
        assert_string_equal(key, cases[i].key);
        free(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(split), cmocka_unit_test(doubtful_is_refused),
                                        cmocka_unit_test(dialects), cmocka_unit_test(one_spelling) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
