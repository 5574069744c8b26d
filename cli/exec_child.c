/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `argosy exec-child SIGNAL PARENT -- PROGRAM ARGUMENT...`: becomes PROGRAM after asking the kernel for SIGNAL at the
 * death of PARENT. libuv can't run code between fork and exec, hence this step. Started by child.c only.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"

enum error_class exec_child_run(struct context *context, struct error *e)
{
    int64_t signal_number, parent;
    if (!text_to_int64(context->arguments[0], 1, SIGRTMAX, &signal_number) ||
        !text_to_int64(context->arguments[1], 1, INT32_MAX, &parent))
        return error_code(e, ERROR_INVALID, "usage", "exec-child is started by `argosy up` only");
    if (prctl(PR_SET_PDEATHSIG, (unsigned long)signal_number) != 0)
        return error_set(e, ERROR_FATAL, "prctl: %m");
    if (getppid() != (pid_t)parent)
        return error_set(e, ERROR_CANCELLED, "the parent is gone already");
    (void)signal(SIGPIPE, SIG_DFL);
    char **words = mem_zero(context->argument_count, sizeof *words); /* the last one stays NULL */
    for (unsigned i = 2; i < context->argument_count; i++)
        words[i - 2] = mem_text(context->arguments[i]);
    (void)execv(words[0], words);
    enum error_class class = error_code(e, ERROR_FATAL, "exec_failed", "can't start %s: %s", words[0], strerror(errno));
    for (char **word = words; *word != NULL; word++)
        free(*word);
    free(words);
    return class;
}
