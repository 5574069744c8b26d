/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - the calls a kind makes, checked and passed on to whoever lends.
 *
 * Happy path: job_create() by the lender, kind->run(), job_outcome() taken by the lender, job_destroy(). What the job
 * leaves (artifacts, children) is only collected here; the lender records it with the finish or not at all.
 * Failure modes: a name or size out of bounds is ERROR_FATAL or ERROR_TOO_LARGE at the call, so that a finish never
 * carries what the record would refuse. Owner of all memory: the job's arena, freed by job_destroy().
 */
#include "jobs/job.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/kinds.h"
#include "jobs/port.h"

struct job {
    struct job_begin begin;
    const struct job_port *port;
    struct arena *arena;
    char **secrets; /* in the arena; kept to mask and to wipe */
    size_t secret_count, secret_capacity;
    struct job_artifact_item *artifacts;
    size_t artifact_count, artifact_capacity;
    struct job_child_item *children;
    size_t child_count, child_capacity;
    bool touched;
    const char *phase; /* the last one said; NULL: none */
    struct job_word word;
};

enum { RETRY_AFTER_MAX_S = 7 * 86400 };

struct job *job_create(const struct job_begin *begin, const struct job_port *port)
{
    struct job *job = mem_zero(1, sizeof *job);
    job->arena = arena_create(JOB_ARENA_MAX);
    job->begin = *begin;
    job->begin.kind = arena_text(job->arena, begin->kind);
    job->port = port;
    return job;
}

struct job *job_destroy(struct job *job)
{
    if (job == NULL)
        return NULL;
    for (size_t i = 0; i < job->secret_count; i++)
        explicit_bzero(job->secrets[i], strlen(job->secrets[i]));
    for (size_t i = 0; i < job->child_count; i++)
        json_decref(job->children[i].args);
    free(job->secrets);
    free(job->artifacts);
    free(job->children);
    arena_destroy(job->arena);
    free(job);
    return NULL;
}

void job_touched(struct job *job)
{
    job->touched = true;
}

bool job_has_touched(const struct job *job)
{
    return job->touched;
}

void job_retry_after(struct job *job, int64_t seconds)
{
    job->word.retry_after_s = seconds < 1 ? 1 : seconds > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : seconds;
}

void job_never_again(struct job *job)
{
    job->word.never = true;
}

struct job_word job_word(const struct job *job)
{
    return job->word;
}

static void keep_secret(struct job *job, char *secret)
{
    job->secrets = mem_grow(job->secrets, &job->secret_capacity, job->secret_count + 1, sizeof *job->secrets);
    job->secrets[job->secret_count++] = secret;
}

void job_hide(struct job *job, const char *text)
{
    keep_secret(job, arena_text(job->arena, text));
}

struct job_outcome job_outcome(const struct job *job)
{
    return (struct job_outcome){ .artifacts = job->artifacts,
                                 .artifact_count = (unsigned)job->artifact_count,
                                 .children = job->children,
                                 .child_count = (unsigned)job->child_count };
}

int64_t job_id(const struct job *job)
{
    return job->begin.id;
}

int64_t job_epoch(const struct job *job)
{
    return job->begin.epoch;
}

int job_attempt(const struct job *job)
{
    return job->begin.attempt;
}

const json_t *job_defaults(const struct job *job)
{
    return job->port->defaults != NULL ? job->port->defaults(job->port->arg, job->begin.kind) : NULL;
}

struct arena *job_arena(struct job *job)
{
    return job->arena;
}

/* Each secret becomes stars of its own length, so that nothing moves. */
void job_mask(const struct job *job, char *message)
{
    for (size_t i = 0; i < job->secret_count; i++) {
        size_t size = strlen(job->secrets[i]);
        for (char *at = message; size > 0 && (at = strstr(at, job->secrets[i])) != NULL; at += size)
            memset(at, '*', size);
    }
}

