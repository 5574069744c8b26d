/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values are kept as text beside their source; numbers are parsed when they are set, so a bad one is refused at once
 * and reading can't fail. The file (libconfuse) holds `name = "value"` lines with the names of the flags.
 */
#include "base/settings.h"

#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"

enum { SECRET_FILE_MAX = 64 * 1024, SETTINGS_FILE_MAX = 1024 * 1024 };

const struct setting_row setting_rows[SETTING_MAX] = {
#define X(id, flag_, environment_, type_, fallback_, min_, max_, choices_, help_) \
    [SETTING_##id] = { .flag = flag_,                                             \
                       .environment = environment_,                               \
                       .type = type_,                                             \
                       .fallback = fallback_,                                     \
                       .min = min_,                                               \
                       .max = max_,                                               \
                       .choices = choices_,                                       \
                       .help = help_ },
    SETTINGS(X)
#undef X
};

struct settings {
    struct value {
        char *text;
        int64_t number;
        enum source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_FLAG } source;
    } values[SETTING_MAX];
    char *path;               /* of the file that was asked for; NULL: the usual ones */
    struct settings *earlier; /* as they were before a reload: somebody may still hold their texts */
};

static const char *const source_names[] = { "default", "file", "environment", "flag" };

static bool choice_has(const char *choices, const char *value)
{
    size_t size = strlen(value);
    for (const char *p = choices; *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
        if (strcspn(p, "|") == size && memcmp(p, value, size) == 0)
            return true;
    return false;
}

static enum error_class refuse(const struct setting_row *row, enum source source, const char *value, struct error *e)
{
    const char *shown = row->type == SETTING_SECRET ? "***" : value;
    if (row->type == SETTING_CHOICE)
        return error_code(e, ERROR_INVALID, "invalid_setting", "--%s (%s, from %s) is \"%s\": it must be one of %s",
                          row->flag, row->environment, source_names[source], shown, row->choices);
    const char *unit = row->type == SETTING_BYTES  ? " bytes (units k, m, g)"
                       : row->type == SETTING_TIME ? " ms (units ms, s, m, h, d)"
                                                   : "";
    return error_code(e, ERROR_INVALID, "invalid_setting",
                      "--%s (%s, from %s) is \"%s\": it must be between %lld and %lld%s", row->flag, row->environment,
                      source_names[source], shown, (long long)row->min, (long long)row->max, unit);
}

/* A weaker source never replaces a stronger one. */
static enum error_class put(struct settings *s, enum setting id, enum source source, const char *value, struct error *e)
{
    const struct setting_row *row = &setting_rows[id];
    struct value *v = &s->values[id];
    int64_t number = 0;
    bool ok = row->type == SETTING_CHOICE  ? choice_has(row->choices, value)
              : row->type == SETTING_COUNT ? text_to_int64(value, row->min, row->max, &number)
              : row->type == SETTING_BYTES ? text_to_bytes(value, &number)
              : row->type == SETTING_TIME  ? text_to_ms(value, &number)
                                           : true;
    bool ranged = row->type == SETTING_BYTES || row->type == SETTING_TIME;
    if (!ok || (ranged && (number < row->min || number > row->max)))
        return refuse(row, source, value, e);
    if (v->text != NULL && v->source > source)
        return ERROR_OK;
    free(v->text);
    *v = (struct value){ .text = mem_text(value), .number = number, .source = source };
    return ERROR_OK;
}

struct settings *settings_create(void)
{
    struct settings *s = mem_zero(1, sizeof *s);
    struct error e = ERROR_NONE;
    for (int i = 0; i < SETTING_MAX; i++)
        if (setting_rows[i].fallback != NULL)
            (void)put(s, (enum setting)i, SOURCE_DEFAULT, setting_rows[i].fallback, &e);
    return s;
}

struct settings *settings_destroy(struct settings *s)
{
    for (int i = 0; s != NULL && i < SETTING_MAX; i++)
        free(s->values[i].text);
    if (s != NULL) {
        settings_destroy(s->earlier);
        free(s->path);
    }
    free(s);
    return NULL;
}

enum error_class settings_flag(struct settings *s, enum setting id, const char *value, struct error *e)
{
    return put(s, id, SOURCE_FLAG, value, e);
}

/* First line of the file that NAME_FILE points to: container secrets come that way. */
static enum error_class put_secret_file(struct settings *s, enum setting id, const char *variable, struct error *e)
{
    const char *path = getenv(variable);
    if (path == NULL || *path == '\0')
        return ERROR_OK;
    FILE *f = fopen(path, "re");
    mem_auto char *line = mem_zero(SECRET_FILE_MAX, 1);
    bool read = f != NULL && fgets(line, SECRET_FILE_MAX, f) != NULL;
    if (f != NULL)
        (void)fclose(f);
    if (!read)
        return error_code(e, ERROR_INVALID, "invalid_setting", "%s names \"%s\", which can't be read: %m", variable,
                          path);
    line[strcspn(line, "\r\n")] = '\0';
    return put(s, id, SOURCE_ENVIRONMENT, line, e);
}

static enum error_class load_environment(struct settings *s, struct error *e)
{
    for (int i = 0; i < SETTING_MAX; i++) {
        const struct setting_row *row = &setting_rows[i];
        const char *value = getenv(row->environment);
        char variable[80];
        (void)snprintf(variable, sizeof variable, "%s_FILE", row->environment);
        if (value != NULL && *value != '\0' && put(s, (enum setting)i, SOURCE_ENVIRONMENT, value, e) != ERROR_OK)
            return e->class;
        if (row->type == SETTING_SECRET && put_secret_file(s, (enum setting)i, variable, e) != ERROR_OK)
            return e->class;
    }
    return ERROR_OK;
}

/* libconfuse reports through a callback; its last message is kept for ours. */
static char file_message[256];
static void keep_message(cfg_t *cfg, const char *format, va_list args)
{
    int size = snprintf(file_message, sizeof file_message, "line %d: ", cfg != NULL ? cfg->line : 0);
    (void)vsnprintf(file_message + size, sizeof file_message - (size_t)size, format, args);
}

/* Not by libconfuse: where it can't read on, it ends the program. */
static enum error_class read_file(const char *path, struct buffer *text, struct error *e)
{
    char part[4096];
    size_t size;
    FILE *f = fopen(path, "re");
    while (f != NULL && (size = fread(part, 1, sizeof part, f)) > 0)
        (void)buffer_add(text, part, size);
    bool read = f != NULL && ferror(f) == 0;
    int problem = errno;
    if (f != NULL)
        (void)fclose(f);
    errno = problem;
    if (!read)
        return error_code(e, ERROR_INVALID, "invalid_settings_file", "settings file %s can't be read: %m", path);
    if (text->overflow || strlen(buffer_view(text)) != text->size)
        return error_code(e, ERROR_INVALID, "invalid_settings_file", "settings file %s %s", path,
                          text->overflow ? "is larger than 1 MiB" : "holds a NUL byte: it is no text");
    return ERROR_OK;
}

static enum error_class load_text(struct settings *s, const char *path, const char *text, struct error *e)
{
    cfg_opt_t options[SETTING_MAX + 1];
    char *values[SETTING_MAX] = { NULL };
    for (int i = 0; i < SETTING_MAX; i++)
        options[i] = (cfg_opt_t)CFG_SIMPLE_STR(setting_rows[i].flag, &values[i]);
    options[SETTING_MAX] = (cfg_opt_t)CFG_END();
    cfg_t *cfg = cfg_init(options, CFGF_NONE);
    if (cfg == NULL)
        return error_set(e, ERROR_FATAL, "can't set up the reader of %s", path);
    (void)cfg_set_error_function(cfg, keep_message);
    enum error_class class = ERROR_OK;
    if (*text != '\0' && cfg_parse_buf(cfg, text) != CFG_SUCCESS)
        class = error_code(e, ERROR_INVALID, "invalid_settings_file", "settings file %s: %s", path, file_message);
    for (int i = 0; i < SETTING_MAX; i++) {
        if (class == ERROR_OK && values[i] != NULL)
            class = put(s, (enum setting)i, SOURCE_FILE, values[i], e);
        free(values[i]);
    }
    (void)cfg_free(cfg);
    return class;
}

static enum error_class load_file(struct settings *s, const char *path, struct error *e)
{
    struct buffer text;
    buffer_init(&text, SETTINGS_FILE_MAX);
    enum error_class class = read_file(path, &text, e);
    if (class == ERROR_OK)
        class = load_text(s, path, buffer_view(&text), e);
    buffer_finish(&text);
    return class;
}

enum error_class settings_load(struct settings *s, const char *path, struct error *e)
{
    free(s->path);
    s->path = path != NULL ? mem_text(path) : NULL;
    const char *asked = s->path != NULL ? s->path : getenv("ARGOSY_CONFIG");
    const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
    mem_auto char *usual = xdg != NULL && *xdg == '/' ? mem_format("%s/argosy/argosy.conf", xdg)
                           : home != NULL             ? mem_format("%s/.config/argosy/argosy.conf", home)
                                                      : mem_text("");
    if (asked != NULL && access(asked, R_OK) != 0)
        return error_code(e, ERROR_INVALID, "invalid_settings_file", "settings file %s can't be read: %m", asked);
    if (asked == NULL && *usual != '\0' && access(usual, R_OK) == 0)
        asked = usual;
    if (asked != NULL && load_file(s, asked, e) != ERROR_OK)
        return e->class;
    return load_environment(s, e);
}

enum error_class settings_reload(struct settings *s, struct error *e)
{
    struct settings *fresh = settings_create();
    enum error_class class = settings_load(fresh, s->path, e);
    if (class != ERROR_OK) {
        settings_destroy(fresh);
        return class;
    }
    for (int i = 0; i < SETTING_MAX; i++) {
        if (s->values[i].source == SOURCE_FLAG)
            continue;
        struct value old = s->values[i];
        s->values[i] = fresh->values[i];
        fresh->values[i] = old;
    }
    fresh->earlier = s->earlier;
    s->earlier = fresh;
    return ERROR_OK;
}

const char *settings_text(const struct settings *s, enum setting id)
{
    return s->values[id].text;
}

int64_t settings_number(const struct settings *s, enum setting id)
{
    return s->values[id].number;
}

const char *settings_source(const struct settings *s, enum setting id)
{
    return source_names[s->values[id].source];
}
