/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - see order.h. The compiled schemas are the room's one piece of global state: constant once opened. */
#include "gateway/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "bridge/bridge.h"
#include "gateway/moment.h"
#include "jobs/kinds.h"

enum { TIMEOUT_MAX_S = 604800, ATTEMPTS_MAX = 1000, PRIORITY_MAX = 1000, TAGS_MAX = 16, TAGS_SIZE = 400, TAG_MAX = 63 };

static struct bridge_schema **schemas; /* one a kind, in the order of kinds[] */

enum error_class order_open(struct error *e)
{
    schemas = mem_zero(kinds_count + 1, sizeof *schemas);
    for (size_t i = 0; i < kinds_count; i++) {
        char *problem;
        if (bridge_schema_compile(kinds[i].schema->data, &schemas[i], &problem) != 0) {
            (void)error_set(e, ERROR_FATAL, "schema of kind %s: %s", kinds[i].name, problem);
            bridge_text_free(problem);
            order_close();
            return ERROR_FATAL;
        }
    }
    return ERROR_OK;
}

void order_close(void)
{
    for (size_t i = 0; schemas && i < kinds_count; i++)
        bridge_schema_destroy(schemas[i]);
    free(schemas);
    schemas = NULL;
}

static enum error_class unknown_kind(const char *name, json_t **ret_details, struct error *e)
{
    json_t *names = json_array();
    for (size_t i = 0; i < kinds_count; i++)
        json_array_append_new(names, json_string(kinds[i].name));
    *ret_details = json_pack("{s:o}", "kinds", names);
    return error_code(e, ERROR_INVALID, "unknown_kind", "There is no kind \"%.80s\".", name);
}

/* The findings of the schema check with `at` before each path. */
static json_t *findings_at(const char *text, const char *at)
{
    json_t *findings = json_loads(text, 0, NULL), *one;
    size_t i;
    json_array_foreach(findings, i, one)
    {
        const char *path = json_string_value(json_object_get(one, "path"));
        mem_auto char *whole = mem_format("%s/args%s", at, path ? path : "");
        json_object_set_new(one, "path", json_string(whole));
    }
    return findings;
}

static enum error_class check_args(const struct kind *kind, const char *args, const char *at, json_t **ret_details,
                                   struct error *e)
{
    char *text;
    int verdict = bridge_schema_check(schemas[kind - kinds], args, strlen(args), &text);
    if (verdict == BRIDGE_VALID)
        return ERROR_OK;
    if (verdict == BRIDGE_INVALID)
        *ret_details = findings_at(text, at);
    const json_t *first = json_array_get(*ret_details, 0);
    const char *path = json_string_value(json_object_get(first, "path"));
    const char *why = json_string_value(json_object_get(first, "message"));
    (void)error_code(e, ERROR_INVALID, "invalid_arguments", "The arguments do not fit kind %s: %s%s%s.", kind->name,
                     path ? path : "", path ? ": " : "", why ? why : text);
    bridge_text_free(text);
    return ERROR_INVALID;
}

static enum error_class bad_member(const char *at, const char *member, const char *what, struct error *e)
{
    return error_code(e, ERROR_INVALID, "invalid_option", "%s/%.60s %s.", at, member, what);
}

static enum error_class take_number(const json_t *job, const char *at, const char *member, int max, int *ret_value,
                                    struct error *e)
{
    const json_t *value = json_object_get(job, member);
    char what[80];
    *ret_value = 0;
    if (!value || json_is_null(value))
        return ERROR_OK;
    snprintf(what, sizeof what, "must be a whole number from 1 to %d", max);
    if (!json_is_integer(value) || json_integer_value(value) < 1 || json_integer_value(value) > max)
        return bad_member(at, member, what, e);
    *ret_value = (int)json_integer_value(value);
    return ERROR_OK;
}

