/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_payload.c - writes and reads the doorbell's messages.
 *
 * Lengths stand before texts, so reading copies nothing: it puts a NUL where a text ends (a newline or space was there)
 * and hands out pointers into what arrived. A batch of 1,000 no-ops is about 60 KB and reads in some 100 us.
 */
#include "queue/transport_payload.h"

#include <string.h>

#include "base/text.h"

enum { KIND_MAX = 63 };

/* ---- writing ---- */

static void job_write(struct buffer *b, const struct dispatch *job, size_t args)
{
    buffer_format(b, "%lld %lld %lld %d %d %d %s ", (long long)job->id, (long long)job->epoch, (long long)job->seq,
                  job->attempt, job->timeout_s, job->seal, job->kind);
    if (args > TRANSPORT_ARGS_MAX) {
        buffer_text(b, "-\n\n");
    } else {
        buffer_format(b, "%zu\n", args);
        buffer_add(b, job->args, args);
        buffer_char(b, '\n');
    }
}

unsigned transport_payload_jobs(struct buffer *b, const struct dispatch *jobs, unsigned count)
{
    unsigned fit = 0;
    size_t size = 0;
    if (count > TRANSPORT_BATCH_MAX)
        count = TRANSPORT_BATCH_MAX;
    for (; fit < count && size < TRANSPORT_BATCH_BYTES; fit++)
        size += 160 + (jobs[fit].args ? strnlen(jobs[fit].args, TRANSPORT_ARGS_MAX) : 0);
    buffer_clear(b);
    buffer_format(b, "d1 %u\n", fit);
    for (unsigned i = 0; i < fit; i++)
        job_write(b, &jobs[i], jobs[i].args ? strlen(jobs[i].args) : TRANSPORT_ARGS_MAX + 1);
    return fit;
}

enum error_class transport_payload_message(struct buffer *b, const struct message *message, struct error *e)
{
    size_t text = message->text ? strlen(message->text) : 0;
    if (text > TRANSPORT_TEXT_MAX)
        return error_code(e, ERROR_TOO_LARGE, "message_too_large",
                          "a message of %zu bytes is over the limit of %d: send less", text, TRANSPORT_TEXT_MAX);
    buffer_clear(b);
    buffer_format(b, "m1 %d %lld %lld %lld %lld %lld ", message->type, (long long)message->incarnation,
                  (long long)message->done, (long long)message->id, (long long)message->epoch, (long long)message->seq);
    if (message->text)
        buffer_format(b, "%zu\n%s\n", text, message->text);
    else
        buffer_text(b, "-\n\n");
    return ERROR_OK;
}

/* ---- reading ---- */

struct cursor {
    char *at, *end;
};

static enum error_class refuse(struct error *e, const char *what)
{
    return error_code(e, ERROR_INVALID, "doorbell_invalid", "dropped a doorbell message: %s", what);
}

/* A decimal number without sign, blank or leading zero, ended by `stop`. */
static bool read_number(struct cursor *c, char stop, int64_t max, int64_t *ret_value)
{
    int64_t value = 0;
    char *start = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *c->at - '0', &value))
            return false;
    }
    ptrdiff_t digits = c->at - start;
    if (digits == 0 || (digits > 1 && *start == '0') || value > max || c->at == c->end || *c->at != stop)
        return false;
    c->at++;
    *ret_value = value;
    return true;
}

/* SIZE\nTEXT\n or -\n\n; UTF-8 without a NUL. */
static bool read_text(struct cursor *c, size_t max, const char **ret_text)
{
    int64_t size;
    if (c->end - c->at >= 3 && memcmp(c->at, "-\n\n", 3) == 0) {
        c->at += 3;
        *ret_text = NULL;
        return true;
    }
    if (!read_number(c, '\n', (int64_t)max, &size) || c->end - c->at <= size || c->at[size] != '\n')
        return false;
    if (memchr(c->at, '\0', (size_t)size) || !text_utf8_valid(c->at, (size_t)size))
        return false;
    *ret_text = c->at;
    c->at[size] = '\0';
    c->at += size + 1;
    return true;
}

