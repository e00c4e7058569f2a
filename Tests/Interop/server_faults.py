#!/usr/bin/env python3
"""What a tracking server can do to whoever asks it, done to the running program and to its commands: each call ends with an error
that names the server and no credentials, and the next one is answered.

    server_faults.py --binary .build/release/mlflow-lens [NAME...]

What Tests/TraceStoresTests holds on the level of requests is not repeated.  Standard library and openssl only.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from checks import Faults
from faulty_server import INFO, SPAN, TRACE, FaultyServer, Misdeed, answer, certificate, expired_certificate, good
from stdio_client import StdioClient

PASSWORD = "s3cret-p4ssword"
# A call may take as long as it likes on a busy machine; what it must not do is to take for ever.
ENVIRONMENT = {
    "MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": PASSWORD, "MLFLOW_HTTP_REQUEST_TIMEOUT": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0.01", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "NO_PROXY": "127.0.0.1,::1,localhost",
}  # fmt: skip
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def sends(*pieces: bytes) -> Misdeed:
    def misdeed(connection: socket.socket, _: str, __: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return misdeed


def for_ever(start: bytes, piece: bytes, pause: float = 0) -> Misdeed:
    def misdeed(connection: socket.socket, _: str, __: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return misdeed


def resets(connection: socket.socket, _: str, __: bytes) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def redirects(location: str) -> Misdeed:
    return sends(answer(302, b"", f"Location: {location}\r\n"))


def instead(part: str, content: object, status: int = 200) -> Misdeed:
    """Well, but for the routes that have ``part`` in them."""

    def misdeed(connection: socket.socket, target: str, body: bytes) -> None:
        connection.sendall(answer(*((status, content) if part in target else good(target, body))))

    return misdeed


# What the server does -> what the error has to say beside the server's address.
ERRORS: dict[str, tuple[Misdeed, str]] = {
    "closes without a word": (sends(), "broke off"),
    "half a header": (sends(b"HTTP/1.1 200 OK\r\nContent-Ty"), "broke off"),
    "no HTTP": (sends(b"SSH-2.0-OpenSSH_9.2\r\n"), "failed"),
    "endless headers": (for_ever(b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"x" * 8000 + b"\r\n"), ""),
    "interim answers for ever": (for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), "did not answer within 2 s"),
    "a byte at a time": (for_ever(HEAD + b"Content-Length: 1000\r\n\r\n", b" ", 0.2), "did not answer within 2 s"),
    "an endless body": (for_ever(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 0x10000 + b"\r\n"), ""),
    "less than promised": (sends(HEAD + b'Content-Length: 5000\r\n\r\n{"experiments": []}'), "broke off"),
    "more than promised": (sends(HEAD + b'Content-Length: 8\r\n\r\n{"experiments": []}'), "is not MLflow's JSON"),
    "a negative length": (sends(HEAD + b"Content-Length: -5\r\n\r\n{}"), ""),
    "broken chunks": (sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), ""),
    "chunks cut short": (sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\""), "broke off"),
    "compressed and cut": (sends(answer(200, gzip.compress(b'{"a": "' + os.urandom(5000).hex().encode() + b'"}')[:900], "Content-Encoding: gzip\r\n")), ""),
    "compressed, and not": (sends(answer(200, b"{}", "Content-Encoding: gzip\r\n")), "broke off"),
    # Given up by its size or by the time it takes, whichever comes first.
    "a bomb": (sends(answer(200, gzip.compress(b" " * (600 << 20), 1), "Content-Encoding: gzip\r\n")), ""),
    "no JSON": (sends(answer(200, b"{'experiments': []}")), "is not MLflow's JSON"),
    "an array": (sends(answer(200, [])), "is not MLflow's JSON"),
    "nesting": (sends(answer(200, b'{"experiments":' + b"[" * 100_000 + b"]" * 100_000 + b"}")), "is not MLflow's JSON"),
    "zero bytes": (sends(answer(200, b'{"experiments": [\0]}')), "is not MLflow's JSON"),
    "a login page": (sends(answer(200, b"<html>Log in</html>", "Content-Type: text/html\r\n")), "login page"),
    "not known": (sends(answer(401, b"")), "user and password were not accepted"),
    "forbidden": (sends(answer(403, f"no, {PASSWORD}".encode())), "refuses access (403)"),
    "no such route": (sends(answer(404, b"")), "does not know"),
    "wait for years": (sends(answer(429, b"", "Retry-After: 1000000000\r\n")), "too many requests (429)"),
    "wait less than nothing": (sends(answer(429, b"", "Retry-After: -5\r\n")), "too many requests (429)"),
    "wait for a date": (sends(answer(503, b"", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n")), "not available (503)"),
    "wait for nothing that is": (sends(answer(429, b"", "Retry-After: nan\r\n")), "too many requests (429)"),
    "its own error": (sends(answer(500, {"error_code": "INTERNAL_ERROR", "message": f"boom {PASSWORD} \x1b[31m"})), "boom [hidden]"),
    "a bad gateway": (sends(answer(502, b"<html>")), "not available (502)"),
    "a status of its own": (sends(b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"), ""),
    "in a circle": (redirects("/again"), "in a circle"),
    "to a file": (redirects("file:///etc/passwd"), "redirects"),
    "to gopher": (redirects("gopher://127.0.0.1:1/x"), "redirects"),
    "to what hands out keys": (redirects("http://169.254.169.254/latest/meta-data/"), "redirects to another one"),
    "to the same port of another name": (redirects("http://localhost:{port}/"), "redirects to another one"),
    "with a login of its own": (redirects("http://eve:pw@127.0.0.1:{port}/"), "redirects"),
    "in the middle of it": (resets, "broke off"),
}  # fmt: skip


class Endless:
    """Pages that never end: every token is new."""

    def __init__(self, records: dict[str, object]):
        self.count, self.records = 0, records

    def __call__(self, connection: socket.socket, target: str, body: bytes) -> None:
        status, content = good(target, body)
        for route, record in self.records.items():
            if route in target and b'"locations":[]' not in body.replace(b" ", b""):
                self.count += 1
                content = {**record, "next_page_token": f"page-{self.count}"}
        connection.sendall(answer(status, content))


# What no error is: the call has to end with an answer all the same, which says what is missing.
ODD: dict[str, tuple[Misdeed, tuple[str, dict], str]] = {
    "no spans": (instead("get-trace-artifact", {"spans": []}), ("get_trace", {"trace_id": TRACE}), "0 spans"),
    "spans of another shape": (instead("get-trace-artifact", {"spans": [1, {}, "x", None, SPAN]}), ("get_trace", {"trace_id": TRACE}), "unreadable"),
    "many spans": (instead("get-trace-artifact", {"spans": [SPAN] * 20_000}), ("get_trace", {"trace_id": TRACE}), "20000 spans"),
    "no traces": (instead("traces/search", {"traces": {"a": 1}}), ("search_traces", {}), "0 traces"),
    "experiments for ever": (Endless({"experiments/search": {"experiments": []}}), ("search_traces", {}), ""),
    "the same experiment for ever": (Endless({"experiments/search": {"experiments": [{"name": "no id"}] * 1000}}), ("search_traces", {}), ""),
    "the same trace for ever": (Endless({"traces/search": {"traces": [INFO] * 100}}), ("search_traces", {"text": "a_b"}), ""),
    "unreadable traces for ever": (Endless({"traces/search": {"traces": [{"x": 1}] * 100}}), ("search_traces", {"text": "a_b"}), ""),
    "unreadable traces, page by page": (Endless({"traces/search": {"traces": [{"x": 1}] * 100}}), ("search_traces", {}), ""),
}  # fmt: skip


class Run:
    """One server that misbehaves, the program over it, and what is wrong."""

    def __init__(self, binary: Path, faults: Faults):
        self.binary, self.faults = binary, faults

    def client(self, address: str, **more: str) -> StdioClient:
        client = StdioClient([str(self.binary), "--tracking-uri", address, "serve"], {**ENVIRONMENT, **more})
        client.initialize()
        return client

    def check_error(self, name: str, result: dict, address: str, words: str) -> None:
        text = result["content"][0]["text"]
        self.faults.check(result.get("isError"), f"{name}: no error: {text[:200]}")
        self.faults.check(address in text, f"{name}: the server is not named: {text[:300]}")
        self.faults.check(words in text, f"{name}: '{words}' is not said: {text[:300]}")
        self.check_clean(name, text)

    def check_clean(self, name: str, text: str) -> None:
        for secret in (PASSWORD, "YW5uOnMzY3JldC1wNHNzd29yZA=="):
            self.faults.check(secret not in text, f"{name}: credentials are shown: {text[:300]}")
        self.faults.check("\x1b" not in text and "\0" not in text, f"{name}: control characters: {text[:300]!r}")

    def check_good(self, name: str, client: StdioClient) -> None:
        result = client.call_tool("get_trace", {"trace_id": TRACE})
        text = result["content"][0]["text"]
        self.faults.check("root step" in text, f"{name}: no good answer afterwards: {text[:300]}")

    def errors(self, names: list[str]) -> None:
        server = FaultyServer()
        with self.client(server.address) as client:
            for name, (misdeed, words) in ERRORS.items():
                if names and name not in names:
                    continue
                if name.startswith(("to the same", "with a login")):
                    misdeed = redirects({"t": "http://localhost", "w": "http://eve:pw@127.0.0.1"}[name[0]] + f":{server.port}/")
                server.misdeed = misdeed
                self.check_error(name, client.call_tool("search_traces", {}), server.address, words)
                command = subprocess.run(
                    [self.binary, "--tracking-uri", server.address, "get-trace", TRACE],
                    env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, timeout=300,
                )  # fmt: skip
                self.faults.check(command.returncode == 2, f"{name}: the command ends with {command.returncode}: {command.stderr[:200]}")
                self.faults.check(server.address in command.stderr and not command.stdout, f"{name}: {command.stderr[:300]}")
                self.check_clean(name, command.stderr)
                server.misdeed = None
                self.check_good(name, client)
            for name, (misdeed, (tool, arguments), words) in ODD.items():
                if names and name not in names:
                    continue
                server.misdeed = misdeed
                result = client.call_tool(tool, arguments)
                text = result["content"][0]["text"]
                self.faults.check(words in text and "stopped after" not in text.lower(), f"{name}: {text[:300]}")
                if isinstance(misdeed, Endless):
                    self.faults.check(misdeed.count <= 1_000, f"{name}: {misdeed.count} pages were asked for")
                self.check_clean(name, text)
                server.misdeed = None
                self.check_good(name, client)
            server.refuses = True
            server.drop()
            self.check_error("closes at once", client.call_tool("search_traces", {}), server.address, "broke off")
            server.refuses = False
            # Nobody there, and then somebody again: the same server started anew.
            server.stop()
            self.check_error("gone", client.call_tool("search_traces", {}), server.address, "No server answers")
            server = FaultyServer(port=server.port)
            self.check_good("started anew", client)
        server.stop()
        print(f"{len(ERRORS)} ways to fail, {len(ODD)} odd answers")

    def ids(self) -> None:
        """What a caller or a trace names does not become another request, or a header."""
        server = FaultyServer()
        with self.client(server.address) as client:
            for hostile in (
                "tr-1\r\nX-Evil: yes",
                "tr-1/../../../admin/secret",
                "tr-1?x=y&z",
                "tr-1#frag",
                "tr-\0" * 9,
                "%2e%2e%2fadmin",
                "' OR 1=1 --",
                "--help",
                "tr-" + "9" * 5000,
            ):
                for tool, arguments in (
                    ("get_trace", {"trace_id": hostile}),
                    ("analyze_session", {"session_id": hostile}),
                    ("search_traces", {"user_id": hostile, "session_id": hostile}),
                ):
                    result = client.call_tool(tool, arguments)
                    self.check_clean(hostile[:30], result["content"][0]["text"])
            self.check_good("hostile ids", client)
        for head in server.heads:
            self.faults.check(
                b"X-Evil" not in head and b"admin" not in head.split(b"\r\n")[0], f"a request was made of an id: {head[:200]}"
            )
        server.stop()

    def hosts_in_traces(self) -> None:
        """Tags that name hosts, addresses and files are text."""
        trap = FaultyServer()
        info = {**INFO, "tags": {
            "mlflow.traceName": "named", "mlflow.artifactLocation": f"{trap.address}/artifacts", "mlflow.trace.archiveLocation": trap.address,
            "mlflow.trace.spansLocation": "ARCHIVE_REPO", "mlflow.source.name": trap.address, "host": trap.address,
        }}  # fmt: skip
        output = json.dumps(
            {
                "image": f"mlflow-attachment://x?content_type=image/png&trace_id={TRACE}&url={trap.address}/../../etc/passwd",
                "link": f"{trap.address}/x",
            }
        )
        span = {
            **SPAN,
            "attributes": {"mlflow.spanOutputs": output, "url.full": f'"{trap.address}"', "server.address": '"169.254.169.254"'},
        }
        server = FaultyServer()

        def misdeed(connection: socket.socket, target: str, body: bytes) -> None:
            status, content = good(target, body)
            text = json.dumps(content).replace(json.dumps(INFO), json.dumps(info)).replace(json.dumps(SPAN), json.dumps(span))
            connection.sendall(answer(status, json.loads(text)))

        server.misdeed = misdeed
        with self.client(server.address) as client:
            for tool, arguments in (
                ("search_traces", {}), ("get_trace", {"trace_id": TRACE}), ("inspect_turn", {"trace_id": TRACE}), ("discover_schema", {}),
                ("get_trace", {"trace_id": TRACE, "span_ids": ["s1"], "fields": ["outputs", "attributes"]}), ("analyze_session", {"session_id": "chat"}),
            ):  # fmt: skip
                result = client.call_tool(tool, arguments)
                self.faults.check(not result.get("isError"), f"{tool}: {result['content'][0]['text'][:200]}")
        self.faults.check(not trap.requests, f"a trace led us to {trap.requests}")
        server.stop()
        trap.stop()

    def encryption(self, folder: Path) -> None:
        """Certificates that vouch for nothing; IPv6."""
        subject = ["-subj", "/CN=127.0.0.1"]
        contexts = {
            "self-signed": certificate(folder, "self", "-days", "2", *subject, "-addext", "subjectAltName=IP:127.0.0.1"),
            "of another host": certificate(folder, "other", "-days", "2", "-subj", "/CN=other.example", "-addext", "subjectAltName=DNS:other.example"),
            "expired": expired_certificate(folder),
        }  # fmt: skip
        for name, context in contexts.items():
            server = FaultyServer(context=context)
            file = folder / f"{({'self-signed': 'self', 'of another host': 'other'}).get(name, name)}.pem"
            trusted = {} if name == "self-signed" else {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(file)}
            with self.client(server.address, **trusted) as client:
                self.check_error(name, client.call_tool("search_traces", {}), server.address, "No secure connection")
            self.faults.check(not server.requests, f"{name}: a request was sent")
            server.stop()
        server = FaultyServer()
        with self.client(server.address.replace("http:", "https:")) as client:
            self.check_error("no TLS", client.call_tool("search_traces", {}), server.address.replace("http:", "https:"), "")
        server.stop()
        with contextlib.suppress(OSError):
            server = FaultyServer(family=socket.AF_INET6)
            with self.client(server.address) as client:
                self.check_good("IPv6", client)
            server.stop()
            return
        print("SKIPPED: this machine has no IPv6")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults; default: all")
    options = parser.parse_args()
    faults = Faults()
    run = Run(options.binary.resolve(), faults)
    run.errors(options.names)
    if not options.names:
        run.ids()
        run.hosts_in_traces()
        with tempfile.TemporaryDirectory() as folder:
            run.encryption(Path(folder))
    faults.end()


if __name__ == "__main__":
    main()
