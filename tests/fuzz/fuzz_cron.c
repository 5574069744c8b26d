/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cron.c - a schedule as somebody wrote it: expression, zone, and after them the times and the policy, a line
 * each. Whatever is written gives an error that can be shown, or ticks that ascend, lie where they were asked for and
 * are those that one gets step by step.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "bridge/bridge.h"
#include "scheduler/ticks.h"

static int64_t number(char **rest, int64_t min, int64_t max, int64_t otherwise)
{
    int64_t value;
    return text_to_int64(fuzz_line(rest), min, max, &value) ? value : otherwise;
}

/* Three steps, each a whole second and after the one before. */
static bool steps_ascend(const char *cron, const char *zone, int64_t after_ms)
{
    for (int i = 0; i < 3; i++) {
        char *problem = NULL;
        long long next_ms = -1;
        int result = bridge_cron_next(cron, zone, after_ms, &next_ms, &problem);
        assert((result == 0) == (problem == NULL));
        if (result != 0) {
            assert(problem[0] && next_ms == -1 && text_utf8_valid(problem, strlen(problem)));
            bridge_text_free(problem);
            return false;
        }
        assert(next_ms > after_ms && next_ms % 1000 == 0);
        after_ms = next_ms;
    }
    return true;
}

static void ticks_are_right(const struct ticks_asked *asked, const struct ticks *t)
{
    long long next_ms;
    char *problem;
    assert(t->count <= TICKS_MAX && t->next_ms > asked->now_ms && (!asked->one || t->count <= 1));
    for (unsigned i = 0; i < t->count; i++) {
        assert(t->at_ms[i] <= asked->now_ms && t->at_ms[i] > asked->since_ms);
        assert(i == 0 || t->at_ms[i] > t->at_ms[i - 1]);
    }
    /* none between two of them was left out */
    for (unsigned i = 0; i + 1 < t->count && i < 5; i++) {
        int result = bridge_cron_next(asked->cron, asked->zone, t->at_ms[i], &next_ms, &problem);
        assert(result == 0 && next_ms == t->at_ms[i + 1]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ticks ticks;
    char *text = mem_text_n((const char *)data, size), *rest = text;
    struct ticks_asked asked = { .cron = fuzz_line(&rest), .zone = fuzz_line(&rest) };
    asked.now_ms = number(&rest, 0, INT64_C(4102444800000), INT64_C(1774746000000)); /* of 2026's spring change */
    asked.since_ms = asked.now_ms - number(&rest, -86400000, INT64_C(40000000000), 3600000);
    asked.grace_ms = number(&rest, 0, 86400000, 60000);
    (void)ticks_catch_up(fuzz_line(&rest), &asked.catch_up);
    asked.catch_up_max = (unsigned)number(&rest, 0, 1000, 10);
    asked.one = *rest == '1';
    struct error e = ERROR_NONE;
    bool steps = steps_ascend(asked.cron, asked.zone, asked.now_ms);
    if (ticks_due(&asked, &ticks, &e) == ERROR_OK) {
        ticks_are_right(&asked, &ticks);
    } else {
        assert(ticks.count == 0 && ticks.skipped == 0 && strcmp(e.code, "invalid_schedule") == 0);
        assert(!steps && text_utf8_valid(e.message, strlen(e.message)));
    }
    free(text);
    return 0;
}
