/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cluster.c - initdb once, copies afterwards.
 *
 * initdb takes half a second, a copy a tenth of that, so the first test of a build tree leaves a copy of its cluster in
 * $ARGOSY_BUILD/fixtures, under a lock, and the others take theirs from there. Without ARGOSY_BUILD (a test started by
 * hand) each runs initdb.
 */
#include "tests/support/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/child.h"

enum { PATH_SIZE = 1024 };

/* Debian keeps each major version in a folder of its own; glob sorts, the last wins. */
const char *cluster_program(const char *name)
{
    static char path[2][PATH_SIZE];
    char *ret_path = path[strcmp(name, "initdb") == 0];
    char pattern[128];
    snprintf(pattern, sizeof pattern, "/usr/lib/postgresql/*/bin/%s", name);
    glob_t found;
    bool any = glob(pattern, 0, NULL, &found) == 0;
    snprintf(ret_path, PATH_SIZE, "%s", any ? found.gl_pathv[found.gl_pathc - 1] : name);
    globfree(&found);
    return ret_path;
}

static void make(const char *to, const char *log)
{
    child_run((const char *[]){ cluster_program("initdb"), "--pgdata", to, "--username=argosy", "--auth=trust",
                                "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
                                "--wal-segsize=1", NULL },
              log);
}

static void copy(const char *from, const char *to)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("cp", "cp", "-RT", "--preserve=mode", "--", from, to, (char *)NULL);
        _exit(127);
    }
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        child_fail("cp -R %s %s", from, to);
}

/* Under another name first: a test killed in the middle leaves no half template. */
static void keep(const char *cluster, const char *folder, const char *template)
{
    char fresh[PATH_SIZE];
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        child_fail("mkdir %s", folder);
    snprintf(fresh, sizeof fresh, "%s/new.XXXXXX", folder);
    if (!mkdtemp(fresh))
        child_fail("mkdtemp %s", fresh);
    copy(cluster, fresh);
    if (rename(fresh, template) != 0)
        child_fail("rename %s", fresh);
}

void cluster_create(const char *to, const char *log)
{
    const char *build = getenv("ARGOSY_BUILD");
    if (!build) {
        make(to, log);
        return;
    }
    char folder[PATH_SIZE / 2], lock[PATH_SIZE], template[PATH_SIZE];
    snprintf(folder, sizeof folder, "%s/fixtures", build);
    snprintf(lock, sizeof lock, "%s.lock", folder);
    snprintf(template, sizeof template, "%s/postgres", folder);
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || flock(fd, LOCK_EX) != 0)
        child_fail("lock %s", lock);
    bool have = access(template, F_OK) == 0;
    if (!have) {
        make(to, log);
        keep(to, folder, template);
    }
    close(fd);
    if (have) {
        copy(template, to);
        child_give(to);
    }
}