static enum error_class take_name(const json_t *job, const char *at, const char *member, const char **ret_value,
                                  struct error *e)
{
    const json_t *value = json_object_get(job, member);
    *ret_value = json_string_value(value);
    if (!value || json_is_null(value) || (*ret_value && text_is_name(*ret_value, 63)))
        return ERROR_OK;
    return bad_member(at, member, "must be a name: up to 63 of a-z 0-9 _ . - that begin with a letter", e);
}

enum error_class order_members(const json_t *job, const char *at, const char *const *known, struct error *e)
{
    const char *member;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)job, member, value)
    {
        unsigned i = 0;
        while (known[i] && strcmp(known[i], member) != 0)
            i++;
        if (!known[i])
            return bad_member(at, member, "is not known here", e);
    }
    return ERROR_OK;
}

/* kind and args, which jobs and steps have in common. */
static enum error_class take_work(const json_t *job, const char *at, const struct kind **ret_kind, char **ret_args,
                                  json_t **ret_details, struct error *e)
{
    const json_t *args = json_object_get(job, "args");
    const char *name = json_string_value(json_object_get(job, "kind"));
    if (!name)
        return bad_member(at, "kind", "is missing: it names what the job does", e);
    const struct kind *kind = kinds_find(name);
    if (!kind)
        return unknown_kind(name, ret_details, e);
    if (args && !json_is_object(args))
        return error_code(e, ERROR_INVALID, "invalid_arguments", "%s/args must be a JSON object.", at);
    *ret_args = args ? json_dumps(args, JSON_COMPACT) : mem_text("{}");
    if (!*ret_args)
        return error_code(e, ERROR_INVALID, "invalid_arguments", "%s/args can't be written as JSON.", at);
    *ret_kind = kind;
    if (check_args(kind, *ret_args, at, ret_details, e) == ERROR_OK)
        return ERROR_OK;
    free(*ret_args);
    *ret_args = NULL;
    return e->class;
}

/* What the members mean is the record's to say. */
static enum error_class take_unique(const json_t *job, const char *at, char **ret_text, struct error *e)
{
    const json_t *unique = json_object_get(job, "unique");
    if (!unique || json_is_null(unique) || json_is_false(unique))
        return ERROR_OK;
    if (!json_is_object(unique) && !json_is_true(unique))
        return bad_member(at, "unique", "must be true or an object with key, scope, while, period_s", e);
    *ret_text = json_is_true(unique) ? mem_text("{}") : json_dumps(unique, JSON_COMPACT);
    return *ret_text ? ERROR_OK : bad_member(at, "unique", "can't be written as JSON", e);
}

static bool is_tag(const char *text)
{
    size_t size = text ? strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-") : 0;
    return size > 0 && size <= TAG_MAX && text[size] == '\0' && !strchr("_.-", text[0]);
}

/* As "eu,gpu"; *ret_text NULL: none. */
static enum error_class take_tags(const json_t *job, const char *at, char **ret_text, struct error *e)
{
    const json_t *tags = json_object_get(job, "tags"), *tag;
    struct buffer text;
    bool fits = !tags || json_is_null(tags) || (json_is_array(tags) && json_array_size(tags) <= TAGS_MAX);
    size_t i;
    *ret_text = NULL;
    buffer_init(&text, TAGS_SIZE + 1);
    json_array_foreach((json_t *)(uintptr_t)(fits ? tags : NULL), i, tag)
    {
        fits = fits && is_tag(json_string_value(tag)) && buffer_text(&text, i > 0 ? "," : "") &&
               buffer_text(&text, json_string_value(tag));
    }
    if (fits && json_array_size(tags) > 0)
        *ret_text = mem_text(buffer_view(&text));
    buffer_finish(&text);
    return fits ? ERROR_OK
                : bad_member(at, "tags",
                             "must be a list of at most 16 tags, 400 characters in all: up to 63 of a-z 0-9 _ . - "
                             "that begin with a letter or digit",
                             e);
}

