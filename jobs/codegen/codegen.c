/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes code from the target catalog of the step "mapping": every file of every format's template folder becomes an
 * artifact FORMAT/FILE. All artifacts are recorded with the finish, or none. A format that has no templates ends the
 * job as failed and lists nothing half made; a template that fails is a bug of ours and says where.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "jobs/job.h"
#include "templates/renderer.h"

static const char *media_type(const char *file)
{
    const char *dot = strrchr(file, '.');
    return dot == NULL                 ? "text/plain"
           : strcmp(dot, ".sql") == 0  ? "application/sql"
           : strcmp(dot, ".py") == 0   ? "text/x-python"
           : strcmp(dot, ".json") == 0 ? "application/json"
           : strcmp(dot, ".ts") == 0   ? "text/x-typescript"
                                       : "text/plain";
}

static enum error_class write_file(struct job *job, const char *format, const char *file, const json_t *catalog,
                                   json_t *artifacts, struct error *e)
{
    char *text_owned = NULL;
    if (renderer_render(format, file, catalog, &text_owned, e) != ERROR_OK)
        return error_wrap(e, "%s/%s", format, file);
    mem_auto char *text = text_owned;
    const char *name = arena_format(job_arena(job), "%s/%s", format, file);
    if (job_artifact(job, name, media_type(file), text, e) != ERROR_OK)
        return e->class;
    (void)json_array_append_new(artifacts, json_pack("{s:s, s:s, s:I}", "name", name, "media_type", media_type(file),
                                                     "bytes", (json_int_t)strlen(text)));
    return ERROR_OK;
}

static enum error_class write_format(struct job *job, const char *format, const json_t *catalog, json_t *artifacts,
                                     struct error *e)
{
    char file[RENDERER_NAME_SIZE];
    size_t count = 0;
    for (; renderer_file(format, count, file); count++) {
        if (job_cancelled(job))
            return error_set(e, ERROR_CANCELLED, "cancelled at %s/%s", format, file);
        if (write_file(job, format, file, catalog, artifacts, e) != ERROR_OK)
            return e->class;
    }
    return count > 0
               ? ERROR_OK
               : error_code(e, ERROR_INVALID, "unknown_format", "there are no templates for the format \"%s\"", format);
}

static enum error_class codegen_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    json_auto_t *mapping = NULL, *artifacts = json_array();
    const json_t *formats = json_object_get(args, "formats");
    size_t index;
    json_t *format;
    if (job_input(job, "mapping", &mapping, e) != ERROR_OK)
        return error_wrap(e, "codegen needs the step mapping");
    const json_t *catalog = json_object_get(mapping, "target_catalog");
    if (!json_is_object(catalog))
        return error_set(e, ERROR_FATAL, "the result of the step mapping has no target_catalog");
    json_array_foreach(formats, index, format)
    {
        job_progress(job, (int)(100 * index / json_array_size(formats)), "writing %s", json_string_value(format));
        if (write_format(job, json_string_value(format), catalog, artifacts, e) != ERROR_OK)
            return e->class;
    }
    *ret_result = json_pack("{s:O}", "artifacts", artifacts);
    return ERROR_OK;
}

const struct job_kind job_codegen = { .name = "codegen", .run = codegen_run };
