/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - what a migration came to: one row a table, then the verdict of the validation. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/migrate.h"
#include "cli/print.h"

enum { KEY_TEXT_MAX = 4096 };

static json_int_t number(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static unsigned findings_of(const json_t *findings, const char *table)
{
    size_t index;
    json_t *finding;
    unsigned count = 0;
    json_array_foreach(findings, index, finding) count +=
        text_equal(json_string_value(json_object_get(finding, "table")), table);
    return count;
}

/* "PlaylistId, TrackId". free(). */
static char *key_text(const json_t *columns)
{
    struct buffer text;
    size_t index;
    json_t *column;
    buffer_init(&text, KEY_TEXT_MAX);
    json_array_foreach(columns, index, column)
    {
        mem_auto char *name = print_value(column);
        (void)buffer_format(&text, "%s%s", index > 0 ? ", " : "", name);
    }
    return buffer_take(&text);
}

static json_t *table_rows(const struct migrate_report *report)
{
    const json_t *catalog = json_object_get(json_object_get(report->pipeline, "discovery"), "catalog");
    const json_t *findings = json_object_get(report->result, "findings");
    json_t *rows = json_array(), *table;
    size_t index;
    json_array_foreach(json_object_get(catalog, "tables"), index, table)
    {
        const char *name = json_string_value(json_object_get(table, "name"));
        unsigned wrong = findings_of(findings, name);
        mem_auto char *key = key_text(json_object_get(table, "primary_key"));
        (void)json_array_append_new(rows, json_pack("{s:s, s:I, s:I, s:s, s:I, s:s}", "table", name != NULL ? name : "",
                                                    "rows", number(table, "rows"), "columns",
                                                    (json_int_t)json_array_size(json_object_get(table, "columns")),
                                                    "key", key, "foreign_keys",
                                                    (json_int_t)json_array_size(json_object_get(table, "foreign_keys")),
                                                    "check", wrong == 0 ? "equal" : "differs"));
    }
    return rows;
}

void migrate_report_print(const struct migrate_report *report, bool json)
{
    static const struct print_column columns[] = {
        { "TABLE", "table", false },
        { "ROWS", "rows", true },
        { "COLUMNS", "columns", true },
        { "PRIMARY KEY", "key", false },
        { "FOREIGN KEYS", "foreign_keys", true },
        { "CHECK", "check", false },
        { NULL, NULL, false },
    };
    static const struct print_column finding_columns[] = {
        { "CHECK", "check", false }, { "TABLE", "table", false },     { "COLUMN", "column", false },
        { "KEY", "key", false },     { "FINDING", "message", false }, { NULL, NULL, false },
    };
    const json_t *r = report->result, *findings = json_object_get(r, "findings");
    const char *verdict = json_string_value(json_object_get(r, "validation"));
    if (json) {
        json_auto_t *line =
            json_pack("{s:s, s:I, s:I, s:I, s:I, s:f}", "validation", verdict != NULL ? verdict : "failed", "tables",
                      number(r, "tables"), "rows", number(r, "rows"), "primary_keys", number(r, "primary_keys"),
                      "foreign_keys", number(r, "foreign_keys"), "seconds", report->seconds);
        mem_auto char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(4));
        (void)printf("%s\n", text != NULL ? text : "{}");
        return;
    }
    json_auto_t *rows = table_rows(report);
    (void)printf("\n");
    print_table(rows, columns, "no tables");
    if (json_array_size(findings) > 0) {
        (void)printf("\n");
        print_table(findings, finding_columns, "");
    }
    (void)printf("\nvalidation %s: %lld tables, %lld rows, %lld primary and %lld foreign keys, %.1f s\n",
                 verdict != NULL ? verdict : "failed", (long long)number(r, "tables"), (long long)number(r, "rows"),
                 (long long)number(r, "primary_keys"), (long long)number(r, "foreign_keys"), report->seconds);
}

enum error_class migrate_verdict(const struct migrate_report *report, struct error *e)
{
    if (text_equal(json_string_value(json_object_get(report->result, "validation")), "passed"))
        return ERROR_OK;
    return error_code(e, ERROR_FATAL, "validation_failed", "the target differs from the source: %zu findings",
                      json_array_size(json_object_get(report->result, "findings")));
}
