/* SPDX-License-Identifier: Apache-2.0 */
/* nameless.h - a temporary file without a name: nothing is left of it, however the program ends. */
#ifndef BASE_NAMELESS_H
#define BASE_NAMELESS_H

/* In TMPDIR, else /tmp; a descriptor to read and write, or -1 and errno. *ret_folder: where, also of a failure. */
int nameless_open(const char **ret_folder);

#endif
