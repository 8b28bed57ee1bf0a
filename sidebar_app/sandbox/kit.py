"""What every sandbox server shares: durable documents, a fault switch, serving on loopback."""

import json
import re
import socket
import sqlite3
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

Json = dict[str, Any]


class Documents:
    """JSON documents by (kind, id) in one SQLite file; every write is committed before it returns.

    Iteration keeps the order of first insertion. `lock` makes read-modify-write sequences atomic.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS doc (seq INTEGER PRIMARY KEY, kind TEXT, id TEXT, body TEXT, UNIQUE(kind, id))"
        )
        self.lock = threading.RLock()

    def put(self, kind: str, id: str | int, body: Json) -> Json:
        with self.lock:
            self._db.execute(
                "INSERT INTO doc (kind, id, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, str(id), json.dumps(body)),
            )
        return body

    def get(self, kind: str, id: str | int) -> Json | None:
        with self.lock:
            row = self._db.execute("SELECT body FROM doc WHERE kind=? AND id=?", (kind, str(id))).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[Json]:
        with self.lock:
            rows = self._db.execute("SELECT body FROM doc WHERE kind=? ORDER BY seq", (kind,)).fetchall()
        return [json.loads(row[0]) for row in rows]

    def delete(self, kind: str, id: str | int) -> None:
        with self.lock:
            self._db.execute("DELETE FROM doc WHERE kind=? AND id=?", (kind, str(id)))

    def next_number(self, name: str, start: int = 1) -> int:
        """A counter that never gives the same number twice, also across restarts."""
        with self.lock:
            n = (self.get("_counter", name) or {"n": start - 1})["n"] + 1
            self.put("_counter", name, {"n": n})
            return int(n)

    def clear(self) -> None:
        with self.lock:
            self._db.execute("DELETE FROM doc")

    def close(self) -> None:
        self._db.close()


@dataclass
class Fault:
    """One injected fault. `times` counts down; 0 means for ever until cleared.

    kind: latency (`value` milliseconds, then go on) · status (`value` HTTP status, optional
    `retry_after` seconds, nothing is done) · drop_before (connection cut, nothing is done) ·
    drop_after (the work is done, then the connection is cut) · status_after (done, then `value`).
    """

    kind: str
    path: str = ".*"
    method: str = ".*"
    value: int = 0
    retry_after: int | None = None
    times: int = 1


class Faults:
    """The fault switch of one sandbox: `POST/GET/DELETE /_sandbox/faults` on every server."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []
        self._lock = threading.Lock()

    def arm(self, fault: Fault) -> None:
        with self._lock:
            self._armed.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()

    def armed(self) -> list[Fault]:
        with self._lock:
            return list(self._armed)

    def take(self, method: str, path: str) -> list[Fault]:
        """The faults that hit this request, each counted down."""
        with self._lock:
            hits = [
                f
                for f in self._armed
                if re.fullmatch(f.method, method, re.IGNORECASE) and re.search(f.path, path)
            ]
            for fault in hits:
                if fault.times:
                    fault.times -= 1
                    if not fault.times:
                        self._armed.remove(fault)
            return hits

    def install(self, app: Flask) -> None:
        app.before_request(self._before)
        app.after_request(self._after)
        app.add_url_rule("/_sandbox/faults", "_faults", self._route, methods=["GET", "POST", "DELETE"])

    def _route(self) -> Response:
        if request.method == "POST":
            self.arm(Fault(**request.get_json()))
        if request.method == "DELETE":
            self.clear()
        return jsonify([asdict(f) for f in self.armed()])

    def _before(self) -> Response | None:
        if request.path.startswith("/_sandbox"):
            return None
        g.faults = self.take(request.method, request.path)
        for fault in g.faults:
            if fault.kind == "latency":
                time.sleep(fault.value / 1000)
            if fault.kind == "drop_before":
                return cut_connection()
            if fault.kind == "status":
                return _refusal(fault)
        return None

    def _after(self, response: Response) -> Response:
        for fault in g.pop("faults", ()):
            if fault.kind == "drop_after":
                return cut_connection()
            if fault.kind == "status_after":
                return _refusal(fault)
        return response


def _refusal(fault: Fault) -> Response:
    response = jsonify({"error": {"type": "api_error", "message": "sandbox fault"}})
    response.status_code = fault.value
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    return response


def cut_connection() -> Response:
    """Cuts the TCP connection of the current request, so the client learns nothing.

    The response it returns cannot be written any more: werkzeug drops it.
    """
    sock = request.environ["werkzeug.socket"]
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.shutdown(socket.SHUT_RDWR)
    return Response(status=500)


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Sandboxes do not log requests: bodies and query strings may hold what a customer typed."""

    def log_error(self, format: str, *args: Any) -> None:
        """Cut connections are part of the play."""


class Server:
    """A sandbox app served on loopback by a thread; `with Server(app) as s: s.url`."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self._http: BaseWSGIServer = make_server(
            "127.0.0.1", port, app, threaded=True, request_handler=_QuietHandler
        )
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.05,), daemon=True, name=f"sandbox:{self.port}"
        )

    def start(self) -> "Server":
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join(timeout=5)
        self._http.server_close()

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def pages(items: list[Json], size: int) -> Iterator[list[Json]]:
    """The items in pages of at most `size`."""
    for i in range(0, len(items), size):
        yield items[i : i + size]
