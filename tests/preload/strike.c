/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strike.c - loaded into a program before its libraries (LD_PRELOAD), so that a story can do to it what takes root
 * otherwise: set its wall clock, fill its disk.
 *
 *   STRIKE_CLOCK=FILE   the first 8 bytes of FILE, a number of seconds, are added to what the wall clock says; the
 *                       file is mapped, so writing it is a jump at that moment. The monotonic clock stays.
 *   STRIKE_SPACE=FILE   while FILE exists, writes to files whose path holds its first line fail with ENOSPC.
 *
 * An imitation of the disk: what a server sees is what write(2) and its like answer.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset_s;
static char space_file[512]; /* a copy: PostgreSQL writes its title over the environment */

/* Programs call what is below; nobody includes it. */
int clock_gettime(clockid_t clock, struct timespec *now);
int gettimeofday(struct timeval *restrict now, void *restrict zone);
time_t time(time_t *now);
ssize_t write(int fd, const void *data, size_t size);
ssize_t pwrite(int fd, const void *data, size_t size, off_t at);
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at);
ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at);
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at);
int posix_fallocate(int fd, off_t at, off_t size);

__attribute__((constructor)) static void begin(void)
{
    const char *clock = getenv("STRIKE_CLOCK");
    int fd = clock ? open(clock, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        void *mapped = mmap(NULL, sizeof *offset_s, PROT_READ, MAP_SHARED, fd, 0);
        offset_s = mapped == MAP_FAILED ? NULL : mapped;
        close(fd);
    }
    const char *space = getenv("STRIKE_SPACE");
    (void)snprintf(space_file, sizeof space_file, "%s", space ? space : "");
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && offset_s && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *offset_s;
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){ .tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000 };
    return result;
}

time_t time(time_t *now)
{
    struct timespec exact;
    (void)clock_gettime(CLOCK_REALTIME, &exact);
    if (now)
        *now = exact.tv_sec;
    return exact.tv_sec;
}

/* Is the disk full for this file? Everything here is safe in a signal handler, as write() is. */
static int is_full(int fd)
{
    char mark[128], link[32], path[512];
    if (!*space_file || access(space_file, F_OK) != 0)
        return 0;
    int file = open(space_file, O_RDONLY | O_CLOEXEC);
    ssize_t size = file >= 0 ? read(file, mark, sizeof mark - 1) : -1;
    if (file >= 0)
        close(file);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (size <= 0 || length <= 0)
        return 0;
    mark[size] = path[length] = '\0';
    mark[strcspn(mark, "\n")] = '\0';
    return strstr(path, mark) != NULL;
}

static ssize_t refuse(void)
{
    errno = ENOSPC;
    return -1;
}

ssize_t write(int fd, const void *data, size_t size)
{
    return is_full(fd) ? refuse() : syscall(SYS_write, fd, data, size);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return is_full(fd) ? refuse() : syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return pwrite64(fd, data, size, at);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at)
{
    static ssize_t (*next)(int, const struct iovec *, int, off64_t);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "pwritev64");
    return is_full(fd) ? refuse() : next(fd, pieces, count, at);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at)
{
    return pwritev64(fd, pieces, count, at);
}

int posix_fallocate(int fd, off_t at, off_t size)
{
    static int (*next)(int, off_t, off_t);
    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "posix_fallocate");
    return is_full(fd) ? ENOSPC : next(fd, at, size);
}
