/* SPDX-License-Identifier: Apache-2.0 */
/* cli_command.c - how `argosy` finds a command, reads its options and reports: words, exit codes, both streams. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"
#include "tests/support/output.h"

#define WORDS(...) ((const char *const[]){ "argosy", __VA_ARGS__, NULL })

static int run(struct output *o, const char *const *words)
{
    return output_command(o, words);
}

/* One run: the code, and what each stream holds; NULL: it must be empty. */
static void expect(const char *const *words, int code, const char *out, const char *err)
{
    struct output o;
    int got = run(&o, words);
    if (got != code || (out != NULL ? strstr(o.out, out) == NULL : *o.out != '\0') ||
        (err != NULL ? strstr(o.err, err) == NULL : *o.err != '\0'))
        fail_msg("%s %s: exit %d instead of %d\n--- stdout\n%s--- stderr\n%s", words[1] != NULL ? words[1] : "",
                 words[1] != NULL && words[2] != NULL ? words[2] : "", got, code, o.out, o.err);
    output_finish(&o);
}

static int set_up(void **state)
{
    (void)state;
    static const char *const names[] = { "ARGOSY_URL",        "ARGOSY_API_KEY", "DATABASE_URL", "REDIS_URL",
                                         "ARGOSY_OUTPUT",     "ARGOSY_CONFIG",  "LOG_LEVEL",    "LOG_FORMAT",
                                         "DATABASE_URL_FILE", "ARGOSY_LISTEN" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)unsetenv(names[i]);
    (void)setenv("HOME", "/nonexistent", 1);
    (void)setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    (void)setenv("ARGOSY_DATA_DIR", "/nonexistent/data", 1);
    return 0;
}

static void test_the_table(void **state)
{
    (void)state;
    for (const struct command *c = command_rows; c->name != NULL; c++) {
        if (c[1].name != NULL && strcmp(c->name, c[1].name) >= 0)
            fail_msg("\"%s\" stands before \"%s\"", c->name, c[1].name);
        assert_non_null(c->run);
        assert_true(c->arguments_min <= c->arguments_max);
        assert_true(c->arguments != NULL || c->arguments_max == 0);
        for (const struct option_row *o = c->options; o != NULL && o->name != NULL; o++)
            for (const enum setting *s = c->settings; s != NULL && *s != SETTING_MAX; s++)
                assert_string_not_equal(o->name, setting_rows[*s].flag);
    }
}

static void test_words_find_the_longest_command(void **state)
{
    (void)state;
    expect(WORDS("version"), 0, "argosy ", NULL);
    expect(WORDS("help", "settings"), 0, "# Settings", NULL);
    expect(WORDS("help", "commands"), 0, "## job submit", NULL);
    expect(WORDS("help"), 0, "Exit codes", NULL);
    expect(WORDS("help", "job", "submit"), 0, "Usage: argosy job submit KIND", NULL);
    expect(WORDS("help", "job"), 0, "job cancel", NULL);
    expect(WORDS("help", "sailing"), 2, NULL, "no command \"sailing\"");
    expect(WORDS("--help"), 0, "Exit codes", NULL);
    expect(WORDS("-h"), 0, "Exit codes", NULL);
    expect(((const char *const[]){ "argosy", NULL }), 2, "Usage: argosy COMMAND", NULL);
    expect(WORDS("job"), 2, "job submit", NULL);
    expect(WORDS("job", "--help"), 0, "job submit", NULL);
    expect(WORDS("job", "sail"), 2, NULL, "there is no command \"job sail\": `argosy help job`");
    expect(WORDS("job", "lst"), 2, NULL, "did you mean \"job list\"?");
    expect(WORDS("jbo", "list"), 2, NULL, "did you mean \"job list\"?");
    expect(WORDS("discovr", "ships.sql"), 2, NULL, "did you mean \"discover\"?");
    expect(WORDS("conection"), 2, NULL, "did you mean \"connection\"?");
    expect(WORDS("help", "job", "submti"), 2, NULL, "did you mean \"job submit\"?");
    expect(WORDS("sailing"), 2, NULL, "there is no command \"sailing\": `argosy help`");
    expect(WORDS("--version"), 0, "argosy ", NULL);
    expect(WORDS("jobs"), 2, NULL, "there is no command \"jobs\"");
    expect(WORDS("ver"), 2, NULL, "there is no command \"ver\"");
    expect(WORDS("version2"), 2, NULL, "there is no command");
    expect(WORDS(""), 2, NULL, "there is no command");
    expect(WORDS("--output", "json", "version"), 2, NULL, "the command comes first");
}

static void test_every_command_has_help(void **state)
{
    (void)state;
    for (const struct command *c = command_rows; c->name != NULL; c++) {
        char name[64], usage[96];
        const char *words[8] = { "argosy" };
        int count = 1;
        (void)snprintf(name, sizeof name, "%s", c->name);
        (void)snprintf(usage, sizeof usage, "Usage: argosy %s", c->name);
        for (char *word = name, *next; word != NULL; word = next) {
            next = strchr(word, ' ');
            if (next != NULL)
                *next++ = '\0';
            words[count++] = word;
        }
        words[count] = "--help";
        expect(words, 0, usage, NULL);
        words[count] = "-h";
        expect(words, 0, "--output text|json", NULL);
    }
}

