# SPDX-License-Identifier: Apache-2.0
"""Private servers for a story: PostgreSQL and Redis on unix sockets, unprivileged, gone with the story.

    from support import servers
    postgres = servers.Postgres()      # postgres.conninfo, postgres.url, postgres.pid
    redis = servers.Redis()            # redis.path, redis.url, redis.pid

They come up in the constructor (an exception shows the log otherwise) and stop at exit; stop(), kill() and restart()
are for stories about faults. Whatever way the story ends, the death signal stops the servers and a cleaner of its own
session removes the folder. The C twin is tests/support/server.h.
"""
import atexit
import fcntl
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

PATIENCE_S = 180  # what is awaited happens long before, even on a machine that has much else to do
_folder = None
_held = {}  # port: the socket that keeps it


def unprivileged():
    """The user that servers run as: ourselves, or postgres or nobody when we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("neither user postgres nor nobody exists")


def demoted(argv, death="KILL"):
    """argv, to run as the unprivileged user and to die with us."""
    prefix = ["setpriv", "--pdeathsig", death]
    if os.geteuid() == 0:
        user = unprivileged()
        prefix += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--init-groups"]
    return prefix + argv


def give(path):
    """The folder and all below it to the unprivileged user, if we are root."""
    if os.geteuid() == 0:
        user = unprivileged()
        for parent, folders, files in os.walk(path):
            for name in [""] + folders + files:
                os.chown(os.path.join(parent, name), user.pw_uid, user.pw_gid, follow_symlinks=False)


# A fleet that the story had no time to stop goes first: it changes its user, which ends a death signal, so it is known
# by its data folder, which is in ours. PostgreSQL is told to end at once: killed, it leaves its shared memory behind.
CLEANER = """
trap '' INT TERM
cat >/dev/null
for one in $(grep -lsF "ARGOSY_DATA_DIR=$1/" /proc/[0-9]*/environ); do
    one=${one#/proc/}
    one=${one%/environ}
    if [ "$(cat "/proc/$one/comm")" = postgres ]; then kill -QUIT "$one"; kill -CONT "$one"; else kill -KILL "$one"; fi
done
for i in $(seq 600); do rm -rf -- "$1" && exit; sleep 0.1; done
"""


def folder():
    """The story's own temporary folder; a process that is not in our family removes it when we are gone."""
    global _folder
    if _folder is None:
        parent = tempfile.gettempdir()
        short = len(parent) <= 60 and " " not in parent  # for sockets, and for addresses in the form "name=value"
        _folder = tempfile.mkdtemp(prefix="argosy-test-", dir=parent if short else "/tmp")
        os.chmod(_folder, 0o755)
        cleaner = subprocess.Popen(["setsid", "--fork", "sh", "-c", CLEANER, "cleaner", _folder],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cleaner.wait()
        globals()["_pipe"] = cleaner.stdin   # open as long as we live
        temporary = os.path.join(_folder, "tmp")   # what programs leave there goes as well
        os.mkdir(temporary)
        os.chmod(temporary, 0o1777)
        os.environ["TMPDIR"] = tempfile.tempdir = temporary
    return _folder


def free_port():
    """A TCP port of 127.0.0.1 that is ours as long as we live: a server of ours may listen there, whenever and as often
    as it likes (all of them set SO_REUSEADDR), nobody else is given it, and while no one listens who calls is refused.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", 0))
    port = keeper.getsockname()[1]
    _held[port] = keeper
    return port


class Server:
    """One child. Subclasses set self.argv, self.death and ready()."""

    count = 0
    ready_wait_s = PATIENCE_S

    def __init__(self, name):
        Server.count += 1
        self.folder = os.path.join(folder(), f"{name}{Server.count}")
        os.mkdir(self.folder, 0o700)
        give(self.folder)
        self.log = os.path.join(self.folder, "log")
        self.child = None
        atexit.register(self.stop)

    @property
    def pid(self):
        return self.child.pid

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(demoted(self.argv, self.death), stdin=subprocess.DEVNULL, stdout=log,
                                          stderr=log, cwd="/", env={**os.environ, "HOME": os.environ["TMPDIR"]})
        deadline = time.monotonic() + self.ready_wait_s
        while not self.ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                with open(self.log, encoding="utf-8", errors="replace") as log:
                    raise RuntimeError(f"{self.argv[0]} did not come up:\n{log.read()}")
            time.sleep(0.01)

    def kill(self):
        """A crash."""
        self.child.kill()
        self.child.wait()

    def restart(self):
        """A crash, and up again with the same data on the same socket."""
        self.kill()
        self.start()

    def stop(self):
        if self.child and self.child.poll() is None:
            self.child.send_signal(getattr(signal, "SIG" + self.death))
            self.child.send_signal(signal.SIGCONT)
            self.child.wait()


class Postgres(Server):
    """A fresh cluster without durability; superuser argosy, database postgres."""

    death = "QUIT"

    def __init__(self, *settings):
        super().__init__("pg")
        self.data = os.path.join(self.folder, "data")
        self._create()
        self.conninfo = f"host={self.folder} port=5432 user=argosy dbname=postgres"
        self.url = self.database_url("postgres")
        options = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", "full_page_writes=off",
                   "shared_buffers=32MB", "max_connections=60", "max_wal_size=64MB", "jit=off",
                   "log_min_messages=warning", "timezone=UTC",
                   "dynamic_shared_memory_type=mmap",  # in its folder: /dev/shm is the machine's, small in containers
                   *settings]
        self.argv = [self.program("postgres"), "-D", self.data] + [arg for option in options for arg in ("-c", option)]
        self.start()

    def database_url(self, database):
        return f"postgresql://argosy@{urllib.parse.quote(self.folder, safe='')}:5432/{urllib.parse.quote(database)}"

    @staticmethod
    def program(name):
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))
        return found[-1] if found else name

    def ready(self):
        asked = subprocess.run([self.program("pg_isready"), "-q", "-h", self.folder, "-p", "5432"], check=False)
        return asked.returncode == 0

    def crash(self):
        """Immediate mode: every session ends without a word, and the next start replays the log."""
        self.child.send_signal(signal.SIGQUIT)
        self.child.wait()

    def _initdb(self):
        argv = [self.program("initdb"), "--pgdata", self.data, "--username=argosy", "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-sync", "--no-instructions", "--wal-segsize=1"]
        subprocess.run(demoted(argv), check=True, stdout=subprocess.DEVNULL, cwd="/")

    def _create(self):
        """initdb once a build tree, copies afterwards; the same template as cluster.c's."""
        build = os.environ.get("ARGOSY_BUILD")
        if not build:
            self._initdb()
            return
        template = os.path.join(build, "fixtures", "postgres")
        with open(os.path.join(build, "fixtures.lock"), "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.isdir(template):
                self._initdb()
                os.makedirs(os.path.dirname(template), exist_ok=True)
                fresh = tempfile.mkdtemp(prefix="new.", dir=os.path.dirname(template))
                shutil.copytree(self.data, fresh, dirs_exist_ok=True)
                os.rename(fresh, template)
                return
        shutil.copytree(template, self.data)
        give(self.data)


class Redis(Server):
    """An empty Redis without persistence."""

    death = "KILL"

    def __init__(self):
        super().__init__("redis")
        self.path = os.path.join(self.folder, "redis.sock")
        self.url = "unix://" + self.path
        self.argv = ["redis-server", "--port", "0", "--unixsocket", self.path, "--unixsocketperm", "777",
                     "--save", "", "--appendonly", "no", "--dir", self.folder, "--daemonize", "no", "--logfile", ""]
        self.start()

    def command(self, *words):
        """One command, its raw reply: enough to ask PING or to count."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.path)
            request = b"*%d\r\n" % len(words)
            for word in words:
                request += b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode())
            client.sendall(request)
            return client.recv(65536).decode()

    def ready(self):
        try:
            return self.command("PING").startswith("+PONG")
        except OSError:
            return False


class PgBouncer(Server):
    """A pooler in transaction mode before a Postgres: each transaction gets whatever server is free."""

    death = "TERM"

    def __init__(self, postgres, pool=4):
        super().__init__("bouncer")
        ini = os.path.join(self.folder, "pgbouncer.ini")
        with open(ini, "w", encoding="utf-8") as f:
            f.write(f"[databases]\n* = host={postgres.folder} port=5432 user=argosy\n[pgbouncer]\n"
                    f"listen_addr =\nlisten_port = 6432\nunix_socket_dir = {self.folder}\nauth_type = any\n"
                    f"pool_mode = transaction\ndefault_pool_size = {pool}\nmax_client_conn = 300\n"
                    "server_login_retry = 1\n")
        give(self.folder)
        self.argv = [self.program(), ini]
        self.start()

    @staticmethod
    def program():
        return "/usr/sbin/pgbouncer" if os.path.exists("/usr/sbin/pgbouncer") else "pgbouncer"

    def database_url(self, database):
        return f"postgresql://argosy@{urllib.parse.quote(self.folder, safe='')}:6432/{urllib.parse.quote(database)}"

    def ready(self):
        return os.path.exists(os.path.join(self.folder, ".s.PGSQL.6432"))

    def kill(self):
        super().kill()
        os.unlink(os.path.join(self.folder, ".s.PGSQL.6432"))


class TcpRedis(Server):
    """A Redis on a port, for what needs one: replicas, sentinels, its own settings."""

    death = "KILL"

    def __init__(self, *settings, program="redis-server", name="redis"):
        super().__init__(name)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.file = os.path.join(self.folder, "redis.conf")   # a sentinel rewrites its own
        with open(self.file, "w", encoding="utf-8") as f:
            f.write(f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\nlogfile \"\"\n" + "\n".join(settings) + "\n")
        give(self.folder)
        self.argv = [program, self.file]
        self.start()

    def command(self, *words):
        with socket.create_connection(("127.0.0.1", self.port), 2) as client:
            client.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w)
                                                            for w in (word.encode() for word in words)))
            return client.recv(65536).decode()

    def ready(self):
        try:
            return self.command("PING").startswith("+PONG")
        except OSError:
            return False


class Sentinels:
    """A Redis master, a replica that has all of it, and three sentinels that fail over after a second."""

    def __init__(self):
        plain = ['save ""', "repl-diskless-sync-delay 0"]
        self.master = TcpRedis(*plain)
        self.replica = TcpRedis(*plain, f"replicaof 127.0.0.1 {self.master.port}")
        self.sentinels = [
            TcpRedis(f"sentinel monitor fleet 127.0.0.1 {self.master.port} 2",
                     "sentinel down-after-milliseconds fleet 1000", "sentinel failover-timeout fleet 5000",
                     program="redis-sentinel", name="sentinel") for _ in range(3)]
        hosts = ",".join(f"127.0.0.1:{s.port}" for s in self.sentinels)
        self.url = f"redis+sentinel://{hosts}/fleet"
        deadline = time.monotonic() + PATIENCE_S
        while not self.settled():
            if time.monotonic() > deadline:
                raise RuntimeError("the sentinels did not find one another")
            time.sleep(0.05)

    def settled(self):
        return all("num-other-sentinels\r\n$1\r\n2\r\n" in s.command("SENTINEL", "master", "fleet")
                   and "num-slaves\r\n$1\r\n1\r\n" in s.command("SENTINEL", "master", "fleet")
                   for s in self.sentinels) and "master_link_status:up" in self.replica.command("INFO", "replication")
