/* SPDX-License-Identifier: Apache-2.0 */
/* Text questions, buffers and errors at their edges: limits, overlong UTF-8, numbers that do not fit. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"

static void test_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size, expected;
    } cases[] = {
        { "a", 1, 1 },
        { "\xC3\xA9", 2, 2 },
        { "\xE2\x82\xAC", 3, 3 },
        { "\xF0\x9F\x9A\xA2", 4, 4 },
        { "\x80", 1, 0 },
        { "\xC0\x80", 2, 0 },
        { "\xE0\x80\x80", 3, 0 },
        { "\xED\xA0\x80", 3, 0 },
        { "\xF4\x90\x80\x80", 4, 0 },
        { "\xF0\x9F\x9A", 3, 0 },
        { "\xC3", 1, 0 },
        { "", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(text_utf8_size(cases[i].text, cases[i].size), cases[i].expected);
    assert_true(text_utf8_valid("na\xC3\xAFve", 6));
    assert_false(text_utf8_valid("na\xC3", 3));
}

static void test_numbers(void **state)
{
    (void)state;
    int64_t value = 7;
    assert_true(text_to_int64("-9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_true(value == INT64_MIN);
    assert_false(text_to_int64("9223372036854775808", INT64_MIN, INT64_MAX, &value));
    assert_false(text_to_int64("12x", 0, 100, &value));
    assert_false(text_to_int64(" 12", 0, 100, &value));
    assert_false(text_to_int64("", 0, 100, &value));
    assert_false(text_to_int64("101", 0, 100, &value));
    assert_true(value == INT64_MIN); /* nothing is clobbered on failure */
    assert_true(text_to_bytes("4m", &value) && value == 4 << 20);
    assert_false(text_to_bytes("9223372036854775807k", &value));
    assert_true(text_to_ms("250ms", &value) && value == 250);
    assert_true(text_to_ms("2", &value) && value == 2000);
    assert_false(text_to_ms("2 s", &value));
}

static void test_names(void **state)
{
    (void)state;
    assert_true(text_is_name("night-batch.2", 63));
    assert_false(text_is_name("Night", 63));
    assert_false(text_is_name("", 63));
    assert_false(text_is_name("abcd", 3));
    assert_false(text_is_name("a b", 63));
    assert_true(text_equal_secret("abc", "abc"));
    assert_false(text_equal_secret("abc", "abd"));
    assert_false(text_equal_secret("abc", "abcabc"));
    assert_false(text_equal_secret("abc", ""));
    assert_true(text_equal_secret("", ""));
    char cut[4];
    assert_false(text_copy(cut, sizeof cut, "abcd"));
    assert_string_equal(cut, "abc");
}

static void test_buffer_limit(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 5);
    assert_string_equal(buffer_view(&b), "");
    assert_true(buffer_text(&b, "abc"));
    assert_false(buffer_text(&b, "def")); /* does not fit: nothing of it is taken */
    assert_true(b.overflow);
    assert_false(buffer_char(&b, 'd')); /* and nothing after it either */
    assert_string_equal(buffer_view(&b), "abc");
    buffer_clear(&b);
    assert_true(buffer_format(&b, "%d", 12345));
    buffer_drop_front(&b, 2);
    assert_string_equal(buffer_view(&b), "345");
    mem_auto char *taken = buffer_take(&b);
    assert_string_equal(taken, "345");
    assert_int_equal(b.size, 0);
    buffer_finish(&b);
}

static void test_json_string(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 1024);
    assert_true(buffer_json_string(&b, "a\"\\\n\t\x01\xC3\xA9\xFFz\0y", 12));
    assert_string_equal(buffer_view(&b), "\"a\\\"\\\\\\n\\t\\u0001\xC3\xA9\xEF\xBF\xBDz\\u0000y\"");
    buffer_finish(&b);
}

/* Each byte at each place of the eight that are looked at together. */
static void test_json_string_places(void **state)
{
    (void)state;
    static const char odd[] = { '"', '\\', '\n', 0x1F, 0x7F, (char)0xC3, ' ', '!', '#', '[', ']', '~' };
    for (size_t size = 1; size <= 20; size++)
        for (size_t at = 0; at < size; at++)
            for (size_t k = 0; k < sizeof odd; k++) {
                char text[21], expected[64];
                struct buffer b;
                memset(text, 'x', sizeof text);
                text[at] = odd[k];
                const char *escaped = odd[k] == '"'          ? "\\\""
                                      : odd[k] == '\\'       ? "\\\\"
                                      : odd[k] == '\n'       ? "\\n"
                                      : odd[k] == 0x1F       ? "\\u001f"
                                      : odd[k] == (char)0xC3 ? "\xEF\xBF\xBD"
                                                             : NULL;
                char itself[2] = { odd[k], '\0' };
                (void)snprintf(expected, sizeof expected, "\"%.*s%s%.*s\"", (int)at, text,
                               escaped != NULL ? escaped : itself, (int)(size - at - 1), text + at + 1);
                buffer_init(&b, 128);
                assert_true(buffer_json_string(&b, text, size));
                assert_string_equal(buffer_view(&b), expected);
                buffer_finish(&b);
            }
}

struct drained {
    char text[1 << 20];
    size_t size, calls, calls_max;
};

static bool on_drain(void *context, const char *data, size_t size)
{
    struct drained *d = context;
    if (d->calls == d->calls_max || size > sizeof d->text - d->size)
        return false;
    memcpy(d->text + d->size, data, size);
    d->size += size;
    d->calls++;
    return true;
}