static void test_bad_usage(void **state)
{
    (void)state;
    expect(WORDS("version", "--sail"), 2, NULL, "--sail: unknown option; ");
    expect(WORDS("version", "--ouptut=json"), 2, NULL, "did you mean --output?");
    expect(WORDS("job", "list", "--limt", "3"), 2, NULL, "--limt: unknown option, did you mean --limit?");
    expect(WORDS("version", "--output"), 2, NULL, "--output");
    expect(WORDS("version", "--output", "xml"), 2, NULL, "it must be one of text|json");
    expect(WORDS("version", "now"), 2, NULL, "usage: argosy version [OPTION...]");
    expect(WORDS("job", "show"), 2, NULL, "usage: argosy job show ID");
    expect(WORDS("job", "show", "1", "2"), 2, NULL, "usage: argosy job show ID");
    expect(WORDS("job", "show", "x1"), 2, NULL, "not a job's id");
    expect(WORDS("job", "show", "-1"), 2, NULL, "-1");
    expect(WORDS("job", "show", "99999999999999999999"), 2, NULL, "not a job's id");
    expect(WORDS("job", "submit", "noop", "{"), 2, NULL, "line 1");
    expect(WORDS("job", "submit", "noop", "{\"a\":1,\"a\":2}"), 2, NULL, "duplicate");
    expect(WORDS("job", "submit", "noop", "@/nonexistent/file"), 3, NULL, "/nonexistent/file");
    expect(WORDS("job", "submit", "noop", "--priority", "0"), 2, NULL, "it must be a number from 1 to 1000");
    expect(WORDS("job", "submit", "noop", "--priority", "1x"), 2, NULL, "it must be a number from 1 to 1000");
    expect(WORDS("job", "submit", "noop", "--priority", ""), 2, NULL, "it must be a number from 1 to 1000");
    expect(WORDS("queue", "pause", "../x"), 2, NULL, "can't be the name of a queue");
    expect(WORDS("version", "--config", "/nonexistent/file"), 2, NULL, "/nonexistent/file");
    expect(WORDS("version", "--log-level", "loud"), 2, NULL, "debug|info|warn|error");
    expect(WORDS("up", "--logs", "paper"), 2, NULL, "it must be files or stderr");
}

static void test_options(void **state)
{
    (void)state;
    expect(WORDS("version", "--output=json"), 0, "{\"version\":\"", NULL);
    expect(WORDS("version", "--output", "text", "--output", "json"), 0, "{\"version\":\"", NULL);
    expect(WORDS("job", "submit", "noop", "--queue", "a", "--queue", "b", "--priority", "0"), 2, NULL, "--priority");
    expect(WORDS("version", "--config", "/dev/null", "--config", "/dev/null"), 0, "argosy ", NULL);
    (void)setenv("ARGOSY_OUTPUT", "json", 1);
    expect(WORDS("version"), 0, "{\"version\":\"", NULL);
    expect(WORDS("version", "--output", "text"), 0, "argosy ", NULL);
    (void)unsetenv("ARGOSY_OUTPUT");
}

/* A program reads one JSON object from stderr and nothing from stdout. */
static void test_errors_as_json(void **state)
{
    (void)state;
    const char *const *const cases[] = { WORDS("job", "show", "x", "--output", "json"),
                                         WORDS("job", "list", "--output=json"), WORDS("sail", "--output", "json"),
                                         WORDS("job", "show", "--output", "json") };
    static const struct {
        int code;
        const char *error_code;
    } wanted[] = { { 2, "invalid_id" }, { 69, "not_running" }, { 2, "usage" }, { 2, "usage" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct output o;
        assert_int_equal(run(&o, cases[i]), wanted[i].code);
        assert_string_equal(o.out, "");
        json_auto_t *error = json_loads(o.err, 0, NULL);
        assert_non_null(error);
        assert_int_equal(json_object_size(error), 4);
        assert_string_equal(json_string_value(json_object_get(error, "error_code")), wanted[i].error_code);
        assert_true(json_is_string(json_object_get(error, "message")));
        assert_true(json_is_object(json_object_get(error, "details")));
        assert_non_null(strchr(json_string_value(json_object_get(error, "timestamp")), 'T'));
        output_finish(&o);
    }
}

static void test_no_fleet(void **state)
{
    (void)state;
    expect(WORDS("job", "list"), 69, NULL, "no fleet runs on /nonexistent/data: start one with `argosy up`");
    expect(WORDS("worker", "list", "--url", "http://127.0.0.1:1"), 2, NULL, "ARGOSY_API_KEY");
    expect(WORDS("worker", "list", "--url", "http://127.0.0.1:1", "--api-key", "k"), 69, NULL, "can't be reached");
    expect(WORDS("worker", "list", "--url", "ftp://127.0.0.1:1", "--api-key", "k"), 2, NULL, "not the address");
    expect(WORDS("worker", "list", "--url", "http://[", "--api-key", "k"), 2, NULL, "not the address");
    expect(WORDS("fsck"), 69, NULL, "DATABASE_URL");
    expect(WORDS("fsck", "--database-url", "postgresql://127.0.0.1:1/x"), 69, NULL, "127.0.0.1");
}

static void test_foreign_words_do_not_drive_the_terminal(void **state)
{
    (void)state;
    struct output o;
    assert_int_equal(run(&o, WORDS("job", "show", "\x1b[2J\x9b")), 2);
    for (const char *p = o.err; p[0] != '\0' && p[1] != '\0'; p++)
        if ((unsigned char)*p < 0x20 || (unsigned char)*p == 0x9b)
            fail_msg("a control character came through: %s", o.err);
    output_finish(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_words_find_the_longest_command),
        cmocka_unit_test(test_every_command_has_help),
        cmocka_unit_test(test_bad_usage),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_errors_as_json),
        cmocka_unit_test(test_no_fleet),
        cmocka_unit_test(test_foreign_words_do_not_drive_the_terminal),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
