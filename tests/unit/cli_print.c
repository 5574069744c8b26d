/* SPDX-License-Identifier: Apache-2.0 */
/* cli_print.c - foreign text can't drive the terminal, and tables show what is there. */
#include <locale.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/print.h"
#include "tests/support/output.h"

static void test_clean(void **state)
{
    (void)state;
    static const struct {
        const char *text, *clean;
    } cases[] = {
        { "", "" },
        { "plain äß€ 漢字 🚢", "plain äß€ 漢字 🚢" },
        { "a\x1b[31mred\a\b\r\n\t\x7f!", "a [31mred     \x20!" },
        { "\xc2\x9b"
          "2J\xc2\x80\xc2\x9f",
          " 2J  " }, /* C1 controls: CSI in one character */
        { "\x9b"
          "2J\xff\xc0\xaf",
          "?2J???" }, /* no UTF-8: the same in one byte, overlong */
        { "ab\xe2\x80\xae"
          "cd\xe2\x81\xa6"
          "e\xe2\x80\xa9",
          "ab cd e " }, /* turns the direction; separators */
        { "cut \xe2\x82", "cut ??" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mem_auto char *clean = print_clean(cases[i].text);
        assert_string_equal(clean, cases[i].clean);
    }
}

/* No byte that could: tried on everything that UTF-8 can and can't say in up to three bytes. */
static void test_nothing_gets_through(void **state)
{
    (void)state;
    char text[4] = "";
    for (unsigned a = 1; a < 256; a++)
        for (unsigned b = 1; b < 256; b++)
            for (unsigned c = 0; c < 256; c += 0x7f) {
                text[0] = (char)a, text[1] = (char)b, text[2] = (char)c;
                mem_auto char *clean = print_clean(text);
                assert_true(text_utf8_valid(clean, strlen(clean)));
                for (const unsigned char *p = (const unsigned char *)clean; *p != '\0'; p++)
                    assert_false(*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0));
            }
}

static void test_cut(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned columns;
        const char *cut;
    } cases[] = { { "abcdef", 3, "abc" },   { "abc", 3, "abc" },
                  { "äöü", 2, "äö" },       { "abc", 0, "" },
                  { "漢字x", 3, "漢" },     { "漢字x", 4, "漢字" },
                  { "a\x1b\x1b", 2, "a " }, { "e\xcc\x81x", 1, "e\xcc\x81" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mem_auto char *cut = print_cut(cases[i].text, cases[i].columns);
        assert_string_equal(cut, cases[i].cut);
    }
}

static void test_values(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "null", "" },
        { "true", "true" },
        { "17", "17" },
        { "1.5", "1.5" },
        { "\"x\"", "x" },
        { "\"\\u001b[2J\"", " [2J" },
        { "[1,2]", "[1,2]" },
        { "{\"a\":\"\\u009b\"}", "{\"a\":\" \"}" },
        { "[\"\\u007f\"]", "[\" \"]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_auto_t *json = json_loads(cases[i][0], JSON_DECODE_ANY, NULL);
        mem_auto char *text = print_value(json);
        assert_string_equal(text, cases[i][1]);
    }
    mem_auto char *absent = print_value(NULL);
    assert_string_equal(absent, "");
}

