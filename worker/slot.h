/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot.h - `argosy slot`: the child process that runs one job at a time. Blocking C, no loop, no threads.
 *
 * Started by the worker only, with the socket pair at descriptor 3, the board at 4, and at 5 the reading end of the
 * pipe that its stdout and stderr write into. Dies with its parent.
 */
#ifndef WORKER_SLOT_H
#define WORKER_SLOT_H

enum { SLOT_SOCKET_FD = 3, SLOT_BOARD_FD = 4, SLOT_OUTPUT_FD = 5 };

/* Exit statuses that the worker understands; others mean that a job ended the process. */
enum { SLOT_EXIT_OK = 0, SLOT_EXIT_USAGE = 2, SLOT_EXIT_ORPHAN = 80, SLOT_EXIT_MEMORY = 81, SLOT_EXIT_SETUP = 82 };

int slot_main(int argc, char **argv);

#endif
