/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_mapping.c - any cells below (and beside) the header of a source-to-target sheet: tests/support/parse_fuzz.h says
 * what must hold. A first byte 'h' leaves the header to the input too.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words csv */

#include <stdlib.h>

#include "base/buffer.h"
#include "tests/support/parse_fuzz.h"

enum { INPUT_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > INPUT_MAX)
        return 0;
    struct buffer b;
    buffer_init(&b, 2 * INPUT_MAX);
    if (data[0] != 'h')
        buffer_text(&b, "source schema,source table,source column,target table,target column,rule,target type,comment\n"
                        "s,orders,id,order,order_id,,bigint,\n");
    buffer_add(&b, (const char *)data + 1, size - 1);
    (void)parse_fuzz_path(parse_fuzz_file(b.data, b.size), "csv");
    buffer_finish(&b);
    return 0;
}
