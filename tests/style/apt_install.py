# SPDX-License-Identifier: Apache-2.0
"""deploy/apt-install.sh keeps apt quiet while it works and leaves no trace: after success, failure and Ctrl-C.

Stand-ins for apt-get, dpkg-query and update-rc.d; the two files go below a temporary folder.
"""
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("ARGOSY_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
POLICY = "usr/sbin/policy-rc.d"
CLUSTER = "etc/postgresql-common/createcluster.d/argosy.conf"
APT = """#!/bin/bash
echo "$*" >"$ARGOSY_APT_ROOT/apt"
cp "$ARGOSY_APT_ROOT/%s" "$ARGOSY_APT_ROOT/seen-policy"
cp "$ARGOSY_APT_ROOT/%s" "$ARGOSY_APT_ROOT/seen-cluster"
touch "$ARGOSY_APT_ROOT/redis-is-there"
echo ready
eval "$APT_END"
""" % (POLICY, CLUSTER)


class AptInstall(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-apt-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("usr/sbin", "bin"):
            os.makedirs(os.path.join(self.folder, name))
        self.write("bin/apt-get", APT, 0o755)
        self.write("bin/dpkg-query", '#!/bin/sh\n[ -e "$ARGOSY_APT_ROOT/redis-is-there" ] && printf installed\n', 0o755)
        self.write("bin/update-rc.d", '#!/bin/sh\necho "$*" >"$ARGOSY_APT_ROOT/disabled"\n', 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(self.path(name), mode)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as stream:
            return stream.read()

    def start(self, end="exit 0"):
        environment = {**os.environ, "PATH": self.path("bin") + ":/usr/bin:/bin", "ARGOSY_APT_ROOT": self.folder,
                       "APT_END": end}
        return subprocess.Popen(["/bin/bash", os.path.join(SOURCE, "deploy/apt-install.sh"), "one", "two"],
                                env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                start_new_session=True)

    def finish(self, child):
        child.communicate(timeout=180)
        return child.returncode

    def assert_no_trace(self):
        self.assertFalse(os.path.exists(self.path(POLICY)))
        self.assertFalse(os.path.exists(os.path.dirname(self.path(CLUSTER))))

    def test_apt_is_quiet_while_it_works(self):
        self.assertEqual(0, self.finish(self.start()))
        self.assertIn("exit 101", self.read("seen-policy"))
        self.assertIn("create_main_cluster = false", self.read("seen-cluster"))
        self.assertTrue(self.read("apt").endswith(" one two\n"))
        self.assert_no_trace()

    def test_a_redis_that_came_along_does_not_start_at_boot(self):
        self.finish(self.start())
        self.assertEqual("redis-server disable\n", self.read("disabled"))

    def test_a_redis_that_was_there_is_left_alone(self):
        self.write("redis-is-there", "")
        self.finish(self.start())
        self.assertFalse(os.path.exists(self.path("disabled")))

    def test_a_failure_of_apt_is_told_and_leaves_no_trace(self):
        self.assertEqual(100, self.finish(self.start("exit 100")))
        self.assert_no_trace()

    def test_ctrl_c_leaves_no_trace(self):
        child = self.start("sleep 600")
        self.assertEqual("ready\n", child.stdout.readline())
        self.assertTrue(os.path.exists(self.path(POLICY)))
        os.killpg(child.pid, signal.SIGINT)
        self.assertNotEqual(0, self.finish(child))
        self.assert_no_trace()

    def test_a_policy_of_the_machine_is_kept(self):
        self.write(POLICY, "#!/bin/sh\n# the owner's\nexit 101\n", 0o755)
        self.assertEqual(0, self.finish(self.start()))
        self.assertIn("the owner's", self.read(POLICY))

    def test_our_own_leftover_is_replaced_and_removed(self):
        child = self.start("kill -KILL $PPID; exit 0")
        self.assertNotEqual(0, self.finish(child))
        self.assertTrue(os.path.exists(self.path(POLICY)), "the plant did not work")
        self.assertEqual(0, self.finish(self.start()))
        self.assert_no_trace()


if __name__ == "__main__":
    unittest.main()
