/* SPDX-License-Identifier: Apache-2.0 */
/* queue_payload.c - the doorbell's messages come out as they went in, and nothing malformed comes out at all. */
#include "queue/transport_payload.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

struct got {
    unsigned batches, jobs, messages;
    struct dispatch last;
    struct message message;
    char kind[64], args[64], text[64];
};

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct got *got = arg;
    got->batches++;
    got->jobs += count;
    got->last = jobs[count - 1];
    snprintf(got->kind, sizeof got->kind, "%s", jobs[count - 1].kind);
    snprintf(got->args, sizeof got->args, "%s", jobs[count - 1].args ? jobs[count - 1].args : "(record)");
}

static void on_message(void *arg, const struct message *message)
{
    struct got *got = arg;
    got->messages++;
    got->message = *message;
    snprintf(got->text, sizeof got->text, "%s", message->text ? message->text : "(none)");
}

static enum error_class deliver(const char *data, size_t size, struct got *got, struct error *e)
{
    struct transport_handlers handlers = { .arg = got, .on_dispatch = on_dispatch, .on_message = on_message };
    mem_auto char *copy = mem_alloc(size ? size : 1);
    memcpy(copy, data, size);
    return transport_payload_deliver(copy, size, &handlers, e);
}

static void dispatches_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct buffer b;
    struct got got = { 0 };
    struct error e = ERROR_NONE;
    const struct dispatch jobs[] = {
        { .id = 1, .epoch = 1, .seq = 1, .kind = "noop", .args = "{}", .attempt = 1, .timeout_s = 600 },
        { .id = INT64_MAX, .epoch = (int64_t)7 << 40, .seq = 2, .kind = "migration",
          .args = "{\"text\":\"a\nb \xc3\xa9\"}", .attempt = 3, .timeout_s = 60, .seal = true },
    };
    buffer_init(&b, TRANSPORT_PAYLOAD_MAX);
    assert_int_equal(transport_payload_jobs(&b, jobs, 2), 2);
    assert_int_equal(deliver(b.data, b.size, &got, &e), ERROR_OK);
    assert_int_equal(got.jobs, 2);
    assert_true(got.last.id == INT64_MAX && got.last.epoch == (int64_t)7 << 40 && got.last.seq == 2);
    assert_true(got.last.attempt == 3 && got.last.timeout_s == 60 && got.last.seal);
    assert_string_equal(got.kind, "migration");
    assert_string_equal(got.args, jobs[1].args);
    buffer_finish(&b);
}

static void large_batches_are_split_and_long_args_left_to_the_record(void **state)
{
    (void)state;
    static struct dispatch jobs[2500];
    struct buffer b;
    struct got got = { 0 };
    struct error e = ERROR_NONE;
    mem_auto char *args = mem_zero(1, TRANSPORT_ARGS_MAX + 2);
    memset(args, 'x', TRANSPORT_ARGS_MAX);
    for (int i = 0; i < 2500; i++)
        jobs[i] = (struct dispatch){
            .id = i + 1, .epoch = 1, .seq = i + 1, .kind = "noop", .args = i < 40 ? args : "{}"
        };
    buffer_init(&b, TRANSPORT_PAYLOAD_MAX);
    for (unsigned done = 0; done < 2500;) {
        done += transport_payload_jobs(&b, jobs + done, 2500 - done);
        assert_false(b.overflow);
        assert_int_equal(deliver(b.data, b.size, &got, &e), ERROR_OK);
    }
    assert_int_equal(got.jobs, 2500);
    assert_true(got.batches > 3);

    args[TRANSPORT_ARGS_MAX] = 'x'; /* one byte too long */
    assert_int_equal(transport_payload_jobs(&b, jobs, 1), 1);
    assert_int_equal(deliver(b.data, b.size, &got, &e), ERROR_OK);
    assert_null(got.last.args);
    assert_string_equal(got.args, "(record)");
    buffer_finish(&b);
}

