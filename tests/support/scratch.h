/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch.h - the arena in which a test keeps its catalogs: empty before each test, gone after it.
 *
 * Give both functions to cmocka_unit_test_setup_teardown(); a test with more to set up calls them from functions of
 * its own. The arena holds SCRATCH_MAX, more than any test needs that is not about the limit itself: such a test makes
 * an arena of its own.
 */
#ifndef TESTS_SUPPORT_SCRATCH_H
#define TESTS_SUPPORT_SCRATCH_H

#include "base/arena.h"

enum { SCRATCH_MAX = 1 << 30 };

extern struct arena *arena; /* NULL outside of a test */

int scratch_setup(void **state);
int scratch_teardown(void **state);

#endif
