#!/usr/bin/env python3
"""Ask about traces that are very large, and hold the answers against those that were read.

    large_traces.py --binary .build/release/mlflow-lens [--record]

A trace of 50,000 spans and one with an output of 20 MB are made as exported files; get_trace must answer each within its budget,
with the bytes in answers/. Times are printed, not judged.  Python 3.10 and its standard library.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START = 1_763_283_600_000_000_000
ANSWERS = Path(__file__).parent / "answers"


def span(number: int, name: str, kind: str, parent: int | None, start_ms: int, end_ms: int, error: str = "", **payloads) -> dict:
    attributes = {"mlflow.spanType": json.dumps(kind)}
    attributes |= {key: json.dumps(value) for key, value in payloads.items()}
    return {
        "span_id": f"{number:016x}", "parent_span_id": None if parent is None else f"{parent:016x}", "name": name,
        "start_time_unix_nano": START + start_ms * 1_000_000, "end_time_unix_nano": START + end_ms * 1_000_000,
        "status": {"code": "STATUS_CODE_ERROR" if error else "STATUS_CODE_OK", "message": error},
        "attributes": attributes, "events": [],
    }


def trace(spans: list[dict]) -> dict:
    info = {
        "trace_id": "tr-large", "request_time": "2026-11-16T09:00:00Z", "execution_duration": "50s", "state": "OK",
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
        "trace_metadata": {}, "tags": {}, "assessments": [],
    }
    return {"info": info, "data": {"spans": spans}}


def many_spans(items: int = 4_999) -> dict:
    """One agent, items of nine calls each, of which one fails: ten spans an item and one above them."""
    spans = [span(1, "batch", "AGENT", None, 0, 50_000, **{"mlflow.spanInputs": {"items": items}})]
    for item in range(items):
        own = len(spans) + 1
        spans.append(span(own, f"item_{item}", "CHAIN", 1, item * 10, item * 10 + 9))
        for place in range(9):
            begin = item * 10 + place
            error = "the one failing leaf" if (item, place) == (2_500, 4) else ""
            output = {} if error else {"mlflow.spanOutputs": f"result {place % 3} of item {item}"}
            name = ("fetch", "ask", "write")[place % 3]
            spans.append(span(len(spans) + 1, name, "TOOL", own, begin, begin + 1, error, **output))
    return trace(spans)


def long_string() -> dict:
    payloads = {"mlflow.spanInputs": {"path": "/var/log"}, "mlflow.spanOutputs": "0123456789 " * 1_900_000}
    return trace([span(1, "dump", "TOOL", None, 0, 10, **payloads)])


CASES = {
    "many_spans": (many_spans, [["get-trace", "tr-large"], ["get-trace", "tr-large", "--find", "failing"]]),
    "long_string": (
        long_string,
        [
            ["get-trace", "tr-large"],
            ["get-trace", "tr-large", "--span-ids", "s1", "--fields", "outputs", "--offset", "20000000", "--max-chars", "500"],
        ],
    ),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True)
    parser.add_argument("--record", action="store_true", help="write the answers anew; read them before they are committed")
    options = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, calls) in CASES.items():
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps(make()))
            answers = []
            for call in calls:
                begin = time.monotonic()
                done = subprocess.run(
                    [options.binary, "--tracking-uri", str(path), *call], capture_output=True, text=True, check=False)
                print(f"  {name}: {' '.join(call[:4])}: {time.monotonic() - begin:.2f} s, {len(done.stdout.encode())} bytes")
                if done.returncode != 0 or len(done.stdout.encode()) > 8_001:
                    print(f"FAULT {name} {call}: status {done.returncode}, {done.stderr[:300]}")
                    faults += 1
                answers.append(done.stdout)
            text = "\n".join(answers)
            golden = ANSWERS / f"{name}.txt"
            if options.record:
                golden.write_text(text)
            elif golden.read_text() != text:
                print(f"FAULT {name}: the answers differ from {golden.name}:\n{text[:2_000]}")
                faults += 1
    print(f"large traces: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
