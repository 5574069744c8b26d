/* SPDX-License-Identifier: Apache-2.0 */
/* about.c - `argosy version` and `argosy help settings`, the reference page that docs/reference/settings.md holds. */
#include <stdio.h>

#include "cli/commands.h"

#ifndef ARGOSY_VERSION
#define ARGOSY_VERSION "0.1.0"
#endif

enum error_class version_run(struct context *context, struct error *e)
{
    (void)e;
    (void)printf(context->json ? "{\"version\":\"%s\"}\n" : "argosy %s\n", ARGOSY_VERSION);
    return ERROR_OK;
}

static const char *type_name(const struct setting_row *row)
{
    static const char *const names[] = {
        [SETTING_TEXT] = "text",   [SETTING_SECRET] = "secret", [SETTING_CHOICE] = "choice",
        [SETTING_COUNT] = "count", [SETTING_BYTES] = "bytes",   [SETTING_TIME] = "time"
    };
    return names[row->type];
}

enum error_class help_settings_run(struct context *context, struct error *e)
{
    (void)context, (void)e;
    (void)printf("# Settings\n\nMade by `argosy help settings` from the table in `base/settings.h`. The order is flag, "
                 "environment,\n"
                 "file, default. The file is `--config FILE`, `ARGOSY_CONFIG` or `~/.config/argosy/argosy.conf` and "
                 "holds lines\n"
                 "`name = \"value\"` with the flag's name. A secret may also come from a file named in `NAME_FILE`.\n\n"
                 "| flag | environment | type | default | range | what it is |\n|---|---|---|---|---|---|\n");
    for (int i = 0; i < SETTING_MAX; i++) {
        const struct setting_row *row = &setting_rows[i];
        char range[96] = "";
        if (row->choices != NULL)
            for (unsigned at = 0, out = 0; row->choices[at] != '\0' && out + 3 < sizeof range; at++) {
                if (row->choices[at] == '|') /* a bar would end the cell */
                    range[out++] = ',';
                range[out++] = row->choices[at] == '|' ? ' ' : row->choices[at];
                range[out] = '\0';
            }
        else if (row->type >= SETTING_COUNT)
            (void)snprintf(range, sizeof range, "%lld to %lld", (long long)row->min, (long long)row->max);
        (void)printf("| `--%s` | `%s` | %s | %s | %s | %s |\n", row->flag, row->environment, type_name(row),
                     row->fallback != NULL ? row->fallback : "", range, row->help);
    }
    return ERROR_OK;
}
