#!/usr/bin/env python3
"""Many requests at once: answered whole, each once, in whatever order; and how many a second.

    protocol_load.py --binary .build/release/mlflow-lens [--mlflow PATH] [--requests 10000]

Twelve large calls side by side; thousands of small requests in random order and with ids of every kind, none waited for;
two servers on one store.  With ``--mlflow`` the same is asked of ``mlflow mcp run`` and both are printed.  Exit status 1
when one of our answers is missing, broken, doubled or wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STORE = f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}"
LARGE = 12
PATIENCE = 120.0


class Pipeline:
    """A server that is written to and read from at once."""

    def __init__(self, command: list[str]):
        environment = {**os.environ, "MLFLOW_TRACKING_URI": STORE, "MLFLOW_DISABLE_TELEMETRY": "true"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self.buffer = b""
        opening = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}
        list(self.exchange([{"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": opening}]))
        self.write([{"jsonrpc": "2.0", "method": "notifications/initialized"}])

    def write(self, messages: Iterable[dict]) -> None:
        data = b"".join(json.dumps(message).encode() + b"\n" for message in messages)
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def exchange(self, messages: list[dict]) -> list[bytes]:
        """Writes all, and reads as many lines as there are requests, or until nothing more comes."""
        writer = threading.Thread(target=self.write, args=(messages,), daemon=True)
        writer.start()
        lines: list[bytes] = []
        deadline = time.monotonic() + PATIENCE
        while len(lines) < len(messages) and time.monotonic() < deadline:
            if not select.select([self.process.stdout], [], [], 5)[0]:
                break
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                break
            *whole, self.buffer = (self.buffer + chunk).split(b"\n")
            lines += whole
        return lines

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def whole_answers(lines: list[bytes]) -> dict[str, dict]:
    """The answers that are whole, by id; a doubled one counts as missing."""
    found: dict[str, dict] = {}
    doubled: set[str] = set()
    for line in lines:
        try:
            message = json.loads(line)
        except ValueError:
            continue
        key = json.dumps(message.get("id"))
        if key in found:
            doubled.add(key)
        found[key] = message
    return {key: message for key, message in found.items() if key not in doubled}


def trace_id() -> str:
    manifest = json.loads((ROOT / "Samples" / "manifest.json").read_text(encoding="utf-8"))
    return manifest["cases"]["healthy_agent"]["trace_id"]


def small_requests(count: int, seed: int) -> list[dict]:
    """Requests of several kinds, their ids numbers and strings."""
    chance = random.Random(seed)
    kinds = [
        ("ping", {}),
        ("tools/list", {}),
        ("tools/call", {"name": "search_traces", "arguments": {"max_results": 1}}),
        ("tools/call", {"name": "get_trace", "arguments": {"trace_id": trace_id(), "depth": 0}}),
    ]
    requests = []
    for number in range(count):
        method, params = chance.choice(kinds)
        identifier = number + 1 if chance.random() < 0.5 else f"r{number}"
        requests.append({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
    chance.shuffle(requests)
    return requests


def large_calls(tool: str, arguments: dict) -> list[dict]:
    return [
        {"jsonrpc": "2.0", "id": f"large-{n}", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        for n in range(LARGE)
    ]


def rate(command: list[str], requests: list[dict]) -> tuple[float, int]:
    """Requests a second, and how many were answered."""
    server = Pipeline(command)
    try:
        server.exchange(requests[:1])
        started = time.perf_counter()
        answered = len(whole_answers(server.exchange(requests[1:])))
        return answered / (time.perf_counter() - started), answered
    finally:
        server.close()


def check_ours(command: list[str], requests: list[dict]) -> list[str]:
    """What is wrong with our answers."""
    problems = []
    first, second = Pipeline(command), Pipeline(command)
    calls = large_calls("get_trace", {"trace_id": trace_id(), "raw": True, "max_chars": 200_000})
    texts = set()
    for server in (first, second):
        answers = whole_answers(server.exchange(calls))
        if len(answers) != LARGE:
            problems.append(f"{len(answers)} of {LARGE} large calls answered whole")
        texts |= {json.dumps(answer.get("result")) for answer in answers.values()}
    if len(texts) != 1:
        problems.append(f"{len(texts)} different answers to one call of two servers")
    results: list[dict[str, dict]] = []
    threads = [
        threading.Thread(target=lambda server=server: results.append(whole_answers(server.exchange(requests))))
        for server in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = {json.dumps(request["id"]) for request in requests}
    expected: dict[str, str] = {}
    for answers in results:
        if answers.keys() != wanted:
            problems.append(f"{len(answers.keys() & wanted)} of {len(requests)} requests answered once")
        for request in requests:
            answer = answers.get(json.dumps(request["id"]), {})
            kind = json.dumps([request["method"], request["params"]])
            text = json.dumps(answer.get("result"))
            if "result" not in answer or expected.setdefault(kind, text) != text:
                problems.append(f"another answer to {kind}: {text[:200]}")
                break
    for server in (first, second):
        server.close()
        if server.process.returncode != 0:
            problems.append(f"exit status {server.process.returncode}")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--mlflow", type=Path, help="mlflow, whose `mcp run` is asked the same")
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    ours = [str(options.binary), "serve"]
    requests = small_requests(options.requests, seed=1)
    problems = check_ours(ours, requests)
    for problem in problems:
        print(f"WRONG: {problem}")
    print(f"two servers at once: {LARGE} large calls and {len(requests)} small requests each, {len(problems)} problems")
    speed, _ = rate(ours, requests)
    line = f"small requests: {speed:,.0f}/s"
    if options.mlflow:
        peer = [str(options.mlflow), "mcp", "run"]
        # It has no small tool of these names; lists and pings are what both have.
        few = [request for request in requests if request["method"] != "tools/call"][:500]
        own, _ = rate(ours, few)
        theirs, answered = rate(peer, few)
        line += f"; pings and lists alone {own:,.0f}/s, mlflow mcp run {theirs:,.0f}/s ({answered} of {len(few) - 1} answered)"
        line += f", ratio {own / theirs:,.0f}" if theirs else ""
        server = Pipeline(peer)
        calls = large_calls("get_trace", {"trace_id": trace_id()})
        whole = len(whole_answers(server.exchange(calls)))
        server.close()
        line += f"; {LARGE} calls of get_trace side by side: {whole} answered whole"
    print(line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
