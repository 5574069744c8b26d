/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_kafka_options.c - how to log in to Kafka: pairs are taken whole and in order up to the first that is none; a
 * message holds no value. The prefix of topics is the first line.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "queue/kafka_options.h"

static bool set(void *arg, const char *key, const char *value)
{
    struct buffer *taken = arg;
    assert(key[0] && !strpbrk(key, "=;") && !strchr(value, ';'));
    (void)buffer_format(taken, "%s=%s;", key, value);
    return strcmp(key, "client.rack") != 0; /* the library refuses some, too */
}

/* Empty pieces apart, and the last ';', the pairs are the text. */
static bool is_begin_of(const char *taken, const char *options)
{
    for (; *taken; options++) {
        if (*taken == *options || (*taken == ';' && !*options)) {
            taken++;
            if (!*options)
                return !*taken;
        } else if (*options != ';') {
            return false;
        }
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_text_n((const char *)data, size), *options = text + strcspn(text, "\n");
    if (*options)
        *options++ = '\0';
    struct buffer taken;
    struct error e = ERROR_NONE;
    const struct kafka_config config = { .prefix = text, .options = options };
    buffer_init(&taken, 2 * size + 64);
    if (kafka_options_each(options, set, &taken, &e) == ERROR_INVALID && e.class != ERROR_OK) {
        assert(strcmp(e.code, "kafka_options_invalid") == 0 && e.message[0]);
        /* what follows a pair that is one may be the rest of a password with ';' in it */
        const char *rest = text_starts(options, "sasl.password=") ? strchr(options, ';') : NULL;
        if (rest && strlen(rest) >= 12 && !strchr(rest + 1, '=') && !strchr(rest + 1, ';'))
            assert(!strstr(e.message, rest + 1));
    }
    assert(is_begin_of(buffer_view(&taken), options));
    char *topic = kafka_topic(&config, "submit", &e);
    if (topic)
        assert(strlen(topic) <= 249 && text_starts(topic, text) && !strpbrk(topic, " /\n\r\t\"\\"));
    free(topic);
    buffer_finish(&taken);
    free(text);
    return 0;
}
