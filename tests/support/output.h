/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output.h - what a piece of code writes to stdout and stderr, for tests of commands.
 *
 *   output_begin(); ... struct output o = output_end(); ... output_finish(&o);
 *
 * Both streams go into files until output_end(); nothing else may print between.
 */
#ifndef TESTS_SUPPORT_OUTPUT_H
#define TESTS_SUPPORT_OUTPUT_H

struct output {
    char *out, *err; /* owned */
};

void output_begin(void);
struct output output_end(void);
void output_finish(struct output *o);

/* command_main() with these words (NULL-terminated, "argosy" first); returns the exit code. */
int output_command(struct output *ret_output, const char *const *words);

#endif
