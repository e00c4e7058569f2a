#!/usr/bin/env python3
"""Readers that are slow or gone, streams that are closed or full, and signals, in the middle of work.

    pipes_and_signals.py --binary .build/release/mlflow-lens

Standard library only; nothing is measured in seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from checks import ROOT, STORE, Faults

CASES = json.loads((ROOT / "Samples" / "manifest.json").read_text(encoding="utf-8"))["cases"]
TRACE = CASES["healthy_agent"]["trace_id"]
OPENING = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "pipes", "version": "1"}}
PATIENCE = 120


def line(number: int | str, method: str, params: dict) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode() + b"\n"


def call(number: int | str, tool: str = "get_trace", **arguments: object) -> bytes:
    return line(number, "tools/call", {"name": tool, "arguments": arguments or {"trace_id": TRACE, "raw": True, "max_chars": 200_000}})


class Server:
    def __init__(self, binary: Path, *options: str, **more):
        self.process = subprocess.Popen(
            [binary, *options, "--tracking-uri", STORE, "serve"],
            **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more},
        )
        self.send(line(0, "initialize", OPENING))
        if self.process.stdout:
            self.process.stdout.readline()

    def send(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def resident(self) -> int:
        """Megabytes in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) // 1024

    def end(self) -> tuple[int, list[dict]]:
        """Exit status, and what was still said."""
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        said = [json.loads(text) for text in self.process.stdout.read().splitlines()] if self.process.stdout else []
        status = self.process.wait()
        timer.cancel()
        return status, said


def slow_reader(binary: Path, faults: Faults) -> None:
    """Thousands of large answers ready, and a client that takes one byte at a time: what is not taken is not made."""
    server = Server(binary)
    count = 3_000
    requests = b"".join(call(n) for n in range(1, count + 1))

    def write() -> None:
        with contextlib.suppress(OSError):
            server.send(requests)

    threading.Thread(target=write, daemon=True).start()
    seen = [server.resident()]
    for _ in range(30):
        os.read(server.process.stdout.fileno(), 1)
        time.sleep(0.1)
        seen.append(server.resident())
    faults.check(max(seen) < 150, f"slow reader: {max(seen)} MB while {count} answers wait")
    # It was only slow: the first byte of the first answer has been read, the rest comes whole.
    rest = b""
    while rest.count(b"\n") < count:
        piece = os.read(server.process.stdout.fileno(), 1 << 20)
        if not piece:
            break
        rest += piece
        if rest.count(b"\n") > 50:
            break
    whole = [json.loads(text) for text in rest.split(b"\n")[1:-1]]
    faults.check(len(whole) > 40 and all("result" in answer for answer in whole), "slow reader: the answers are not whole")
    print(f"slow reader: at most {max(seen)} MB")
    server.process.kill()
    server.process.wait()


