/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/fleet.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "scheduler/scheduler.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"
#include "worker/slot.h"
#include "worker/worker.h"

enum { WAIT_MS = 120000, STEP_MS = 5 };

static _Noreturn void be_scheduler(char **argv)
{
    bool redis = strcmp(argv[3], "-") != 0;
    log_setup("scheduler", LOG_INFO, "text");
    exit(scheduler_main(&(struct scheduler_config){
        .database_url = argv[2], .redis_url = redis ? argv[3] : NULL, .transport = redis ? "redis" : "postgres" }));
}

/* argv: PROGRAM worker URL REDIS|- SLOTS DRAIN_S MEMORY_MB DATA, or PROGRAM scheduler URL REDIS|- */
void fleet_role(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "slot") == 0)
        exit(slot_main(argc - 1, argv + 1));
    if (argc == 4 && strcmp(argv[1], "scheduler") == 0)
        be_scheduler(argv);
    if (argc != 8 || strcmp(argv[1], "worker") != 0)
        return;
    bool redis = strcmp(argv[3], "-") != 0;
    char key_file[512], uploads[512];
    (void)snprintf(key_file, sizeof key_file, "%s/secret.key", argv[7]);
    (void)snprintf(uploads, sizeof uploads, "%s/uploads", argv[7]);
    log_setup("worker", LOG_DEBUG, "text");
    const char *stalled_after_ms = getenv("FLEET_STALLED_AFTER_MS"), *slot_jobs = getenv("FLEET_SLOT_JOBS");
    exit(worker_main(
        &(struct worker_config){ .name = "test",
                                 .log_lines_max = 50,
                                 .log_bytes_max = 100000,
                                 .stalled_after_ms = stalled_after_ms != NULL ? strtoll(stalled_after_ms, NULL, 10) : 0,
                                 .slot_jobs_max = slot_jobs != NULL ? (unsigned)strtoul(slot_jobs, NULL, 10) : 0,
                                 .database_url = argv[2],
                                 .redis_url = redis ? argv[3] : NULL,
                                 .transport = redis ? "redis" : "postgres",
                                 .key_file = key_file,
                                 .uploads = uploads,
                                 .slots = (unsigned)strtoul(argv[4], NULL, 10),
                                 .drain_s = (int)strtol(argv[5], NULL, 10),
                                 .memory_max = strtoll(argv[6], NULL, 10) << 20 }));
}

static void nap(void)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = STEP_MS * 1000000L }, NULL);
}

_Noreturn static void give_up(struct fleet *f, const char *what)
{
    child_show(f->log);
    child_fail("waited %d ms for: %s", WAIT_MS, what);
}

