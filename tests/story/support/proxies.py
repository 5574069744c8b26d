# SPDX-License-Identifier: Apache-2.0
"""Wires that can be cut: proxies between programs and servers on unix sockets, in a process of their own.

    wires = proxies.Proxies({"worker-pg": (listen path, target path), ...})
    wires.mode("worker-pg", "open")      # passes on
    wires.mode("worker-pg", "cut")       # ends what is connected; new connections pass again
    wires.mode("worker-pg", "refuse")    # ends what is connected, and every new connection at once
    wires.mode("worker-pg", "hole")      # accepts, passes nothing on and says nothing: a dead network
    wires.mode("worker-pg", "slow", 200) # passes on, each piece that many ms later

The project's own in the place of Toxiproxy, which Debian does not have. One loop, one thread: what came is written as
far as the other side takes it; nothing is read while more than PIECE_MAX waits.
"""

import heapq
import os
import selectors
import socket
import subprocess
import sys
import time

PIECE_MAX = 1 << 18


class Proxies:
    def __init__(self, routes):
        words = [f"{name}={listen}={target}" for name, (listen, target) in routes.items()]
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, "-B", os.path.abspath(__file__), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.child.stdout.readline() != "ready\n":
            raise RuntimeError("the proxies did not come up")

    def mode(self, name, mode, ms=0):
        """Returns once it holds."""
        self.child.stdin.write(f"{name} {mode} {ms}\n")
        self.child.stdin.flush()
        if self.child.stdout.readline() != f"{name} {mode}\n":
            raise RuntimeError("the proxies are gone")

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


class Route:
    def __init__(self, name, listen, target):
        self.name, self.target = name, target
        self.mode, self.delay_s = "open", 0
        self.ends = set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(listen)
        os.chmod(listen, 0o777)
        self.listener.listen(128)
        self.listener.setblocking(False)


class End:
    """One side of a connection. `out` is what is still to be written to it."""

    def __init__(self, route, sock):
        self.route, self.sock, self.other = route, sock, None
        self.out = bytearray()
        self.delayed, self.due = 0, 0  # bytes on their way to it, and when the last of them arrive: never out of order
        self.ending = False
        sock.setblocking(False)


class Loop:
    def __init__(self, routes):
        self.selector = selectors.DefaultSelector()
        self.routes = {route.name: route for route in routes}
        self.later = []  # (when, number, end, data)
        self.number = 0
        for route in routes:
            self.selector.register(route.listener, selectors.EVENT_READ, route)
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, None)
        self.commands = b""

    def watch(self, end):
        """Reads while there is room on the other side; writes while there is something."""
        if end not in end.route.ends:
            return
        events = selectors.EVENT_WRITE if end.out else 0
        if end.route.mode != "hole" and len(end.other.out) + end.other.delayed < PIECE_MAX and not end.ending:
            events |= selectors.EVENT_READ
        registered = end.sock.fileno() in self.selector.get_map()
        if events and registered:
            self.selector.modify(end.sock, events, end)
        elif events:
            self.selector.register(end.sock, events, end)
        elif registered:
            self.selector.unregister(end.sock)

    def drop(self, end):
        for side in (end, end.other):
            if side in side.route.ends:
                side.route.ends.discard(side)
                if side.sock.fileno() in self.selector.get_map():
                    self.selector.unregister(side.sock)
                side.sock.close()

    def accept(self, route):
        try:
            client, _ = route.listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        try:
            if route.mode == "refuse":
                raise OSError
            server.connect(route.target)
        except OSError:  # the server is away: so are we
            client.close()
            server.close()
            return
        a, b = End(route, client), End(route, server)
        a.other, b.other = b, a
        route.ends |= {a, b}
        self.watch(a)
        self.watch(b)

    def write(self, end):
        try:
            while end.out:
                sent = end.sock.send(end.out[:PIECE_MAX])
                del end.out[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self.drop(end)
            return
        if end.ending and not end.out and not end.delayed:
            self.drop(end)
            return
        self.watch(end)
        self.watch(end.other)

    def read(self, end):
        try:
            data = end.sock.recv(PIECE_MAX)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            end.ending = end.other.ending = True  # what is on its way arrives first
            self.write(end.other)
            return
        if end.route.mode == "slow" or end.other.delayed:
            self.number += 1
            end.other.delayed += len(data)
            end.other.due = max(end.other.due, time.monotonic() + end.route.delay_s)
            heapq.heappush(self.later, (end.other.due, self.number, end.other, data))
            self.watch(end)
        else:
            end.other.out += data
            self.write(end.other)

    def deliver(self):
        while self.later and self.later[0][0] <= time.monotonic():
            _, _, end, data = heapq.heappop(self.later)
            end.delayed -= len(data)
            if end in end.route.ends:
                end.out += data
                self.write(end)

    def command(self):
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            sys.exit(0)
        self.commands += data
        *lines, self.commands = self.commands.split(b"\n")
        for line in lines:
            name, mode, ms = line.decode().split()
            route = self.routes[name]
            if mode in ("cut", "refuse"):
                for end in list(route.ends):
                    self.drop(end)
            route.mode, route.delay_s = ("open" if mode == "cut" else mode), int(ms) / 1000
            for end in list(route.ends):
                self.watch(end)
            print(name, mode, flush=True)

    def run(self):
        print("ready", flush=True)
        while True:
            wait = max(0, self.later[0][0] - time.monotonic()) if self.later else None
            for key, events in self.selector.select(wait):
                if key.data is None:
                    self.command()
                elif isinstance(key.data, Route):
                    self.accept(key.data)
                elif key.data in key.data.route.ends:
                    if events & selectors.EVENT_WRITE:
                        self.write(key.data)
                    if events & selectors.EVENT_READ and key.data in key.data.route.ends:
                        self.read(key.data)
            self.deliver()


if __name__ == "__main__":
    Loop([Route(*word.split("=")) for word in sys.argv[1:]]).run()
