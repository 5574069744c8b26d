# SPDX-License-Identifier: Apache-2.0
"""A private MariaDB or MySQL 8 for a story, on a unix socket, without durability, gone with the story.

    from support import mysql
    server = mysql.Mariadb()     # or mysql.Mysql8(); server.run(SQL), server.dump("--events"), server.url("made")

MariaDB is Debian's; MySQL is fetched once by tests/support/mysql/prepare.py. The C twin is
tests/support/mysql_server.h.
"""
import os
import shutil
import subprocess

from . import servers

PREPARE = os.path.join(os.environ["ARGOSY_SOURCE"], "tests", "support", "mysql", "prepare.py")


class Mysql(servers.Server):
    """What both have; they keep their temporary tables to themselves."""

    death = "KILL"

    def __init__(self, name):
        super().__init__(name)
        self.socket = os.path.join(self.folder, "s")
        self.login = ["--no-defaults", "-uroot", "-S", self.socket, "--default-character-set=utf8mb4"]

    def ready(self):
        return subprocess.run(["mariadb", *self.login, "-e", "SELECT 1"], capture_output=True,
                              check=False).returncode == 0

    def run(self, script, *database):
        subprocess.run(["mariadb", *self.login, *database], input=script.encode(), check=True)

    def dump(self, *arguments):
        return subprocess.run(["mariadb-dump", *self.login, *arguments], stdout=subprocess.PIPE, check=True).stdout

    def url(self, database):
        return f"mysql://root@localhost/{database}?socket={self.socket}"


class Mariadb(Mysql):
    def __init__(self):
        super().__init__("maria")
        data, temporary = f"--datadir={self.folder}/data", f"--tmpdir={self.folder}"
        with open(self.log, "ab") as log:
            subprocess.run(servers.demoted(["mariadb-install-db", "--no-defaults", data, temporary, "--skip-test-db",
                                            "--auth-root-authentication-method=normal", "--skip-name-resolve"]),
                           check=True, stdout=log, stderr=log, cwd="/")
        self.argv = [shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", data, "--skip-networking",
                     f"--socket={self.socket}", temporary, "--innodb-flush-log-at-trx-commit=0"]
        self.start()


class Mysql8(Mysql):
    def __init__(self):
        super().__init__("mysql")
        files = os.path.join(servers.folder(), "mysql8")  # whose folder it makes for any user to see
        os.mkdir(files, 0o755)
        subprocess.run(["/usr/bin/python3", "-B", PREPARE, files], check=True)
        servers.give(os.path.join(files, "data"))
        home = os.path.join(files, "home")
        self.argv = [f"{home}/bin/mysqld", "--no-defaults", f"--basedir={home}", f"--datadir={files}/data",
                     f"--lc-messages-dir={home}/share", f"--socket={self.socket}", f"--tmpdir={self.folder}",
                     "--skip-networking", "--mysqlx=OFF", "--skip-log-bin", "--performance-schema=OFF",
                     "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
                     "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=4M", f"--pid-file={self.folder}/pid"]
        self.start()
