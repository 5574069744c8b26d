/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_members.c - files of any format inside zip, tar and packed tar. The first byte says which; then members, parted
 * by a byte 0x1d, whose first line is their name. tests/support/parse_fuzz.h says what must hold.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words csv json xml yaml sql */

#include "tests/support/packed_fuzz.h"
#include "tests/support/packer.h"
#include "tests/support/parse_fuzz.h"

enum { MEMBERS_MAX = 12, NAME_SIZE = 80, INPUT_MAX = 64 * 1024 };

static const struct {
    const char *format, *filter;
} containers[] = { { "zip", "none" }, { "pax", "none" }, { "pax", "gzip" }, { "pax", "zstd" }, { "raw", "gzip" } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packed_part parts[MEMBERS_MAX];
    char name[NAME_SIZE];
    if (size == 0 || size > INPUT_MAX)
        return 0;
    size_t which = data[0] % (sizeof containers / sizeof *containers), members = 0;
    bool raw = strcmp(containers[which].format, "raw") == 0;
    size_t count = packed_fuzz_split(data + 1, size - 1, parts, raw ? 1 : MEMBERS_MAX);
    const char *path = packed_fuzz_path();
    struct packer *p = packer_create(path, containers[which].format, containers[which].filter);
    for (size_t i = 0; i < count; i++) {
        if (!packed_fuzz_name(&parts[i], name, sizeof name))
            continue;
        packer_begin(p, name, parts[i].size, NULL);
        packer_data(p, parts[i].data, parts[i].size);
        members++;
    }
    if (raw && members == 0) { /* which holds one, even when it is empty */
        packer_begin(p, "a", 0, NULL);
        packer_data(p, "", 0);
    }
    packer_close(p);
    (void)parse_fuzz_path(path, NULL);
    return 0;
}
