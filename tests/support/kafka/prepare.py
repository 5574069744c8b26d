#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real Kafka broker for a test: its jars, its data folder and its configuration.

    prepare.py FOLDER PORT CONTROLLER_PORT     then: java @FOLDER/java.args
    prepare.py --fetch                         only what has to be fetched

One node in KRaft mode on 127.0.0.1. The jars are fetched by Maven (as this machine's settings configure it) into
build/fixtures of the checkout the first time; an empty log is formatted then as well and copied from then on, so that a
start is one JVM. Whatever fails ends with the tool's own words: a test without its broker has failed.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import maven, once, run, visible  # noqa: E402

VERSION = "4.2.0"
HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = "YXJnb3N5LXRlc3RzLTAwMQ"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
num.network.threads=2
num.io.threads=2
num.partitions=1
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
initial.broker.registration.timeout.ms=300000
log.segment.bytes=16777216
log.retention.check.interval.ms=1000
log.cleaner.dedupe.buffer.size=2097152
"""

JVM = """\
-Xms64m
-Xmx256m
-Xshare:auto
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-XX:-UsePerfData
-Djava.io.tmpdir={folder}
-Djava.awt.headless=true
-Djava.net.preferIPv4Stack=true
-Dorg.slf4j.simpleLogger.defaultLogLevel=warn
-Dorg.slf4j.simpleLogger.showDateTime=true
-cp
"{jars}/*"
"""


def make(folder):
    """The jars and a formatted log."""
    maven(["-f", os.path.join(HERE, "pom.xml"), "dependency:copy-dependencies", f"-Dkafka.version={VERSION}",
           "-DincludeScope=runtime"], f"{folder}/lib")
    configure(folder, f"{folder}/lib", 1, 2)
    run(["java", f"@{folder}/java.args", "kafka.tools.StorageTool", "format", "--config",
         f"{folder}/server.properties", "--cluster-id", CLUSTER])


def configure(folder, jars, port, controller):
    with open(os.path.join(folder, "server.properties"), "w", encoding="ascii") as f:
        f.write(PROPERTIES.format(folder=folder, port=port, controller=controller))
    with open(os.path.join(folder, "java.args"), "w", encoding="ascii") as f:
        f.write(JVM.format(jars=jars, folder=folder))


def main():
    home = once(f"kafka-{VERSION}", make)
    if sys.argv[1] == "--fetch":
        return
    folder, port, controller = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    jars = os.path.join(home, "lib")
    if os.geteuid() == 0 and not visible(jars):
        jars = shutil.copytree(jars, os.path.join(folder, "lib"))
    shutil.copytree(os.path.join(home, "data"), os.path.join(folder, "data"))
    configure(folder, jars, port, controller)
    with open(os.path.join(folder, "java.args"), "a", encoding="ascii") as f:
        f.write(f"kafka.Kafka\n{folder}/server.properties\n")


if __name__ == "__main__":
    main()
