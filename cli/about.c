/* SPDX-License-Identifier: Apache-2.0 */
/* about.c - `argosy version`. */
#include <stdio.h>

#include "base/version.h"
#include "cli/commands.h"

enum error_class version_run(struct context *context, struct error *e)
{
    (void)e;
    (void)printf(context->json ? "{\"version\":\"%s\"}\n" : "argosy %s\n", ARGOSY_VERSION);
    return ERROR_OK;
}
