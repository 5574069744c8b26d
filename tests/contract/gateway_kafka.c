/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway_kafka.c - jobs that arrive on the submit topic and events that leave on the event topic, on a real broker:
 * both content modes, the same event twice, bad messages, a gateway that is killed between the record's COMMIT and
 * Kafka's, the record away, the broker away.
 *
 * ctest: timeout 1200 needs kafka
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/front.h"
#include "tests/support/kafka.h"
#include "tests/support/kafka_topic.h"
#include "tests/support/server.h"

static int start(void **state)
{
    front.kafka = support_kafka_start();
    (void)front_setup(state);
    return 0;
}

static void await(const char *wanted, const char *sql)
{
    int64_t late_ms = clock_monotonic_ms() + 300000;
    while (strcmp(front_value(&front, "%s", sql), wanted) != 0) {
        if (clock_monotonic_ms() > late_ms)
            fail_msg("%s: %s, not %s", sql, front_value(&front, "%s", sql), wanted);
        nanosleep(&(struct timespec){ .tv_nsec = 20000000L }, NULL);
    }
}

static void write_structured(const char *id, const char *data)
{
    static const struct topic_header headers[] = { { "content-type", "application/cloudevents+json; charset=UTF-8" },
                                                   { NULL, NULL } };
    mem_auto char *value = mem_format("{\"specversion\":\"1.0\",\"type\":\"argosy.submit.v1\",\"source\":\"/shop\","
                                      "\"id\":\"%s\",\"subject\":\"x\",\"data\":%s}",
                                      id, data);
    topic_write("argosy.submit", headers, value, strlen(value));
}

static void write_binary(const char *id, const char *type, const char *data)
{
    const struct topic_header headers[] = { { "content-type", "application/json" },
                                            { "ce_specversion", "1.0" },
                                            { "ce_type", type },
                                            { "ce_source", "/shop" },
                                            { "ce_id", id },
                                            { "ce_traceparent",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
                                            { NULL, NULL } };
    topic_write("argosy.submit", headers, data, strlen(data));
}

static void both_modes_are_taken_and_the_same_event_is_one_job(void **state)
{
    (void)state;
    await("t", "SELECT true"); /* the front is there */
    write_structured("a1", "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":0},\"queue\":\"kafka\",\"priority\":7}");
    write_binary("a2", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"kafka\",\"tenant\":\"shop\"}");
    write_binary("a2", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"kafka\",\"tenant\":\"shop\"}");
    write_structured("a1", "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":0},\"queue\":\"kafka\",\"priority\":7}");
    write_structured("a3", "{\"kind\":\"noop\",\"queue\":\"kafka\"}");
    await("3", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'kafka'");
    assert_string_equal("3", front_value(&front, "SELECT count(*) FROM argosy.job WHERE origin = 'kafka'"));
    assert_string_equal("7", front_value(&front, "SELECT min(priority) FROM argosy.job"));
    assert_string_equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        front_value(&front, "SELECT max(correlation) FROM argosy.job"));
}

static int count_dead(void *arg, const struct topic_message *message)
{
    static const char *const wanted[] = { "not_a_cloudevent", "not_a_cloudevent",     "unknown_event_type",
                                          "unknown_kind",     "invalid_arguments",    "invalid_option",
                                          "not_a_cloudevent", "idempotency_conflict", "arguments_too_large" };
    unsigned *count = arg;
    if (strcmp(topic_header(message, "argosy-error-code"), wanted[*count]) != 0)
        fail_msg("dead letter %u: %s (%s), not %s", *count, topic_header(message, "argosy-error-code"),
                 topic_header(message, "argosy-error-message"), wanted[*count]);
    assert_string_equal("argosy.submit", topic_header(message, "argosy-topic"));
    assert_true(strlen(topic_header(message, "argosy-error-message")) > 10);
    assert_true(strlen(topic_header(message, "argosy-offset")) > 0);
    return ++*count == sizeof wanted / sizeof wanted[0];
}

