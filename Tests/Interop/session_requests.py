#!/usr/bin/env python3
"""Count the requests that analyze_session makes of a real tracking server, and time it beside the bare requests.

    session_requests.py --binary .build/release/mlflow-lens [--store FILE] [--session ID] [--python PYTHON] [--runs 5]

Starts ``mlflow server`` on a copy of the store and asks through a proxy that writes down each request.  Exit status 1 when a
session takes more requests than one for each turn, two for each page of infos (which experiments there are to search in, and
the page) and one each for the names of experiments, the release of the server and sessions with related ids, or when the
answer is another than that from the database.  The bare requests are sent
as the program sends them: one after the other up to the spans, those side by side.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import http.client
import http.server
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from stdio_client import StdioClient
from tracking_server import tracking_server

ROOT = Path(__file__).resolve().parents[2]
#: Requests for spans under way at once, and infos of one page.
WIDTH, PAGE = 8, 500
#: Besides the turns and the pages: experiments by name, which release's routes there are, sessions with related ids.
BESIDES = 3

Request = tuple[str, str, bytes]


@contextlib.contextmanager
def counting(address: str) -> Iterator[tuple[str, list[Request]]]:
    """A proxy before a server; gives its address, and the requests that have passed."""
    seen: list[Request] = []
    host = address.removeprefix("http://")
    local = threading.local()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, body))
            status, kind, answer = ask(local, host, (self.command, self.path, body))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()


def ask(local: threading.local, host: str, request: Request) -> tuple[int, str, bytes]:
    """One request, on a connection that the thread keeps."""
    method, path, body = request
    for attempt in range(2):
        if getattr(local, "connection", None) is None:
            local.connection = http.client.HTTPConnection(host, timeout=60)
        try:
            local.connection.request(method, path, body or None, {"Content-Type": "application/json"} if body else {})
            answer = local.connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read()
        except (http.client.HTTPException, OSError):
            # A connection that the server has closed meanwhile.
            local.connection.close()
            local.connection = None
            if attempt:
                raise
    raise AssertionError("not reached")


def is_spans(request: Request) -> bool:
    return "get-trace-artifact" in request[1]


def bare(address: str, requests: list[Request]) -> float:
    """Milliseconds that the requests take by themselves."""
    host, local = address.removeprefix("http://"), threading.local()
    with concurrent.futures.ThreadPoolExecutor(WIDTH) as pool:
        started = time.perf_counter()
        for request in requests:
            if not is_spans(request):
                ask(local, host, request)
        list(pool.map(lambda request: ask(local, host, request), filter(is_spans, requests)))
        return (time.perf_counter() - started) * 1e3


def check(binary: str, database: str, address: str, session: str, runs: int) -> int:
    """Count and time one session; returns how many things are wrong."""
    arguments = {"session_id": session}
    with StdioClient([binary, "--tracking-uri", database, "serve"]) as direct:
        direct.initialize()
        expected = direct.call_tool("analyze_session", arguments)["content"][0]["text"]
        turns = direct.call_tool("analyze_session", {**arguments, "format": "json"})["structuredContent"]["turn_count"]
    with counting(address) as (proxy, seen), StdioClient([binary, "--tracking-uri", proxy, "serve"]) as ours:
        ours.initialize()
        answer = ours.call_tool("analyze_session", arguments)["content"][0]["text"]
        requests = list(seen)
    with StdioClient([binary, "--tracking-uri", address, "serve"]) as ours:
        ours.initialize()
        ours.call_tool("analyze_session", arguments)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(runs):
            # By turns, so that a busy moment meets both.
            started = time.perf_counter()
            ours.call_tool("analyze_session", arguments)
            times[0].append((time.perf_counter() - started) * 1e3)
            times[1].append(bare(address, requests))
    mine, theirs = (statistics.median(each) for each in times)
    allowed = turns + BESIDES + 2 * -(-turns // PAGE)
    print(
        f"{turns} turns over HTTP: {len(requests)} requests (at most {allowed}), {sum(map(is_spans, requests))} of them for spans; "
        f"{mine:.0f} ms, the bare requests {theirs:.0f} ms, ratio {mine / theirs:.2f}"
    )
    wrong = 0
    if len(requests) > allowed:
        wrong += 1
        print("too many requests: " + ", ".join(f"{method} {path.split('?')[0]}" for method, path, _ in requests if "artifact" not in path))
    if answer.replace(proxy, "STORE") != expected.replace(database, "STORE"):
        wrong += 1
        print(f"the database answers\n{expected}\nthe server\n{answer}")
    return wrong


def longest_session(binary: str, database: str) -> str:
    question = {"group_by": "session", "max_results": 500, "format": "json", "max_chars": 200_000}
    with StdioClient([binary, "--tracking-uri", database, "serve"]) as ours:
        ours.initialize()
        groups = ours.call_tool("search_traces", question)["structuredContent"]["groups"]
    return max((group for group in groups if group["value"]), key=lambda group: group["trace_count"])["value"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--store", type=Path, default=ROOT / "Samples/mlflow.db", help="the database to copy")
    parser.add_argument("--session", action="append", help="its id; default: the longest there is")
    parser.add_argument("--python", default=sys.executable, help="the Python that has MLflow")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    binary = str(options.binary.resolve())
    for name in [name for name in os.environ if name.startswith("MLFLOW_TRACKING_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        shutil.copy(options.store, folder / "mlflow.db")
        database = f"sqlite:///{folder / 'mlflow.db'}"
        with tracking_server(folder, python=options.python) as address:
            sessions = options.session or [longest_session(binary, database)]
            wrong = sum(check(binary, database, address, session, options.runs) for session in sessions)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
