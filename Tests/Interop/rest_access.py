#!/usr/bin/env python3
"""Check the ways to a real tracking server: workspaces, client certificates, proxies and requests signed for AWS.

    rest_access.py --binary .build/release/mlflow-lens

Starts ``mlflow server --enable-workspaces`` from the Python environment that runs this script, and puts in front of it what
stands in front of real ones.  Exit status 1 when a way does not work, or works for somebody who may not.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import http.client
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from tracking_server import behind_tls, private_authority, tracking_server

ACCESS_KEY, SECRET_KEY, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"
PROXY_USER = "proxy:p4ss word"
KIND = "kind: MLflow tracking server"
WRITE = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1])
for name in ("team-a", "team-b"):
    mlflow.create_workspace(name)
    mlflow.set_workspace(name)
    mlflow.set_experiment("work of " + name)
    for number in range(2 if name == "team-a" else 1):
        with mlflow.start_span("step of " + name, span_type="TOOL") as span:
            span.set_inputs({"number": number})
    mlflow.flush_trace_async_logging()
"""


# ------------------------------------------------------------------ what stands in front


class Gateway(http.server.BaseHTTPRequestHandler):
    """Passes requests on to ``target`` if ``admits`` says so."""

    protocol_version = "HTTP/1.1"
    target = ("127.0.0.1", 0)
    refusal = 403

    def admits(self, body: bytes) -> bool:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.admits(body):
            self.send_response(self.refusal)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        # A forward proxy is given whole URLs.
        path = urllib.parse.urlsplit(self.path)._replace(scheme="", netloc="").geturl()
        connection = http.client.HTTPConnection(*self.target)
        headers = {name: self.headers[name] for name in ("Accept", "Content-Type", "X-MLFLOW-WORKSPACE") if name in self.headers}
        connection.request(self.command, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET


class Proxy(Gateway):
    """A forward proxy that wants a login."""

    refusal = 407

    def admits(self, body: bytes) -> bool:
        wanted = "Basic " + base64.b64encode(PROXY_USER.encode()).decode()
        return self.path.startswith("http://") and self.headers.get("Proxy-Authorization") == wanted


class Signed(Gateway):
    """Admits requests whose Signature Version 4 is right, as AWS's documentation computes it."""

    def admits(self, body: bytes) -> bool:
        scheme, _, fields = self.headers.get("Authorization", "").partition(" ")
        if scheme != "AWS4-HMAC-SHA256":
            return False
        given = dict(field.strip().split("=", 1) for field in fields.split(","))
        key, date, region, service, end = given["Credential"].split("/")
        if (key, region, service, end) != (ACCESS_KEY, REGION, "execute-api", "aws4_request"):
            return False
        parts = urllib.parse.urlsplit(self.path)
        query = sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        names = given["SignedHeaders"].split(";")
        canonical = [
            self.command,
            urllib.parse.quote(parts.path, safe="/~"),
            "&".join(f"{urllib.parse.quote(n, safe='~')}={urllib.parse.quote(v, safe='~')}" for n, v in query),
            *(f"{name}:{self.headers.get(name, '').strip()}" for name in names),
            "",
            given["SignedHeaders"],
            hashlib.sha256(body).hexdigest(),
        ]
        digest = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        scope = f"{date}/{region}/{service}/{end}"
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["X-Amz-Date"], scope, digest])
        secret = ("AWS4" + SECRET_KEY).encode()
        for step in (date, region, service, end):
            secret = hmac.digest(secret, step.encode(), "sha256")
        return hmac.digest(secret, text.encode(), "sha256").hex() == given["Signature"] and "host" in names


@contextlib.contextmanager
def in_front(gateway: type[Gateway], address: str) -> Iterator[str]:
    """A gateway before the server at ``address``; gives the address to ask."""
    port = int(address.rsplit(":", 1)[1])
    handler = type(gateway.__name__, (gateway,), {"target": ("127.0.0.1", port)})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# ------------------------------------------------------------------ checks


