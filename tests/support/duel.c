/* SPDX-License-Identifier: Apache-2.0 */
/* duel.c - see duel.h. */
#include "tests/support/duel.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/store_model.h"

enum { TRACE = 30 };

struct duel duel; /* big: not on the stack */
static char trace[TRACE][256];

unsigned duel_roll(unsigned sides) /* xorshift: the same on every machine */
{
    duel.dice ^= duel.dice << 13;
    duel.dice ^= duel.dice >> 7;
    duel.dice ^= duel.dice << 17;
    return (unsigned)((duel.dice >> 11) % sides);
}

void duel_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(trace[duel.step % TRACE], sizeof trace[0], format, args);
    va_end(args);
}

void duel_differ(const char *what, const char *of_record, const char *of_model)
{
    print_error("ARGOSY_SEED=%" PRIu64 " ARGOSY_STEPS=%u: %s differ\n", duel.seed, duel.step + 1, what);
    for (unsigned i = duel.step < TRACE ? 0 : duel.step - TRACE + 1; i <= duel.step; i++)
        print_error("  %u %s\n", i, trace[i % TRACE]);
    const char *a = of_record, *b = of_model; /* the first lines that differ */
    while (*a && *b && strcspn(a, "\n") == strcspn(b, "\n") && strncmp(a, b, strcspn(a, "\n")) == 0) {
        a += strcspn(a, "\n") + (a[strcspn(a, "\n")] == '\n');
        b += strcspn(b, "\n") + (b[strcspn(b, "\n")] == '\n');
    }
    print_error("record: %.*s\nmodel:  %.*s\n", (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
    fail();
    abort();
}

void duel_same_int(const char *what, int64_t a, int64_t b)
{
    char x[64];
    snprintf(x, sizeof x, "%" PRId64 " and %" PRId64, a, b);
    if (a != b)
        duel_differ(what, x, "");
}

void duel_same_jobs(bool remember, int64_t worker)
{
    duel_same_int("the numbers of dispatches", duel.real.count, duel.model.count);
    for (unsigned i = 0; i < duel.real.count; i++) {
        const struct dispatch *a = &duel.real.jobs[i], *b = &duel.model.jobs[i];
        char x[128], y[128];
        snprintf(x, sizeof x, "%" PRId64 " epoch %" PRId64 " seq %" PRId64 " %s attempt %d seal %d", a->id, a->epoch,
                 a->seq, a->kind, a->id ? a->attempt : 0, a->seal);
        snprintf(y, sizeof y, "%" PRId64 " epoch %" PRId64 " seq %" PRId64 " %s attempt %d seal %d", b->id, b->epoch,
                 b->seq, b->kind, b->id ? b->attempt : 0, b->seal);
        if (strcmp(x, y) != 0)
            duel_differ("dispatches", x, y);
        if (remember && duel.seen_count < DUEL_DISPATCHES_MAX) {
            duel.seen[duel.seen_count] = *a;
            duel.seen_worker[duel.seen_count++] = worker;
        }
    }
}

void duel_same_tables(void)
{
    static const char query[] =
        "SELECT string_agg(line, E'\\n' ORDER BY id, place, epoch, n) || E'\\n' FROM ("
        "SELECT id, 0 AS place, epoch, n, format('%s ended %s epoch %s attempts %s lost %s', id, state, epoch, "
        "attempts, lost) "
        "AS line FROM argosy.job_history UNION ALL "
        "SELECT id, 1, epoch, 0, format('%s live %s epoch %s attempts %s lost %s waits %s sealing %s worker %s seq "
        "%s%s', id, "
        "state, epoch, attempts, lost, waits, coalesce(sealing, 0), coalesce(worker, 0), coalesce(seq, 0), "
        "CASE WHEN depended THEN ' depended' END) FROM argosy.job_live UNION ALL "
        "SELECT i, 1, 0, 0, format('%s live 2 epoch 0 attempts 0 lost 0 waits 0 sealing 0 worker 0 seq 0', i) FROM "
        "argosy.job_bulk b, "
        "generate_series(b.next, b.last) i) x";
    PGresult *result = PQexec(duel.record.direct, query);
    char *held = store_model_dump(duel.model.store);
    if (strcmp(PQgetvalue(result, 0, 0), held) != 0)
        duel_differ("the tables", PQgetvalue(result, 0, 0), held);
    free(held);
    PQclear(result);
    held = store_model_batches(duel.model.store);
    const char *batches = record_text(
        &duel.record,
        "SELECT string_agg(format(E'batch %%s of %%s: %%s %%s %%s%%s\\n', b.id, c.total, c.succeeded, c.failed, "
        "c.cancelled, CASE WHEN b.ended IS NOT NULL THEN ' ended' END), '' ORDER BY b.id) FROM argosy.batch b, "
        "argosy.batch_counts(b) c");
    if (strcmp(batches, held) != 0)
        duel_differ("the batches", batches, held);
    free(held);
}
