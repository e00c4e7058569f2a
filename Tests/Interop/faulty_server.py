"""A tracking server of raw sockets that answers well until it is told to misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

TRACE = "tr-" + "0" * 31 + "1"
SPAN = {
    "trace_id": "AAAAAAAAAAAAAAAAAAAAAA==", "span_id": "AAAAAAAAAAE=", "parent_span_id": None, "name": "root step",
    "start_time_unix_nano": 1_794_819_600_000_000_000, "end_time_unix_nano": 1_794_819_601_000_000_000, "events": [],
    "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": {}, "links": [],
}  # fmt: skip
INFO = {
    "trace_id": TRACE, "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
    "request_time": "2026-11-16T09:00:00Z", "execution_duration": "1s", "state": "OK", "tags": {"mlflow.traceName": "named"},
    "trace_metadata": {"mlflow.trace.session": "chat"},
}  # fmt: skip


def good(target: str, body: bytes) -> tuple[int, object]:
    """What MLflow would say: status and JSON."""
    path = target.split("?")[0]
    if path == "/api/2.0/mlflow/experiments/search":
        return 200, {"experiments": [{"experiment_id": "1", "name": "shop", "lifecycle_stage": "active"}]}
    if path == "/api/3.0/mlflow/traces/search":
        return 200, {"traces": [INFO]} if json.loads(body).get("locations") else {}
    if path == f"/api/3.0/mlflow/traces/{TRACE}":
        return 200, {"trace": {"trace_info": INFO}}
    if path.endswith("/get-trace-artifact"):
        return 200, {"spans": [SPAN]}
    return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such thing"}


def answer(status: int, content: object, headers: str = "") -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    kind = "" if "Content-Type" in headers else "Content-Type: application/json\r\n"
    return f"HTTP/1.1 {status} Some\r\n{kind}{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


# What a fault does with a connection once a request has come: it sends what it likes, and may wait for the client to go.
Misdeed = Callable[[socket.socket, str, bytes], None]


class FaultyServer:
    """Answers each request as ``misdeed`` does, or well when there is none."""

    def __init__(self, family: int = socket.AF_INET, context: ssl.SSLContext | None = None, port: int = 0):
        self.misdeed: Misdeed | None = None
        self.refuses = False
        self.requests: list[str] = []
        self.heads: list[bytes] = []
        self._open: set[socket.socket] = set()
        host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self._listener = socket.create_server((host, port), family=family)
        self._context = context
        self.port = self._listener.getsockname()[1]
        name = host if family == socket.AF_INET else f"[{host}]"
        self.address = f"{'https' if context else 'http'}://{name}:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self) -> None:
        """Closes the connections that clients keep for their next request."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                if self.refuses:
                    connection.close()
                    continue
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with contextlib.suppress(OSError), connection:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            for head, body in self._requests(connection):
                target = head.split(b" ")[1].decode()
                self.requests.append(target)
                self.heads.append(head)
                if self.misdeed:
                    self.misdeed(connection, target, body)
                    return
                connection.sendall(answer(*good(target, body)))

    @staticmethod
    def _requests(connection: socket.socket) -> Iterator[tuple[bytes, bytes]]:
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                piece = connection.recv(65536)
                if not piece:
                    return
                data += piece
            head, data = data.split(b"\r\n\r\n", 1)
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
            while len(data) < length:
                data += connection.recv(65536)
            yield head, data[:length]
            data = data[length:]


EXPIRED = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
x509_extensions = host
[any]
commonName = supplied
[host]
subjectAltName = IP:127.0.0.1
"""


def expired_certificate(folder: Path) -> ssl.SSLContext:
    """The same, of the year 2020. (`openssl req` makes none whose time is over.)"""
    import subprocess

    (folder / "ca.cnf").write_text(EXPIRED.format(folder=folder))
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01")
    key, request, made = folder / "expired.key", folder / "expired.csr", folder / "expired.pem"
    asking = [
        "openssl",
        "req",
        "-new",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        str(key),
        "-out",
        str(request),
        "-subj",
        "/CN=127.0.0.1",
    ]
    signing = [
        "openssl",
        "ca",
        "-batch",
        "-notext",
        "-config",
        str(folder / "ca.cnf"),
        "-selfsign",
        "-keyfile",
        str(key),
        "-in",
        str(request),
    ]
    for command in (asking, [*signing, "-out", str(made), "-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]):
        subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context


def certificate(folder: Path, name: str, *options: str) -> ssl.SSLContext:
    """A context with a certificate of its own making."""
    import subprocess

    files = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(files[1]), "-out", str(files[0]), *options]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context
