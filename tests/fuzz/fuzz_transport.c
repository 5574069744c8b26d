/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_transport.c - whatever arrives as a doorbell message is refused or read whole, and what was read reads the same
 * again after being written: nothing outside the payload is touched, no limit is passed.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/transport_payload.h"

struct seen {
    struct buffer *written;
};

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct seen *seen = arg;
    for (unsigned i = 0; i < count; i++) {
        if (jobs[i].id <= 0 || jobs[i].epoch <= 0 || jobs[i].seq <= 0 || jobs[i].timeout_s < 0 ||
            (jobs[i].args && strlen(jobs[i].args) > TRANSPORT_ARGS_MAX))
            abort();
    }
    /* A payload that others wrote may hold more bytes than ours do: then the first part is compared. */
    transport_payload_jobs(seen->written, jobs, count);
}

static void on_message(void *arg, const struct message *message)
{
    struct seen *seen = arg;
    struct error e = ERROR_NONE;
    if (transport_payload_message(seen->written, message, &e) != ERROR_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer written;
    struct seen seen = { .written = &written };
    const struct transport_handlers handlers = { .arg = &seen, .on_dispatch = on_dispatch, .on_message = on_message };
    struct error e = ERROR_NONE;
    char *exact = malloc(size ? size : 1); /* to the byte, so that a sanitizer sees one too far */
    if (!exact)
        abort();
    if (size)
        memcpy(exact, data, size);
    buffer_init(&written, TRANSPORT_PAYLOAD_MAX);
    enum error_class class = transport_payload_deliver(exact, size, &handlers, &e);
    if (class == ERROR_OK && (written.overflow || written.size == 0))
        abort();
    if (class == ERROR_OK && memcmp(written.data, "m1 ", 3) == 0 &&
        (written.size != size || memcmp(written.data, data, size) != 0))
        abort();
    buffer_finish(&written);
    free(exact);
    return 0;
}
