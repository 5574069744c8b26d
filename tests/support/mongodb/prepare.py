#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An imitation of MongoDB for a test (there is no package with the real one): its jars and how it is started.

    prepare.py FOLDER PORT      then: java @FOLDER/java.args
    prepare.py --fetch          only what has to be fetched

The jars are fetched by Maven (as this machine's settings configure it) into build/fixtures of the checkout the first
time, and the few lines that start it are compiled. Whatever fails ends with the tool's own words.
"""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import maven, once, run, visible  # noqa: E402

VERSION = "1.46.0"
HERE = os.path.dirname(os.path.abspath(__file__))

# Its $sample sorts by dice, which Java's newer sort now and then refuses.
JVM = """\
-Djava.util.Arrays.useLegacyMergeSort=true
-Xms64m
-Xmx512m
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-XX:-UsePerfData
-Djava.io.tmpdir={folder}
-Dorg.slf4j.simpleLogger.defaultLogLevel=warn
-cp
"{jars}/*"
Imitation
{port}
"""


def make(folder):
    """Jars and start."""
    maven(["-f", os.path.join(HERE, "pom.xml"), "dependency:copy-dependencies", f"-Dserver.version={VERSION}",
           "-DincludeScope=runtime"], f"{folder}/lib")
    run(["javac", "-cp", f"{folder}/lib/*", "-d", f"{folder}/start", os.path.join(HERE, "Imitation.java")])
    run(["jar", "cf", f"{folder}/lib/start.jar", "-C", f"{folder}/start", "."])


def main():
    home = once(f"mongo-java-server-{VERSION}", make)
    if sys.argv[1] == "--fetch":
        return
    folder, port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    jars = os.path.join(home, "lib")
    if os.geteuid() == 0 and not visible(jars):
        jars = shutil.copytree(jars, os.path.join(folder, "lib"))
    with open(os.path.join(folder, "java.args"), "w", encoding="ascii") as f:
        f.write(JVM.format(jars=jars, folder=folder, port=port))


if __name__ == "__main__":
    main()
