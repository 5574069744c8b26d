/* SPDX-License-Identifier: Apache-2.0 */
/* filename.h - the name in a Content-Disposition field: a label for people, never a path of ours. Pure. */
#ifndef GATEWAY_FILENAME_H
#define GATEWAY_FILENAME_H

#include <stdbool.h>
#include <stddef.h>

/* From `attachment; filename="a \"b\".db"` or filename=a.db; what stands before the last / or \ is cut off. False when
 * there is none, or it is empty, too long, or holds control characters or bad UTF-8. */
bool filename_parse(const char *field, char *ret_name, size_t ret_size);

#endif
