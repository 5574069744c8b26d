/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/job_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void job_fake_init(struct job_fake *fake)
{
    *fake = (struct job_fake){ .results = json_object(), .artifacts = json_object(), .children = json_object() };
}

void job_fake_finish(struct job_fake *fake)
{
    json_decref(fake->results);
    json_decref(fake->artifacts);
    json_decref(fake->children);
    *fake = (struct job_fake){ 0 };
}

static void on_progress(void *arg, int percent, const char *message)
{
    struct job_fake *fake = arg;
    assert_true(percent >= fake->percent); /* never backwards within a run */
    fake->progress_count++;
    fake->percent = percent;
    snprintf(fake->message, sizeof fake->message, "%s", message);
}

static void on_log(void *arg, const char *level, const char *message)
{
    struct job_fake *fake = arg;
    assert_non_null(level);
    snprintf(fake->message, sizeof fake->message, "%s", message);
    fake->log_count++;
}

static bool on_cancelled(void *arg)
{
    struct job_fake *fake = arg;
    return ++fake->questions > fake->cancel_after && fake->cancel_after > 0;
}

static enum error_class on_input(void *arg, int64_t job, const char *step, json_t **ret_result, struct error *e)
{
    (void)job;
    struct job_fake *fake = arg;
    json_t *result = json_object_get(fake->results, step);
    if (result == NULL)
        return error_set(e, ERROR_NOT_FOUND, "no step \"%s\"", step);
    *ret_result = json_incref(result);
    return ERROR_OK;
}

static enum error_class on_connection(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                      struct error *e)
{
    struct job_fake *fake = arg;
    if (id < 1 || id > JOB_FAKE_CONNECTIONS || fake->urls[id] == NULL)
        return error_set(e, ERROR_NOT_FOUND, "no connection %lld", (long long)id);
    ret->url = arena_text(arena, fake->urls[id]);
    ret->secret = fake->secrets[id] != NULL ? arena_text(arena, fake->secrets[id]) : NULL;
    return ERROR_OK;
}

static enum error_class on_artifact(void *arg, struct arena *arena, int64_t job, const char *step, const char *name,
                                    const char **ret_text, struct error *e)
{
    (void)job;
    struct job_fake *fake = arg;
    const char *text = json_string_value(json_object_get(json_object_get(fake->artifacts, step), name));
    if (text == NULL)
        return error_set(e, ERROR_NOT_FOUND, "step \"%s\" has no artifact %s", step, name);
    *ret_text = arena_text(arena, text);
    return ERROR_OK;
}

static void keep_outcome(struct job_fake *fake, const char *step, const struct job *job)
{
    struct job_outcome outcome = job_outcome(job);
    json_t *artifacts = json_object(), *children = json_array();
    for (unsigned i = 0; i < outcome.artifact_count; i++)
        json_object_set_new(artifacts, outcome.artifacts[i].name, json_string(outcome.artifacts[i].text));
    for (unsigned i = 0; i < outcome.child_count; i++)
        json_array_append_new(children, json_pack("{s:s, s:s, s:O}", "step", outcome.children[i].step, "kind",
                                                  outcome.children[i].kind, "args", outcome.children[i].args));
    json_object_set_new(fake->artifacts, step, artifacts);
    json_object_set_new(fake->children, step, children);
}

enum error_class job_fake_run(struct job_fake *fake, const char *kind, json_t *args, json_t **ret_result,
                              struct error *e)
{
    struct job_port port = { .arg = fake,
                             .progress = on_progress,
                             .log = on_log,
                             .cancelled = on_cancelled,
                             .input = on_input,
                             .connection = on_connection,
                             .artifact_read = on_artifact };
    struct job_begin begin = { .id = 17, .epoch = 3, .attempt = 1, .kind = kind };
    const struct job_kind *found = job_kind_find(kind);
    assert_non_null(found);
    fake->percent = 0;
    fake->questions = 0;
    struct job *job = job_create(&begin, &port);
    json_t *result = NULL;
    enum error_class class = found->run(job, args, &result, e);
    if (class == ERROR_OK) {
        if (result == NULL)
            result = json_object();
        json_object_set_new(fake->results, kind, result);
        keep_outcome(fake, kind, job);
        *ret_result = result;
    } else {
        assert_null(result);
    }
    job_destroy(job);
    json_decref(args);
    return class;
}
