/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_statement.h - readers of whole statements, and of the actions of ALTER TABLE. p->token is behind their first
 * words. */
#ifndef CATALOG_PARSE_DDL_DDL_STATEMENT_H
#define CATALOG_PARSE_DDL_DDL_STATEMENT_H

#include "catalog/parse/ddl/ddl_parts.h"

void ddl_create_table(struct ddl *p, const char *kind, bool replace);
void ddl_table_as(struct ddl *p, struct ddl_table *t); /* behind AS, or at SELECT */
void ddl_select_into(struct ddl *p);                   /* p->token: SELECT */
void ddl_table_of(struct ddl *p, struct ddl_table *t); /* behind OF */
void ddl_partition_by(struct ddl *p, struct ddl_table *t);
void ddl_partition_bounds(struct ddl *p, struct ddl_table *t, const struct ddl_path *parent);
void ddl_create_view(struct ddl *p, bool materialized);
void ddl_create_type(struct ddl *p);
void ddl_create_domain(struct ddl *p);
void ddl_create_sequence(struct ddl *p);
void ddl_create_synonym(struct ddl *p);
void ddl_create(struct ddl *p);
void ddl_alter(struct ddl *p);
void ddl_alter_table(struct ddl *p);
void ddl_alter_column(struct ddl *p, struct ddl_table *t);                   /* behind ALTER [COLUMN] */
void ddl_modify_column(struct ddl *p, struct ddl_table *t);                  /* behind MODIFY [COLUMN] */
void ddl_change_column(struct ddl *p, struct ddl_table *t);                  /* behind CHANGE [COLUMN] */
void ddl_column_place(struct ddl *p, struct ddl_table *t, const char *name); /* FIRST, AFTER x */
void ddl_column_rename(struct ddl *p, struct ddl_table *t, const char *from, const char *to);
void ddl_alter_drop(struct ddl *p, struct ddl_table *t); /* behind DROP */
bool ddl_constraint_drop(struct ddl *p, struct ddl_table *t, const char *name);
void ddl_constraint_rename(struct ddl *p, struct ddl_table *t, const char *from, const char *to);
void ddl_constraint_names_keep(struct ddl *p, struct ddl_table *t);
void ddl_alter_type(struct ddl *p);
void ddl_alter_sequence(struct ddl *p);
void ddl_drop(struct ddl *p);
void ddl_rename(struct ddl *p);
void ddl_comment(struct ddl *p);
void ddl_execute(struct ddl *p);
void ddl_session(struct ddl *p);   /* USE, SET, SELECT set_config() */
void ddl_prepare(struct ddl *p);   /* MySQL */
void ddl_statement(struct ddl *p); /* one, told by p->token */
void ddl_statements(struct ddl *p);
/* ddl_block.c */
struct ddl_reading { /* where in the text */
    struct ddl_lex lex;
    struct ddl_token token, ahead;
    bool has_ahead;
    const char *behind;
};
struct ddl_reading ddl_reading_here(const struct ddl *p);
void ddl_reading_resume(struct ddl *p, const struct ddl_reading *from); /* not once it has failed */
void ddl_nested(struct ddl *p, const char *text, const char *at); /* SQL in a string; `at` is the place of all of it */
void ddl_do(struct ddl *p);
void ddl_oracle_block(struct ddl *p);
void ddl_copy(struct ddl *p);        /* COPY, with its data */
void ddl_transaction(struct ddl *p); /* BEGIN, START TRANSACTION */
/* ddl_heirs.c */
void ddl_heir_add(struct ddl *p, struct ddl_table *t, struct ddl_table *heir); /* t may be NULL */
bool ddl_heirs_follow(struct ddl *p, const struct ddl_table *t); /* the action at p->token changes them as well */
void ddl_heirs_change(struct ddl *p, const struct ddl_table *t, const struct ddl_reading *from,
                      void (*action)(struct ddl *, struct ddl_table *));
/* ddl_settle.c */
void ddl_settle(struct ddl *p, struct ddl_table *t);
bool ddl_settle_names(struct ddl *p, struct ddl_table *t, struct catalog_names *names); /* false: not all are there */
void ddl_settle_refuse(struct ddl *p, struct ddl_table *t, const char *what, const struct catalog_names *names,
                       const char *name);

void ddl_finish(struct ddl *p); /* what needs the whole text: references, types, order */

#endif
