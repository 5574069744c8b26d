/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bridge.h - what C has no kept library for, in one Rust static library: Jinja2 templates, JSON Schema, cron.
 *
 * JSON in, text out. Texts given are NUL-terminated UTF-8 and stay the caller's. A text handed back in *ret_text is
 * new: free it with bridge_text_free(), never with free(). It is set at every call: the result, the error message, or
 * NULL where it says so. Any thread, any program, loop or slot: nothing blocks, nothing is kept between calls but
 * compiled schemas and the cron expression that was asked for last.
 */
#ifndef BRIDGE_BRIDGE_H
#define BRIDGE_BRIDGE_H

#include <stddef.h>

/*
 * Renders template `name` of templates_json, an object {"name": "source", ...} that also holds what it includes and
 * imports, with the JSON object context_json.
 * 0: *ret_text is the output. Else it is the message, which begins with FILE:LINE; the values of the context never
 * stand in it, save a name that a filter refuses.
 * Undefined names are errors; steps, depth and sizes have limits. bridge/README.md lists the filters.
 */
int bridge_render(const char *templates_json, const char *name, const char *context_json, char **ret_text);

/* A compiled JSON Schema, draft 2020-12, the keywords of bridge/README.md. Never changes: any number may use it. */
struct bridge_schema;

/* 0: *ret_schema is new and *ret_text NULL. Else *ret_schema is NULL and *ret_text names the place and the keyword. */
int bridge_schema_compile(const char *schema_json, struct bridge_schema **ret_schema, char **ret_text);

/* NULL is fine; returns NULL. */
struct bridge_schema *bridge_schema_destroy(struct bridge_schema *schema);

enum {
    BRIDGE_VALID = 0,    /* *ret_text is NULL */
    BRIDGE_INVALID = 1,  /* *ret_text is a JSON array of {"path": "/a/0", "message": "..."}, 20 at most, no values */
    BRIDGE_NOT_JSON = 2, /* *ret_text says why: no JSON, no UTF-8, deeper than 64 */
};

/*
 * Checks instance_size bytes of JSON text, which need no NUL. Two things that a caller must know: 1.0 is an integer
 * here, as the draft says, while jansson reads it as a real; and "\u0000" is JSON, while jansson and PostgreSQL
 * refuse it.
 */
int bridge_schema_check(const struct bridge_schema *schema, const char *instance, size_t instance_size,
                        char **ret_text);

/*
 * The first time after after_unix_ms (never equal to it) at which the cron expression comes in the time zone: 5
 * fields, 6 with seconds first, @hourly, @daily, ..., or @every 12h from TIME (bridge/src/cron.rs). 0: *ret_unix_ms is
 * set and *ret_text NULL. Else *ret_text is the message and *ret_unix_ms untouched. A time that the spring change skips
 * comes as the gap ends; one that the autumn change repeats comes once.
 */
int bridge_cron_next(const char *expression, const char *timezone, long long after_unix_ms, long long *ret_unix_ms,
                     char **ret_text);

/* NULL is fine. */
void bridge_text_free(char *text);

#endif
