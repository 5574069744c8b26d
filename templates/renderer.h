/* SPDX-License-Identifier: Apache-2.0 */
/*
 * renderer.h - makes one file of one target from a template that is compiled in.
 *
 * A target is a folder of templates/; a file NAME.j2 in it makes NAME, and what begins with _ is only for others to
 * include. A new target is a new folder: nothing else changes. Blocking, pure, no state: for slots and the CLI.
 */
#ifndef TEMPLATES_RENDERER_H
#define TEMPLATES_RENDERER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { RENDERER_NAME_SIZE = 256 };

/*
 * Renders `file` ("schema.sql") of `target` ("postgresql") with the object context. For the targets there are it is the
 * target catalog that mapping made (docs/contracts.md). *ret_text is new: free() it. Errors: ERROR_NOT_FOUND code
 * template_not_found; ERROR_FATAL code template_failed, whose message begins with template and line.
 */
enum error_class renderer_render(const char *target, const char *file, const json_t *context, char **ret_text,
                                 struct error *e);

/* The files that a target has, by name: file number `index` into ret_file. false: there is none. */
bool renderer_file(const char *target, size_t index, char ret_file[RENDERER_NAME_SIZE]);

#endif
