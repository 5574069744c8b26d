/* SPDX-License-Identifier: Apache-2.0 */
/* argosy: one program, one subcommand a role or a verb. Start reading at commands.c (what there is) and command.c (how
 * it is called). */
#include <locale.h>
#include <stdlib.h>

#include "cli/command.h"

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, ""); /* tables know how wide a character is */
    return command_main(argc, argv);
}
