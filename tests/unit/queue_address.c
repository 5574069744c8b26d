/* SPDX-License-Identifier: Apache-2.0 */
/* queue_address.c - on which carrier a worker is rung; and the options that a Kafka may be given. */
#include "queue/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "queue/kafka_options.h"

enum { R = 1 << CARRIER_REDIS, K = 1 << CARRIER_KAFKA, P = 1 << CARRIER_POSTGRES };

static void a_worker_is_rung_where_it_reads(void **state)
{
    (void)state;
    static const struct {
        const char *carrier, *reads;
        enum carrier_kind chosen;
        unsigned up;
        enum carrier_kind picked;
    } cases[] = {
        { "redis", "[\"redis\"]", CARRIER_REDIS, R | P, CARRIER_REDIS },
        { "redis", "[\"redis\"]", CARRIER_REDIS, P, CARRIER_POSTGRES },        /* away here */
        { "redis", "[\"postgres\"]", CARRIER_REDIS, R | P, CARRIER_POSTGRES }, /* away there */
        { "redis", "[\"redis\"]", CARRIER_KAFKA, R | K | P, CARRIER_REDIS },   /* has not switched yet */
        { "redis", "[\"redis\",\"kafka\"]", CARRIER_KAFKA, R | K | P, CARRIER_KAFKA },
        { "redis", "[\"redis\",\"kafka\",\"postgres\"]", CARRIER_POSTGRES, R | K | P, CARRIER_POSTGRES },
        { "redis", NULL, CARRIER_KAFKA, R | K | P, CARRIER_REDIS }, /* reads one all its life */
        { "postgres", NULL, CARRIER_REDIS, R | P, CARRIER_POSTGRES },
        { "kafka", NULL, CARRIER_KAFKA, K | P, CARRIER_POSTGRES }, /* may have leased nothing yet */
        { "kafka", "[]", CARRIER_KAFKA, K | P, CARRIER_POSTGRES },
        { "kafka", "{\"x\":1}", CARRIER_KAFKA, K | P, CARRIER_POSTGRES }, /* nonsense */
        { "kafka", "[\"pigeon\",7,\"kafka\"]", CARRIER_KAFKA, K | P, CARRIER_KAFKA },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct address_book book;
        address_book_init(&book);
        for (int64_t other = 20; other > 0; other -= 3)
            address_book_put(&book, other, "redis", "[\"redis\"]");
        address_book_put(&book, 7, cases[i].carrier, cases[i].reads);
        assert_int_equal(address_book_pick(&book, 7, cases[i].chosen, cases[i].up), cases[i].picked);
        address_book_drop(&book, 7);
        address_book_drop(&book, 99);
        assert_int_equal(address_book_pick(&book, 7, CARRIER_REDIS, R | P), CARRIER_REDIS); /* not known */
        assert_int_equal(address_book_pick(&book, 8, CARRIER_REDIS, R | P), CARRIER_REDIS);
        address_book_finish(&book);
    }
}

static bool keep(void *arg, const char *key, const char *value)
{
    char *text = arg;
    (void)strncat(text, key, 100);
    (void)strncat(text, "=", 2);
    (void)strncat(text, value, 100);
    (void)strncat(text, "|", 2);
    return true;
}

static void only_options_of_security_are_passed_on(void **state)
{
    (void)state;
    char text[1000] = "";
    struct error e = ERROR_NONE;
    assert_int_equal(kafka_options_each("security.protocol=SASL_SSL;sasl.password=a=b c;;client.id=x", keep, text, &e),
                     ERROR_OK);
    assert_string_equal(text, "security.protocol=SASL_SSL|sasl.password=a=b c|client.id=x|");
    assert_int_equal(kafka_options_each(NULL, keep, text, &e), ERROR_OK);
    assert_int_equal(kafka_options_each("acks=0", keep, text, &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "acks"));
    assert_int_equal(kafka_options_each("sasl.password", keep, text, &e), ERROR_INVALID);
    assert_int_equal(kafka_options_each("sasl.password=a;Rest", keep, text, &e), ERROR_INVALID);
    assert_null(strstr(e.message, "Rest"));
    assert_non_null(strstr(e.message, "number 2"));
    assert_int_equal(kafka_options_each("sasl.password=a;Rest=b", keep, text, &e), ERROR_INVALID);
    assert_null(strstr(e.message, "Rest"));
    assert_int_equal(kafka_options_each("enable.auto.commit=true;sasl.password=secret", keep, text, &e), ERROR_INVALID);
    assert_null(strstr(e.message, "secret"));
    const struct kafka_config good = { .prefix = "team.one" }, bad = { .prefix = "a b" };
    mem_auto char *topic = kafka_topic(&good, "dispatch", &e);
    assert_string_equal(topic, "team.one.dispatch");
    assert_null(kafka_topic(&bad, "dispatch", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_is_rung_where_it_reads),
        cmocka_unit_test(only_options_of_security_are_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
