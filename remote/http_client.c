/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One easy handle, reset for each call so that nothing leaks from one into the next, with its connection kept.
 * Failure: curl's own (no connection, timeout, too large) map to ERROR_UNAVAILABLE, ERROR_TIMED_OUT, ERROR_TOO_LARGE;
 * a body in our error format keeps its code and message.
 */
#include "remote/http_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "remote/event_stream.h"

struct http_client {
    CURL *curl;
    char *base_url, *authorization;
    int timeout_s;
    size_t answer_max;
    json_t **details; /* not owned, may be NULL */
    char message[CURL_ERROR_SIZE];
};

enum error_class http_client_create(const struct http_client_config *config, struct http_client **ret_client,
                                    struct error *e)
{
    struct http_client *c = mem_zero(1, sizeof *c);
    c->curl = curl_easy_init();
    if (c->curl == NULL) {
        free(c);
        return error_set(e, ERROR_FATAL, "can't set up the HTTP client");
    }
    size_t size = strlen(config->base_url);
    while (size > 0 && config->base_url[size - 1] == '/')
        size--;
    c->base_url = mem_text_n(config->base_url, size);
    c->authorization = config->bearer != NULL ? mem_format("Authorization: Bearer %s", config->bearer) : NULL;
    c->details = config->details;
    c->timeout_s = config->timeout_s > 0 ? config->timeout_s : 60;
    c->answer_max = config->answer_max > 0 ? config->answer_max : (size_t)64 << 20;
    *ret_client = c;
    return ERROR_OK;
}

struct http_client *http_client_destroy(struct http_client *c)
{
    if (c == NULL)
        return NULL;
    curl_easy_cleanup(c->curl);
    if (c->authorization != NULL)
        explicit_bzero(c->authorization, strlen(c->authorization));
    free(c->authorization);
    free(c->base_url);
    free(c);
    return NULL;
}

static size_t add_answer(char *data, size_t size, size_t count, void *arg)
{
    struct buffer *answer = arg;
    return buffer_add(answer, data, size * count) ? size * count : 0;
}

/* Sets what every call has in common. The caller frees *ret_headers after the call. */
static void prepare(struct http_client *c, const char *method, const char *path, struct curl_slist *extra,
                    struct curl_slist **ret_headers)
{
    mem_auto char *url = mem_format("%s%s", c->base_url, path);
    struct curl_slist *headers = extra;
    if (c->authorization != NULL)
        headers = curl_slist_append(headers, c->authorization);
    curl_easy_reset(c->curl);
    c->message[0] = '\0';
    (void)curl_easy_setopt(c->curl, CURLOPT_URL, url);
    (void)curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, method);
    (void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, c->message);
    (void)curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(c->curl, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
    (void)curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, 10L);
    (void)curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, (long)c->timeout_s);
    (void)curl_easy_setopt(c->curl, CURLOPT_USERAGENT, "argosy");
    *ret_headers = headers;
}

static enum error_class curl_failure(const struct http_client *c, CURLcode code, struct error *e)
{
    const char *why = c->message[0] != '\0' ? c->message : curl_easy_strerror(code);
    if (code == CURLE_WRITE_ERROR)
        return error_code(e, ERROR_TOO_LARGE, "answer_too_large", "the answer of %s is over %zu bytes", c->base_url,
                          c->answer_max);
    long port = 0; /* of the peer: 0 when we never got that far */
    (void)curl_easy_getinfo(c->curl, CURLINFO_PRIMARY_PORT, &port);
    if (code == CURLE_UNSUPPORTED_PROTOCOL && port > 0)
        return error_code(e, ERROR_FATAL, "unexpected_answer", "what answers at %s does not speak HTTP", c->base_url);
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return error_code(e, ERROR_INVALID, "invalid_url",
                          "\"%s\" is not the address of a gateway: it must be like "
                          "http://127.0.0.1:7070",
                          c->base_url);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_code(e, ERROR_TIMED_OUT, "timed_out", "%s did not answer in time: %s", c->base_url, why);
    bool broke =
        code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING;
    return error_code(e, ERROR_UNAVAILABLE, broke ? "connection_broken" : "gateway_unreachable", "%s %s: %s",
                      c->base_url, broke ? "broke the connection" : "can't be reached", why);
}

