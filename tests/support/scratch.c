/* SPDX-License-Identifier: Apache-2.0 */
/* scratch.c - one arena, made and destroyed around each test. */
#include "tests/support/scratch.h"

struct arena *arena;

int scratch_setup(void **state)
{
    (void)state;
    arena = arena_create(SCRATCH_MAX);
    return 0;
}

int scratch_teardown(void **state)
{
    (void)state;
    arena = arena_destroy(arena);
    return 0;
}
