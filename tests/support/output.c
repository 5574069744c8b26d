/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"

static FILE *files[2];
static int kept[2];

void output_begin(void)
{
    for (int i = 0; i < 2; i++) {
        (void)fflush(i == 0 ? stdout : stderr);
        files[i] = tmpfile();
        kept[i] = dup(i + 1);
        if (files[i] == NULL || kept[i] < 0 || dup2(fileno(files[i]), i + 1) < 0)
            abort();
    }
}

static char *take(int i)
{
    (void)fflush(i == 0 ? stdout : stderr);
    (void)dup2(kept[i], i + 1);
    (void)close(kept[i]);
    long size = lseek(fileno(files[i]), 0, SEEK_END) < 0 ? 0 : (long)lseek(fileno(files[i]), 0, SEEK_CUR);
    char *text = mem_zero((size_t)size + 1, 1);
    if (pread(fileno(files[i]), text, (size_t)size, 0) != size)
        abort();
    (void)fclose(files[i]);
    return text;
}

struct output output_end(void)
{
    struct output o = { .out = take(0) };
    o.err = take(1);
    return o;
}

void output_finish(struct output *o)
{
    free(o->out);
    free(o->err);
    *o = (struct output){ 0 };
}

int output_command(struct output *ret_output, const char *const *words)
{
    int count = 0;
    char *argv[64] = { NULL };
    for (; words[count] != NULL && count < 63; count++)
        argv[count] = mem_text(words[count]);
    output_begin();
    int code = command_main(count, argv);
    *ret_output = output_end();
    for (int i = 0; i < count; i++)
        free(argv[i]);
    return code;
}
