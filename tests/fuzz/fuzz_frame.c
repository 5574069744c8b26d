/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_frame.c - any bytes from a slot give frames or an error, whole or in pieces the same. First byte: piece size. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "worker/frame.h"

struct seen {
    unsigned count;
    uint64_t hash;
    enum error_class end;
};

static void mix(struct seen *seen, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        seen->hash = (seen->hash ^ ((const unsigned char *)data)[i]) * UINT64_C(1099511628211);
}

static void drain(struct frame_reader *reader, struct seen *seen)
{
    struct frame frame;
    bool there = true;
    while (seen->end == ERROR_OK && there) {
        seen->end = frame_reader_next(reader, &frame, &there, NULL);
        if (seen->end != ERROR_OK || !there)
            return;
        seen->count++;
        mix(seen, &frame.id, sizeof frame.id);
        const char *text;
        for (unsigned i = 0; i < 5 && (text = frame_text(&frame, i)) != NULL; i++)
            mix(seen, text, strlen(text) + 1);
    }
}

static struct seen read_in_pieces(const uint8_t *data, size_t size, size_t piece)
{
    struct seen seen = { .hash = UINT64_C(14695981039346656037) };
    struct frame_reader reader;
    frame_reader_init(&reader);
    while (size > 0 && seen.end == ERROR_OK) {
        size_t space;
        char *to = frame_reader_space(&reader, &space);
        size_t step = piece < size ? piece : size;
        if (step > space)
            step = space;
        memcpy(to, data, step);
        frame_reader_fed(&reader, step);
        data += step;
        size -= step;
        drain(&reader, &seen);
    }
    frame_reader_finish(&reader);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct seen whole = read_in_pieces(data + 1, size - 1, size);
    struct seen pieces = read_in_pieces(data + 1, size - 1, 1u + data[0]);
    if (whole.count != pieces.count || whole.hash != pieces.hash || whole.end != pieces.end)
        abort();
    return 0;
}
