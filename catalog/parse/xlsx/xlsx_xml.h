/* SPDX-License-Identifier: Apache-2.0 */
/* xlsx_xml.h - what the readers of a workbook's XML share. Private to them. */
#ifndef CATALOG_PARSE_XLSX_XLSX_XML_H
#define CATALOG_PARSE_XLSX_XLSX_XML_H

#include <expat.h>
#include <string.h>

/* A name without its prefix. */
static inline const char *xlsx_local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static inline int xlsx_is(const char *name, const char *wanted)
{
    return strcmp(xlsx_local(name), wanted) == 0;
}

/* By the name without its prefix; NULL: none. */
static inline const char *xlsx_attribute(const char **attributes, const char *wanted)
{
    for (; *attributes != NULL; attributes += 2)
        if (xlsx_is(attributes[0], wanted))
            return attributes[1];
    return NULL;
}

/* A parser that refuses document types: a workbook has none, a bomb has. Handlers get the parser, which has `context`
 * as its user data. */
XML_Parser xlsx_xml_create(void *context);

#endif
