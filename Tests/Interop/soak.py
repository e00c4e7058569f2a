#!/usr/bin/env python3
"""Several servers, asked many things at once for a long time, on a store that real MLflow is writing to.

    soak.py --binary .build/release/mlflow-lens [--seconds 90] [--clients 4] [--rate 25] [--seed 1]

Each client has a server of its own and several requests in flight; the last one reads over a tracking server, the others the
database. Exit status 1 when an answer is missing, doubled, wrong or over its budget, when a call fails that should not, or when
memory, descriptors or threads of a server grow. What counts as growth of memory: the median of the last quarter of the time over
that of the second by more than TOLERANCE and SLACK_MIB; the first quarter is warm-up. The servers run with one malloc arena
(MALLOC_ARENA_MAX), so that their memory is what they hold and not how many arenas have been touched so far. That a writer kept the
database locked for longer than we wait, said so, is counted and printed; more than three calls in a hundred are a fault.
"""

from __future__ import annotations

import argparse
import collections
import json
import math
import os
import random
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from soak_calls import Call, Known, Mix
from stdio_client import PROTOCOL_VERSION
from tracking_server import tracking_server

ROOT = Path(__file__).resolve().parents[2]
TOLERANCE, SLACK_MIB = 0.10, 4.0
#: Descriptors and threads come and go with what is in flight; below these they are not taken for growing.
CEILING = {"mib": 0, "descriptors": 64, "threads": 64}
SLACK_COUNT = 2
PATIENCE = 120.0
BURST = 6
CANCELLED = 0.08
LOCKED, LOCKED_SHARE = "has been locked by a writer", 0.03
#: Traces written each second, of which twelve are a session. Behind the warm-up the writer goes on, with tags of those traces: a
#: store that grew would let what answers hold grow, and nobody could tell it from a leak.
WRITER = """
import logging, os, sys, time
import mlflow
logging.getLogger("mlflow").setLevel(logging.WARNING)
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("soak")
count, pause, most, ids = 0, 1 / float(sys.argv[2]), int(sys.argv[3]), []
while not os.path.exists("stop"):
    begun = time.time()
    if count >= most:
        mlflow.set_trace_tag(ids[count % len(ids)], "round", str(count))
        count += 1
        time.sleep(max(0, pause - (time.time() - begun)))
        continue
    try:
        with mlflow.start_span("answer", span_type="AGENT") as root:
            mlflow.update_current_trace(metadata={"mlflow.trace.session": f"soak-{count // 12}", "mlflow.trace.user": f"u-{count % 7}"})
            root.set_inputs({"question": f"Where is order {count}?"})
            for i in range(6):
                with mlflow.start_span(f"step_{i}", span_type="TOOL" if i % 2 else "CHAIN") as step:
                    step.set_inputs({"order": count, "step": i})
                    step.set_outputs({"found": count * 31 % 977, "pad": "words of a document " * (20 + count % 50)})
            if count % 9 == 4:
                raise ValueError(f"order {count} is not known")
            root.set_outputs({"answer": f"Order {count} arrives on day {count * 31 % 977}."})
    except ValueError:
        pass
    ids.append(root.trace_id)
    count += 1
    time.sleep(max(0, pause - (time.time() - begun)))
print(f"{len(ids)} traces and {count - len(ids)} tags")
"""


@dataclass
class Sample:
    """What the system says of a process at a moment."""

    seconds: float
    mib: float
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int, began: float) -> Sample:
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        return cls(time.monotonic() - began, int(lines["VmRSS"].split()[0]) / 1024, descriptors, int(lines["Threads"]))


