/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renderer.c - hands a target's templates and a context to the bridge.
 *
 * Happy path: all templates of the target's folder and of common/ go along as one object, so that the one asked for can
 * include and import them; the bridge's text is copied, because callers free() it.
 * Failure: what the bridge says is kept: it begins with FILE:LINE. A name that a target can't take (too long, empty)
 * also ends here, and trying again can't help.
 */
#include "templates/renderer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bridge/bridge.h"
#include "templates/files.h"

static const char SUFFIX[] = ".j2";

/* The rest of the template's name when it lies in `folder`, else NULL. */
static const char *within(const struct embed_file *template, const char *folder)
{
    size_t size = strlen(folder);
    if (strncmp(template->name, folder, size) != 0 || template->name[size] != '/')
        return NULL;
    return template->name + size + 1;
}

bool renderer_file(const char *target, size_t index, char ret_file[RENDERER_NAME_SIZE])
{
    for (size_t i = 0; i < embed_templates_count; i++) {
        const char *name = within(&embed_templates[i], target);
        size_t size = name ? strlen(name) : 0;
        bool makes = size > strlen(SUFFIX) && strcmp(name + size - strlen(SUFFIX), SUFFIX) == 0 && name[0] != '_';
        if (!makes || index-- > 0)
            continue;
        size -= strlen(SUFFIX);
        if (size >= RENDERER_NAME_SIZE)
            return false;
        memcpy(ret_file, name, size);
        ret_file[size] = '\0';
        return true;
    }
    return false;
}

/* The sources that a template of `target` may use, as the bridge takes them. */
static json_t *sources(const char *target)
{
    json_t *result = json_object();
    for (size_t i = 0; i < embed_templates_count; i++) {
        const struct embed_file *template = &embed_templates[i];
        if (within(template, target) || within(template, "common"))
            json_object_set_new(result, template->name, json_stringn(template->data, template->size));
    }
    return result;
}

enum error_class renderer_render(const char *target, const char *file, const json_t *context, char **ret_text,
                                 struct error *e)
{
    char name[RENDERER_NAME_SIZE];
    int size = snprintf(name, sizeof name, "%s/%s%s", target, file, SUFFIX);
    if (size < 0 || (size_t)size >= sizeof name || !embed_find(embed_templates, embed_templates_count, name))
        return error_code(e, ERROR_NOT_FOUND, "template_not_found", "there is no template for %.100s/%.100s", target,
                          file);

    json_auto_t *templates = sources(target);
    char *templates_json = json_dumps(templates, JSON_COMPACT);
    char *context_json = json_dumps(context, JSON_COMPACT);
    char *text = NULL;
    int result = bridge_render(templates_json, name, context_json, &text);
    free(templates_json);
    free(context_json);

    enum error_class class = ERROR_OK;
    if (result == 0)
        *ret_text = mem_text(text);
    else
        class = error_code(e, ERROR_FATAL, "template_failed", "%s", text);
    bridge_text_free(text);
    return class;
}