static bool read_kind(struct cursor *c, const char **ret_kind)
{
    char *space = memchr(c->at, ' ', (size_t)(c->end - c->at));
    if (!space)
        return false;
    *space = '\0';
    *ret_kind = c->at;
    bool name = strlen(c->at) == (size_t)(space - c->at) && text_is_name(c->at, KIND_MAX);
    c->at = space + 1;
    return name;
}

static bool read_job(struct cursor *c, struct dispatch *job)
{
    int64_t attempt, timeout_s, seal;
    if (!read_number(c, ' ', INT64_MAX, &job->id) || !read_number(c, ' ', INT64_MAX, &job->epoch) ||
        !read_number(c, ' ', INT64_MAX, &job->seq) || !read_number(c, ' ', INT32_MAX, &attempt) ||
        !read_number(c, ' ', INT32_MAX, &timeout_s) || !read_number(c, ' ', 1, &seal))
        return false;
    job->attempt = (int32_t)attempt;
    job->timeout_s = (int32_t)timeout_s;
    job->seal = seal == 1;
    return job->id > 0 && job->epoch > 0 && job->seq > 0 && read_kind(c, &job->kind) &&
           read_text(c, TRANSPORT_ARGS_MAX, &job->args);
}

static enum error_class deliver_jobs(struct cursor *c, const struct transport_handlers *handlers, struct error *e)
{
    static struct dispatch jobs[TRANSPORT_BATCH_MAX]; /* one loop, one thread; a handler does not deliver */
    int64_t count;
    if (!read_number(c, '\n', TRANSPORT_BATCH_MAX, &count) || count == 0)
        return refuse(e, "its count of dispatches is not from 1 to 1000");
    for (int64_t i = 0; i < count; i++) {
        jobs[i] = (struct dispatch){ .id = 0 };
        if (!read_job(c, &jobs[i]))
            return refuse(e, "a dispatch is malformed");
    }
    if (c->at != c->end)
        return refuse(e, "something follows its last dispatch");
    if (handlers->on_dispatch)
        handlers->on_dispatch(handlers->arg, jobs, (unsigned)count);
    return ERROR_OK;
}

static enum error_class deliver_message(struct cursor *c, const struct transport_handlers *handlers, struct error *e)
{
    struct message message = { .type = MESSAGE_DONE };
    int64_t type;
    if (!read_number(c, ' ', MESSAGE_BEAT, &type) || !read_number(c, ' ', INT64_MAX, &message.incarnation) ||
        !read_number(c, ' ', INT64_MAX, &message.done) || !read_number(c, ' ', INT64_MAX, &message.id) ||
        !read_number(c, ' ', INT64_MAX, &message.epoch) || !read_number(c, ' ', INT64_MAX, &message.seq) ||
        !read_text(c, TRANSPORT_TEXT_MAX, &message.text) || c->at != c->end)
        return refuse(e, "a control message is malformed");
    message.type = (enum message_type)type;
    if (handlers->on_message)
        handlers->on_message(handlers->arg, &message);
    return ERROR_OK;
}

enum error_class transport_payload_deliver(char *data, size_t size, const struct transport_handlers *handlers,
                                           struct error *e)
{
    struct cursor c = { .at = data + 3, .end = data + size };
    if (size > TRANSPORT_PAYLOAD_MAX)
        return refuse(e, "it is over 512 KiB");
    if (size > 3 && memcmp(data, "d1 ", 3) == 0)
        return deliver_jobs(&c, handlers, e);
    if (size > 3 && memcmp(data, "m1 ", 3) == 0)
        return deliver_message(&c, handlers, e);
    return refuse(e, "it is of no version this program knows");
}