void fleet_wait(struct fleet *f, const char *format, ...)
{
    char sql[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    for (unsigned waited = 0; strcmp(record_text(&f->record, "%s", sql), "t") != 0; waited += STEP_MS) {
        siginfo_t end = { 0 };
        bool gone =
            f->worker > 0 && waitid(P_PID, (id_t)f->worker, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid != 0;
        if (waited > WAIT_MS || (gone && end.si_code != CLD_EXITED))
            give_up(f, sql);
        nap();
    }
}

static const char *own_path(void)
{
    static char self[4096];
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size < 0)
        child_fail("readlink");
    self[size] = '\0';
    return self;
}

void fleet_scheduler(struct fleet *f, const struct fleet_options *options)
{
    const char *argv[] = { own_path(), "scheduler", f->record.url, options->redis != NULL ? options->redis : "-",
                           NULL };
    f->scheduler = child_start(argv, f->log, SIGKILL);
}

void fleet_registered(struct fleet *f, int64_t after)
{
    fleet_wait(f, "SELECT count(*) > 0 FROM argosy.worker WHERE incarnation > %" PRId64 " AND beat > 0", after);
    f->incarnation = record_int(&f->record, "SELECT max(incarnation) FROM argosy.worker WHERE beat > 0");
}

void fleet_worker(struct fleet *f, const struct fleet_options *options)
{
    char slots[16], drain_s[16], memory_mb[16];
    int64_t before = record_int(&f->record, "SELECT coalesce(max(incarnation), 0) FROM argosy.worker");
    (void)snprintf(slots, sizeof slots, "%u", options->slots);
    (void)snprintf(drain_s, sizeof drain_s, "%d", options->drain_s);
    (void)snprintf(memory_mb, sizeof memory_mb, "%d", options->memory_mb);
    const char *argv[] = { own_path(), "worker", f->record.url, options->redis != NULL ? options->redis : "-",
                           slots,      drain_s,  memory_mb,     options->data != NULL ? options->data : "/nonexistent",
                           NULL };
    f->worker = child_start(argv, f->log, SIGKILL);
    fleet_registered(f, before);
}

void fleet_start(struct fleet *f, const struct fleet_options *options)
{
    *f = (struct fleet){ .worker = -1, .scheduler = -1 };
    record_start(&f->record);
    (void)snprintf(f->log, sizeof f->log, "%s/worker.log", cleaner_folder());
    fleet_worker(f, options);
}

int fleet_worker_ends(struct fleet *f)
{
    int status;
    for (unsigned waited = 0; waitpid(f->worker, &status, WNOHANG) == 0; waited += STEP_MS) {
        if (waited > WAIT_MS)
            give_up(f, "the worker's end");
        nap();
    }
    f->worker = -1;
    return status;
}

void fleet_finish(struct fleet *f)
{
    pid_t pids[] = { f->worker, f->scheduler };
    for (unsigned i = 0; i < 2; i++)
        if (pids[i] > 0) {
            (void)kill(pids[i], SIGCONT);
            (void)kill(pids[i], SIGKILL);
            (void)waitpid(pids[i], NULL, 0);
        }
    record_finish(&f->record);
}

int64_t fleet_submit(struct fleet *f, const char *kind, const char *args)
{
    return record_int(&f->record, "SELECT argosy.submit('%s', '%s')", kind, args);
}

unsigned fleet_dispatch(struct fleet *f, unsigned count)
{
    static const char first[] = "SELECT coalesce((SELECT lane FROM ("
                                "SELECT lane, priority, id FROM argosy.job_live WHERE state = 2 "
                                "UNION ALL SELECT lane, priority, next FROM argosy.job_bulk) x "
                                "ORDER BY priority, id LIMIT 1), 0)";
    int64_t given = 0, more = 1;
    while (given < count && more > 0) { /* from lane to lane */
        int64_t lane = record_int(&f->record, "%s", first);
        more = record_int(&f->record, "SELECT count(*) FROM argosy.dispatch(%" PRId64 "::int, %u, %" PRId64 ")", lane,
                          count - (unsigned)given, f->incarnation);
        given += more;
    }
    record_run(&f->record, "SELECT pg_notify('argosy_w_%" PRId64 "', 'r1 1')", f->incarnation);
    return (unsigned)given;
}

void fleet_until(struct fleet *f, int64_t job, const char *format, ...)
{
    char holds[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(holds, sizeof holds, format, args);
    va_end(args);
    for (;;) {
        fleet_wait(f, "SELECT (%s) OR EXISTS (SELECT FROM argosy.job_live WHERE id = %" PRId64 " AND state = 2)", holds,
                   job);
        if (record_int(&f->record, "SELECT (%s)::int", holds) == 1)
            return;
        (void)fleet_dispatch(f, 1);
    }
}

void fleet_event(struct fleet *f, int64_t job, const char *type)
{
    fleet_until(f, job, "SELECT count(*) > 0 FROM argosy.event WHERE job = %" PRId64 " AND type = '%s'", job, type);
}

void fleet_drain(struct fleet *f, unsigned left)
{
    while (record_int(&f->record, "SELECT count(*) FROM argosy.job_live") > left) {
        fleet_wait(f, "SELECT count(*) <= %u OR count(*) FILTER (WHERE state = 2) > 0 FROM argosy.job_live", left);
        (void)fleet_dispatch(f, 500);
    }
}

const char *fleet_error(struct fleet *f, int64_t job, const char *key)
{
    return record_text(&f->record,
                       "SELECT data -> 'error' ->> '%s' FROM argosy.event WHERE job = %" PRId64
                       " AND type = 'retrying' ORDER BY n DESC LIMIT 1",
                       key, job);
}

bool fleet_said(const struct fleet *f, const char *text)
{
    char line[4096];
    bool found = false;
    FILE *log = fopen(f->log, "re");
    while (log != NULL && !found && fgets(line, sizeof line, log) != NULL)
        found = strstr(line, text) != NULL;
    if (log != NULL)
        (void)fclose(log);
    return found;
}

pid_t fleet_slot(struct fleet *f, pid_t besides)
{
    char path[64], text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)f->worker, (int)f->worker);
    for (unsigned waited = 0; waited < WAIT_MS; waited += STEP_MS) {
        FILE *stream = fopen(path, "r");
        size_t size = stream != NULL ? fread(text, 1, sizeof text - 1, stream) : 0;
        text[size] = '\0';
        if (stream != NULL)
            (void)fclose(stream);
        char *at = text;
        for (pid_t pid; (pid = (pid_t)strtol(at, &at, 10)) > 0;)
            if (pid != besides)
                return pid;
        nap();
    }
    give_up(f, "a slot");
}