static void bad_messages_go_to_the_dead_letters_and_block_nobody(void **state)
{
    (void)state;
    unsigned count = 0;
    char *large = malloc(300001);
    memset(large, 'x', 300000);
    large[300000] = '\0';
    mem_auto char *much = mem_format("{\"kind\":\"noop\",\"args\":{\"payload\":\"%s\"}}", large);
    free(large);
    topic_write("argosy.submit", NULL, "\x00\xff no JSON", 10);
    topic_write("argosy.submit", NULL, NULL, 0);
    write_binary("b1", "com.example.order", "{\"kind\":\"noop\"}");
    write_binary("b2", "argosy.submit.v1", "{\"kind\":\"none\"}");
    write_binary("b3", "argosy.submit.v1", "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":\"long\"}}");
    write_binary("b4", "argosy.submit.v1", "{\"kind\":\"noop\",\"prio\":1}");
    write_binary("b5", "argosy.submit.v1", "[1]");
    write_binary("a3", "argosy.submit.v1",
                 "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":1}}"); /* known, and another job */
    write_binary("b6", "argosy.submit.v1", much);
    write_binary("b7", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"after\"}");
    await("1", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'after'");
    assert_true(topic_read("argosy.submit.dead", count_dead, &count));
    assert_string_equal("4", front_value(&front, "SELECT count(*) FROM argosy.job"));
}

static void a_killed_gateway_takes_nothing_twice_and_leaves_nothing_out(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        char id[16];
        snprintf(id, sizeof id, "c%u", i);
        write_binary(id, "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"many\"}");
        if (i % 100 == 50)
            front_restart(&front);
    }
    await("300", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'many'");
    /* committed in the record, not in Kafka: all comes again from the beginning */
    kill(front.pid, SIGKILL);
    topic_forget_group("argosy.submit");
    front_restart(&front);
    write_binary("last", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"last\"}");
    await("1", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'last'");
    assert_string_equal("300",
                        front_value(&front, "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane"
                                            " WHERE l.queue = 'many'"));
}

static void what_comes_while_the_record_or_the_broker_is_away_is_taken_afterwards(void **state)
{
    (void)state;
    kill(support_postgres_pid(), SIGSTOP);
    write_binary("d1", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"away\"}");
    kill(support_postgres_pid(), SIGCONT);
    support_postgres_restart();
    PQreset(front.direct);
    write_binary("d2", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"away\"}");
    await("2", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'away'");
    support_kafka_restart();
    write_binary("d3", "argosy.submit.v1", "{\"kind\":\"noop\",\"queue\":\"away\"}");
    await("3", "SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'away'");
}

/* ---- events ---- */

struct history {
    char job[24], first_id[96];
    unsigned submitted, cancelled;
};

static int is_complete(void *arg, const struct topic_message *message)
{
    struct history *h = arg;
    if (strcmp(message->key, h->job) != 0)
        return 0;
    assert_string_equal("1.0", topic_header(message, "ce_specversion"));
    assert_string_equal(h->job, topic_header(message, "ce_subject"));
    assert_true(strlen(topic_header(message, "ce_id")) > 10 && strlen(topic_header(message, "ce_time")) > 10);
    if (strcmp(topic_header(message, "ce_type"), "argosy.job.submitted.v1") == 0) {
        h->submitted++;
        assert_int_equal(h->cancelled, 0); /* in order */
    } else if (strcmp(topic_header(message, "ce_type"), "argosy.job.cancelled.v1") == 0) {
        h->cancelled++;
        assert_non_null(strstr(message->value, "\"type\" : \"cancelled\""));
    }
    return h->submitted > 0 && h->cancelled > 0;
}

static void events_of_a_job_are_published_in_order_also_after_a_crash(void **state)
{
    (void)state;
    for (unsigned turn = 0; turn < 3; turn++) {
        struct history h = { .submitted = 0 };
        snprintf(h.job, sizeof h.job, "%s", front_value(&front, "SELECT argosy.submit('noop', queue => 'told')"));
        if (turn == 1)
            front_restart(&front);
        if (turn == 2)
            support_kafka_restart();
        front_value(&front, "SELECT argosy.cancel(%s)", h.job);
        if (!topic_read("argosy.events", is_complete, &h))
            fail_msg("turn %u: job %s: submitted %u, cancelled %u", turn, h.job, h.submitted, h.cancelled);
    }
    await("t", "SELECT count(*) = 1 FROM argosy.kafka_events");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_modes_are_taken_and_the_same_event_is_one_job),
        cmocka_unit_test(bad_messages_go_to_the_dead_letters_and_block_nobody),
        cmocka_unit_test(a_killed_gateway_takes_nothing_twice_and_leaves_nothing_out),
        cmocka_unit_test(what_comes_while_the_record_or_the_broker_is_away_is_taken_afterwards),
        cmocka_unit_test(events_of_a_job_are_published_in_order_also_after_a_crash),
    };
    return cmocka_run_group_tests(tests, start, front_teardown);
}