def closed_streams(binary: Path, faults: Faults) -> None:
    server = Server(binary)
    server.send(b"".join(call(n) for n in range(1, 100)))
    server.process.stdout.close()
    server.process.stdout = None
    faults.check(server.end()[0] == 0, "stdout closed: the server does not end by itself")

    server = Server(binary, "--log-level", "trace")
    server.process.stderr.close()
    server.send(call(1))
    faults.check(b'"id":1' in server.process.stdout.readline(), "stderr closed: no answer")
    server.process.stdin.close()
    faults.check(server.end()[0] == 0, "stderr closed: no orderly end")

    # The input ends in the middle of a message: what was whole is answered, for as long as a client waits; the rest is no message.
    server = Server(binary)
    server.send(b"".join(call(n, trace_id=TRACE) for n in range(1, 21)) + call(99)[:40])
    first = json.loads(server.process.stdout.readline())
    server.process.stdin.close()
    status, said = server.end()
    answered = [message.get("id") for message in [first, *said] if "result" in message]
    is_right = len(answered) == len({*answered} & {*range(1, 21)}) and all(message.get("id") != 99 for message in said)
    faults.check(status == 0 and is_right, f"input cut off: exit {status}, answered: {answered}, {said[-1:]}")

    # Closed before the start: the numbers 0 to 2 are free, and nothing of ours may take them.
    for stream, words in (("<&-", "standard input is not open"), (">&-", "standard output is not open")):
        done = subprocess.run(["sh", "-c", f'"$0" serve {stream}', binary], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        faults.check(done.returncode == 2 and words in done.stderr, f"serve {stream}: {done.returncode} {done.stderr!r}")


def signals(binary: Path, faults: Faults) -> None:
    for number, expected in ((signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGHUP, 0)):
        server = Server(binary)
        server.send(b"".join(call(n, trace_id=TRACE) for n in range(1, 6)))
        # All five are answered or accepted once the last has been told, in whatever order.
        server.process.stdout.readline()
        server.process.send_signal(number)
        status, said = server.end()
        faults.check(status == expected, f"{number.name}: exit {status}")
        faults.check(all("result" in message for message in said), f"{number.name}: {said}")
    server = Server(binary)
    server.process.send_signal(signal.SIGPIPE)
    server.send(call(1))
    faults.check(b'"id":1' in server.process.stdout.readline(), "SIGPIPE: no answer")
    server.process.stdin.close()
    faults.check(server.end()[0] == 0, "SIGPIPE: no orderly end")
    # A call that waits for a lock is no reason not to end.
    with tempfile.TemporaryDirectory() as folder:
        import sqlite3

        store = Path(folder) / "mlflow.db"
        shutil.copyfile(ROOT / "Samples" / "mlflow.db", store)
        lock = sqlite3.connect(store, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen([binary, "--tracking-uri", f"sqlite:///{store}", "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(line(0, "initialize", OPENING) + call(1))
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        faults.check(process.wait(PATIENCE) == 0, f"SIGTERM while waiting for a lock: exit {process.returncode}")
        process.stdin.close()
        process.stdout.close()


def commands(binary: Path, faults: Faults) -> None:
    environment = {**os.environ, "MLFLOW_TRACKING_URI": STORE}

    def shell(script: str, cwd: str | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(["bash", "-c", script, str(binary)], env=environment, capture_output=True, text=True, cwd=cwd)

    verbs = (
        f"get-trace {TRACE}",
        "search-traces",
        "discover-schema",
        "doctor",
        f"waterfall {TRACE}",
        f"inspect-turn {TRACE}",
        "--generate-completion-script bash",
        f"report {TRACE} -o -",
    )
    for verb in verbs:
        done = shell(f'"$0" {verb} | head -c 10; exit "${{PIPESTATUS[0]}}"')
        faults.check((done.returncode, done.stderr) == (0, ""), f"{verb} | head: {done.returncode} {done.stderr!r}")
        done = shell(f'"$0" {verb} >/dev/full')
        faults.check(done.returncode == 2 and "No space left" in done.stderr, f"{verb} >/dev/full: {done.returncode} {done.stderr!r}")
        done = shell(f'"$0" {verb} >&-')
        faults.check(done.returncode == 2 and "standard output" in done.stderr, f"{verb} >&-: {done.returncode} {done.stderr!r}")
        done = shell(f'"$0" {verb} 2>&- <&-')
        faults.check(done.returncode == 0 and len(done.stdout) > 50, f"{verb} 2>&-: {done.returncode}")
    done = shell('"$0" get-trace tr-absent --output json >/dev/full')
    faults.check(
        done.returncode == 1 and '"not_found"' in done.stderr, f"an error needs no standard output: {done.returncode} {done.stderr!r}"
    )
    with tempfile.TemporaryDirectory() as folder:
        old = Path(folder) / "report.html"
        old.write_text("the old one")
        full = shell(f'ulimit -f 8; "$0" report {TRACE} -o report.html', folder)
        faults.check(
            full.returncode != 0 and old.read_text() == "the old one", f"a report on a full disk: {full.returncode} {full.stderr!r}"
        )
        faults.check(
            "cannot be written" in full.stderr and os.listdir(folder) == ["report.html"],
            f"left behind: {os.listdir(folder)} {full.stderr!r}",
        )
        for target, words in (
            ("/dev/full", "No space left"),
            ("absent/report.html", "No such file"),
            ("/proc/report.html", "cannot be written"),
        ):
            done = shell(f'"$0" report {TRACE} -o {target}', folder)
            faults.check(done.returncode == 2 and words in done.stderr, f"report -o {target}: {done.returncode} {done.stderr!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path)
    binary, faults = parser.parse_args().binary.resolve(), Faults()
    for part in (slow_reader, closed_streams, signals, commands):
        part(binary, faults)
    faults.end()


if __name__ == "__main__":
    main()