/* Cut between characters; what is no UTF-8 or a control character becomes '?': the message travels as JSON. */
static void message_format(const struct job *job, char ret_text[static JOB_MESSAGE_MAX + 1], const char *format,
                           va_list args)
{
    mem_auto char *whole = NULL;
    if (vasprintf(&whole, format, args) < 0) {
        whole = NULL;
        (void)text_copy(ret_text, JOB_MESSAGE_MAX + 1, "(a message that could not be formatted)");
        return;
    }
    job_mask(job, whole);
    size_t used = 0;
    for (const char *at = whole; *at != '\0';) {
        size_t step = text_utf8_size(at, strlen(at) < 4 ? strlen(at) : 4);
        bool bad = step == 0 || (unsigned char)*at < 0x20 || *at == 0x7F;
        size_t size = bad ? 1 : step;
        if (used + size > JOB_MESSAGE_MAX)
            break;
        memcpy(ret_text + used, bad ? "?" : at, size);
        used += size;
        at += size;
    }
    ret_text[used] = '\0';
}

void job_progress(struct job *job, int percent, const char *format, ...)
{
    if (job->port->progress == NULL)
        return;
    char message[JOB_MESSAGE_MAX + 1];
    va_list args;
    va_start(args, format);
    message_format(job, message, format, args);
    va_end(args);
    job->port->progress(job->port->arg, percent < 0 ? 0 : percent > 100 ? 100 : percent, message);
}

void job_log(struct job *job, const char *level, const char *format, ...)
{
    if (job->port->log == NULL)
        return;
    char message[JOB_MESSAGE_MAX + 1];
    va_list args;
    va_start(args, format);
    message_format(job, message, format, args);
    va_end(args);
    job->port->log(job->port->arg, level, message);
}

bool job_cancelled(struct job *job)
{
    return job->port->cancelled != NULL && job->port->cancelled(job->port->arg);
}

enum error_class job_input(struct job *job, const char *step, json_t **ret_result, struct error *e)
{
    if (job->port->input == NULL)
        return error_set(e, ERROR_NOT_FOUND, "job %lld has no dependency \"%s\"", (long long)job->begin.id, step);
    return job->port->input(job->port->arg, job->begin.id, step, ret_result, e);
}

enum error_class job_checkpoint_read(struct job *job, json_t **ret_checkpoint, struct error *e)
{
    *ret_checkpoint = NULL;
    return job->port->checkpoint_read == NULL ? ERROR_OK
                                              : job->port->checkpoint_read(job->port->arg, ret_checkpoint, e);
}

enum error_class job_checkpoint(struct job *job, const json_t *checkpoint, struct error *e)
{
    mem_auto char *text = json_dumps(checkpoint, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text == NULL)
        return error_code(e, ERROR_FATAL, "checkpoint_not_json", "the checkpoint can't be written as JSON");
    if (strlen(text) > JOB_CHECKPOINT_MAX)
        return error_code(e, ERROR_TOO_LARGE, "checkpoint_too_large",
                          "a checkpoint of %zu bytes: at most %d, it says where to go on, not what was done",
                          strlen(text), JOB_CHECKPOINT_MAX);
    return job->port->checkpoint == NULL ? ERROR_OK : job->port->checkpoint(job->port->arg, text, e);
}

enum error_class job_connection(struct job *job, int64_t id, struct job_connection *ret_connection, struct error *e)
{
    if (job->port->connection == NULL)
        return error_set(e, ERROR_NOT_FOUND, "there is no connection %lld", (long long)id);
    struct job_connection found = { .id = id };
    enum error_class class = job->port->connection(job->port->arg, job->arena, id, &found, e);
    if (class != ERROR_OK)
        return class;
    if (found.secret != NULL)
        keep_secret(job, (char *)found.secret); /* the arena's, hence ours to wipe */
    *ret_connection = found;
    return ERROR_OK;
}

void job_phase(struct job *job, int64_t connection, const char *phase)
{
    struct error e = ERROR_NONE;
    if (job->port->phase == NULL || (job->phase != NULL && strcmp(job->phase, phase) == 0))
        return;
    job->phase = phase;
    if (job->port->phase(job->port->arg, connection, phase, &e) != ERROR_OK)
        job_log(job, "warn", "its connection still shows another status: %s", e.message);
}

static bool artifact_name_valid(const char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size > 255 || name[0] == '/' || name[size - 1] == '/' || strstr(name, "//") != NULL)
        return false;
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (part[0] == '.')
            return false; /* ".", ".." and hidden files */
    }
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-") == size;
}

