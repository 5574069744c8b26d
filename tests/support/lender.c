/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/lender.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "jobs/port.h"

enum { STEPS_MAX = 4000, CONNECTIONS_MAX = 8, ARTIFACTS_MAX = 32 };

struct step {
    char *name, *kind;
    json_t *args, *result;
    int64_t epoch;
    bool child;
};

struct lender {
    struct step steps[STEPS_MAX];
    unsigned step_count;
    char *urls[CONNECTIONS_MAX];
    struct {
        char *step, *name, *text;
    } artifacts[ARTIFACTS_MAX];
    unsigned artifact_count, cancel_at, stop_at, asked, progress;
};

static struct step *find(const struct lender *l, const char *name)
{
    for (unsigned i = 0; i < l->step_count; i++) {
        if (strcmp(l->steps[i].name, name) == 0)
            return (struct step *)&l->steps[i];
    }
    return NULL;
}

static struct step *find_or_add(struct lender *l, const char *name)
{
    struct step *step = find(l, name);
    if (step)
        return step;
    assert_true(l->step_count < STEPS_MAX);
    l->steps[l->step_count] = (struct step){ .name = mem_text(name) };
    return &l->steps[l->step_count++];
}

struct lender *lender_create(void)
{
    return mem_zero(1, sizeof(struct lender));
}

struct lender *lender_destroy(struct lender *l)
{
    for (unsigned i = 0; l && i < l->step_count; i++) {
        free(l->steps[i].name);
        free(l->steps[i].kind);
        json_decref(l->steps[i].args);
        json_decref(l->steps[i].result);
    }
    for (unsigned i = 0; l && i < l->artifact_count; i++) {
        free(l->artifacts[i].step);
        free(l->artifacts[i].name);
        free(l->artifacts[i].text);
    }
    for (unsigned i = 0; l && i < CONNECTIONS_MAX; i++)
        free(l->urls[i]);
    free(l);
    return NULL;
}

void lender_connection(struct lender *l, int64_t id, const char *url)
{
    assert_true(id > 0 && id < CONNECTIONS_MAX);
    free(l->urls[id]);
    l->urls[id] = mem_text(url);
}

void lender_result(struct lender *l, const char *step, json_t *result)
{
    struct step *s = find_or_add(l, step);
    json_decref(s->result);
    s->result = result;
}

void lender_artifact(struct lender *l, const char *step, const char *name, const char *text)
{
    assert_true(l->artifact_count < ARTIFACTS_MAX);
    l->artifacts[l->artifact_count].step = mem_text(step);
    l->artifacts[l->artifact_count].name = mem_text(name);
    l->artifacts[l->artifact_count++].text = mem_text(text);
}

static void port_progress(void *arg, int percent, const char *message)
{
    struct lender *l = arg;
    assert_in_range(percent, 0, 100);
    assert_non_null(message);
    l->progress++;
}

static bool port_cancelled(void *arg)
{
    struct lender *l = arg;
    l->asked++;
    if (l->asked == l->stop_at)
        raise(SIGSTOP);
    return l->cancel_at > 0 && l->asked >= l->cancel_at;
}

static enum error_class port_input(void *arg, int64_t job, const char *step, json_t **ret_result, struct error *e)
{
    (void)job;
    const struct step *found = find(arg, step);
    if (!found || !found->result)
        return error_set(e, ERROR_NOT_FOUND, "no result of step %s", step);
    *ret_result = json_incref(found->result);
    return ERROR_OK;
}

static enum error_class port_connection(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                        struct error *e)
{
    const struct lender *l = arg;
    if (id <= 0 || id >= CONNECTIONS_MAX || !l->urls[id])
        return error_set(e, ERROR_NOT_FOUND, "no connection");
    *ret = (struct job_connection){ .id = id, .url = arena_text(arena, l->urls[id]) };
    return ERROR_OK;
}

static enum error_class port_artifact_read(void *arg, struct arena *arena, int64_t job, const char *step,
                                           const char *name, const char **ret_text, struct error *e)
{
    const struct lender *l = arg;
    (void)job;
    for (unsigned i = 0; i < l->artifact_count; i++) {
        if (strcmp(l->artifacts[i].step, step) == 0 && strcmp(l->artifacts[i].name, name) == 0) {
            *ret_text = arena_text(arena, l->artifacts[i].text);
            return ERROR_OK;
        }
    }
    return error_set(e, ERROR_NOT_FOUND, "no artifact %s of %s", name, step);
}

