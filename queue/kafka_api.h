/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_api.h - librdkafka, loaded when the first Kafka client is made: a process without Kafka does not carry it.
 *
 * kafka.NAME is rd_kafka_NAME. The table is filled once by kafka_api_load() and constant from then on.
 */
#ifndef QUEUE_KAFKA_API_H
#define QUEUE_KAFKA_API_H

#include <librdkafka/rdkafka.h>

#include "base/error.h"

/* clang-format off */
#define KAFKA_FUNCTIONS(X)                                                                                            \
    X(err2str) X(last_error) X(conf_new) X(conf_destroy) X(conf_set) X(conf_set_log_cb) X(conf_set_events)            \
    X(new) X(destroy) X(destroy_flags) X(purge) X(topic_conf_new) X(topic_conf_set) X(topic_new)                      \
    X(topic_destroy) X(produce) X(consume_start_queue) X(consume_stop) X(metadata) X(metadata_destroy)                \
    X(queue_new) X(queue_destroy) X(queue_poll) X(queue_get_main) X(queue_get_consumer)                               \
    X(queue_io_event_enable) X(event_type) X(event_destroy) X(event_error) X(event_error_string)                      \
    X(event_error_is_fatal) X(event_message_next) X(event_topic_partition) X(topic_partition_destroy)                 \
    X(message_headers) X(header_get_all) X(headers_new) X(headers_copy) X(headers_destroy) X(header_add)              \
    X(produceva) X(error_code) X(error_destroy) X(error_string) X(subscribe) X(commit_queue)                          \
    X(topic_partition_list_new) X(topic_partition_list_add) X(topic_partition_list_destroy)                           \
    X(topic_partition_list_find) X(AdminOptions_new) X(AdminOptions_destroy)                                          \
    X(AdminOptions_set_request_timeout) X(NewTopic_new) X(NewTopic_set_config) X(NewTopic_destroy_array)              \
    X(CreateTopics) X(NewPartitions_new) X(NewPartitions_destroy) X(CreatePartitions) X(DeleteTopic_new)              \
    X(DeleteTopic_destroy_array) X(DeleteTopics) X(DeleteGroup_new) X(DeleteGroup_destroy) X(DeleteGroups)            \
    X(event_DeleteGroups_result) X(DeleteGroups_result_groups) X(group_result_error)                                  \
    X(event_CreateTopics_result) X(CreateTopics_result_topics) X(event_CreatePartitions_result)                       \
    X(CreatePartitions_result_topics) X(topic_result_error) X(topic_result_error_string)
/* clang-format on */

struct kafka_api {
#define X(function) __typeof__(rd_kafka_##function) *function;
    KAFKA_FUNCTIONS(X)
#undef X
};
extern struct kafka_api kafka;

/* ERROR_UNAVAILABLE "kafka_library" when librdkafka is not installed or too old. */
enum error_class kafka_api_load(struct error *e);

#endif
