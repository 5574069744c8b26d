/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cloudevent.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"

static const char structured_type[] = "application/cloudevents+json", batch_type[] = "application/cloudevents-batch";

static enum error_class refuse(struct error *e, const char *what)
{
    return error_code(e, ERROR_INVALID, "not_a_cloudevent", "Not a CloudEvent 1.0 in JSON: %s.", what);
}

/* A media type without its parameters; letters of any case. */
static bool is_media(const char *text, size_t size, const char *media)
{
    size_t length = strlen(media);
    return size >= length && strncasecmp(text, media, length) == 0 &&
           (size == length || text[length] == ';' || text[length] == ' ');
}

static bool is_json(const char *text, size_t size)
{
    size_t bare = 0;
    while (bare < size && text[bare] != ';' && text[bare] != ' ')
        bare++;
    return is_media(text, size, "application/json") || is_media(text, size, "text/json") ||
           (bare > 5 && strncasecmp(text + bare - 5, "+json", 5) == 0);
}

/* Text of an attribute: UTF-8 without control characters. */
static bool take_text(const char *text, size_t size, char *ret_text, size_t max)
{
    if (!text || size == 0 || size > max || !text_utf8_valid(text, size))
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    memcpy(ret_text, text, size);
    ret_text[size] = '\0';
    return true;
}

static void make_key(struct cloudevent *event)
{
    unsigned char digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];
    size_t source = strlen(event->source) + 1, id = strlen(event->id);
    mem_auto char *both = mem_alloc(source + id + 1);
    memcpy(both, event->source, source); /* with its NUL, which neither may hold */
    memcpy(both + source, event->id, id);
    digest_sha256(both, source + id, digest);
    digest_hex(digest, hex);
    snprintf(event->key, sizeof event->key, "ce:%s", hex);
}

/* The three that each event has. get(arg, name): text and size, or NULL. */
static enum error_class take_attributes(struct cloudevent *event, void *arg,
                                        const char *(*get)(void *arg, const char *name, size_t *ret_size),
                                        struct error *e)
{
    static const struct {
        const char *name;
        size_t offset;
    } wanted[] = { { "id", offsetof(struct cloudevent, id) },
                   { "source", offsetof(struct cloudevent, source) },
                   { "type", offsetof(struct cloudevent, type) } };
    size_t size;
    const char *version = get(arg, "specversion", &size);
    if (!version || size != 3 || memcmp(version, "1.0", 3) != 0)
        return refuse(e, "specversion is not \"1.0\"");
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        char what[80];
        const char *text = get(arg, wanted[i].name, &size);
        snprintf(what, sizeof what, "%s is missing, or not text of 1 to %d bytes", wanted[i].name,
                 CLOUDEVENT_ATTRIBUTE_MAX);
        if (!take_text(text, size, (char *)event + wanted[i].offset, CLOUDEVENT_ATTRIBUTE_MAX))
            return refuse(e, what);
    }
    const char *trace = get(arg, "traceparent", &size);
    if (!take_text(trace, trace ? size : 0, event->traceparent, sizeof event->traceparent - 1))
        event->traceparent[0] = '\0';
    make_key(event);
    return ERROR_OK;
}

static json_t *read_object(const void *value, size_t size)
{
    json_t *object = value ? json_loadb(value, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

/* ---- binary ---- */

static const char *header_attribute(void *arg, const char *name, size_t *ret_size)
{
    const struct cloudevent_input *input = arg;
    mem_auto char *header = mem_format("ce_%s", name);
    return input->header(input->arg, header, ret_size);
}

static enum error_class parse_binary(const struct cloudevent_input *input, const char *type, size_t type_size,
                                     struct cloudevent *event, struct error *e)
{
    if (type && !is_json(type, type_size))
        return refuse(e, "its content-type is not JSON");
    if (take_attributes(event, (void *)(uintptr_t)input, header_attribute, e) != ERROR_OK)
        return e->class;
    event->whole = event->data = read_object(input->value, input->size);
    return event->data ? ERROR_OK : refuse(e, "its data is not a JSON object");
}

/* ---- structured ---- */

static const char *member_attribute(void *arg, const char *name, size_t *ret_size)
{
    const json_t *member = json_object_get(arg, name);
    *ret_size = json_string_length(member);
    return json_string_value(member);
}

static enum error_class parse_structured(const struct cloudevent_input *input, struct cloudevent *event,
                                         struct error *e)
{
    json_t *whole = read_object(input->value, input->size);
    if (!whole)
        return refuse(e, "it is not a JSON object");
    const json_t *type = json_object_get(whole, "datacontenttype");
    event->data = json_object_get(whole, "data");
    if (take_attributes(event, whole, member_attribute, e) == ERROR_OK) {
        if (type && !is_json(json_is_string(type) ? json_string_value(type) : "", json_string_length(type)))
            refuse(e, "its datacontenttype is not JSON");
        else if (!json_is_object(event->data))
            refuse(e, "its data is not a JSON object");
    }
    if (e->class == ERROR_OK)
        event->whole = whole;
    else
        json_decref(whole);
    return e->class;
}

enum error_class cloudevent_parse(const struct cloudevent_input *input, struct cloudevent *ret_event, struct error *e)
{
    size_t type_size = 0, version_size = 0;
    const char *type = input->header(input->arg, "content-type", &type_size);
    *ret_event = (struct cloudevent){ .whole = NULL };
    e->class = ERROR_OK;
    if (type && type_size >= strlen(batch_type) && strncasecmp(type, batch_type, strlen(batch_type)) == 0)
        return refuse(e, "one event a message, no batches");
    if (type && is_media(type, type_size, structured_type))
        return parse_structured(input, ret_event, e);
    if (input->header(input->arg, "ce_specversion", &version_size))
        return parse_binary(input, type, type_size, ret_event, e);
    if (!type || is_json(type, type_size))
        return parse_structured(input, ret_event, e);
    return refuse(e, "neither the header ce_specversion nor content-type application/cloudevents+json");
}

void cloudevent_finish(struct cloudevent *event)
{
    json_decref(event->whole);
    *event = (struct cloudevent){ .whole = NULL };
}
