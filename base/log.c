/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"

enum { LINE_MAX_SIZE = 16 * 1024 };

static struct {
    char role[32];
    enum log_level level;
    bool json;
} settings = { .role = "argosy", .level = LOG_INFO, .json = true };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void log_setup(const char *role, enum log_level level, const char *format)
{
    (void)text_copy(settings.role, sizeof settings.role, role);
    settings.level = level;
    settings.json = format != NULL ? strcmp(format, "json") == 0 : !isatty(STDERR_FILENO);
}

bool log_level_from_name(const char *name, enum log_level *ret_level)
{
    for (unsigned i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
        if (text_equal(level_names[i], name)) {
            *ret_level = (enum log_level)i;
            return true;
        }
    return false;
}

bool log_enabled(enum log_level level)
{
    return level >= settings.level;
}

static bool is_secret(const char *key)
{
    return strstr(key, "password") != NULL || strstr(key, "secret") != NULL || strstr(key, "token") != NULL ||
           strcmp(key, "key") == 0 || text_ends(key, "_key");
}

static void add_value(struct buffer *b, const struct log_field *f)
{
    char masked[1024];
    const char *text = f->type == LOG_TEXT && f->text != NULL ? f->text : "";
    if (is_secret(f->key))
        (void)buffer_text(b, "\"***\"");
    else if (f->type == LOG_INT)
        (void)buffer_format(b, "%lld", (long long)f->integer);
    else if (f->type == LOG_REAL)
        (void)buffer_format(b, "%.3f", f->real);
    else if (strstr(text, "://") != NULL && strlen(text) < sizeof masked)
        (void)buffer_json_string(b, masked, strlen(log_mask_url(text, masked, sizeof masked)));
    else
        (void)buffer_json_string(b, text, strlen(text));
}

void log_fields(enum log_level level, const char *message, const struct log_field *fields, unsigned count)
{
    if (!log_enabled(level))
        return;
    struct buffer b;
    char now[CLOCK_TEXT_SIZE];
    buffer_init(&b, LINE_MAX_SIZE);
    clock_text(clock_wall_ms(), now);
    if (settings.json) {
        (void)buffer_format(&b, "{\"time\":\"%s\",\"level\":\"%s\",\"role\":\"%s\",\"message\":", now,
                            level_names[level], settings.role);
        (void)buffer_json_string(&b, message, strlen(message));
    } else {
        (void)buffer_format(&b, "%.12s %-5s %s: %s", now + 11, level_names[level], settings.role, message);
    }
    for (unsigned i = 0; i < count; i++) {
        (void)buffer_format(&b, settings.json ? ",\"%s\":" : " %s=", fields[i].key);
        add_value(&b, &fields[i]);
    }
    (void)buffer_text(&b, settings.json ? "}\n" : "\n");
    ssize_t ignored = write(STDERR_FILENO, b.data, b.size); /* one write: lines of several processes don't mix */
    (void)ignored;
    buffer_finish(&b);
}

void log_failure(enum log_level level, const char *message, const struct error *e)
{
    log_event(level, message, LOG_T("error_code", e->code), LOG_T("error", e->message));
}

const char *log_mask_url(const char *url, char *ret_text, unsigned size)
{
    const char *scheme = strstr(url, "://");
    (void)text_copy(ret_text, size, url);
    if (scheme == NULL)
        return ret_text;
    const char *host = scheme + 3, *end = host + strcspn(host, "/?# \t\n"), *at = NULL;
    for (const char *p = host; p < end; p++) /* the last @ ends the user part, a password may hold others */
        if (*p == '@')
            at = p;
    const char *colon = at == NULL ? NULL : memchr(host, ':', (size_t)(at - host));
    if (colon != NULL)
        (void)snprintf(ret_text, size, "%.*s:***%s", (int)(colon - url), url, at);
    return ret_text;
}
