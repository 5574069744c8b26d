/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress is never waited for: one frame in 50 ms at most, and none while the socket is full; a newer one replaces the
 * one that waits. Secrets are opened here, in the process that needs them, and nowhere else.
 */
#include "worker/slot_port.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "worker/slot.h"

enum { PROGRESS_EVERY_US = 50000, OUTPUT_EVERY_US = 50000, CONNECT_TIMEOUT_S = 10 };
enum { OUTPUT_READS_MAX = 64, SAID_MAX = 100000, WAITING_BYTES_MAX = 1 << 20 };

static void progress_send(struct slot_port *p)
{
    int64_t now_us = clock_monotonic_us();
    if (now_us - p->progress_us < PROGRESS_EVERY_US || !slot_channel_push(p->channel))
        return;
    struct frame head = { .type = FRAME_PROGRESS,
                          .number = (uint16_t)p->percent,
                          .id = p->id,
                          .epoch = p->epoch,
                          .value = (int64_t)p->number };
    (void)slot_channel_add(p->channel, &head, (const char *[]){ p->message }, 1); /* bounded by JOB_MESSAGE_MAX */
    (void)slot_channel_push(p->channel);
    p->progress_us = now_us;
    p->progress_waits = false;
}

/* Never waits: when the worker takes nothing for long, lines are lost rather than the job held up. */
static void say(struct slot_port *p, const char *level, const char *message)
{
    struct frame head = { .type = FRAME_LOG, .id = p->id, .epoch = p->epoch };
    if (++p->said > SAID_MAX || p->channel->out.size > WAITING_BYTES_MAX)
        return;
    (void)slot_channel_add(p->channel, &head, (const char *[]){ level, message }, 2);
    (void)slot_channel_push(p->channel);
}

/* Cut between characters by the mask's rules: secrets first, then whatever a log line can't hold. */
static void line_end(struct slot_port *p)
{
    if (p->line_size == 0)
        return;
    p->line[p->line_size] = '\0';
    p->line_size = 0;
    if (p->job != NULL)
        job_log(p->job, "info", "%s", p->line);
}

static void take_output(struct slot_port *p, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\n' || p->line_size == JOB_MESSAGE_MAX)
            line_end(p);
        if (text[i] != '\n')
            p->line[p->line_size++] = text[i] != '\0' ? text[i] : '?';
    }
}

void slot_port_output(struct slot_port *p, bool end)
{
    char text[4096];
    p->output_us = clock_monotonic_us();
    if (p->reading) /* job_log() of a line comes back here */
        return;
    p->reading = true;
    if (end)
        (void)fflush(stdout);
    for (unsigned reads = 0; reads < OUTPUT_READS_MAX; reads++) {
        ssize_t got = read(SLOT_OUTPUT_FD, text, sizeof text); /* never blocks */
        if (got <= 0)
            break;
        take_output(p, text, (size_t)got);
        if ((size_t)got < sizeof text)
            break;
    }
    if (end)
        line_end(p);
    p->reading = false;
}

static void output_soon(struct slot_port *p)
{
    if (clock_monotonic_us() - p->output_us >= OUTPUT_EVERY_US)
        slot_port_output(p, false);
}

static void port_progress(void *arg, int percent, const char *message)
{
    struct slot_port *p = arg;
    output_soon(p);
    p->percent = percent;
    (void)text_copy(p->message, sizeof p->message, message);
    p->progress_waits = true;
    progress_send(p);
}

static void port_log(void *arg, const char *level, const char *message)
{
    slot_port_output(arg, false);
    say(arg, level, message);
}

static bool port_cancelled(void *arg)
{
    struct slot_port *p = arg;
    output_soon(p);
    if (p->progress_waits)
        progress_send(p);
    return *p->stop != 0 || board_cancelled(p->board, p->number);
}

static enum error_class query(struct slot_port *p, const char *statement, const struct sql_param *params,
                              unsigned count, struct result **ret_result, struct error *e)
{
    if (p->client == NULL) {
        enum error_class class =
            client_open(p->settings->database_url, "argosy slot", CONNECT_TIMEOUT_S, &p->client, e);
        if (class != ERROR_OK)
            return class;
    }
    return client_run(p->client, statement, params, count, ret_result, e);
}

struct id_text {
    char text[24];
};

static const char *id_text(struct id_text *t, int64_t id)
{
    (void)snprintf(t->text, sizeof t->text, "%lld", (long long)id);
    return t->text;
}

enum error_class slot_port_spacious(struct slot_port *p, int64_t id, bool *ret_spacious, struct error *e)
{
    struct id_text number;
    struct result *rows;
    enum error_class class = query(p, "slot_spacious", &SQL_TEXT(id_text(&number, id)), 1, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "ask which queue the job is in");
    *ret_spacious = result_rows(rows) == 1 && result_bool(rows, 0, 0);
    result_destroy(rows);
    return ERROR_OK;
}