void order_finish(struct submit_row *row)
{
    free((char *)(uintptr_t)row->unique);
    free((char *)(uintptr_t)row->tags);
    row->unique = row->tags = NULL;
}

enum error_class order_job(const json_t *job, const char *at, struct submit_row *ret_row, char **ret_args,
                           json_t **ret_details, struct error *e)
{
    static const char *const known[] = { "kind",         "args",      "queue",  "tenant", "priority", "run_at",
                                         "attempts_max", "timeout_s", "unique", "tags",   NULL };
    struct submit_row row = { .origin = "rest" };
    const struct kind *kind;
    char *unique = NULL, *tags = NULL;
    if (!json_is_object(job))
        return error_code(e, ERROR_INVALID, "invalid_option", "%s must be a JSON object.", at);
    if (order_members(job, at, known, e) != ERROR_OK || take_name(job, at, "queue", &row.queue, e) != ERROR_OK ||
        take_name(job, at, "tenant", &row.tenant, e) != ERROR_OK ||
        take_number(job, at, "priority", PRIORITY_MAX, &row.priority, e) != ERROR_OK ||
        take_number(job, at, "attempts_max", ATTEMPTS_MAX, &row.attempts_max, e) != ERROR_OK ||
        take_number(job, at, "timeout_s", TIMEOUT_MAX_S, &row.timeout_s, e) != ERROR_OK)
        return e->class;
    const json_t *run_at = json_object_get(job, "run_at");
    if (run_at && !json_is_null(run_at) &&
        (!json_is_string(run_at) || !moment_parse(json_string_value(run_at), &row.run_at_ms)))
        return bad_member(at, "run_at", "must be a time like 2026-11-21T10:37:00Z", e);
    if (take_work(job, at, &kind, ret_args, ret_details, e) != ERROR_OK)
        return e->class;
    if (take_unique(job, at, &unique, e) != ERROR_OK || take_tags(job, at, &tags, e) != ERROR_OK) {
        free(unique);
        free(*ret_args);
        *ret_args = NULL;
        return e->class;
    }
    row.kind = kind->name;
    row.args = *ret_args;
    row.unique = unique;
    row.tags = tags;
    *ret_row = row;
    return ERROR_OK;
}

enum error_class order_steps(const json_t *steps, json_t **ret_details, struct error *e)
{
    static const char *const known[] = { "step",     "kind",         "args",      "after",      "queue", "tenant",
                                         "priority", "attempts_max", "timeout_s", "on_failure", "tags",  NULL };
    size_t i;
    json_t *step;
    if (json_array_size(steps) == 0)
        return error_code(e, ERROR_INVALID, "invalid_pipeline", "\"steps\" must be a list of at least one step.");
    json_array_foreach((json_t *)(uintptr_t)steps, i, step)
    {
        char at[40], *args = NULL, *tags = NULL;
        const struct kind *kind;
        const char *name;
        int number;
        snprintf(at, sizeof at, "/steps/%zu", i);
        if (!json_is_object(step))
            return error_code(e, ERROR_INVALID, "invalid_pipeline", "%s must be a JSON object.", at);
        if (order_members(step, at, known, e) != ERROR_OK || take_name(step, at, "queue", &name, e) != ERROR_OK ||
            take_name(step, at, "tenant", &name, e) != ERROR_OK ||
            take_number(step, at, "priority", PRIORITY_MAX, &number, e) != ERROR_OK ||
            take_number(step, at, "attempts_max", ATTEMPTS_MAX, &number, e) != ERROR_OK ||
            take_number(step, at, "timeout_s", TIMEOUT_MAX_S, &number, e) != ERROR_OK ||
            take_tags(step, at, &tags, e) != ERROR_OK)
            return e->class;
        free(tags);
        if (take_work(step, at, &kind, &args, ret_details, e) != ERROR_OK)
            return e->class;
        free(args);
    }
    return ERROR_OK;
}
