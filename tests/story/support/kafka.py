# SPDX-License-Identifier: Apache-2.0
"""A private Kafka broker for a story: real, one node, on free ports; prepared as for the C tests.

    broker = kafka.Kafka()      # broker.address; kill(), start(), delete("argosy.dispatch")
"""

import ctypes
import os
import socket
import subprocess
import sys

from . import servers

PREPARE = os.path.join(os.environ["ARGOSY_SOURCE"], "tests", "support", "kafka", "prepare.py")
API_VERSIONS = bytes([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF])  # version 0, correlation 1, no client id


class Kafka(servers.Server):
    death = "KILL"
    ready_wait_s = 300  # a JVM on a busy machine

    def __init__(self):
        super().__init__("kafka")
        self.port = servers.free_port()
        self.address = f"127.0.0.1:{self.port}"
        words = [sys.executable, "-B", PREPARE, self.folder, str(self.port), str(servers.free_port())]
        subprocess.run(words, check=True, timeout=600)
        servers.give(self.folder)
        self.argv = ["java", f"@{self.folder}/java.args"]
        self.start()

    def ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                client.sendall(API_VERSIONS)
                return len(client.recv(8)) == 8
        except OSError:
            return False

    def delete(self, *topics):
        """By librdkafka's own hand; topics that are not there are no matter."""
        library = ctypes.CDLL("librdkafka.so.1")
        for name in ("conf_new", "new", "DeleteTopic_new", "queue_new", "queue_poll"):
            getattr(library, "rd_kafka_" + name).restype = ctypes.c_void_p
        problem = ctypes.create_string_buffer(512)
        options = ctypes.c_void_p(library.rd_kafka_conf_new())
        library.rd_kafka_conf_set(options, b"bootstrap.servers", self.address.encode(), problem, 512)
        client = ctypes.c_void_p(library.rd_kafka_new(0, options, problem, 512))
        if not client:
            raise RuntimeError(problem.value.decode())
        queue = ctypes.c_void_p(library.rd_kafka_queue_new(client))
        doomed = (ctypes.c_void_p * len(topics))(*(library.rd_kafka_DeleteTopic_new(t.encode()) for t in topics))
        library.rd_kafka_DeleteTopics(client, doomed, ctypes.c_size_t(len(topics)), None, queue)
        event = ctypes.c_void_p(library.rd_kafka_queue_poll(queue, 30000))
        if not event or library.rd_kafka_event_error(event) != 0:
            raise RuntimeError(f"topics {topics} can't be deleted")
        library.rd_kafka_event_destroy(event)
        library.rd_kafka_DeleteTopic_destroy_array(doomed, ctypes.c_size_t(len(topics)))
        library.rd_kafka_queue_destroy(queue)
        library.rd_kafka_destroy(client)