@dataclass
class Client:
    """One server and the calls that are made of it."""

    name: str
    command: list[str]
    seed: int
    rate: float
    problems: list[str] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    samples: list[Sample] = field(default_factory=list)
    #: Cancelled and not answered so far.
    late: set[int] = field(default_factory=set)
    cancelled: int = 0
    locked: int = 0
    answered: int = 0

    def problem(self, text: str) -> None:
        """Kept, and said at once: the end may be half an hour away."""
        self.problems.append(text)
        print(f"FAULT {self.name} at {time.monotonic() - self.began:.0f} s: {text}", flush=True)

    def run(self, seconds: float) -> None:
        """Asks for so long, then sees the server end."""
        try:
            self.begin()
            deadline = self.began + seconds
            while time.monotonic() < deadline and len(self.problems) < 20:
                started = time.monotonic()
                asked = self.burst([self.mix.next() for _ in range(self.chance.randint(1, BURST))])
                time.sleep(max(0.0, asked / self.rate - (time.monotonic() - started)))
            self.end()
        except Exception as error:
            self.problem(f"{type(error).__name__}: {error}")
            self.process.kill()

    def begin(self) -> None:
        self.chance = random.Random(self.seed)
        self.known = Known()
        self.mix = Mix(self.seed, self.known, over_server=self.name.startswith("server"))
        self.number, self.buffer = 0, b""
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
            env={**os.environ, "MALLOC_ARENA_MAX": "1"},
        )  # fmt: skip
        opening = {"protocolVersion": PROTOCOL_VERSION, "capabilities": {}, "clientInfo": {"name": "soak", "version": "1"}}
        self.began = time.monotonic()
        self.burst([Call("initialize", "initialize", opening)], may_cancel=False)
        self.send({"method": "notifications/initialized"})

    def send(self, message: dict) -> None:
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def burst(self, calls: list[Call], may_cancel: bool = True) -> int:
        """Sends all, then reads until each is answered; a cancelled one may be, or not."""
        waiting: dict[int, tuple[Call, float]] = {}
        cancelled: set[int] = set()
        for call in calls:
            self.number += 1
            waiting[self.number] = (call, time.perf_counter())
            self.send({"id": self.number, "method": call.method, "params": call.params})
            if may_cancel and self.chance.random() < CANCELLED:
                cancelled.add(self.number)
                self.send({"method": "notifications/cancelled", "params": {"requestId": self.number, "reason": "soak"}})
        self.cancelled += len(cancelled)
        if cancelled:
            # Whatever was cancelled is over, or will never be answered, once a later request has been.
            self.number += 1
            waiting[self.number] = (Call("other methods", "ping", {}), time.perf_counter())
            self.send({"id": self.number, "method": "ping", "params": {}})
        while waiting.keys() - cancelled:
            for line in self.lines():
                self.take(json.loads(line), waiting, cancelled)
        self.late |= cancelled & waiting.keys()
        return len(calls)

    def lines(self) -> list[bytes]:
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError(f"no answer after {PATIENCE:.0f} s")
        chunk = os.read(self.process.stdout.fileno(), 1 << 20)
        if not chunk:
            raise EOFError(f"the server ended: exit status {self.process.wait(10)}")
        *whole, self.buffer = (self.buffer + chunk).split(b"\n")
        return whole

    def take(self, message: dict, waiting: dict[int, tuple[Call, float]], cancelled: set[int]) -> None:
        if "method" in message:
            return
        number = message.get("id")
        if number not in waiting:
            # An answer that a cancellation came too late for, sent after the burst it belongs to, is none to wonder about.
            if number not in self.late:
                self.problem(f"an answer to request {number}, which has none open: {str(message)[:200]}")
            return
        call, sent = waiting.pop(number)
        self.answered += 1
        if number not in cancelled:
            self.times[call.kind].append((time.perf_counter() - sent) * 1e3)
            if fault := self.fault(call, message):
                self.problem(f"{call.method} {json.dumps(call.params)[:300]}: {fault}")

    def fault(self, call: Call, message: dict) -> str | None:
        """What is wrong with an answer."""
        result = message.get("result", {})
        failed = "error" in message or result.get("isError", False)
        text = "".join(part.get("text", "") for part in result.get("content", []))
        said = json.dumps(message["error"]) if "error" in message else text
        if failed and LOCKED in said:
            self.locked += 1
            return None
        if failed != call.fails:
            return f"{'failed' if failed else 'did not fail'}: {said[:300]}"
        if call.budget and not failed and len(text.encode()) > call.budget:
            return f"{len(text.encode())} bytes, {call.budget} allowed"
        if not failed and call.method == "tools/call" and not text.strip():
            return "nothing was said"
        self.known.learn(result.get("structuredContent", {}))
        return None

    def end(self) -> None:
        self.process.stdin.close()
        status = self.process.wait(30)
        self.process.stdout.close()
        if status:
            self.problem(f"the server ended with exit status {status}")

    def watch(self) -> None:
        """One sample."""
        try:
            self.samples.append(Sample.of(self.process.pid, self.began))
        except (OSError, KeyError, AttributeError):
            pass  # not there yet, or not any more


