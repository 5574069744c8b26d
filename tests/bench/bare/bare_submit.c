/* SPDX-License-Identifier: Apache-2.0 */
/* bare_submit.c - the submitter: batches by COPY, or one job after the other at a rate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "tests/bench/bare/bare.h"

enum { PAYLOAD = 140, COPY_MAX = 1 << 20 };

void bare_args(int64_t number, char ret_text[static BARE_ARGS_SIZE])
{
    static char payload[PAYLOAD + 1];
    if (payload[0] == '\0')
        memset(payload, 'x', PAYLOAD);
    (void)snprintf(ret_text, BARE_ARGS_SIZE, "{\"payload\":\"%s%lld\"}", payload, (long long)number);
}

static void copy(PGconn *pg, const char *sql, const struct buffer *rows)
{
    PQclear(bare_checked(pg, PQexec(pg, sql)));
    if (rows->overflow || PQputCopyData(pg, rows->data, (int)rows->size) != 1 || PQputCopyEnd(pg, NULL) != 1)
        bare_die("%s", PQerrorMessage(pg));
    for (PGresult *result; (result = PQgetResult(pg)) != NULL;)
        PQclear(bare_checked(pg, result));
}

void bare_submit(PGconn *pg, int64_t first, int64_t jobs)
{
    static struct buffer args = { .max = COPY_MAX }, live = { .max = COPY_MAX };
    char text[BARE_ARGS_SIZE];
    for (int64_t done = 0; done < jobs;) {
        buffer_clear(&args);
        buffer_clear(&live);
        for (int i = 0; i < BARE_BATCH && done < jobs; i++, done++) {
            bare_args(done, text);
            (void)buffer_format(&args, "%lld\t%s\n", (long long)(first + done), text);
            (void)buffer_format(&live, "%lld\n", (long long)(first + done));
        }
        bare_command(pg, "BEGIN");
        copy(pg, "COPY bare.job (id, args) FROM STDIN", &args);
        copy(pg, "COPY bare.live (id) FROM STDIN", &live);
        bare_command(pg, "NOTIFY bare; COMMIT");
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void sleep_us(int64_t us)
{
    struct timespec pause = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    if (us > 0)
        (void)nanosleep(&pause, NULL);
}

int64_t bare_submit_singly(const struct bare *b, bare_submit_one *one, void *arg, double *ret_p50_ms)
{
    int64_t every_us = 1000000 / b->rate, jobs = b->seconds * b->rate, next_us = clock_monotonic_us();
    int64_t *took_us = mem_alloc((size_t)jobs * sizeof *took_us);
    char text[BARE_ARGS_SIZE];
    for (int64_t i = 0; i < jobs; i++, next_us += every_us) {
        sleep_us(next_us - clock_monotonic_us());
        int64_t began_us = clock_wall_us();
        (void)snprintf(text, sizeof text, "{\"submitted_us\":%lld}", (long long)began_us);
        one(arg, i, text);
        took_us[i] = clock_wall_us() - began_us;
    }
    qsort(took_us, (size_t)jobs, sizeof *took_us, compare);
    *ret_p50_ms = (double)took_us[jobs / 2] / 1000;
    free(took_us);
    return jobs;
}
