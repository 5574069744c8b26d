/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migration.c - brings our schema to this program's version, or says why it must not be used.
 *
 * Under an advisory lock, one transaction a file of sql/migrations in the order of their numbers; what is applied is in
 * argosy.migration with the hash of its text. A file whose text differs from what was applied is refused: history is
 * only ever appended. A database ahead of this program is used as long as it says that it may be (compatible_from).
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "sql/client_private.h"
#include "sql/statement.h"
#include "sql/text.h"

struct applied {
    bool is, same;
    int newest;
};

static int version_of(const struct embed_file *file)
{
    return (int)strtol(file->name, NULL, 10);
}

static int program_version(void)
{
    return version_of(&embed_migrations[embed_migrations_count - 1]);
}

static enum error_class look(struct client *c, const struct embed_file *file, struct applied *ret, struct error *e)
{
    char version[16];
    (void)snprintf(version, sizeof version, "%d", version_of(file));
    const struct sql_param params[] = { SQL_TEXT(version), SQL_TEXT(file->data) };
    struct result *r = NULL;
    enum error_class class = client_run(c, "migration_check", params, 2, &r, e);
    if (class != ERROR_OK)
        return class;
    *ret = (struct applied){ result_bool(r, 0, 0), result_bool(r, 0, 1), (int)result_int(r, 0, 2) };
    result_destroy(r);
    return ERROR_OK;
}

/* Text of several statements, which only the simple protocol takes. */
static enum error_class run_text(struct client *c, const char *text, struct error *e)
{
    PGresult *pg = PQexec(c->pg, text);
    enum error_class class = client_checked(c, pg, e);
    PQclear(pg);
    return class;
}

static enum error_class apply(struct client *c, const struct embed_file *file, struct error *e)
{
    char version[16];
    (void)snprintf(version, sizeof version, "%d", version_of(file));
    const struct sql_param params[] = { SQL_TEXT(version), SQL_TEXT(file->name), SQL_TEXT(file->data) };
    enum error_class class = run_text(c, "BEGIN", e);
    if (class == ERROR_OK)
        class = run_text(c, file->data, e);
    if (class == ERROR_OK)
        class = client_run(c, "migration_add", params, 3, NULL, e);
    if (class == ERROR_OK)
        class = run_text(c, "COMMIT", e);
    if (class == ERROR_OK)
        return ERROR_OK;
    (void)run_text(c, "ROLLBACK", NULL); /* the first error is the one to tell */
    (void)error_wrap(e, "migration %s", file->name);
    return class;
}

/* A database ahead of this program: may it go on there? Migrations expand first, so it mostly may; one that contracts
 * raises compatible_from to the version that a program must know. */
static enum error_class ahead(struct client *c, int newest, struct error *e)
{
    struct result *r = NULL;
    enum error_class class = client_run(c, "migration_compatible", NULL, 0, &r, e);
    if (class != ERROR_OK)
        return class;
    int64_t from = result_int(r, 0, 0);
    r = result_destroy(r);
    if (from <= program_version())
        return ERROR_OK;
    return error_code(e, ERROR_INCOMPATIBLE, "schema_too_new",
                      "the database is at version %d and asks for programs that know version %lld, this one knows %d: "
                      "use a newer argosy",
                      newest, (long long)from, program_version());
}

static enum error_class changed(const struct embed_file *file, struct error *e)
{
    return error_code(e, ERROR_INCOMPATIBLE, "schema_changed",
                      "migration %s was applied with another text: this database belongs to another build of argosy",
                      file->name);
}

static enum error_class migrate_locked(struct client *c, int *ret_from, int *ret_to, struct error *e)
{
    struct applied applied;
    int from = -1, done = 0;
    enum error_class class;
    for (size_t i = 0; i < embed_migrations_count; i++) {
        const struct embed_file *file = &embed_migrations[i];
        if ((class = look(c, file, &applied, e)) != ERROR_OK)
            return class;
        if (i == 0 && applied.newest > program_version() && (class = ahead(c, applied.newest, e)) != ERROR_OK)
            return class;
        if (applied.is && !applied.same)
            return changed(file, e);
        from = from < 0 ? applied.newest : from;
        if (!applied.is && (class = apply(c, file, e)) != ERROR_OK)
            return class;
        done = version_of(file);
    }
    if (ret_from != NULL)
        *ret_from = from;
    if (ret_to != NULL)
        *ret_to = done;
    return ERROR_OK;
}

enum error_class client_migrate(struct client *c, int *ret_from, int *ret_to, struct error *e)
{
    static const char *const before[] = { "migration_lock", "migration_schema", "migration_table" };
    enum error_class class = client_ready(c, e);
    if (class == ERROR_OK)
        class = run_text(c, "SET lock_timeout = '60s'", e); /* another migrator may be at work */
    for (unsigned i = 0; i < sizeof before / sizeof before[0] && class == ERROR_OK; i++)
        class = client_run(c, before[i], NULL, 0, NULL, e);
    if (class == ERROR_OK)
        class = migrate_locked(c, ret_from, ret_to, e);
    if (c->pg != NULL) {
        (void)client_run(c, "migration_unlock", NULL, 0, NULL, NULL);
        (void)run_text(c, "SET lock_timeout = '5s'", NULL);
    }
    if (class != ERROR_OK)
        (void)error_wrap(e, "bring the database to this program's version");
    return class;
}

enum error_class client_check_schema(struct client *c, struct error *e)
{
    struct result *r = NULL;
    enum error_class class = client_run(c, "migration_exists", NULL, 0, &r, e);
    if (class != ERROR_OK)
        return class;
    bool exists = result_bool(r, 0, 0);
    result_destroy(r);
    for (size_t i = 0; i < embed_migrations_count; i++) {
        struct applied applied = { 0 };
        if (exists && (class = look(c, &embed_migrations[i], &applied, e)) != ERROR_OK)
            return class;
        if (i == 0 && applied.newest > program_version() && (class = ahead(c, applied.newest, e)) != ERROR_OK)
            return class;
        if (!applied.is)
            return error_code(e, ERROR_INCOMPATIBLE, "schema_too_old",
                              "the database is at version %d, this program needs %d: run argosy db migrate",
                              applied.newest, program_version());
        if (!applied.same)
            return changed(&embed_migrations[i], e);
    }
    return ERROR_OK;
}