static void test_tables(void **state)
{
    (void)state;
    static const struct print_column columns[] = {
        { "NAME", "name", false }, { "N", "n", true }, { "CODE", "error.code", false }, { NULL, NULL, false }
    };
    json_auto_t *rows = json_loads("[{\"name\":\"a\\u001b[1m\",\"n\":7,\"error\":{\"code\":\"x\"}},"
                                   "{\"name\":\"second\",\"n\":1234},{\"error\":5},\"no object\"]",
                                   0, NULL);
    output_begin();
    print_table(rows, columns, "nothing");
    struct output o = output_end();
    assert_null(strchr(o.out, '\x1b'));
    assert_non_null(strstr(o.out, "NAME"));
    assert_non_null(strstr(o.out, "second"));
    assert_non_null(strstr(o.out, "   7"));
    assert_non_null(strstr(o.out, "1234"));
    output_finish(&o);
    output_begin();
    json_auto_t *none = json_array();
    print_table(none, columns, "nothing");
    print_table(NULL, columns, "no list");
    print_object(json_array_get(rows, 0), columns);
    print_json(rows);
    o = output_end();
    assert_int_equal(
        strncmp(o.out, "nothing\nno list\nNAME         a [1m\nN            7\nCODE         x\n[{\"name\"", 71), 0);
    output_finish(&o);
}

static void test_times(void **state)
{
    (void)state;
    static const struct print_column columns[] = { { "opens", "opens", false },
                                                   { "a title that is long", "name", false },
                                                   { NULL, NULL, false } };
    json_auto_t *rows =
        json_loads("[{\"opens\":\"2026-11-21T21:00:00.123456+00:00\",\"name\":\"2026-11-21T\"}]", 0, NULL);
    output_begin();
    print_object(json_array_get(rows, 0), columns);
    print_table(rows, columns, "nothing");
    struct output o = output_end();
    assert_int_equal(
        strncmp(o.out, "opens                2026-11-21 21:00:00Z\na title that is long 2026-11-21T\n", 74), 0);
    assert_non_null(strstr(o.out + 74, "2026-11-21 21:00:00Z 2026-11-21T"));
    output_finish(&o);
}

/* On a terminal of that many columns; what appeared there, in a buffer of the test's. */
static const char *on_terminal(unsigned short columns_wide, const json_t *rows, const struct print_column *columns)
{
    static char text[8192];
    int ends[2], kept = dup(STDOUT_FILENO);
    struct winsize size = { .ws_row = 24, .ws_col = columns_wide };
    assert_int_equal(openpty(&ends[0], &ends[1], NULL, NULL, &size), 0);
    (void)fflush(stdout);
    (void)dup2(ends[1], STDOUT_FILENO);
    print_table(rows, columns, "nothing");
    (void)fflush(stdout);
    (void)dup2(kept, STDOUT_FILENO);
    ssize_t got = read(ends[0], text, sizeof text - 1); /* small enough for the terminal to hold it whole */
    text[got > 0 ? got : 0] = '\0';
    (void)close(ends[0]);
    (void)close(ends[1]);
    (void)close(kept);
    return text;
}

static void test_narrow_tables(void **state)
{
    (void)state;
    static const struct print_column columns[] = {
        { "KIND", "kind", false }, { "SINCE", "since", false }, { "ERROR", "error", false }, { NULL, NULL, false }
    };
    json_auto_t *rows = json_loads("[{\"kind\":\"discovery\",\"since\":\"2026-11-21T21:02:03Z\",\"error\":\"the server "
                                   "that is far away can't be reached from where this worker stands\"}]",
                                   0, NULL);
    (void)setenv("NO_COLOR", "1", 1);
    const char *wide = on_terminal(150, rows, columns);
    assert_non_null(strstr(wide, "2026-11-21 21:02:03Z"));
    assert_non_null(strstr(wide, "where this worker stands"));
    const char *narrow = on_terminal(70, rows, columns);
    assert_non_null(strstr(narrow, "discovery 11-21 21:02Z the server"));
    assert_non_null(strstr(narrow, "stands")); /* wrapped, not cut */
    for (const char *line = narrow; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
        assert_in_range(strcspn(line, "\r\n"), 1, 70);
    (void)unsetenv("NO_COLOR");
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean),         cmocka_unit_test(test_nothing_gets_through),
        cmocka_unit_test(test_cut),           cmocka_unit_test(test_values),
        cmocka_unit_test(test_tables),        cmocka_unit_test(test_times),
        cmocka_unit_test(test_narrow_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
