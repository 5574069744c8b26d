# SPDX-License-Identifier: Apache-2.0
"""./dev and packages: asks once on a terminal, goes ahead without one, lists what comes, installs only what is missing.

Runs a copy of ./dev beside stand-ins for dpkg-query, apt-get, sudo, cmake and ninja that write down how they were
called; tests/fresh/run does the same with the real ones.
"""
import os
import pty
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("ARGOSY_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
STANDINS = {
    "dpkg-query": 'case " $INSTALLED " in *" ${@: -1} "*) printf installed ;; *) exit 1 ;; esac',
    "apt-get": 'echo "apt-get $*" >>"$CALLS"\n'
               'case "$*" in *--simulate*) printf "%s\\n" "Inst libfirst (1.0 Debian)" "Inst libsecond (2)" ;; esac',
    "sudo": 'echo "sudo $*" >>"$CALLS"; exec "$@"',
    "bash": 'case "$1" in deploy/*) echo "bash $*" >>"$CALLS" ;; *) exec /bin/bash "$@" ;; esac',
    "cmake": 'mkdir -p build/release; touch build/release/build.ninja',
    "ninja": 'echo "ninja $*" >>"$CALLS"; printf "#!/bin/sh\\necho \\"$*\\"\\n" >build/release/argosy',
}


class Dev(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-dev-")
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(os.path.join(SOURCE, "dev"), self.folder)
        os.mkdir(os.path.join(self.folder, "deploy"))
        self.write("deploy/packages.txt", "# build\nfirst\nsecond    # why\n\n")
        os.mkdir(os.path.join(self.folder, "bin"))
        for name, script in STANDINS.items():
            self.write("bin/" + name, "#!/bin/bash\n" + script + "\n", 0o755)
        self.calls = os.path.join(self.folder, "calls")
        self.write("calls", "")

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(path, mode)

    def environment(self, installed):
        return {**os.environ, "PATH": os.path.join(self.folder, "bin") + ":/usr/bin:/bin", "CALLS": self.calls,
                "INSTALLED": installed}

    def run_dev(self, *arguments, installed=""):
        done = subprocess.run(["/bin/bash", os.path.join(self.folder, "dev"), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, env=self.environment(installed), check=False)
        return done.returncode, done.stdout, done.stderr

    def run_dev_on_terminal(self, answer, *arguments):
        """Whole dialogue as one text, and the exit code."""
        child, terminal = pty.fork()
        if child == 0:
            os.execve("/bin/bash", ["bash", os.path.join(self.folder, "dev"), *arguments], self.environment(""))
        os.write(terminal, answer)
        text = b""
        while True:
            try:
                part = os.read(terminal, 4096)
            except OSError:
                break
            if not part:
                break
            text += part
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode()

    def called(self):
        with open(self.calls, encoding="utf-8") as stream:
            return stream.read()

    def test_without_a_terminal_it_goes_ahead_and_says_what_comes(self):
        code, out, err = self.run_dev("build")
        self.assertEqual((0, ""), (code, out))
        self.assertIn("apt will install 2 packages", err)
        self.assertIn("libfirst libsecond", err)
        self.assertRegex(self.called(), r"bash deploy/apt-install.sh first second\n")
        self.assertIn("ninja -C build/release argosy", self.called())
        self.assertTrue(os.path.exists(os.path.join(self.folder, "build/argosy")))

    def test_only_what_is_missing_is_asked_of_apt(self):
        self.assertEqual(0, self.run_dev("build", installed="first")[0])
        self.assertRegex(self.called(), r"apt-install.sh second\n")

    def test_nothing_is_asked_when_all_is_there(self):
        code, _, err = self.run_dev("build", installed="first second")
        self.assertEqual(0, code)
        self.assertNotIn("apt", self.called())
        self.assertNotIn("apt", err)

    def test_a_user_goes_through_sudo(self):
        self.run_dev("build")
        self.assertEqual(os.geteuid() != 0, "sudo apt-get update" in self.called())

    def test_a_terminal_is_asked_once_and_no_means_no(self):
        code, text = self.run_dev_on_terminal(b"n\n", "build")
        self.assertEqual(1, code, text)
        self.assertEqual(1, len(re.findall(r"Install them\?", text)))
        self.assertNotIn("apt-install.sh", self.called())
        self.assertNotIn("ninja", self.called())

    def test_yes_on_a_terminal(self):
        code, text = self.run_dev_on_terminal(b"\n", "build")
        self.assertEqual(0, code, text)
        self.assertIn("apt-install.sh first second", self.called())

    def test_the_option_yes_asks_nothing(self):
        code, text = self.run_dev_on_terminal(b"", "build", "--yes")
        self.assertEqual(0, code, text)
        self.assertNotIn("Install them?", text)

    def test_the_demo_gets_its_options_and_stdout_for_itself(self):
        self.write("bin/ninja", "#!/bin/bash\necho noise\nprintf '#!/bin/sh\\necho \"$*\"\\n' >build/release/argosy\n"
                   "chmod 755 build/release/argosy\n", 0o755)
        code, out, _ = self.run_dev("demo", "--once", "--yes", "--output", "json", installed="first second")
        self.assertEqual((0, "demo --once --output json\n"), (code, out))

    def test_a_wrong_command_is_told(self):
        code, out, err = self.run_dev("biuld")
        self.assertEqual((2, ""), (code, out))
        self.assertIn("usage: ./dev", err)

    def test_a_failed_build_stops_it(self):
        self.write("bin/ninja", "#!/bin/bash\nexit 1\n", 0o755)
        code, _, err = self.run_dev("demo", installed="first second")
        self.assertEqual(1, code)
        self.assertIn("the build failed", err)


if __name__ == "__main__":
    unittest.main()
