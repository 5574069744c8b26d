/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_settings.c - a settings file is refused with its name and a reason, or every setting then has a value of its
 * range, and reading it once more (SIGHUP) changes nothing.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/settings.h"

/* Nothing of the environment decides. */
static void forget_environment(void)
{
    char variable[80];
    for (int i = 0; i < SETTING_MAX; i++) {
        (void)unsetenv(setting_rows[i].environment);
        snprintf(variable, sizeof variable, "%s_FILE", setting_rows[i].environment);
        (void)unsetenv(variable);
    }
}

static bool is_choice(const char *choices, const char *value)
{
    const char *at = strstr(choices, value);
    size_t size = strlen(value);
    for (; at && size; at = strstr(at + 1, value))
        if ((at == choices || at[-1] == '|') && (at[size] == '|' || !at[size]))
            return true;
    return false;
}

static void is_in_range(const struct settings *s, enum setting id)
{
    const struct setting_row *row = &setting_rows[id];
    const char *text = settings_text(s, id);
    bool number = row->type == SETTING_COUNT || row->type == SETTING_BYTES || row->type == SETTING_TIME;
    if (!text)
        assert(!row->fallback);
    else if (number)
        assert(settings_number(s, id) >= row->min && settings_number(s, id) <= row->max);
    else if (row->type == SETTING_CHOICE)
        assert(is_choice(row->choices, text));
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool prepared;
    if (!prepared)
        forget_environment();
    prepared = true;
    int fd = memfd_create("settings", MFD_CLOEXEC);
    char path[40];
    if (fd < 0 || (size && write(fd, data, size) != (ssize_t)size))
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct settings *s = settings_create(), *first = settings_create();
    struct error e = ERROR_NONE;
    if (settings_load(s, path, &e) != ERROR_OK) {
        assert(e.class == ERROR_INVALID && strncmp(e.code, "invalid_setting", 15) == 0 && e.message[0]);
    } else {
        for (int i = 0; i < SETTING_MAX; i++)
            is_in_range(s, (enum setting)i);
        enum error_class class = settings_load(first, path, &e);
        assert(class == ERROR_OK);
        class = settings_reload(s, &e);
        assert(class == ERROR_OK);
        for (int i = 0; i < SETTING_MAX; i++)
            assert(is_same(settings_text(s, (enum setting)i), settings_text(first, (enum setting)i)) &&
                   settings_number(s, (enum setting)i) == settings_number(first, (enum setting)i));
    }
    settings_destroy(s);
    settings_destroy(first);
    (void)close(fd);
    return 0;
}
