"""Counts of instructions of a few calls, which a busy machine does not change, held against those that were recorded.

Counted by valgrind: it runs where a machine's own counters are hidden (most virtual ones), shows every program the same processor, and runs
one thread at a time. What is left of chance is which thread takes what, about 0.6 million instructions once at the first question;
so a call is counted as the difference of many and none after a first round of all calls, and again, up to three times, where it seems off.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import shapes
from stored import ROOT, START_MS, Store

sys.path.insert(0, str(ROOT / "Tests" / "Interop"))
from stdio_client import StdioClient  # noqa: E402

RECORD = Path(__file__).with_name("instructions.json")
TOLERANCE = 0.05
TRIES = 3
START = "start, initialize, tools/list"


@dataclass
class Case:
    """A call, and how many of it are counted together."""

    name: str
    tool: str
    arguments: dict
    times: int


def cases(path: Path) -> list[Case]:
    """The store that is asked, made into the file, and what is asked of it."""
    chance = random.Random(7)
    with Store(path, seed=1) as store:
        medium = store.add(shapes.research(chance), START_MS)
        large = store.add(shapes.batch(5_000, 90), START_MS + 5_000)
        for number, turn in enumerate(shapes.turns(150, 42)):
            store.add(turn, START_MS + 1_000_000 + number * 9_000, session="chat")
    return [
        Case("get_trace, 28 spans", "get_trace", {"trace_id": medium}, 30),
        Case("inspect_turn, 5,000 spans", "inspect_turn", {"trace_id": large}, 1),
        Case("analyze_session, 150 turns", "analyze_session", {"session_id": "chat"}, 2),
        Case("search_traces, filter of spans", "search_traces", {"filter": "span.name = 'search_documents' AND status = 'OK'"}, 20),
    ]


class Counter:
    """The program under valgrind."""

    def __init__(self, binary: Path, folder: Path):
        self.folder = folder
        # Without what debuggers read: valgrind 3.19 does not understand the newest form of it.
        self.binary = folder / "mlflow-lens"
        subprocess.run([shutil.which("strip") or "llvm-strip", "-o", self.binary, binary], check=True)
        self.store = folder / "mlflow.db"
        self.cases = cases(self.store)

    def run(self, calls: list[Case]) -> int:
        """Instructions of a server from its start to its end."""
        log = self.folder / "valgrind.log"
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", f"--log-file={log}"]
        command += [str(self.binary), "--tracking-uri", f"sqlite:///{self.store}", "serve"]
        # The order of hash tables is chance otherwise; one processor, or more threads are started where there are more.
        if taskset := shutil.which("taskset"):
            command = [taskset, "-c", "0", *command]
        with StdioClient(command, {"SWIFT_DETERMINISTIC_HASHING": "1"}, timeout=600) as server:
            server.initialize()
            server.list_tools()
            for call in calls:
                answer = server.call_tool(call.tool, call.arguments)
                if answer.get("isError"):
                    raise SystemExit(f"{call.name}: {answer['content'][0]['text']}")
        found = re.search(r"I\s+refs:\s+([\d,]+)", log.read_text())
        if not found:
            raise SystemExit(f"valgrind counted nothing: {log.read_text()[-500:]}")
        return int(found[1].replace(",", ""))

    def measure(self, wanted: set[str]) -> dict[str, int]:
        """Instructions of each of the cases wanted."""
        counts = {}
        if START in wanted:
            counts[START] = self.run([])
        if wanted - {START}:
            warm = self.run(self.cases)
            for case in self.cases:
                if case.name in wanted:
                    counts[case.name] = (self.run(self.cases + [case] * case.times) - warm) // case.times
        return counts


def versions(binary: Path) -> dict[str, str]:
    """What the counts depend on besides the program's source."""
    def said(*command: str | Path) -> str:
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()
        except (OSError, subprocess.CalledProcessError, IndexError):
            return "unknown"

    compiler = re.search(r"Swift version [\d.]+", said("swift", "--version"))
    return {"program": said(binary, "--version"), "compiler": compiler[0] if compiler else "unknown", "machine": said("uname", "-m")}


def spread(binary: Path, rounds: int) -> None:
    """Prints how far the counts are apart from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(binary, Path(folder))
        names = {START, *(case.name for case in counter.cases)}
        found = [counter.measure(names) for _ in range(rounds)]
    for name in found[0]:
        values = [counts[name] for counts in found]
        print(f"{name:<34} {min(values):>14,} – {max(values):,} ({(max(values) / min(values) - 1) * 100:.2f} % apart in {rounds} runs)")


def record(binary: Path) -> None:
    """Writes the file anew: the least of several runs."""
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(binary, Path(folder))
        names = {START, *(case.name for case in counter.cases)}
        found = [counter.measure(names) for _ in range(TRIES)]
    counts = {name: min(each[name] for each in found) for name in found[0]}
    RECORD.write_text(json.dumps({**versions(binary), "tolerance": TOLERANCE, "instructions": counts}, indent=2) + "\n", encoding="utf-8")
    print(RECORD.read_text(encoding="utf-8"), end="")


def check(binary: Path) -> int:
    """Compares with the file; the exit status."""
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    now = versions(binary)
    for name in ("compiler", "machine"):
        if now[name] != recorded[name]:
            print(f"SKIPPED: instructions were counted with {recorded[name]}, here is {now[name]}: nothing to compare with")
            return 0
    before, tolerance = recorded["instructions"], recorded["tolerance"]
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        counter = Counter(binary, Path(folder))
        off = set(before)
        for _ in range(TRIES):
            for name, count in counter.measure(off).items():
                counts[name] = min(count, counts.get(name, count))
            off = {name for name in before if abs(counts[name] / before[name] - 1) > tolerance}
            if not off:
                break
    worse = [name for name in off if counts[name] > before[name]]
    for name in before:
        remark = "" if name not in off else " MORE" if name in worse else " fewer"
        print(f"{name:<34} {counts[name]:>14,}  recorded {before[name]:>14,}  {(counts[name] / before[name] - 1) * 100:+.2f} %{remark}")
    if worse:
        print(f"FAULT: more instructions than recorded by over {tolerance:.0%}. If they are worth it: scripts/instructions --record")
    elif off:
        print("Fewer than recorded: keep them, with scripts/instructions --record")
    return 1 if worse else 0
