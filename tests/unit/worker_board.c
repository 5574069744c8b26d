/* SPDX-License-Identifier: Apache-2.0 */
/* worker_board.c - what worker and slot share: who begins a job, and the answers that were gathered and not sent. */
#include "worker/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct board *board;
static char bytes[BOARD_TAIL_MAX];

static int setup(void **state)
{
    (void)state;
    int fd = -1;
    struct error e = ERROR_NONE;
    assert_int_equal(board_create(&fd, &board, &e), ERROR_OK);
    close(fd);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    board = board_unmap(board);
    return 0;
}

static void who_moves_it_first_has_the_job(void **state)
{
    (void)state;
    assert_true(board_begin(board, 1));
    assert_false(board_begin(board, 1));
    assert_int_equal(board_take_back(board, 5), 1);
    assert_false(board_begin(board, 2));
    assert_true(board_begin(board, 6));
    assert_int_equal(board_begun(board, 5), 5); /* it is believed no more than was sent */
}

static void the_tail_is_what_was_not_read(void **state)
{
    (void)state;
    assert_int_equal(board_tail(board, 0, bytes), 0);
    board_tail_add(board, "abc", 3);
    board_tail_add(board, "de", 2);
    assert_int_equal(board_tail(board, 0, bytes), 5);
    assert_memory_equal(bytes, "abcde", 5);
    assert_int_equal(board_tail(board, 3, bytes), 2); /* the socket brought a part */
    assert_memory_equal(bytes, "de", 2);
    assert_int_equal(board_tail(board, 5, bytes), 0);
    board_tail_sent(board, 5);
    assert_int_equal(board_tail(board, 3, bytes), 0); /* what the socket still holds comes by the socket */
    board_tail_add(board, "f", 1);
    assert_int_equal(board_tail(board, 3, bytes), 0);
    assert_int_equal(board_tail(board, 5, bytes), 1);
}

static void what_does_not_fit_ends_the_tail(void **state)
{
    (void)state;
    static char much[BOARD_TAIL_MAX];
    board_tail_add(board, much, sizeof much - 1);
    assert_int_equal(board_tail(board, 0, bytes), sizeof much - 1);
    board_tail_add(board, "ab", 2);
    assert_int_equal(board_tail(board, 0, bytes), 0); /* or a later frame would stand where this one belongs */
    board_tail_add(board, "c", 1);
    assert_int_equal(board_tail(board, 0, bytes), 0);
    board_tail_sent(board, sizeof much + 2);
    board_tail_add(board, "d", 1);
    assert_int_equal(board_tail(board, sizeof much + 2, bytes), 1);
}

/* A job may have overwritten it. */
static void nonsense_is_no_tail(void **state)
{
    (void)state;
    board->tail_size = UINT64_MAX;
    assert_int_equal(board_tail(board, 0, bytes), 0);
    board->tail_size = 10;
    board->tail_from = UINT64_MAX - 3;
    assert_int_equal(board_tail(board, 0, bytes), 0);
    assert_int_equal(board_tail(board, UINT64_MAX, bytes), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_moves_it_first_has_the_job, setup, teardown),
        cmocka_unit_test_setup_teardown(the_tail_is_what_was_not_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_fit_ends_the_tail, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_no_tail, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