static enum error_class class_of_status(long status)
{
    return status == 404                    ? ERROR_NOT_FOUND
           : status == 401 || status == 403 ? ERROR_DENIED
           : status == 409 || status == 422 ? ERROR_REFUSED
           : status == 413                  ? ERROR_TOO_LARGE
           : status == 429 || status >= 500 ? ERROR_UNAVAILABLE
                                            : ERROR_INVALID;
}

/* Turns an answer of 300 and more into an error that keeps the server's code and message. */
static enum error_class status_failure(const struct http_client *c, long status, const char *text, size_t size,
                                       struct error *e)
{
    json_auto_t *answer = json_loadb(text, size, 0, NULL);
    const char *message = json_string_value(json_object_get(answer, "message"));
    const char *code = json_string_value(json_object_get(answer, "error_code"));
    json_t *details = json_object_get(answer, "details");
    if (message == NULL)
        return error_code(e, status < 400 ? ERROR_FATAL : class_of_status(status), "unexpected_answer",
                          "the server answered with status %ld and no reason: is it an Argosy gateway?", status);
    if (c->details != NULL) {
        json_decref(*c->details);
        *c->details = json_incref(details);
    }
    return error_code(e, class_of_status(status), code != NULL ? code : "refused", "%s", message);
}

/* Runs what was prepared and reads the whole answer. */
static enum error_class perform(struct http_client *c, struct buffer *answer, struct error *e)
{
    long status = 0;
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, add_answer);
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(c->curl);
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300) /* also when the server answered before it had read the whole body */
        return status_failure(c, status, buffer_view(answer), answer->size, e);
    /* Cut within the head, curl takes it for an answer without a body: ours always tell their length. */
    curl_off_t length = 0;
    (void)curl_easy_getinfo(c->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (code == CURLE_OK && answer->size == 0 && length < 0 && status != 204)
        code = CURLE_GOT_NOTHING;
    return code == CURLE_OK ? ERROR_OK : curl_failure(c, code, e);
}

static enum error_class parse(const struct buffer *answer, json_t **ret_answer, struct error *e)
{
    json_error_t where;
    json_t *json = answer->size == 0 ? json_null()
                                     : json_loadb(answer->data, answer->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &where);
    if (json == NULL)
        return error_code(e, ERROR_FATAL, "unexpected_answer", "the server's answer is not JSON: %s", where.text);
    if (ret_answer != NULL)
        *ret_answer = json;
    else
        json_decref(json);
    return ERROR_OK;
}

enum error_class http_client_call(struct http_client *c, const char *method, const char *path, const json_t *body,
                                  const char *idempotency_key, json_t **ret_answer, struct error *e)
{
    struct buffer answer;
    struct curl_slist *headers = NULL;
    mem_auto char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
    mem_auto char *key = idempotency_key != NULL ? mem_format("Idempotency-Key: %s", idempotency_key) : NULL;
    if (key != NULL && key[strcspn(key, "\r\n")] != '\0')
        return error_code(e, ERROR_INVALID, "invalid_idempotency_key", "an idempotency key has no line breaks");
    if (body != NULL && text == NULL)
        return error_set(e, ERROR_FATAL, "can't write the request as JSON");
    if (key != NULL)
        headers = curl_slist_append(headers, key);
    if (text != NULL)
        headers = curl_slist_append(headers, "Content-Type: application/json");
    prepare(c, method, path, headers, &headers);
    if (text != NULL)
        (void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, text);
    buffer_init(&answer, c->answer_max);
    enum error_class class = perform(c, &answer, e);
    if (class == ERROR_OK)
        class = parse(&answer, ret_answer, e);
    buffer_finish(&answer);
    curl_slist_free_all(headers);
    return class;
}

enum error_class http_client_text(struct http_client *c, const char *path, char **ret_text, struct error *e)
{
    struct buffer answer;
    struct curl_slist *headers;
    prepare(c, "GET", path, NULL, &headers);
    buffer_init(&answer, c->answer_max);
    enum error_class class = perform(c, &answer, e);
    if (class == ERROR_OK)
        *ret_text = buffer_take(&answer);
    buffer_finish(&answer);
    curl_slist_free_all(headers);
    return class;
}

