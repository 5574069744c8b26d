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
