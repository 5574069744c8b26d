/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/kafka_options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { TOPIC_MAX = 249, SHOWN = 60 };

static const char *const known[] = { "security.protocol",
                                     "sasl.mechanism",
                                     "sasl.mechanisms",
                                     "sasl.username",
                                     "sasl.password",
                                     "sasl.kerberos.service.name",
                                     "sasl.kerberos.principal",
                                     "sasl.kerberos.keytab",
                                     "ssl.ca.location",
                                     "ssl.certificate.location",
                                     "ssl.key.location",
                                     "ssl.key.password",
                                     "ssl.endpoint.identification.algorithm",
                                     "enable.ssl.certificate.verification",
                                     "broker.address.family",
                                     "client.id",
                                     "client.rack" };

static char *copy(const char *text)
{
    return text ? mem_text(text) : NULL;
}

struct kafka_config kafka_config_copy(const struct kafka_config *config)
{
    return (struct kafka_config){ .brokers = copy(config->brokers),
                                  .options = copy(config->options),
                                  .prefix = copy(config->prefix) };
}

void kafka_config_finish(struct kafka_config *config)
{
    free((void *)(uintptr_t)config->brokers);
    free((void *)(uintptr_t)config->options);
    free((void *)(uintptr_t)config->prefix);
    *config = (struct kafka_config){ 0 };
}

static bool is_known(const char *key)
{
    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i], key) == 0)
            return true;
    return false;
}

enum error_class kafka_options_each(const char *options, bool (*set)(void *arg, const char *key, const char *value),
                                    void *arg, struct error *e)
{
    unsigned pair = 0;
    bool after_secret = false;
    for (const char *at = options ? options : ""; *at;) {
        size_t size = strcspn(at, ";"), key_size = strcspn(at, "=;");
        mem_auto char *key = mem_text_n(at, key_size);
        mem_auto char *value = mem_text_n(at + key_size + (key_size < size), size - key_size - (key_size < size));
        at += size;
        at += *at == ';';
        if (size == 0)
            continue;
        pair++;
        if (key_size == size || (!is_known(key) && after_secret)) /* the rest of a password that holds a ';'? */
            return error_code(e, ERROR_INVALID, "kafka_options_invalid",
                              "the Kafka options are KEY=VALUE;KEY=VALUE: number %u is none (no value may hold a ';')",
                              pair);
        if (!is_known(key))
            return error_code(e, ERROR_INVALID, "kafka_options_invalid",
                              "the Kafka option \"%.*s\" may not be given: only those about security and client.id",
                              SHOWN, key);
        if (!set(arg, key, value))
            return ERROR_INVALID;
        after_secret = strstr(key, "password") != NULL;
    }
    return ERROR_OK;
}

char *kafka_topic(const struct kafka_config *config, const char *name, struct error *e)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    char *topic = mem_format("%s.%s", config->prefix ? config->prefix : "argosy", name);
    if (strlen(topic) <= TOPIC_MAX && topic[strspn(topic, allowed)] == '\0' && topic[0] != '.')
        return topic;
    error_code(e, ERROR_INVALID, "kafka_prefix_invalid",
               "the prefix of Kafka topics is \"%.*s\": it must be of a-z A-Z 0-9 . _ - and short", SHOWN,
               config->prefix);
    free(topic);
    return NULL;
}
