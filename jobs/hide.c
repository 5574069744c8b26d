/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/hide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jobs/kinds.h"
#include "jobs/port.h"

enum { DEPTH_MAX = 64, REF_SIZE = 256 };

static json_t **schemas; /* by the kind's place in kinds[]; lives as long as the program */

/* NULL: the kind hides nothing. */
static const json_t *schema_of(const char *name)
{
    const struct kind *kind = kinds_find(name);
    if (kind == NULL)
        return NULL;
    const char *text = kind->schema->data;
    if (strstr(text, "x-argosy-hidden") == NULL && strstr(text, "writeOnly") == NULL &&
        strstr(text, "hide_args") == NULL)
        return NULL;
    if (schemas == NULL)
        schemas = mem_zero(kinds_count, sizeof(json_t *));
    json_t **place = &schemas[kind - kinds];
    if (*place == NULL)
        *place = json_loads(text, 0, NULL);
    return *place;
}

static void hide_all(struct job *job, const json_t *value)
{
    const char *member;
    size_t i;
    json_t *part;
    char number[64] = "";
    if (json_is_integer(value))
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(number, sizeof number, "%.17g", json_real_value(value));
    const char *text = json_is_string(value) ? json_string_value(value) : number;
    if (strlen(text) >= HIDE_SIZE_MIN)
        job_hide(job, text);
    json_object_foreach((json_t *)(uintptr_t)value, member, part) hide_all(job, part);
    json_array_foreach(value, i, part) hide_all(job, part);
}

/* "#/$defs/login" inside the schema. */
static const json_t *resolve(const json_t *root, const char *ref)
{
    char path[REF_SIZE];
    char *rest = NULL;
    if (ref == NULL || strncmp(ref, "#/", 2) != 0 || strlen(ref) >= sizeof path)
        return NULL;
    memcpy(path, ref, strlen(ref) + 1);
    const json_t *at = root;
    for (char *part = strtok_r(path + 2, "/", &rest); part != NULL; part = strtok_r(NULL, "/", &rest))
        at = json_object_get(at, part);
    return at;
}

static void walk(struct job *job, const json_t *root, const json_t *schema, const json_t *value, unsigned depth);

static void walk_members(struct job *job, const json_t *root, const json_t *schema, const json_t *value, unsigned depth)
{
    const json_t *properties = json_object_get(schema, "properties"),
                 *others = json_object_get(schema, "additionalProperties");
    const char *member;
    json_t *part;
    json_object_foreach((json_t *)(uintptr_t)value, member, part)
    {
        const json_t *known = json_object_get(properties, member);
        walk(job, root, known != NULL ? known : others, part, depth);
    }
}

/* As argosy.args_mask() in the record. */
static void walk(struct job *job, const json_t *root, const json_t *schema, const json_t *value, unsigned depth)
{
    static const char *const branches[] = { "allOf", "anyOf", "oneOf" }, *const conditions[] = { "if", "then", "else" };
    size_t i;
    json_t *part;
    if (value == NULL || !json_is_object(schema))
        return;
    if (depth > DEPTH_MAX || json_is_true(json_object_get(schema, "x-argosy-hidden")) ||
        json_is_true(json_object_get(schema, "writeOnly"))) {
        hide_all(job, value);
        return;
    }
    walk(job, root, resolve(root, json_string_value(json_object_get(schema, "$ref"))), value, depth + 1);
    for (unsigned b = 0; b < 3; b++) {
        json_array_foreach(json_object_get(schema, branches[b]), i, part) walk(job, root, part, value, depth + 1);
        walk(job, root, json_object_get(schema, conditions[b]), value, depth + 1);
    }
    walk_members(job, root, schema, value, depth + 1);
    json_array_foreach(value, i, part) walk(job, root, json_object_get(schema, "items"), part, depth + 1);
}

void hide_args(struct job *job, const char *kind, const json_t *args)
{
    const json_t *schema = schema_of(kind);
    if (json_is_true(json_object_get(json_object_get(schema, "x-argosy"), "hide_args")))
        hide_all(job, args);
    else if (schema != NULL)
        walk(job, schema, schema, args, 0);
}
