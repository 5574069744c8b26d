/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/kafka_topics.h"

#include <assert.h>

enum { WISHES_MAX = 4, BROKER_DEFAULT = -1 };

static rd_kafka_AdminOptions_t *patience(struct kafka_client *c, rd_kafka_admin_op_t operation, int patience_ms)
{
    rd_kafka_AdminOptions_t *options = kafka.AdminOptions_new(kafka_client_handle(c), operation);
    char why[128];
    kafka.AdminOptions_set_request_timeout(options, patience_ms, why, sizeof why);
    return options;
}

void kafka_topics_make(struct kafka_client *c, const struct kafka_topic_wish *wishes, unsigned count, int patience_ms)
{
    rd_kafka_NewTopic_t *topics[WISHES_MAX];
    char why[128];
    assert(count <= WISHES_MAX);
    for (unsigned i = 0; i < count; i++) {
        topics[i] = kafka.NewTopic_new(wishes[i].name, wishes[i].partitions, BROKER_DEFAULT, why, sizeof why);
        for (const char *const *pair = wishes[i].settings; pair && pair[0]; pair += 2)
            kafka.NewTopic_set_config(topics[i], pair[0], pair[1]);
    }
    rd_kafka_AdminOptions_t *options = patience(c, RD_KAFKA_ADMIN_OP_CREATETOPICS, patience_ms);
    kafka.CreateTopics(kafka_client_handle(c), topics, count, options, kafka_client_queue(c));
    kafka.AdminOptions_destroy(options);
    kafka.NewTopic_destroy_array(topics, count);
}

void kafka_topics_grow(struct kafka_client *c, const char *name, int partitions, int patience_ms)
{
    char why[128];
    rd_kafka_NewPartitions_t *more = kafka.NewPartitions_new(name, (size_t)partitions, why, sizeof why);
    rd_kafka_AdminOptions_t *options = patience(c, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, patience_ms);
    kafka.CreatePartitions(kafka_client_handle(c), &more, 1, options, kafka_client_queue(c));
    kafka.AdminOptions_destroy(options);
    kafka.NewPartitions_destroy(more);
}

static bool is_fine(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ||
           code == RD_KAFKA_RESP_ERR_INVALID_PARTITIONS || code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

enum error_class kafka_topics_answer(rd_kafka_event_t *event, struct error *e)
{
    const rd_kafka_topic_result_t **results = NULL;
    size_t count = 0;
    if (kafka.event_error(event))
        return kafka_client_error(kafka.event_error(event), "make topics", kafka.event_error_string(event), e);
    if (kafka.event_type(event) == RD_KAFKA_EVENT_CREATETOPICS_RESULT)
        results = kafka.CreateTopics_result_topics(kafka.event_CreateTopics_result(event), &count);
    else
        results = kafka.CreatePartitions_result_topics(kafka.event_CreatePartitions_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = kafka.topic_result_error(results[i]);
        if (!is_fine(code))
            return kafka_client_error(code, "make topics", kafka.topic_result_error_string(results[i]), e);
    }
    return ERROR_OK;
}
