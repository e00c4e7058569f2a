"""The requests that a call makes of a tracking server: written down by a server in between, counted, and made again by curl."""

from __future__ import annotations

import http.client
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


#: Our program asks for so many traces at a time.
WIDTH = 8


@dataclass(frozen=True)
class Request:
    """One request as it was made."""

    method: str
    path: str
    body: bytes


@contextmanager
def recorder(address: str) -> Iterator[tuple[str, list[Request]]]:
    """An address that hands everything on to the given one, and what was asked there so far."""
    target = urlsplit(address)
    requests: list[Request] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            requests.append(Request(self.command, self.path, body))
            onward = http.client.HTTPConnection(target.hostname or "127.0.0.1", target.port)
            onward.request(self.command, self.path, body or None, {name: value for name, value in self.headers.items() if name.lower() != "host"})
            answer = onward.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            onward.close()

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", requests
        finally:
            server.shutdown()


def again(curl: str, address: str, requests: list[Request], folder: Path, width: int) -> list[str]:
    """The command that makes the same requests, so many at a time, and forgets the answers."""
    parts = []
    for number, request in enumerate(requests):
        words = [f'url = "{address}{request.path}"', 'output = "/dev/null"', "silent", "fail", "compressed"]
        if request.method == "POST":
            body = folder / f"body-{number}.json"
            body.write_bytes(request.body)
            words += [f'data-binary = "@{body}"', 'header = "Content-Type: application/json"']
        parts.append("\n".join(words))
    config = folder / "requests.txt"
    config.write_text("\nnext\n".join(parts) + "\n")
    return [curl, "--parallel", "--parallel-max", str(width), "--config", str(config)]


def made(command: list[str]) -> None:
    """Runs it to its end."""
    subprocess.run(command, check=True, capture_output=True)