def growth(client: Client, seconds: float) -> list[str]:
    """What grew after warm-up; prints the course."""
    quarters: list[list[Sample]] = [[], [], [], []]
    for sample in client.samples:
        if sample.seconds < seconds:
            quarters[int(sample.seconds / seconds * 4)].append(sample)
    if not all(quarters):
        return ["too little was seen of the process to tell anything"]
    found, told = [], []
    for what, slack in (("mib", SLACK_MIB), ("descriptors", SLACK_COUNT), ("threads", SLACK_COUNT)):
        course = [statistics.median(getattr(sample, what) for sample in quarter) for quarter in quarters]
        told.append(f"{what} {' '.join(f'{value:.1f}' if what == 'mib' else f'{value:.0f}' for value in course)}")
        share = TOLERANCE if what == "mib" else 0
        if course[3] > max(course[1] * (1 + share) + slack, CEILING[what]):
            found.append(f"{what} grow: medians of the quarters {course}")
    late = quarters[1] + quarters[2] + quarters[3]
    slope = statistics.linear_regression([sample.seconds for sample in late], [sample.mib for sample in late]).slope * 3600
    peak = max(sample.mib for sample in client.samples)
    print(f"  {client.name}: medians by quarter: {'; '.join(told)}; peak {peak:.1f} MiB, slope after warm-up {slope:+.2f} MiB an hour")
    return found


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, math.ceil(len(times) * share) - 1)]


def latencies(clients: list[Client]) -> None:
    """p50 and p99 of each kind of call, from the database and over the server."""
    row = "  {:<18}{:<10}{:>8}{:>10}{:>10}{:>10}".format
    print(row("call", "from", "calls", "p50 ms", "p99 ms", "max ms"))
    for where in dict.fromkeys(client.name.split()[0] for client in clients):
        kinds: dict[str, list[float]] = collections.defaultdict(list)
        for client in clients:
            if client.name.split()[0] == where:
                for kind, times in client.times.items():
                    kinds[kind] += times
        for kind, times in sorted(kinds.items()):
            print(row(kind, where, len(times), *(f"{value:.1f}" for value in (percentile(times, 0.5), percentile(times, 0.99), max(times)))))


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    """Problems of the whole."""
    shutil.copy(ROOT / "Samples" / "mlflow.db", folder / "mlflow.db")
    store = f"sqlite:///{folder / 'mlflow.db'}"
    binary = str(options.binary.resolve())
    # The writer starts before the clients and ends after them; what it says goes to a file, for a pipe may fill up.
    errors = (folder / "writer.log").open("w+")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, store, str(options.traces), str(int(options.seconds / 4 * options.traces))],
        stdout=subprocess.PIPE, stderr=errors, text=True, cwd=folder,
        # Each trace when it is made: no queue may pile up behind a store that is being read.
        env={**os.environ, "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false"},
    )  # fmt: skip
    with tracking_server(folder) as address:
        clients = []
        for number in range(options.clients):
            over = number == options.clients - 1 and options.clients > 1
            name = f"{'server' if over else 'database'} {number + 1}"
            command = [binary, "--tracking-uri", address if over else store, "serve"]
            clients.append(Client(name, command, options.seed * 1000 + number, options.rate))
        threads = [threading.Thread(target=client.run, args=(options.seconds,)) for client in clients]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for client in clients:
                client.watch()
            time.sleep(min(1.0, options.seconds / 120))
        (folder / "stop").touch()
        try:
            out, _ = writer.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            writer.kill()
            out, _ = writer.communicate()
    err = (folder / "writer.log").read_text()
    # What the clients met was said at once.
    met = [f"{client.name}: {problem}" for client in clients for problem in client.problems]
    problems = []
    if writer.returncode:
        problems.append(f"the writer: exit {writer.returncode}: {err[-500:]}")
    asked = sum(client.number for client in clients)
    cancelled = sum(client.cancelled for client in clients)
    print(f"{options.seconds:.0f} s, {len(clients)} servers, {asked} requests ({cancelled} cancelled) beside {out.strip()} being written")
    locked = sum(client.locked for client in clients)
    if locked:
        print(f"  {locked} calls were told that a writer had the database locked")
    if locked > asked * LOCKED_SHARE:
        problems.append(f"{locked} of {asked} calls found the database locked")
    for client in clients:
        problems += [f"{client.name}: {what}" for what in growth(client, options.seconds)]
    latencies(clients)
    if "locked" in err:
        print(f"  the writer met a lock ({err.count('locked')} times); MLflow's own threads and its server write beside each other")
    if len(clients[0].known.traces) < 40 or any(client.answered < 20 for client in clients):
        problems.append("too little was asked to tell anything")
    for problem in problems:
        print(f"FAULT {problem}")
    return met + problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--clients", type=int, default=4, help="servers; the last one, of several, reads over a tracking server")
    parser.add_argument("--rate", type=float, default=25, help="requests a second of each client, at most")
    parser.add_argument("--traces", type=float, default=4, help="traces written a second")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        problems = run(options, Path(name).resolve())
    print(f"soak: {len(problems)} faults")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
