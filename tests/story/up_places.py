#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where and as whom `argosy up` runs: deep and foreign folders, taken ports, root, ordinary users, no PostgreSQL."""

import glob
import json
import os
import pwd
import signal
import socket
import stat
import subprocess
import tempfile
import unittest

from support import api, family, fleet, servers

LISTEN = "--listen=127.0.0.1:0"


def refused(*words, prefix=(), **environment):
    """`argosy up` that must end by itself at once: (code, error)."""
    done = subprocess.run([*prefix, fleet.BIN, "up", "--output", "json", *words], env=fleet.environment(**environment),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=servers.PATIENCE_S, check=False)
    assert done.stdout == "", done.stdout
    return done.returncode, json.loads(done.stderr.strip().splitlines()[-1])


class Folders(unittest.TestCase):
    def test_deep(self):
        """Too deep for a socket's path: the sockets go to a short folder, which goes with the run."""
        f = fleet.Fleet(workers=1, slots=1)
        self.addCleanup(f.stop)
        for _ in range(3):
            os.chmod(f.folder, 0o755)
            f.folder = os.path.join(f.folder, "deep" * 15)
            os.mkdir(f.folder)
        servers.give(f.folder)
        f.environment["ARGOSY_DATA_DIR"] = f.folder
        f.start()
        self.assertNotIn(f.folder, f.state["database_url"])
        sockets = os.path.dirname(f.state["redis_url"][len("unix://"):])
        status = os.stat(sockets)
        self.assertEqual((0o700, os.stat(f.folder).st_uid), (stat.S_IMODE(status.st_mode), status.st_uid))
        f.run("job", "watch", f.run("job", "submit", "noop").strip())
        self.assertEqual([], [row for row in f.json("doctor") if row["status"] == "error"])
        f.stop()
        self.assertFalse(os.path.exists(sockets))

    def test_what_can_not_be_one(self):
        path = os.path.join(servers.folder(), "a-file")
        with open(path, "w", encoding="utf-8") as f:
            f.write("x")
        for folder in (path, os.path.join(path, "below")):
            with self.subTest(folder):
                code, error = refused("--data-dir", folder, LISTEN)
                self.assertEqual((4, "folder_refused"), (code, error["error_code"]))

    @unittest.skipIf(os.geteuid() != 0, "only root could give a folder away")
    def test_root_gives_no_foreign_folder_away(self):
        """A slip in --data-dir as root must not change whom somebody's files belong to."""
        folder = tempfile.mkdtemp(dir=servers.folder())
        with open(os.path.join(folder, "letter"), "w", encoding="utf-8") as f:
            f.write("mine")
        for owner in (0, servers.unprivileged().pw_uid):
            os.chown(folder, owner, -1)
            code, error = refused("--data-dir", folder, LISTEN)
            self.assertEqual((4, "folder_refused"), (code, error["error_code"]), error)
            self.assertEqual({owner, 0}, {os.stat(folder).st_uid, os.stat(os.path.join(folder, "letter")).st_uid})
            self.assertEqual(["letter"], os.listdir(folder))


class Ports(unittest.TestCase):
    def test_a_taken_port(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            address = f"127.0.0.1:{other.getsockname()[1]}"
            folder = tempfile.mkdtemp(dir=servers.folder())
            code, error = refused("--listen", address, ARGOSY_DATA_DIR=folder)
            self.assertEqual((4, "port_in_use"), (code, error["error_code"]))
            self.assertIn(address, error["message"])
            self.assertEqual({}, family.gone(folder))

    def test_the_port_is_kept_while_nobody_listens(self):
        """From its choice until the end, also while the gateway is being started: nobody else is given it."""
        with fleet.Fleet(workers=1, slots=1) as f:
            port, before = int(f.state["url"].rpartition(":")[2]), f.pid("gateway")
            os.kill(before, signal.SIGKILL)

            def again():
                with socket.socket() as other:
                    with self.assertRaises(OSError):
                        other.bind(("127.0.0.1", port))
                return f.pid("gateway") not in (before, None)

            def answers():
                try:
                    return api.call(f, "/readyz")["status"] == "ready"
                except OSError:
                    return False

            fleet.eventually(again)
            fleet.eventually(answers)

    def test_what_is_no_address(self):
        for listen in ("7070", "127.0.0.1:x", "127.0.0.1:70000", ""):
            with self.subTest(listen):
                folder = tempfile.mkdtemp(dir=servers.folder())
                code, error = refused("--listen", listen, ARGOSY_DATA_DIR=folder)
                self.assertEqual((2, "invalid_setting"), (code, error["error_code"]))


class Users(unittest.TestCase):
    def lives_as(self, f, uid):
        everybody = family.of(f.folder)
        self.assertGreater(len(everybody), 6)
        self.assertEqual({uid}, family.users(everybody))
        for name in ("api.key", "secret.key", "up.json"):
            path = os.path.join(f.folder, name)
            if os.path.exists(path):
                self.assertEqual((uid, 0o600), (os.stat(path).st_uid, stat.S_IMODE(os.stat(path).st_mode)), path)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(f.folder).st_mode))

    def test_as_ourselves(self):
        """Root becomes nobody; an ordinary user stays who it is."""
        uid = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
        with fleet.Fleet(workers=1, slots=1) as f:
            f.run("job", "watch", f.run("job", "submit", "noop").strip())
            self.lives_as(f, uid)

    @unittest.skipIf(os.geteuid() != 0, "we are an ordinary user ourselves")
    def test_as_an_ordinary_user(self):
        user = servers.unprivileged()
        f = fleet.Fleet(workers=1, slots=1)
        with open(f.folder + ".log", "ab") as log:
            up = subprocess.Popen(servers.demoted([fleet.BIN, "up", *f.arguments], "TERM"), env=f.environment,
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(up.wait)
        self.addCleanup(up.terminate)
        fleet.eventually(lambda: os.path.exists(os.path.join(f.folder, "up.json")))
        done = subprocess.run(servers.demoted([fleet.BIN, "job", "submit", "noop"]), env=f.environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        self.lives_as(f, user.pw_uid)

    @unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
    def test_nobody_to_become(self):
        folder = tempfile.mkdtemp(dir=servers.folder())
        for user in ("root", "no-such-user-here"):
            code, error = refused("--user", user, LISTEN, ARGOSY_DATA_DIR=folder)
            self.assertEqual((2, "no_such_user"), (code, error["error_code"]))


class Missing(unittest.TestCase):
    def test_no_postgresql_is_installed(self):
        """The folder of its programs is hidden from one process."""
        hide = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /usr/lib/postgresql && exec "$@"', "sh"]
        if subprocess.run([*hide, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("skipped: we may not hide /usr/lib/postgresql here")
        self.assertTrue(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        folder = tempfile.mkdtemp(dir=servers.folder())
        code, error = refused(LISTEN, prefix=hide, ARGOSY_DATA_DIR=folder)
        self.assertEqual((69, "postgresql_missing"), (code, error["error_code"]))
        self.assertIn("apt install postgresql", error["message"])
        self.assertIn("--database-url", error["message"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
