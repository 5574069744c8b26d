/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.c - fork, drop, exec.
 *
 * The user is postgres where Debian's package made it, else nobody. The death signal is set after the change of user,
 * which would clear it; then getppid() is compared, in case the test died in between.
 */
#include "tests/support/child.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/cleaner.h"

void child_fail(const char *format, ...)
{
    int number = errno;
    va_list list;
    va_start(list, format);
    fputs("test support: ", stderr);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, ": %s\n", strerror(number));
    exit(1);
}

/* NULL when we are not root and stay who we are. */
static const struct passwd *unprivileged(void)
{
    if (geteuid() != 0)
        return NULL;
    const struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    if (!user)
        child_fail("neither user postgres nor nobody exists");
    return user;
}

uid_t child_uid(void)
{
    const struct passwd *user = unprivileged();
    return user ? user->pw_uid : geteuid();
}

static _Noreturn void become(const char *const argv[], const char *log, int death, pid_t parent)
{
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(126);
    const struct passwd *user = unprivileged();
    if (user &&
        (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
    if (death && (prctl(PR_SET_PDEATHSIG, death) != 0 || getppid() != parent))
        _exit(126);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (chdir("/") != 0 || setenv("HOME", getenv("TMPDIR"), 1) != 0) /* nobody's settings */
        _exit(126);
    execvp(argv[0], (char *const *)argv);
    dprintf(2, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t child_start(const char *const argv[], const char *log, int death)
{
    pid_t parent = getpid();
    cleaner_folder(); /* its TMPDIR */
    pid_t pid = fork();
    if (pid < 0)
        child_fail("fork");
    if (pid == 0)
        become(argv, log, death, parent);
    return pid;
}

void child_run(const char *const argv[], const char *log)
{
    pid_t pid = child_start(argv, log, SIGKILL);
    int status;
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        child_show(log);
        errno = 0;
        child_fail("%s ended with status %d", argv[0], status);
    }
}

void child_show(const char *log)
{
    char text[4096];
    int fd = open(log, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    for (ssize_t size; (size = read(fd, text, sizeof text)) > 0;)
        fwrite(text, 1, (size_t)size, stderr);
    close(fd);
}

static int give_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)type;
    (void)ftw;
    const struct passwd *user = unprivileged();
    return lchown(path, user->pw_uid, user->pw_gid);
}

void child_give(const char *path)
{
    if (unprivileged() && nftw(path, give_entry, 16, FTW_PHYS) != 0)
        child_fail("chown %s", path);
}

void child_prepare(const char *const argv[], const char *what)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], (char *const *)(uintptr_t)argv); /* execv() changes none of them */
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        errno = ENOENT;
        child_fail("%s can't be prepared (status %d)", what, status);
    }
}
