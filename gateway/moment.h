/* SPDX-License-Identifier: Apache-2.0 */
/* moment.h - a point in time as clients write it (ISO 8601 with a zone). Pure. */
#ifndef GATEWAY_MOMENT_H
#define GATEWAY_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/* "2026-11-21T10:37:00Z", "2026-11-21T10:37:00.5+01:00"; years 1970 to 9999. False when it is not that or not a real
 * date. */
bool moment_parse(const char *text, int64_t *ret_unix_ms);

#endif
