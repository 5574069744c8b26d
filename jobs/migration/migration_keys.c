/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step keys: primary keys, uniques, indexes, foreign keys and sequences, after the data, in one fenced transaction.
 *
 * Failure mode: a row without a parent refuses its foreign key. The error then names table, columns and one key;
 * nothing of this step is left, and a later attempt may run it again.
 */
#include "jobs/migration/migration.h"

#include <string.h>

static json_t *count_keys(const struct catalog *c)
{
    json_int_t primary = 0, foreign = 0, sequences = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        primary += t->primary_key.columns.count > 0;
        foreign += (json_int_t)t->foreign_key_count;
        for (size_t k = 0; k < t->column_count; k++)
            sequences += t->columns[k].identity;
    }
    return json_pack("{s:I, s:I, s:I}", "primary_keys", primary, "foreign_keys", foreign, "sequences", sequences);
}

enum error_class migration_keys(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct catalog *catalog;
    struct connect *target = NULL;
    enum error_class class = migration_target_catalog(job, &catalog, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "target", false, &target, e);
    if (class == ERROR_OK) {
        job_progress(job, 10, "adding keys and indexes of %zu tables", catalog->table_count);
        class = migration_script(job, target, "keys", "postgresql/keys.sql", NULL, e);
        if (class != ERROR_OK)
            error_wrap(e, "keys");
    }
    connect_close(target);
    if (class == ERROR_OK)
        *ret_result = count_keys(catalog);
    return class;
}
