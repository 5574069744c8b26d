/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates_golden.c - every file of every target, rendered from tests/golden/templates/CASE/catalog.json, is byte for
 * byte what lies in tests/golden/templates/CASE/TARGET/. ARGOSY_GOLDEN=write renews them: read the difference then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <jansson.h>

#include "templates/renderer.h"

static const char *const TARGETS[] = { "postgresql", "sqlalchemy" };

static json_t *catalog_of(const char *folder)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/catalog.json", folder);
    json_error_t error;
    json_t *catalog = json_load_file(path, 0, &error);
    if (!catalog)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return catalog;
}

static char *file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: run with ARGOSY_GOLDEN=write and read what it wrote", path);
    char *text = calloc(1, 1 << 20);
    size_t size = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    assert_true(size > 0 && size < (1 << 20) - 1);
    return text;
}

static void compare_or_write(const char *folder, const char *target, const char *name, const char *text)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, target);
    const char *mode = getenv("ARGOSY_GOLDEN");
    bool write = mode && strcmp(mode, "write") == 0;
    if (write)
        (void)mkdir(path, 0777);
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
    if (write) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        return;
    }
    char *expected = file_read(path);
    if (strcmp(expected, text) != 0) {
        size_t same = 0;
        while (expected[same] == text[same])
            same++;
        fail_msg("%s differs at byte %zu: expected \"%.60s\", got \"%.60s\"", path, same, expected + same, text + same);
    }
    free(expected);
}

static void render_all(const char *name)
{
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/tests/golden/templates/%s", getenv("ARGOSY_SOURCE"), name);
    json_t *catalog = catalog_of(folder);
    size_t files = 0;
    for (size_t t = 0; t < sizeof TARGETS / sizeof TARGETS[0]; t++) {
        char file[RENDERER_NAME_SIZE];
        for (size_t i = 0; renderer_file(TARGETS[t], i, file); i++, files++) {
            char *text = NULL;
            struct error e = ERROR_NONE;
            if (renderer_render(TARGETS[t], file, catalog, &text, &e) != ERROR_OK)
                fail_msg("%s", e.message);
            compare_or_write(folder, TARGETS[t], file, text);
            free(text);
        }
    }
    assert_int_equal(files, 4); /* schema.sql, keys.sql, ddl.sql, models.py */
    json_decref(catalog);
}

static void test_chinook(void **state)
{
    (void)state;
    render_all("chinook");
}

static void test_hostile_names(void **state)
{
    (void)state;
    render_all("hostile");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinook),
        cmocka_unit_test(test_hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
