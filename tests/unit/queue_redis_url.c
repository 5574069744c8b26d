/* SPDX-License-Identifier: Apache-2.0 */
/* queue_redis_url.c - addresses of a Redis, well and badly written. */
#include "queue/redis_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void reads(const char *text, struct redis_url expected)
{
    struct redis_url url;
    struct error e = ERROR_NONE;
    if (redis_url_parse(text, &url, &e) != ERROR_OK)
        fail_msg("%s: %s", text, e.message);
    assert_string_equal(url.path, expected.path);
    assert_string_equal(url.at.host, expected.at.host);
    assert_string_equal(url.user, expected.user);
    assert_string_equal(url.password, expected.password);
    assert_int_equal(url.at.port, expected.at.port ? expected.at.port : 6379);
    assert_int_equal(url.db, expected.db);
}

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    reads("redis://cache", (struct redis_url){ .at.host = "cache" });
    reads("redis://10.0.0.1:7000/3", (struct redis_url){ .at = { "10.0.0.1", 7000 }, .db = 3 });
    reads("redis://:p%40ss%3a@cache/", (struct redis_url){ .at.host = "cache", .password = "p@ss:" });
    reads("redis://fleet:a@b@[::1]:6380",
          (struct redis_url){ .at = { "::1", 6380 }, .user = "fleet", .password = "a@b" });
    reads("/run/redis/redis.sock", (struct redis_url){ .path = "/run/redis/redis.sock" });
    reads("unix:///tmp/a%20b.sock?db=2&password=x",
          (struct redis_url){ .path = "/tmp/a b.sock", .db = 2, .password = "x" });
}

static void sentinels_and_their_master(void **state)
{
    (void)state;
    struct redis_url url;
    struct error e = ERROR_NONE;
    assert_int_equal(
        redis_url_parse("redis+sentinel://fleet:p%2Fw@s1,[::1]:5000,s3:26380/my%20master/2?sentinel_password=a%26b",
                        &url, &e),
        ERROR_OK);
    assert_int_equal(url.sentinel_count, 3);
    assert_string_equal(url.sentinels[0].host, "s1");
    assert_int_equal(url.sentinels[0].port, 26379);
    assert_string_equal(url.sentinels[1].host, "::1");
    assert_int_equal(url.sentinels[1].port, 5000);
    assert_string_equal(url.sentinels[2].host, "s3");
    assert_int_equal(url.sentinels[2].port, 26380);
    assert_string_equal(url.master, "my master");
    assert_string_equal(url.user, "fleet");
    assert_string_equal(url.password, "p/w");
    assert_string_equal(url.sentinel_password, "a&b");
    assert_int_equal(url.db, 2);
    assert_string_equal(url.at.host, "");
}

static void bad_addresses_are_refused_without_telling_the_password(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "cache",
        "http://cache",
        "rediss://cache",
        "redis://",
        "redis://:secret@",
        "redis://cache:0",
        "redis://cache:65536",
        "redis://cache:12x",
        "redis://cache/zero",
        "redis://[::1",
        "redis://[::1]x:6379",
        "redis://[::1]/0x",
        "redis://ca che",
        "redis://cache?db=1",
        "redis://ca%2Fche",
        "redis+sentinel://a b/m",
        "redis://ca%2",
        "redis://ca%zz",
        "redis://ca%00che",
        "unix://relative.sock",
        "unix:///s?db=a",
        "unix:///s?secret=secret",
        "redis://:secret@cache:-1/",
        "redis://cache/1/2",
        "redis+sentinel://a",
        "redis+sentinel://a/",
        "redis+sentinel:///m",
        "redis+sentinel://a,/m",
        "redis+sentinel://a/m/x",
        "redis+sentinel://a/m?x=1",
        "redis+sentinel://a,b,c,d,e,f,g,h,i/m",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct redis_url url;
        struct error e = ERROR_NONE;
        if (redis_url_parse(bad[i], &url, &e) != ERROR_INVALID)
            fail_msg("accepted: %s", bad[i]);
        assert_null(strstr(e.message, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(sentinels_and_their_master),
        cmocka_unit_test(bad_addresses_are_refused_without_telling_the_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
