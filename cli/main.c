/* SPDX-License-Identifier: Apache-2.0 */
/* argosy: one program, one subcommand a role or a verb. Start reading at commands.c (what there is) and command.c (how
 * it is called). */
#include <locale.h>
#include <stdlib.h>

#include "cli/arguments.h"
#include "cli/command.h"

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, ""); /* tables know how wide a character is */
    char **arguments = arguments_take(argc, argv);
    int code = command_main(argc, arguments);
    free(arguments);
    return code;
}
