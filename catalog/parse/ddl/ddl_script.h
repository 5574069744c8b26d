/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_script.h - several texts one after another: which of them made a table, and which uses what earlier ones made.
 * Only ddl_*.c include it. p->scripts[p->script] is the text that is read.
 */
#ifndef CATALOG_PARSE_DDL_DDL_SCRIPT_H
#define CATALOG_PARSE_DDL_DDL_SCRIPT_H

#include "catalog/parse/ddl/ddl_parser.h"

void ddl_scripts_begin(struct ddl *p, struct ddl_script *scripts, size_t count);
void ddl_script_found(struct ddl *p, struct ddl_table *t);                             /* it is used; NULL is fine */
void ddl_script_gone(struct ddl *p, struct ddl_table *t);                              /* it is dropped */
void ddl_script_made(struct ddl *p, struct ddl_table *t, const struct ddl_path *path); /* its columns are read */
void ddl_script_next(struct ddl *p);
void ddl_scripts_end(struct ddl *p);
size_t ddl_script_end(const char *text, size_t size); /* bytes before the part that undoes the rest; size: none */

#endif