enum error_class http_client_upload(struct http_client *c, const char *path, const char *file, const char *name,
                                    json_t **ret_answer, struct error *e)
{
    struct stat status;
    FILE *f = fopen(file, "re");
    if (f == NULL)
        return error_code(e, ERROR_NOT_FOUND, "file_not_found", "can't open %s: %m", file);
    if (fstat(fileno(f), &status) != 0 || !S_ISREG(status.st_mode)) {
        (void)fclose(f);
        return error_code(e, ERROR_INVALID, "not_a_file", "%s is %s", file,
                          S_ISDIR(status.st_mode)
                              ? "a folder: pack its files into an archive (zip, tar.gz), which is read whole"
                              : "no regular file");
    }
    struct buffer answer, disposition;
    struct curl_slist *headers = NULL;
    buffer_init(&disposition, 8192);
    (void)buffer_text(&disposition, "Content-Disposition: attachment; filename=");
    (void)buffer_json_string(&disposition, name, strlen(name));
    headers = curl_slist_append(headers, buffer_view(&disposition));
    headers = curl_slist_append(headers, "Content-Type: application/octet-stream");
    prepare(c, "POST", path, headers, &headers);
    (void)curl_easy_setopt(c->curl, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, "POST");
    (void)curl_easy_setopt(c->curl, CURLOPT_READDATA, f);
    (void)curl_easy_setopt(c->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)status.st_size);
    (void)curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 0L);
    (void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    (void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, (long)c->timeout_s);
    buffer_init(&answer, c->answer_max);
    enum error_class class = perform(c, &answer, e);
    if (class == ERROR_OK)
        class = parse(&answer, ret_answer, e);
    buffer_finish(&answer);
    buffer_finish(&disposition);
    curl_slist_free_all(headers);
    (void)fclose(f);
    return class;
}

struct follow {
    struct event_stream stream;
    struct buffer failure; /* body of an answer that is no stream */
    CURL *curl;
    bool stopped, refused; /* by event(); by us, as it is no stream */
};

/* Is the answer what we asked for? Anything else must not be read as events. */
static bool is_stream(const struct follow *f)
{
    const char *type = NULL;
    (void)curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
    return type != NULL && strncasecmp(type, "text/event-stream", strlen("text/event-stream")) == 0;
}

static size_t follow_data(char *data, size_t size, size_t count, void *arg)
{
    struct follow *f = arg;
    long status = 0;
    (void)curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300)
        return buffer_add(&f->failure, data, size * count) ? size * count : 0;
    f->refused = !is_stream(f);
    if (f->refused)
        return 0;
    f->stopped = !event_stream_feed(&f->stream, data, size * count);
    return f->stopped ? 0 : size * count;
}

enum error_class http_client_events(struct http_client *c, const char *path, const char *last_id,
                                    bool (*event)(void *arg, const struct http_event *event), void *arg,
                                    struct error *e)
{
    struct follow f = { .curl = c->curl };
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: text/event-stream");
    mem_auto char *resume = last_id != NULL ? mem_format("Last-Event-ID: %s", last_id) : NULL;
    if (resume != NULL)
        headers = curl_slist_append(headers, resume);
    event_stream_init(&f.stream, event, arg);
    buffer_init(&f.failure, 64 * 1024);
    prepare(c, "GET", path, headers, &headers);
    (void)curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, 0L);
    (void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L); /* the server sends a comment every few seconds */
    (void)curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, 60L);
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, follow_data);
    (void)curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, &f);
    CURLcode code = curl_easy_perform(c->curl);
    long status = 0;
    (void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
    enum error_class class =
        f.stopped       ? ERROR_OK
        : status >= 300 ? status_failure(c, status, buffer_view(&f.failure), f.failure.size, e)
        : f.refused     ? error_code(e, ERROR_FATAL, "unexpected_answer", "%s did not answer with events", c->base_url)
        : code != CURLE_OK ? curl_failure(c, code, e)
                           : ERROR_OK;
    event_stream_finish(&f.stream);
    buffer_finish(&f.failure);
    curl_slist_free_all(headers);
    return class;
}
