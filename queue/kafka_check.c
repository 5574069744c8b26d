/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/kafka_check.h"

#include <stdio.h>

#include "base/mem.h"
#include "queue/kafka_client.h"

enum { TIMEOUT_MS = 5000 };

enum error_class kafka_check(const struct kafka_config *config, char *ret_text, unsigned size, struct error *e)
{
    const struct rd_kafka_metadata *metadata;
    mem_auto char *dispatch = kafka_topic(config, "dispatch", e);
    rd_kafka_t *handle = dispatch ? kafka_client_blocking(config, e) : NULL;
    if (!handle)
        return e->class;
    rd_kafka_topic_t *topic = kafka.topic_new(handle, dispatch, NULL);
    rd_kafka_resp_err_t failed = kafka.metadata(handle, 0, topic, &metadata, TIMEOUT_MS);
    if (failed) {
        kafka_client_error(failed, config->brokers, NULL, e);
    } else {
        int partitions = metadata->topic_cnt == 1 && !metadata->topics[0].err ? metadata->topics[0].partition_cnt : 0;
        (void)snprintf(ret_text, size, "Kafka, %d brokers; topic %s: %d partitions%s", metadata->broker_cnt, dispatch,
                       partitions, partitions ? "" : ", made when the first program uses it");
        kafka.metadata_destroy(metadata);
    }
    kafka.topic_destroy(topic);
    kafka.destroy(handle);
    return e->class;
}