static void record(struct lender *l, struct step *step, const struct job *job, json_t *result)
{
    struct job_outcome outcome = job_outcome(job);
    json_decref(step->result);
    step->result = result ? result : json_object();
    for (unsigned i = 0; i < outcome.artifact_count; i++)
        lender_artifact(l, step->name, outcome.artifacts[i].name, outcome.artifacts[i].text);
    for (unsigned i = 0; i < outcome.child_count; i++) {
        struct step *child = find_or_add(l, outcome.children[i].step);
        if (child->args) /* submitted by an earlier run of the same parent in this test */
            continue;
        child->child = true;
        child->kind = mem_text(outcome.children[i].kind);
        child->args = json_deep_copy(outcome.children[i].args);
        for (unsigned k = 0; outcome.children[i].after && outcome.children[i].after[k]; k++)
            assert_non_null(find(l, outcome.children[i].after[k]));
    }
}

/* seal: only that. */
static enum error_class attempt(struct lender *l, struct step *step, int64_t epoch, bool seal, struct error *e)
{
    const struct job_port port = { .arg = l,
                                   .progress = port_progress,
                                   .cancelled = port_cancelled,
                                   .input = port_input,
                                   .connection = port_connection,
                                   .artifact_read = port_artifact_read };
    const struct job_begin begin = { .id = step - l->steps + 1, .epoch = epoch, .attempt = 1, .kind = step->kind };
    const struct job_kind *kind = job_kind_find(step->kind);
    assert_non_null(kind);
    struct job *job = job_create(&begin, &port);
    json_t *result = NULL;
    *e = ERROR_NONE;
    l->asked = 0;
    enum error_class class = seal ? kind->seal(job, step->args, e) : kind->run(job, step->args, &result, e);
    assert_int_equal(class, e->class);
    if (class == ERROR_OK && !seal)
        record(l, step, job, result);
    else
        json_decref(result);
    job_destroy(job);
    l->cancel_at = 0;
    return class;
}

enum error_class lender_run(struct lender *l, const char *name, const char *kind, const json_t *args, struct error *e)
{
    struct step *step = find_or_add(l, name);
    if (!step->kind) {
        step->kind = mem_text(kind);
        step->args = json_deep_copy(args);
    }
    return attempt(l, step, ++step->epoch, false, e);
}

enum error_class lender_run_epoch(struct lender *l, const char *name, int64_t epoch, struct error *e)
{
    struct step *step = find(l, name);
    assert_non_null(step);
    if (epoch > step->epoch)
        step->epoch = epoch;
    return attempt(l, step, epoch, false, e);
}

enum error_class lender_run_children(struct lender *l, struct error *e)
{
    for (unsigned i = 0; i < l->step_count; i++) {
        struct step *step = &l->steps[i];
        if (!step->child || step->result)
            continue;
        enum error_class class = attempt(l, step, ++step->epoch, false, e);
        if (class != ERROR_OK)
            return class;
    }
    return ERROR_OK;
}

enum error_class lender_seal(struct lender *l, const char *name, struct error *e)
{
    struct step *step = find(l, name);
    assert_non_null(step);
    return attempt(l, step, ++step->epoch, true, e);
}

const json_t *lender_result_of(const struct lender *l, const char *name)
{
    const struct step *step = find(l, name);
    return step ? step->result : NULL;
}

const json_t *lender_args_of(const struct lender *l, const char *name)
{
    const struct step *step = find(l, name);
    return step ? step->args : NULL;
}

unsigned lender_children(const struct lender *l)
{
    unsigned count = 0;
    for (unsigned i = 0; i < l->step_count; i++)
        count += l->steps[i].child;
    return count;
}

void lender_cancel_at(struct lender *l, unsigned nth)
{
    l->cancel_at = nth;
}

void lender_stop_at(struct lender *l, unsigned nth)
{
    l->stop_at = nth;
}

unsigned lender_progress_count(const struct lender *l)
{
    return l->progress;
}