static void messages_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct buffer b;
    struct got got = { 0 };
    struct error e = ERROR_NONE;
    struct message message = { .type = MESSAGE_DONE, .incarnation = 4, .done = 120, .text = "{\"noop\":12}" };
    buffer_init(&b, TRANSPORT_PAYLOAD_MAX);
    assert_int_equal(transport_payload_message(&b, &message, &e), ERROR_OK);
    assert_int_equal(deliver(b.data, b.size, &got, &e), ERROR_OK);
    assert_true(got.message.type == MESSAGE_DONE && got.message.incarnation == 4 && got.message.done == 120);
    assert_string_equal(got.text, "{\"noop\":12}");

    message = (struct message){ .type = MESSAGE_CANCEL, .id = 77, .epoch = 5 };
    assert_int_equal(transport_payload_message(&b, &message, &e), ERROR_OK);
    assert_int_equal(deliver(b.data, b.size, &got, &e), ERROR_OK);
    assert_true(got.message.type == MESSAGE_CANCEL && got.message.id == 77 && got.message.epoch == 5);
    assert_null(got.message.text);

    mem_auto char *text = mem_zero(1, TRANSPORT_TEXT_MAX + 2);
    memset(text, 'x', TRANSPORT_TEXT_MAX + 1);
    message.text = text;
    assert_int_equal(transport_payload_message(&b, &message, &e), ERROR_TOO_LARGE);
    buffer_finish(&b);
}

static void what_is_malformed_delivers_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
    } rows[] = {
#define ROW(text) { text, sizeof text - 1 }
        ROW(""), ROW("d1"), ROW("d1 "), ROW("d2 1\n1 1 1 1 1 0 noop 2\n{}\n"), ROW("hello"), ROW("d1 0\n"),
        ROW("d1 1\n"), ROW("d1 1001\n"), ROW("d1 -1\n"), ROW("d1 1\n1 1 1 1 1 0 noop 2\n{}"), /* cut */
        ROW("d1 1\n1 1 1 1 1 0 noop 2\n{}\nmore"), ROW("d1 2\n1 1 1 1 1 0 noop 2\n{}\n"),
        ROW("d1 1\n0 1 1 1 1 0 noop 2\n{}\n"),                                                /* id 0 */
        ROW("d1 1\n01 1 1 1 1 0 noop 2\n{}\n"), ROW("d1 1\n+1 1 1 1 1 0 noop 2\n{}\n"),
        ROW("d1 1\n9223372036854775808 1 1 1 1 0 noop 2\n{}\n"),                              /* over 63 bits */
        ROW("d1 1\n1 1 1 1 1 2 noop 2\n{}\n"), ROW("d1 1\n1 1 1 2147483648 1 0 noop 2\n{}\n"),
        ROW("d1 1\n1 1 1 1 1 0 No 2\n{}\n"), ROW("d1 1\n1 1 1 1 1 0 n\0p 2\n{}\n"), ROW("d1 1\n1 1 1 1 1 0  2\n{}\n"),
        ROW("d1 1\n1 1 1 1 1 0 noop 3\n{\0}\n"), ROW("d1 1\n1 1 1 1 1 0 noop 2\n\xff\xff\n"), /* no UTF-8 */
        ROW("d1 1\n1 1 1 1 1 0 noop 99999\n{}\n"), ROW("d1 1\n1 1 1 1 1 0 noop 1\n{}\n"),
        ROW("m1 9 0 0 0 0 0 -\n\n"), ROW("m1 0 0 0 0 0 -\n\n"), ROW("m1 0 0 0 0 0 0 -\n"), ROW("m1 0 0 0 0 0 0 7001\n"),
#undef ROW
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct got got = { 0 };
        struct error e = ERROR_NONE;
        if (deliver(rows[i].text, rows[i].size, &got, &e) == ERROR_OK || got.batches || got.messages)
            fail_msg("row %zu was accepted: %s", i, rows[i].text);
        assert_string_equal(e.code, "doorbell_invalid");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispatches_come_out_as_they_went_in),
        cmocka_unit_test(large_batches_are_split_and_long_args_left_to_the_record),
        cmocka_unit_test(messages_come_out_as_they_went_in),
        cmocka_unit_test(what_is_malformed_delivers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
