# SPDX-License-Identifier: Apache-2.0
"""The REST API as a story uses it: calls with the fleet's key, and the event stream as a client hears it.

    api.call(fleet, "/api/v1/jobs", {"kind": "noop"})     # the answer's JSON; an error raises
    with api.Events(fleet) as heard:                       # a thread of its own, from now on
        heard.of(17)                                       # the events of job 17 so far, in order
"""

import http.client
import json
import threading
import urllib.parse
import urllib.request

from . import servers


def call(fleet, path, body=None, headers=None):
    """POST with a body (a dict as JSON, bytes as they are), else GET."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(
        fleet.state["url"] + path,
        data,
        {"Authorization": f"Bearer {fleet.key}", "Content-Type": "application/json", **(headers or {})},
    )
    with urllib.request.urlopen(request, timeout=servers.PATIENCE_S) as answer:
        return json.load(answer)


def upload(fleet, path, name):
    """The file as a connection of dialect sqlite; its id."""
    with open(path, "rb") as f:
        file = call(
            fleet,
            "/api/v1/files",
            f.read(),
            {
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
        )
    return call(fleet, "/api/v1/connections", {"name": name, "upload": file["id"], "dialect": "sqlite"})["id"]


class Events:
    """GET /api/v1/events from now on. Comes back with the last id when the stream breaks, as the protocol asks."""

    def __init__(self, fleet):
        self.url = urllib.parse.urlsplit(fleet.state["url"])
        self.key = fleet.key
        self.lock = threading.Lock()
        self.events = []
        self.raw = []
        self.last_id = None
        self.ready = threading.Event()
        self.stopped = False
        self.pause = threading.Event()
        self.connection = None
        self.thread = threading.Thread(target=self.listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        if not self.ready.wait(servers.PATIENCE_S):
            raise AssertionError(f"the event stream did not begin in {servers.PATIENCE_S} s")
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.pause.set()
        if self.connection is not None and self.connection.sock is not None:
            self.connection.sock.close()

    def listen(self):
        while not self.stopped:
            try:
                self.stream()
            except (OSError, ValueError, AttributeError, http.client.HTTPException):
                pass  # broken: again, from the last id
            finally:
                if self.connection is not None:
                    self.connection.close()
            self.pause.wait(0.05)  # so that a server that is away is not asked all the time

    def stream(self):
        self.connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}"}
        if self.last_id is not None:
            headers["Last-Event-ID"] = self.last_id
        self.connection.request("GET", "/api/v1/events", headers=headers)
        answer = self.connection.getresponse()
        fields = {}
        while True:
            line = answer.readline()
            if not line:
                return
            text = line.decode("utf-8").rstrip("\n")
            self.raw.append(text)
            if text:
                name, _, value = text.partition(":")
                fields[name] = value.removeprefix(" ")
                continue
            self.take(fields)
            fields = {}

    def take(self, fields):
        if "id" in fields:
            self.last_id = fields["id"]
        if "event" in fields:
            data = json.loads(fields.get("data", "{}"))
            with self.lock:
                self.events.append({**data, "type": data.get("type", fields["event"])})
            self.ready.set()

    def all(self):
        with self.lock:
            return list(self.events)

    def of(self, job):
        """(type, epoch) of the job's lifecycle events, in the order in which they came."""
        return [(e["type"], e["epoch"]) for e in self.all() if e.get("job") == job and e["type"] != "progress"]
