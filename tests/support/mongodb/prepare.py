#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An imitation of MongoDB for a test (there is no package with the real one): its jars and how it is started.

    prepare.py FOLDER PORT      then: java @FOLDER/java.args

The jars are fetched by Maven (as this machine's settings configure it) into build/fixtures of the checkout the first
time, and the few lines that start it are compiled. Whatever fails ends with the tool's own words.
"""
import fcntl
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import FIXTURES, download, run  # noqa: E402

VERSION = "1.46.0"
HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.join(FIXTURES, f"mongo-java-server-{VERSION}")

# Its $sample sorts by dice, which Java's newer sort now and then refuses.
JVM = """\
-Djava.util.Arrays.useLegacyMergeSort=true
-Xms64m
-Xmx512m
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-Dorg.slf4j.simpleLogger.defaultLogLevel=warn
-cp
"{jars}/*"
Imitation
{port}
"""


def fetch():
    """Jars and start, once a checkout: appears whole or not at all."""
    os.makedirs(FIXTURES, exist_ok=True)
    with open(os.path.join(FIXTURES, "mongodb.lock"), "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(HOME):
            return
        fresh = HOME + ".new"
        shutil.rmtree(fresh, ignore_errors=True)
        download(["mvn", "-q", "-B", "-f", os.path.join(HERE, "pom.xml"), "dependency:copy-dependencies",
                  f"-Dserver.version={VERSION}", f"-DoutputDirectory={fresh}/lib", "-DincludeScope=runtime"])
        run(["javac", "-cp", f"{fresh}/lib/*", "-d", f"{fresh}/start", os.path.join(HERE, "Imitation.java")])
        run(["jar", "cf", f"{fresh}/lib/start.jar", "-C", f"{fresh}/start", "."])
        os.rename(fresh, HOME)


def visible(path):
    """Can any user read what is there? Servers of a test do not run as root."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def main():
    folder, port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    fetch()
    jars = os.path.join(HOME, "lib")
    if os.geteuid() == 0 and not visible(jars):
        jars = shutil.copytree(jars, os.path.join(folder, "lib"))
    with open(os.path.join(folder, "java.args"), "w", encoding="ascii") as f:
        f.write(JVM.format(jars=jars, port=port))


if __name__ == "__main__":
    main()
