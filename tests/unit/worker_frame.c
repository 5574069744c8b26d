/* SPDX-License-Identifier: Apache-2.0 */
/* worker_frame.c - frames survive every split, limits hold, broken ones are refused; the board's jobs are had by one.
 */
#include "worker/frame.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "worker/board.h"

static void feed(struct frame_reader *reader, const char *data, size_t size)
{
    while (size > 0) {
        size_t space;
        char *to = frame_reader_space(reader, &space);
        assert_true(space > 0);
        size_t step = size < space ? size : space;
        memcpy(to, data, step);
        frame_reader_fed(reader, step);
        data += step;
        size -= step;
        if (size > 0) { /* only a frame larger than the space may still be open here */
            struct frame frame;
            bool there;
            assert_int_equal(frame_reader_next(reader, &frame, &there, NULL), ERROR_OK);
            assert_false(there);
        }
    }
}

static bool next(struct frame_reader *reader, struct frame *ret_frame)
{
    bool there;
    struct error e = ERROR_NONE;
    assert_int_equal(frame_reader_next(reader, ret_frame, &there, &e), ERROR_OK);
    return there;
}

static void three_frames(struct buffer *b)
{
    buffer_init(b, 1 << 20);
    struct frame start = {
        .type = FRAME_START, .flags = FRAME_SEAL, .number = 3, .id = 7, .epoch = INT64_C(1) << 40, .value = -2
    };
    assert_true(frame_add(b, &start, (const char *[]){ "noop", "{\"a\":1}" }, 2));
    assert_true(frame_add(b, &(struct frame){ .type = FRAME_READY }, NULL, 0));
    assert_true(frame_add(b, &(struct frame){ .type = FRAME_FAILURE, .id = 9 },
                          (const char *[]){ "retry", "", "message", "" }, 4));
}

static void check_three(struct frame_reader *reader, unsigned from, unsigned upto)
{
    struct frame f;
    for (unsigned i = from; i < upto; i++) {
        assert_true(next(reader, &f));
        assert_int_equal(f.payload[f.size], 0);
        if (i == 0) {
            assert_int_equal(f.type, FRAME_START);
            assert_int_equal(f.flags, FRAME_SEAL);
            assert_int_equal(f.number, 3);
            assert_int_equal(f.id, 7);
            assert_true(f.epoch == INT64_C(1) << 40);
            assert_int_equal(f.value, -2);
            assert_string_equal(frame_text(&f, 0), "noop");
            assert_string_equal(frame_text(&f, 1), "{\"a\":1}");
            assert_null(frame_text(&f, 2));
        } else if (i == 1) {
            assert_int_equal(f.type, FRAME_READY);
            assert_int_equal(f.size, 0);
            assert_string_equal(frame_text(&f, 0), "");
            assert_null(frame_text(&f, 1));
        } else {
            assert_int_equal(f.type, FRAME_FAILURE);
            assert_string_equal(frame_text(&f, 0), "retry");
            assert_string_equal(frame_text(&f, 1), "");
            assert_string_equal(frame_text(&f, 2), "message");
            assert_string_equal(frame_text(&f, 3), "");
            assert_null(frame_text(&f, 4));
        }
    }
}

/* The example in docs/protocol.md. */
static void bytes_of_the_specification(void **state)
{
    (void)state;
    static const char expected[] = "\x07\0\0\0"
                                   "\x02"
                                   "\0"
                                   "\x01\0"
                                   "\x07\0\0\0\0\0\0\0"
                                   "\x03\0\0\0\0\0\0\0"
                                   "\x01\0\0\0\0\0\0\0"
                                   "noop\0{}";
    struct buffer b;
    buffer_init(&b, 1 << 10);
    struct frame start = { .type = FRAME_START, .number = 1, .id = 7, .epoch = 3, .value = 1 };
    assert_true(frame_add(&b, &start, (const char *[]){ "noop", "{}" }, 2));
    assert_int_equal(b.size, sizeof expected);
    assert_memory_equal(b.data, expected, sizeof expected);
    buffer_finish(&b);
}

static void every_split(void **state)
{
    (void)state;
    struct buffer b;
    three_frames(&b);
    for (size_t first = 0; first <= b.size; first++)
        for (size_t second = first; second <= b.size; second++) {
            struct frame_reader reader;
            struct frame f;
            frame_reader_init(&reader);
            feed(&reader, b.data, first);
            unsigned seen = 0;
            size_t ends[3] = { 32 + 12 + 1, 32 + 12 + 1 + 33, b.size };
            for (; seen < 3 && first >= ends[seen]; seen++)
                check_three(&reader, seen, seen + 1);
            assert_false(next(&reader, &f));
            feed(&reader, b.data + first, second - first);
            for (; seen < 3 && second >= ends[seen]; seen++)
                check_three(&reader, seen, seen + 1);
            assert_false(next(&reader, &f));
            feed(&reader, b.data + second, b.size - second);
            check_three(&reader, seen, 3);
            assert_false(next(&reader, &f));
            frame_reader_finish(&reader);
        }
    buffer_finish(&b);
}

static void byte_by_byte(void **state)
{
    (void)state;
    struct buffer b;
    three_frames(&b);
    struct frame_reader reader;
    frame_reader_init(&reader);
    unsigned seen = 0;
    for (size_t i = 0; i < b.size; i++) {
        feed(&reader, b.data + i, 1);
        struct frame f;
        if (next(&reader, &f))
            seen++;
    }
    assert_int_equal(seen, 3);
    frame_reader_finish(&reader);
    buffer_finish(&b);
}