class Checks:
    """Calls of the command line, and what came of them."""

    def __init__(self, binary: str) -> None:
        self.binary = binary
        self.count = self.wrong = 0

    def call(self, name: str, address: str, environment: dict[str, str], status: int, words: str, *verb: str) -> None:
        """Call the tool; it must end with ``status``, say ``words`` and nothing that is secret."""
        kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        result = subprocess.run(
            [self.binary, *(verb or ["doctor"]), "--tracking-uri", address],
            capture_output=True, text=True, timeout=60, env={**kept, "no_proxy": "127.0.0.1", **environment},
        )
        output = result.stdout + result.stderr
        self.count += 1
        if result.returncode != status or words not in output or SECRET_KEY in output or "p4ss" in output:
            self.wrong += 1
            print(f"{name}: exit {result.returncode}, not {status}, or without '{words}':\n{output}")


def workspaces(checks: Checks, address: str) -> None:
    """Each workspace is shown its own traces."""
    written = subprocess.run([sys.executable, "-c", WRITE, address], capture_output=True, text=True)
    if written.returncode:
        raise SystemExit(f"MLflow could not write into workspaces:\n{written.stderr[-2000:]}")
    for name, count in (("team-a", "2 traces"), ("team-b", "1 trace"), ("default", "0 traces")):
        checks.call(f"workspace {name}", address, {"MLFLOW_WORKSPACE": name}, 0, f"workspace '{name}'")
        checks.call(f"workspace {name}", address, {"MLFLOW_WORKSPACE": name}, 0, count, "search-traces")
    checks.call("workspace unknown", address, {"MLFLOW_WORKSPACE": "nobody"}, 2, "problem")


def certificates(checks: Checks, address: str, folder: Path) -> None:
    """A server that wants a certificate is shown one, and refuses who has none."""
    certificate, key = private_authority(folder)
    both = folder / "client.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    trusted = {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(certificate)}
    with behind_tls(address, certificate, key, clients=certificate) as secure:
        checks.call("client certificate", secure, {**trusted, "MLFLOW_TRACKING_CLIENT_CERT_PATH": str(both)}, 0, KIND)
        checks.call("no client certificate", secure, trusted, 2, "problem")


def proxies(checks: Checks, address: str) -> None:
    """The proxy of the environment is used, in both spellings, and not where it is told not to be."""
    with in_front(Proxy, address) as proxy:
        login = f"http://{urllib.parse.quote(PROXY_USER.partition(':')[0])}:{urllib.parse.quote(PROXY_USER.partition(':')[2])}@"
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            variables = {name: proxy.replace("http://", login), "no_proxy": ""}
            checks.call(name, address, variables, 0, KIND)
            checks.call(f"{name} without login", address, {name: proxy, "no_proxy": ""}, 2, "407")
            checks.call(f"{name} passed by", address, {name: proxy, "no_proxy": "127.0.0.1"}, 0, KIND)


def signatures(checks: Checks, address: str) -> None:
    """Requests are signed, those with a body and those with a query."""
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_REGION": REGION}
    keys["MLFLOW_TRACKING_AWS_SIGV4"] = "true"
    with in_front(Signed, address) as gateway:
        team = {**keys, "MLFLOW_WORKSPACE": "team-b"}
        checks.call("signed", gateway, team, 0, KIND)
        checks.call("signed", gateway, team, 0, "1 trace", "search-traces")
        checks.call("signed", gateway, team, 0, "step of team-b", "get-trace", "--trace-id", "tr-")
        checks.call("other key", gateway, {**keys, "AWS_SECRET_ACCESS_KEY": "another"}, 2, "403")
        checks.call("not signed", gateway, {}, 2, "403")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("MLFLOW_TRACKING_", "AWS_")) or name.lower().endswith("_proxy")]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        os.environ["HOME"] = str(folder)
        checks = Checks(str(options.binary.resolve()))
        with tracking_server(folder, "--enable-workspaces") as address:
            workspaces(checks, address)
            proxies(checks, address)
            signatures(checks, address)
            if shutil.which("openssl"):
                certificates(checks, address, folder)
            else:
                print("SKIPPED client certificates: there is no openssl to make one with")
    print(f"workspaces, proxies, signatures, client certificates: {checks.count} calls, {checks.wrong} wrong")
    sys.exit(1 if checks.wrong else 0)


if __name__ == "__main__":
    main()