enum error_class slot_port_args(struct slot_port *p, int64_t id, char **ret_text, struct error *e)
{
    struct id_text number;
    struct result *rows;
    enum error_class class = query(p, "slot_args", &SQL_TEXT(id_text(&number, id)), 1, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the arguments");
    if (result_rows(rows) == 1)
        *ret_text = mem_text(result_text(rows, 0, 0));
    else
        class = error_set(e, ERROR_FATAL, "job %lld is not in the record", (long long)id);
    result_destroy(rows);
    return class;
}

static enum error_class port_input(void *arg, int64_t job, const char *step, json_t **ret_result, struct error *e)
{
    struct id_text number;
    struct result *rows;
    const struct sql_param params[] = { SQL_TEXT(id_text(&number, job)), SQL_TEXT(step) };
    enum error_class class = query(arg, "slot_input", params, 2, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the result of step \"%s\"", step);
    if (result_rows(rows) == 1) {
        json_error_t where;
        *ret_result = json_loadb(result_text(rows, 0, 0), result_size(rows, 0, 0), JSON_DECODE_ANY, &where);
        if (*ret_result == NULL)
            class = error_set(e, ERROR_FATAL, "the result of step \"%s\" can't be read: %s", step, where.text);
    } else {
        class = error_code(e, ERROR_NOT_FOUND, "step_missing", "this pipeline has no finished step \"%s\"", step);
    }
    result_destroy(rows);
    return class;
}

static enum error_class port_artifact(void *arg, struct arena *arena, int64_t job, const char *step, const char *name,
                                      const char **ret_text, struct error *e)
{
    struct id_text number;
    struct result *rows;
    const struct sql_param params[] = { SQL_TEXT(id_text(&number, job)), SQL_TEXT(step), SQL_TEXT(name) };
    enum error_class class = query(arg, "slot_artifact", params, 3, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read artifact %s of step \"%s\"", name, step);
    if (result_rows(rows) != 1)
        class = error_code(e, ERROR_NOT_FOUND, "artifact_missing", "step \"%s\" left no artifact %s", step, name);
    else if (result_size(rows, 0, 0) + 1024 > arena_room(arena))
        class = error_set(e, ERROR_TOO_LARGE, "artifact %s does not fit beside what the job holds", name);
    else
        *ret_text = arena_text_n(arena, result_text(rows, 0, 0), result_size(rows, 0, 0));
    result_destroy(rows);
    return class;
}

static enum error_class fenced(const struct slot_port *p, struct error *e)
{
    return error_set(e, ERROR_FENCED, "job %lld has gone on without this attempt", (long long)p->id);
}

/* slot_checkpoint_read: whether a later attempt was here, the checkpoint or NULL. */
static enum error_class port_checkpoint_read(void *arg, json_t **ret_checkpoint, struct error *e)
{
    struct slot_port *p = arg;
    struct id_text number, epoch;
    struct result *rows;
    const struct sql_param params[] = { SQL_TEXT(id_text(&number, p->id)), SQL_TEXT(id_text(&epoch, p->epoch)) };
    enum error_class class = query(p, "slot_checkpoint_read", params, 2, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the checkpoint");
    if (result_bool(rows, 0, 0))
        class = fenced(p, e);
    else if (!result_is_null(rows, 0, 1)) {
        json_error_t where;
        *ret_checkpoint = json_loadb(result_text(rows, 0, 1), result_size(rows, 0, 1), JSON_DECODE_ANY, &where);
        if (*ret_checkpoint == NULL)
            class = error_set(e, ERROR_FATAL, "the checkpoint can't be read: %s", where.text);
    }
    result_destroy(rows);
    return class;
}

static enum error_class port_checkpoint(void *arg, const char *text, struct error *e)
{
    struct slot_port *p = arg;
    struct id_text number, epoch;
    struct result *rows;
    const struct sql_param params[] = { SQL_TEXT(id_text(&number, p->id)), SQL_TEXT(id_text(&epoch, p->epoch)),
                                        SQL_TEXT(text) };
    enum error_class class = query(p, "slot_checkpoint", params, 3, &rows, e);
    if (class != ERROR_OK)
        return error_wrap(e, "keep the checkpoint");
    if (!result_bool(rows, 0, 0))
        class = fenced(p, e);
    result_destroy(rows);
    return class;
}

/* hex of PostgreSQL's encode(): it writes pairs of [0-9a-f] only, but the row may hold anything of any length. */
static unsigned char *from_hex(const char *hex, size_t size, size_t *ret_size)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char *bytes = mem_zero(size / 2 + 1, 1);
    for (size_t i = 0; i + 1 < size; i += 2) {
        const char *high = strchr(digits, hex[i]), *low = strchr(digits, hex[i + 1]);
        bytes[i / 2] = (unsigned char)((high != NULL ? high - digits : 0) << 4 | (low != NULL ? low - digits : 0));
    }
    *ret_size = size / 2;
    return bytes;
}

static enum error_class secret_open(struct slot_port *p, struct arena *arena, const struct result *rows, int64_t id,
                                    struct job_connection *ret, struct error *e)
{
    if (p->box == NULL) {
        enum error_class class = secretbox_load(p->settings->key_file, &p->box, e);
        if (class != ERROR_OK)
            return class;
    }
    size_t size;
    mem_auto unsigned char *sealed = from_hex(result_text(rows, 0, 2), result_size(rows, 0, 2), &size);
    char *secret;
    atomic_store(&p->board->secrets, 1);
    enum error_class class = secretbox_open(p->box, id, sealed, size, &secret, e);
    if (class != ERROR_OK)
        return class;
    ret->secret = arena_text(arena, secret);
    secretbox_wipe(secret);
    return ERROR_OK;
}

/* slot_connection: dialect, url, secret as hex, name, name of the file. */
static enum error_class connection_make(struct slot_port *p, struct arena *arena, const struct result *rows, int64_t id,
                                        struct job_connection *ret, struct error *e)
{
    const char *url = result_text(rows, 0, 1);
    int64_t upload;
    const char *dialect = result_text(rows, 0, 0);
    ret->name = arena_text(arena, result_text(rows, 0, 3));
    ret->dialect = arena_text(arena, dialect);
    if (text_starts(url, "upload:")) {
        if (!text_to_int64(url + strlen("upload:"), 1, INT64_MAX, &upload))
            return error_set(e, ERROR_FATAL, "connection %lld names no upload: \"%s\"", (long long)id, url);
        ret->path = arena_format(arena, "%s/%lld", p->settings->uploads, (long long)upload);
        ret->url = arena_format(arena, "%s:%s", strcmp(dialect, "sqlite") == 0 ? dialect : "file", ret->path);
        ret->file = result_is_null(rows, 0, 4) ? ret->name : arena_text(arena, result_text(rows, 0, 4));
    } else {
        ret->url = arena_text(arena, url);
    }
    return result_is_null(rows, 0, 2) ? ERROR_OK : secret_open(p, arena, rows, id, ret, e);
}

static enum error_class port_connection(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                        struct error *e)
{
    struct slot_port *p = arg;
    struct id_text number;
    struct result *rows;
    enum error_class class = query(p, "slot_connection", &SQL_TEXT(id_text(&number, id)), 1, &rows, e);
    if (class == ERROR_OK) {
        if (result_rows(rows) == 1)
            class = connection_make(p, arena, rows, id, ret, e);
        else
            class = error_code(e, ERROR_NOT_FOUND, "connection_missing", "there is no connection %lld", (long long)id);
        result_destroy(rows);
    }
    return class == ERROR_OK ? class : error_wrap(e, "open connection %lld", (long long)id);
}

static enum error_class port_phase(void *arg, int64_t connection, const char *phase, struct error *e)
{
    struct slot_port *p = arg;
    struct id_text number, epoch, id;
    struct result *rows = NULL;
    const struct sql_param params[] = { SQL_TEXT(id_text(&number, p->id)), SQL_TEXT(id_text(&epoch, p->epoch)),
                                        SQL_TEXT(id_text(&id, connection)), SQL_TEXT(phase) };
    enum error_class class = query(p, "slot_phase", params, 4, &rows, e);
    result_destroy(rows);
    return class;
}

static const json_t *port_defaults(void *arg, const char *kind)
{
    const struct slot_port *p = arg;
    return json_object_get(p->settings->kind_defaults, kind);
}

void slot_port_init(struct slot_port *p, const struct slot_settings *settings, struct slot_channel *channel,
                    struct board *board, const volatile sig_atomic_t *stop)
{
    *p = (struct slot_port){ .settings = settings, .channel = channel, .board = board, .stop = stop };
    p->port = (struct job_port){ .arg = p,
                                 .progress = port_progress,
                                 .log = port_log,
                                 .cancelled = port_cancelled,
                                 .defaults = port_defaults,
                                 .input = port_input,
                                 .connection = port_connection,
                                 .phase = port_phase,
                                 .artifact_read = port_artifact,
                                 .checkpoint_read = port_checkpoint_read,
                                 .checkpoint = port_checkpoint };
}

void slot_port_finish(struct slot_port *p)
{
    p->client = client_close(p->client);
    p->box = secretbox_destroy(p->box);
}

void slot_port_begin(struct slot_port *p, uint64_t number, int64_t id, int64_t epoch)
{
    p->number = number;
    p->id = id;
    p->epoch = epoch;
    p->job = NULL;
    p->said = 0;
    p->progress_us = 0;
    p->progress_waits = false;
}
