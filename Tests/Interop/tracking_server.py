"""A real MLflow tracking server for the interop tests, and TLS in front of one."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

START_LIMIT = 120


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def tracking_server(
    folder: Path,
    *options: str,
    store: str | None = None,
    environment: dict[str, str] | None = None,
    python: str = sys.executable,
) -> Iterator[str]:
    """A server of the MLflow of ``python``, on ``store`` or else the database in ``folder``; gives its address, and ends it
    with its workers."""
    port = free_port()
    command = [python, "-m", "mlflow", "server", "--backend-store-uri", store or f"sqlite:///{folder / 'mlflow.db'}"]
    command += ["--default-artifact-root", str(folder / "artifacts"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", *options]
    with tempfile.TemporaryDirectory() as work, (Path(work) / "server.log").open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=work,
            stdout=output,
            stderr=output,
            # No question here is about jobs, whose runner would load all of MLflow once more.
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **(environment or {})},
            start_new_session=True,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process, Path(output.name))
            yield address
        finally:
            # Its session holds the workers, and nothing that we did not start.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 15)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    """Until the server answers; its log when it does not."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.2)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-2000:]}")


def private_authority(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that only itself vouches for, and its key."""
    certificate, key = folder / "authority.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


@contextlib.contextmanager
def behind_tls(address: str, certificate: Path, key: Path, clients: Path | None = None) -> Iterator[str]:
    """TLS before a server of plain HTTP; gives the address to ask.  With ``clients``, who asks needs a certificate of theirs."""
    target = ("127.0.0.1", int(address.rsplit(":", 1)[1]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with contextlib.suppress(OSError):
                    inside = context.wrap_socket(plain, server_side=True)
                    outside = socket.create_connection(target)
                    threading.Thread(target=pump, args=(inside, outside), daemon=True).start()
                    threading.Thread(target=pump, args=(outside, inside), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
