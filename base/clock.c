/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static struct {
    bool on;
    int64_t monotonic_us;
    int64_t wall_us;
} virtual_clock;

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    return virtual_clock.on ? virtual_clock.monotonic_us : read_us(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

int64_t clock_wall_us(void)
{
    return virtual_clock.on ? virtual_clock.wall_us : read_us(CLOCK_REALTIME);
}

int64_t clock_wall_ms(void)
{
    return clock_wall_us() / 1000;
}

void clock_text(int64_t wall_ms, char ret_text[static CLOCK_TEXT_SIZE])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    char whole[24];
    (void)gmtime_r(&seconds, &tm);
    (void)strftime(whole, sizeof whole, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(ret_text, CLOCK_TEXT_SIZE, "%s.%03dZ", whole, (int)(wall_ms % 1000));
}

void clock_set_virtual(int64_t monotonic_us, int64_t wall_us)
{
    virtual_clock.on = true;
    virtual_clock.monotonic_us = monotonic_us;
    virtual_clock.wall_us = wall_us;
}

void clock_advance_us(int64_t by_us)
{
    virtual_clock.monotonic_us += by_us;
    virtual_clock.wall_us += by_us;
}

void clock_set_real(void)
{
    virtual_clock.on = false;
}
