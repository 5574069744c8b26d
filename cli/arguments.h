/* SPDX-License-Identifier: Apache-2.0 */
/* arguments.h - everybody on the machine sees a command line (ps): passwords leave it at once. */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

/* Copies the arguments, then overwrites with '*' what is a password in the original ones: in a URL all between the
 * first ':' behind "://" and the last '@', and the value of password=. free() the list: it is one block. */
char **arguments_take(int argc, char **argv);

#endif