enum error_class job_artifact(struct job *job, const char *name, const char *media_type, const char *text,
                              struct error *e)
{
    size_t size = strlen(text);
    if (!artifact_name_valid(name))
        return error_code(e, ERROR_FATAL, "artifact_name",
                          "artifact name \"%.100s\" is refused: write a relative path of [A-Za-z0-9._/-] whose parts "
                          "don't begin with a dot",
                          name);
    if (size > JOB_ARTIFACT_MAX || size + 1024 > arena_room(job->arena))
        return error_code(e, ERROR_TOO_LARGE, "artifact_too_large", "artifact %s has %zu bytes; the limit is %d", name,
                          size, JOB_ARTIFACT_MAX);
    if (job->artifact_count >= JOB_ARTIFACTS_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_artifacts", "a job may leave %d artifacts", JOB_ARTIFACTS_MAX);
    for (size_t i = 0; i < job->artifact_count; i++)
        if (strcmp(job->artifacts[i].name, name) == 0)
            return error_code(e, ERROR_FATAL, "artifact_twice", "artifact %s was written already", name);
    job->artifacts = mem_grow(job->artifacts, &job->artifact_capacity, job->artifact_count + 1, sizeof *job->artifacts);
    job->artifacts[job->artifact_count++] =
        (struct job_artifact_item){ .name = arena_text(job->arena, name),
                                    .media_type = arena_text(job->arena, media_type),
                                    .text = arena_text_n(job->arena, text, size) };
    return ERROR_OK;
}

enum error_class job_artifact_read(struct job *job, const char *step, const char *name, const char **ret_text,
                                   struct error *e)
{
    if (job->port->artifact_read == NULL)
        return error_set(e, ERROR_NOT_FOUND, "step \"%s\" has no artifact %s", step, name);
    return job->port->artifact_read(job->port->arg, job->arena, job->begin.id, step, name, ret_text, e);
}

static bool child_known(const struct job *job, const char *step)
{
    for (size_t i = 0; i < job->child_count; i++)
        if (strcmp(job->children[i].step, step) == 0)
            return true;
    return false;
}

static bool step_valid(const char *step)
{
    size_t size = strlen(step);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)step[i] < 0x20 || step[i] == 0x7F)
            return false;
    return size > 0 && size <= JOB_STEP_MAX && text_utf8_valid(step, size);
}

/* Copies `after` into the arena; every name must be a child submitted before, so that no circle can arise. */
static enum error_class child_after(struct job *job, const char *step, const char *const *after,
                                    const char *const **ret_after, struct error *e)
{
    size_t count = 0;
    while (after != NULL && after[count] != NULL)
        count++;
    const char **copy = count > 0 ? arena_array(job->arena, count + 1, sizeof *copy) : NULL;
    for (size_t i = 0; i < count; i++) {
        if (!child_known(job, after[i]))
            return error_code(e, ERROR_FATAL, "child_after", "child \"%s\" waits for \"%s\", which no earlier child is",
                              step, after[i]);
        copy[i] = arena_text(job->arena, after[i]);
    }
    *ret_after = copy;
    return ERROR_OK;
}

enum error_class job_child(struct job *job, const char *step, const char *kind, json_t *args, const char *const *after,
                           struct error *e)
{
    assert(json_is_object(args));
    if (!step_valid(step))
        return error_code(e, ERROR_FATAL, "step_name",
                          "a step's name has 1 to %d bytes of UTF-8 without control characters", JOB_STEP_MAX);
    if (child_known(job, step))
        return error_code(e, ERROR_FATAL, "step_twice", "step \"%s\" was submitted already", step);
    if (kinds_find(kind) == NULL)
        return error_code(e, ERROR_FATAL, "unknown_kind", "step \"%s\" asks for kind \"%s\", which there is not", step,
                          kind);
    if (job->child_count >= JOB_CHILDREN_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_children", "a job may submit %d children", JOB_CHILDREN_MAX);
    const char *const *waits = NULL;
    enum error_class class = child_after(job, step, after, &waits, e);
    if (class != ERROR_OK)
        return class;
    job->children = mem_grow(job->children, &job->child_capacity, job->child_count + 1, sizeof *job->children);
    job->children[job->child_count++] = (struct job_child_item){ .step = arena_text(job->arena, step),
                                                                 .kind = arena_text(job->arena, kind),
                                                                 .args = json_incref(args),
                                                                 .after = waits };
    return ERROR_OK;
}
