#!/usr/bin/env python3
"""Read a store in a loop while real MLflow writes traces to it: no error on either side, no trace half-read in silence.

    beside_writer.py --binary .build/release/mlflow-lens [--seconds 10]
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stdio_client import StdioClient

SPANS = 6
WRITER = f"""
import logging, sys, time
import mlflow
logging.getLogger("mlflow").setLevel(logging.WARNING)
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("busy")
end, count = time.time() + float(sys.argv[2]), 0
while time.time() < end:
    with mlflow.start_span("root") as root:
        root.set_inputs({{"n": count}})
        for i in range({SPANS - 1}):
            with mlflow.start_span(f"step_{{i}}") as step:
                step.set_outputs({{"i": i, "pad": "x" * 500}})
    count += 1
mlflow.flush_trace_async_logging()
print(count)
"""

LOCKED = "the writer met a lock: "


def read_all(client: StdioClient, problems: list[str], seen: set[str]) -> None:
    """One round: the newest traces, each read whole; what is not whole has to say so."""
    found = client.call_tool("search_traces", {"format": "json", "max_results": 20, "max_chars": 100_000})
    if found.get("isError"):
        problems.append(f"search: {found['content'][0]['text']}")
        return
    for entry in found["structuredContent"].get("traces", []):
        result = client.call_tool("get_trace", {"trace_id": entry["trace_id"], "format": "json", "max_chars": 100_000})
        if result.get("isError"):
            problems.append(f"{entry['trace_id']}: {result['content'][0]['text']}")
            continue
        facts = result["structuredContent"]
        is_told = bool(facts.get("warnings")) or facts["state"] == "IN_PROGRESS"
        if facts["span_count"] != SPANS and not is_told:
            problems.append(f"{entry['trace_id']}: {facts['span_count']} of {SPANS} spans, state {facts['state']}, and no word of it")
        seen.add(entry["trace_id"])


def run(binary: Path, seconds: float, wal: bool) -> list[str]:
    """Problems of one run."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve() / "mlflow.db"
        uri = f"sqlite:///{path}"
        # The tables first: a writer that makes them is no reader's business. MLflow puts artifacts where it runs.
        subprocess.run([sys.executable, "-c", WRITER, uri, "0.1"], check=True, capture_output=True, cwd=name)
        if wal:
            sqlite3.connect(path).execute("PRAGMA journal_mode=WAL").close()
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, uri, str(seconds)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=name,
        )
        problems: list[str] = []
        seen: set[str] = set()
        rounds = 0
        with StdioClient([str(binary), "--tracking-uri", uri, "serve"]) as client:
            client.initialize()
            while writer.poll() is None:
                read_all(client, problems, seen)
                rounds += 1
                time.sleep(0.02)
            out, err = writer.communicate()
            read_all(client, problems, seen)
        if writer.returncode or "locked" in err:
            problems.append(f"{LOCKED if writer.returncode == 0 else 'the writer: '}exit {writer.returncode}: {err[-500:]}")
        print(f"{'WAL' if wal else 'rollback journal'}: {rounds} rounds beside {out.strip()} traces, {len(seen)} of them seen")
        if rounds < 5 or len(seen) < 20:
            problems.append("too little was read to tell anything")
        return problems


def run_again_when_locked(binary: Path, seconds: float, wal: bool) -> list[str]:
    """Problems of one run; of a second one where all that was wrong is that the writer met a lock.

    MLflow writes from several threads, which lock each other out when the machine stalls; a lock of ours would be met again.
    """
    problems = run(binary, seconds, wal)
    if problems and all(problem.startswith(LOCKED) for problem in problems):
        print(f"once more: {problems[0][:300]}")
        problems = run(binary, seconds, wal)
    return problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--seconds", type=float, default=10, help="how long the writer writes")
    options = parser.parse_args()
    problems = [p for wal in (False, True) for p in run_again_when_locked(options.binary.resolve(), options.seconds, wal)]
    for problem in problems[:20]:
        print(f"  {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
