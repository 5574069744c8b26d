/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/board.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum error_class board_map(int fd, struct board **ret_board, struct error *e)
{
    void *page = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return error_set(e, ERROR_FATAL, "map the board of a slot: %s", strerror(errno));
    *ret_board = page;
    return ERROR_OK;
}

enum error_class board_create(int *ret_fd, struct board **ret_board, struct error *e)
{
    int fd = memfd_create("argosy-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, sizeof(struct board)) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        (void)error_set(e, ERROR_RETRY, "make the board of a slot: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return ERROR_RETRY;
    }
    enum error_class class = board_map(fd, ret_board, e);
    if (class != ERROR_OK)
        close(fd);
    else
        *ret_fd = fd;
    return class;
}

struct board *board_unmap(struct board *board)
{
    if (board != NULL)
        (void)munmap(board, sizeof *board);
    return NULL;
}

bool board_begin(struct board *board, uint64_t number)
{
    uint64_t begun = atomic_load(&board->begun);
    while (begun < number)
        if (atomic_compare_exchange_weak(&board->begun, &begun, number))
            return true;
    return false;
}

bool board_cancelled(const struct board *board, uint64_t number)
{
    return atomic_load_explicit(&board->cancel, memory_order_relaxed) >= number;
}

uint64_t board_take_back(struct board *board, uint64_t sent)
{
    uint64_t begun = atomic_exchange(&board->begun, sent);
    return begun < sent ? begun : sent;
}

void board_cancel(struct board *board, uint64_t number)
{
    atomic_store(&board->cancel, number);
}

uint64_t board_begun(const struct board *board, uint64_t sent)
{
    uint64_t begun = atomic_load(&board->begun);
    return begun < sent ? begun : sent;
}

/* A process may die between any two of these stores: the tail is always empty or whole frames that were not sent. The
 * fence: who reads while we write must see that the place has moved before it sees new bytes. */
void board_tail_sent(struct board *board, uint64_t upto)
{
    atomic_store(&board->tail_size, 0);
    atomic_store(&board->tail_from, upto);
    atomic_thread_fence(memory_order_seq_cst);
}

/* What does not fit is not kept, and nothing behind it: then it is as if it had not been answered. */
void board_tail_add(struct board *board, const char *bytes, size_t size)
{
    uint64_t used = atomic_load_explicit(&board->tail_size, memory_order_relaxed);
    if (used > BOARD_TAIL_MAX || size > BOARD_TAIL_MAX - used) {
        atomic_store_explicit(&board->tail_size, BOARD_TAIL_MAX + 1, memory_order_release);
        return;
    }
    memcpy(board->tail + used, bytes, size);
    atomic_store_explicit(&board->tail_size, used + size, memory_order_release);
}

size_t board_tail(const struct board *board, uint64_t got, char ret_bytes[static BOARD_TAIL_MAX])
{
    uint64_t from = atomic_load(&board->tail_from), size = atomic_load(&board->tail_size);
    if (size > BOARD_TAIL_MAX || got < from || got - from >= size)
        return 0;
    memcpy(ret_bytes, board->tail + (got - from), size - (got - from));
    atomic_thread_fence(memory_order_seq_cst);
    return atomic_load(&board->tail_from) == from ? (size_t)(size - (got - from)) : 0;
}
