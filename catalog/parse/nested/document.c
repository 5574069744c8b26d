/* SPDX-License-Identifier: Apache-2.0 */
/* document.c - which reader. */
#include "catalog/parse/nested/document.h"

#include <string.h>

#include "catalog/parse/nested/nested_events.h"

enum error_class document_read(const struct document_ask *ask, enum nested_format format, struct document_end *ret_end,
                               struct error *e)
{
    memset(ret_end, 0, sizeof *ret_end);
    switch (format) {
    case NESTED_JSON:
    case NESTED_NDJSON:
        return document_read_json(ask, format == NESTED_NDJSON, ret_end, e);
    case NESTED_YAML:
        return document_read_yaml(ask, ret_end, e);
    case NESTED_XML:
        return document_read_xml(ask, ret_end, e);
    case NESTED_EVENTS:
        return ask->events->read(ask->events->self, ask->sink, ret_end, e);
    }
    return error_set(e, ERROR_FATAL, "no reader for format %d", (int)format);
}
