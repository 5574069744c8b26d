/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_folder.h - a folder of delimited texts as the rows of a catalog's tables.
 *
 * TABLE.csv and SCHEMA.TABLE.csv (or .tsv, .txt, ..., packed as well) belong to that table, whatever the case. Fields
 * belong to columns by the names of the header; without one, or when it names no column, by position. What belongs to
 * nothing is told. Private to parse.c's files.
 */
#ifndef CATALOG_PARSE_PARSE_FOLDER_H
#define CATALOG_PARSE_PARSE_FOLDER_H

#include "catalog/parse/parse_part.h"

enum error_class parse_folder(struct parse_work *w, struct parse_part *part, const char *folder, struct error *e);

#endif