static void limits_hold(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 100 << 20);
    char *text = mem_zero((64 << 20) + 2, 1);
    memset(text, 'x', (64 << 20) + 1);
    struct frame result = { .type = FRAME_RESULT, .id = 1 };
    assert_false(frame_add(&b, &result, (const char *[]){ text }, 1));
    assert_int_equal(b.size, 0);
    text[64 << 20] = '\0';
    assert_true(frame_add(&b, &result, (const char *[]){ text }, 1));
    struct frame_reader reader;
    struct frame f;
    frame_reader_init(&reader);
    feed(&reader, b.data, b.size);
    assert_true(next(&reader, &f));
    assert_int_equal(f.size, 64 << 20);
    size_t space;
    (void)frame_reader_space(&reader, &space);
    assert_true(reader.capacity < 1 << 20); /* the large buffer is not kept */
    frame_reader_finish(&reader);
    text[(64 << 10) + 1] = '\0';
    assert_false(frame_add(&b, &(struct frame){ .type = FRAME_START }, (const char *[]){ text }, 1));
    buffer_finish(&b);
    buffer_init(&b, 40);
    assert_false(frame_add(&b, &result, (const char *[]){ "12345678" }, 1));
    assert_int_equal(b.size, 0);
    assert_false(b.overflow); /* nothing was tried: another frame may still fit */
    assert_true(frame_add(&b, &result, (const char *[]){ "1234567" }, 1));
    buffer_finish(&b);
    free(text);
}

static void broken_frames_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        unsigned char byte;
    } breaks[] = { { 4, 0 }, { 4, 99 }, { 5, 0x80 }, { 3, 0xFF }, { 2, 0x02 }, { 44, 'x' } };
    for (unsigned i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        struct buffer b;
        struct frame_reader reader;
        struct frame f;
        bool there;
        struct error e = ERROR_NONE;
        three_frames(&b);
        b.data[breaks[i].at] = (char)breaks[i].byte;
        frame_reader_init(&reader);
        feed(&reader, b.data, b.size);
        assert_int_equal(frame_reader_next(&reader, &f, &there, &e), ERROR_INVALID);
        assert_string_equal(e.code, "bad_frame");
        assert_false(there);
        frame_reader_finish(&reader);
        buffer_finish(&b);
    }
}

/* Another process begins jobs as fast as it can while this one takes them back: each number is had by exactly one. */
static void one_has_each_job(void **state)
{
    (void)state;
    enum { ROUNDS = 2000, BATCH = 16 };
    struct error e = ERROR_NONE;
    int fd, out[2];
    struct board *board;
    assert_int_equal(board_create(&fd, &board, &e), ERROR_OK);
    assert_int_not_equal(ftruncate(fd, 0), 0); /* a slot can't make it shrink */
    assert_int_equal(pipe(out), 0);
    pid_t slot = fork();
    assert_true(slot >= 0);
    if (slot == 0) {
        struct board *mine;
        if (board_map(fd, &mine, &e) != ERROR_OK)
            _exit(1);
        static unsigned char had[ROUNDS * BATCH + 1];
        for (uint64_t number = 1; number <= ROUNDS * BATCH; number++) {
            while (!board_cancelled(mine, number)) /* stands for the frame that brings it */
                sched_yield();
            had[number] = board_begin(mine, number);
        }
        for (size_t at = 0; at < sizeof had;) {
            ssize_t wrote = write(out[1], had + at, sizeof had - at);
            if (wrote <= 0)
                _exit(1);
            at += (size_t)wrote;
        }
        _exit(0);
    }
    static unsigned char taken[ROUNDS * BATCH + 1], had[ROUNDS * BATCH + 1];
    for (uint64_t sent = BATCH; sent <= ROUNDS * BATCH; sent += BATCH) {
        board_cancel(board, sent);
        while (board_begun(board, sent) < sent - BATCH / 2)
            sched_yield();
        for (uint64_t number = board_take_back(board, sent) + 1; number <= sent; number++)
            taken[number] = 1;
    }
    for (size_t at = 0; at < sizeof had;) {
        ssize_t got = read(out[0], had + at, sizeof had - at);
        assert_true(got > 0);
        at += (size_t)got;
    }
    for (unsigned number = 1; number <= ROUNDS * BATCH; number++)
        assert_int_equal(had[number] + taken[number], 1);
    int status;
    assert_int_equal(waitpid(slot, &status, 0), slot);
    assert_int_equal(status, 0);
    close(fd);
    close(out[0]);
    close(out[1]);
    board_unmap(board);
}

static void what_a_slot_writes_is_bounded(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    int fd;
    struct board *board;
    assert_int_equal(board_create(&fd, &board, &e), ERROR_OK);
    board->begun = UINT64_MAX;
    assert_int_equal(board_begun(board, 5), 5);
    assert_int_equal(board_take_back(board, 5), 5);
    assert_false(board_cancelled(board, 1));
    board_cancel(board, 3);
    assert_true(board_cancelled(board, 3));
    assert_false(board_cancelled(board, 4));
    close(fd);
    assert_null(board_unmap(board));
    assert_null(board_unmap(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_the_specification),
        cmocka_unit_test(every_split),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(broken_frames_are_refused),
        cmocka_unit_test(one_has_each_job),
        cmocka_unit_test(what_a_slot_writes_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