static void test_buffer_drain(void **state)
{
    (void)state;
    struct drained *d = mem_zero(1, sizeof *d);
    struct buffer b;
    d->calls_max = 100;
    buffer_init_drain(&b, 1 << 20, on_drain, d);
    for (int i = 0; i < 100000; i++) {
        assert_true(buffer_format(&b, "%06d", i));
        assert_int_equal(b.data[b.size - 1], '0' + i % 10); /* the last byte can be looked at */
    }
    assert_true(b.size < 300000 && d->calls > 1);
    assert_true(buffer_flush(&b));
    assert_int_equal(b.size, 0);
    assert_int_equal(d->size, 600000);
    for (int i = 0; i < 100000; i++) {
        char number[12];
        (void)snprintf(number, sizeof number, "%06d", i);
        assert_memory_equal(d->text + 6 * (size_t)i, number, 6);
    }
    d->calls_max = d->calls; /* it takes no more */
    assert_true(buffer_text(&b, "left"));
    assert_false(buffer_flush(&b));
    assert_true(b.overflow);
    buffer_finish(&b);
    free(d);
}

static void test_error_is_cut_at_a_character(void **state)
{
    (void)state;
    char wide[2 * ERROR_MESSAGE_SIZE + 1];
    for (size_t i = 0; i < sizeof wide - 1; i += 2)
        memcpy(wide + i, "\xC3\xA9", 2);
    wide[sizeof wide - 1] = '\0';
    struct error e = ERROR_NONE;
    assert_int_equal(error_set(&e, ERROR_RETRY, "x%s", wide), ERROR_RETRY);
    assert_string_equal(e.code, "retry");
    assert_true(text_utf8_valid(e.message, strlen(e.message)));
    assert_int_equal(error_wrap(&e, "context %d", 1), ERROR_RETRY);
    assert_true(text_starts(e.message, "context 1: x"));
    assert_true(text_utf8_valid(e.message, strlen(e.message)));
    assert_int_equal(error_code(&e, ERROR_REFUSED, "target_not_empty", "%s", e.message), ERROR_REFUSED);
    assert_string_equal(e.code, "target_not_empty");
    assert_int_equal(error_exit_code(ERROR_UNAVAILABLE), 69);
    assert_int_equal(error_class_from_name("fenced_out"), ERROR_FENCED);
    assert_int_equal(error_class_from_name("nonsense"), ERROR_FATAL);
}

static void test_arena(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    char *first = arena_text(arena, "first");
    char *large = arena_alloc(arena, 100000);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_format(arena, "%d", i));
    assert_string_equal(first, "first");
    assert_int_equal(large[99999], 0);
    assert_true(arena_used(arena) > 100000 && arena_used(arena) + arena_room(arena) == 1 << 20);
    assert_null(arena_destroy(arena));
    assert_null(arena_destroy(NULL));
}

/* Past 8 MB blocks are mapped; what is handed out stays apart, aligned and zero. */
static void test_arena_large(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64 << 20);
    char **texts = arena_array(arena, 40000, sizeof *texts);
    for (size_t i = 0; i < 40000; i++) {
        size_t size = i % 997;
        unsigned char *bytes = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)bytes % 16, 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(bytes[k], 0);
        memset(bytes, 0xAA, size);
        texts[i] = arena_format(arena, "text %zu", i);
    }
    unsigned char *large = arena_alloc(arena, 5 << 20);
    assert_true(large[0] == 0 && large[(5 << 20) - 1] == 0);
    memset(large, 0xAA, 5 << 20);
    for (size_t i = 0; i < 40000; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "text %zu", i);
        assert_string_equal(texts[i], text);
    }
    assert_true(arena_used(arena) > 24 << 20);
    assert_null(arena_destroy(arena));
}

static void test_masked_urls(void **state)
{
    (void)state;
    char text[128];
    assert_string_equal(log_mask_url("postgresql://u:p@ss:w@host/db?x=1", text, sizeof text),
                        "postgresql://u:***@host/db?x=1");
    assert_string_equal(log_mask_url("redis://:pw@h:1", text, sizeof text), "redis://:***@h:1");
    assert_string_equal(log_mask_url("http://h:1/a@b:c", text, sizeof text), "http://h:1/a@b:c");
    assert_string_equal(log_mask_url("plain", text, sizeof text), "plain");
}

static void test_digest_and_random(void **state)
{
    (void)state;
    char text[DIGEST_BYTEA_SIZE], a[17], b[17];
    digest_key("abc", text); /* FIPS 180-4's example */
    assert_string_equal(text, "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    random_hex(a, sizeof a);
    random_hex(b, sizeof b);
    assert_int_equal(strlen(a), 16);
    assert_string_not_equal(a, b);
}

static void test_clock_text(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_text(1795257420123, text);
    assert_string_equal(text, "2026-11-21T10:37:00.123Z");
    clock_set_virtual(5000000, 1000);
    clock_advance_us(2500);
    assert_int_equal(clock_monotonic_ms(), 5002);
    assert_int_equal(clock_wall_us(), 3500);
    clock_set_real();
    assert_true(clock_monotonic_us() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),         cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_buffer_limit),
        cmocka_unit_test(test_json_string),  cmocka_unit_test(test_json_string_places),
        cmocka_unit_test(test_buffer_drain), cmocka_unit_test(test_error_is_cut_at_a_character),
        cmocka_unit_test(test_arena),        cmocka_unit_test(test_arena_large),
        cmocka_unit_test(test_masked_urls),  cmocka_unit_test(test_digest_and_random),
        cmocka_unit_test(test_clock_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
