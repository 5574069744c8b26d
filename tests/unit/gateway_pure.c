/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_pure.c - what the gateway reads without a server: times, file names, jobs as they are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "gateway/address.h"
#include "gateway/filename.h"
#include "gateway/moment.h"
#include "gateway/order.h"

static void times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-11-21T10:37:00Z", 1795257420000 },
        { "2026-11-21T11:37:00.5+01:00", 1795257420500 },
        { "2026-11-21 08:37:00.123456789-02:00", 1795257420123 },
        { "2024-02-29T00:00:00z", 1709164800000 },
    };
    static const char *const bad[] = { "",
                                       "2026-11-21",
                                       "2026-11-21T10:37:00",
                                       "2026-02-31T00:00:00Z",
                                       "2026-13-01T00:00:00Z",
                                       "2026-11-21T24:00:00Z",
                                       "2026-11-21T10:37:00.Z",
                                       "2026-11-21T10:37:00Zx",
                                       "2026-11-21T10:37:00+1:00",
                                       "1969-12-31T23:59:59Z",
                                       "1970-01-01T00:00:00+01:00",
                                       "99999-01-01T00:00:00Z" };
    int64_t ms;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(moment_parse(good[i].text, &ms));
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (moment_parse(bad[i], &ms))
            fail_msg("\"%s\" was taken for a time", bad[i]);
}

static void file_names(void **state)
{
    (void)state;
    char name[16];
    assert_true(filename_parse("attachment; filename=\"a \\\"b\\\".db\"", name, sizeof name));
    assert_string_equal(name, "a \"b\".db");
    assert_true(filename_parse("attachment; x=1; filename=a.db ; y", name, sizeof name));
    assert_string_equal(name, "a.db");
    assert_true(filename_parse("attachment; filename=\"../../etc/passwd\"", name, sizeof name));
    assert_string_equal(name, "passwd");
    assert_true(filename_parse("attachment; filename=\"c:\\\\dir\\\\x.db\"", name, sizeof name));
    assert_string_equal(name, "x.db");
    static const char *const bad[] = { "",
                                       "attachment",
                                       "filename=a",
                                       "attachment; filename=",
                                       "attachment; filename=\"\"",
                                       "attachment; filename=\"a",
                                       "attachment; filename=\"a/\"",
                                       "attachment; filename=\"a\x01\"",
                                       "attachment; filename=\"\xff\"",
                                       "attachment; filename=\"1234567890123456\"" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (filename_parse(bad[i], name, sizeof name))
            fail_msg("\"%s\" was taken for a name", bad[i]);
}

/* The error_code of a refused job, or "ok". */
static const char *verdict(const char *text, const char *first_path)
{
    static struct error e;
    struct submit_row row;
    char *args = NULL;
    json_auto_t *job = json_loads(text, 0, NULL), *details = NULL;
    e = ERROR_NONE;
    if (order_job(job, "/jobs/7", &row, &args, &details, &e) == ERROR_OK) {
        bool tagged = row.tags != NULL;
        assert_true(!tagged || strcmp(row.tags, "eu,gpu-2") == 0);
        order_finish(&row);
        free(args);
        return tagged ? "tagged" : "ok";
    }
    if (first_path)
        assert_string_equal(json_string_value(json_object_get(json_array_get(details, 0), "path")), first_path);
    return e.code;
}

#define FOUR_TAGS "\"a\",\"b\",\"c\",\"d\""

static void jobs_are_checked_before_a_row_exists(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    assert_int_equal(order_open(&e), ERROR_OK);
    assert_string_equal(verdict("{\"kind\":\"noop\"}", NULL), "ok");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"args\":{\"sleep_ms\":5},\"queue\":\"q\",\"priority\":1,"
                                "\"run_at\":\"2027-01-01T00:00:00Z\",\"attempts_max\":1000,\"timeout_s\":1}",
                                NULL),
                        "ok");
    assert_string_equal(verdict("{\"kind\":\"nope\"}", NULL), "unknown_kind");
    assert_string_equal(verdict("{}", NULL), "invalid_option");
    assert_string_equal(verdict("[]", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"args\":{\"sleep_ms\":\"x\"}}", "/jobs/7/args/sleep_ms"),
                        "invalid_arguments");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"args\":[]}", NULL), "invalid_arguments");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"arg\":{}}", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"queue\":\"Q\"}", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"priority\":1001}", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"priority\":1.5}", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"run_at\":\"tomorrow\"}", NULL), "invalid_option");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"tags\":[\"eu\",\"gpu-2\"]}", NULL), "tagged");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"tags\":[]}", NULL), "ok");
    assert_string_equal(verdict("{\"kind\":\"noop\",\"tags\":null}", NULL), "ok");
    static const char *const no_tags[] = { "\"gpu\"",  "[1]",       "[\"\"]",        "[\"a,b\"]",
                                           "[\"-a\"]", "[\"GPU\"]", "[\"a\\u0000\"]" };
    for (unsigned i = 0; i < sizeof no_tags / sizeof no_tags[0]; i++) {
        char text[80];
        snprintf(text, sizeof text, "{\"kind\":\"noop\",\"tags\":%s}", no_tags[i]);
        assert_string_equal(verdict(text, NULL), "invalid_option");
    }
    static const char many[] =
        "{\"kind\":\"noop\",\"tags\":[" FOUR_TAGS "," FOUR_TAGS "," FOUR_TAGS "," FOUR_TAGS ",\"e\"]}";
    assert_string_equal(verdict(many, NULL), "invalid_option");
    order_close();
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *url, *name;
    } cases[] = {
        { "postgresql://u@db.example.com/shop", "shop at db.example.com" },
        { "postgresql://u@db.example.com:5433/shop?sslmode=require", "shop at db.example.com:5433" },
        { "postgresql://h", "h" },
        { "postgresql:///d", "d" },
        { "postgresql://", "database" },
        { "postgresql:///\xff", "database" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name = address_name(cases[i].url, 200);
        assert_string_equal(name, cases[i].name);
        free(name);
    }
    struct address a = { 0 };
    struct error e = ERROR_NONE;
    json_t *body = json_pack("{s:s, s:s}", "url", "postgres://u:inside@h/d", "password", "beside");
    assert_int_equal(address_take(&a, body, true, &e), ERROR_OK);
    json_decref(body);
    assert_string_equal(a.url, "postgres://u@h/d");
    assert_string_equal(a.secret, "beside");
    address_finish(&a);
    body = json_pack("{s:n}", "password");
    assert_int_equal(address_take(&a, body, false, &e), ERROR_OK);
    assert_true(a.secret_given && a.secret == NULL && a.url == NULL);
    address_finish(&a);
    json_decref(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(times),
        cmocka_unit_test(file_names),
        cmocka_unit_test(jobs_are_checked_before_a_row_exists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
