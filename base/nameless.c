/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nameless.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

int nameless_open(const char **ret_folder)
{
    const char *folder = getenv("TMPDIR");
    folder = folder != NULL && folder[0] != '\0' ? folder : "/tmp";
    *ret_folder = folder;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    mem_auto char *name =
        mem_format("%.4000s/argosy-XXXXXX", folder); /* a file system that can't: a name for a moment */
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(name);
    return fd;
}
