#!/usr/bin/env python3
"""Compare counts and groups over a tracking server, which counts by itself, with those of the database behind it.

    server_figures.py --binary .build/release/mlflow-lens

More traces than mlflow-lens fetches over a server are made by copying those of the sample store.  Exit status 1 when
anything differs, or when the server was not asked to count.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from tracking_server import tracking_server

ROOT = Path(__file__).resolve().parents[2]
#: More than are fetched over a server for one question.
WANTED = 5_600
#: An hour between copies, so that days and hours have several traces each.
STEP_MS = 3_600_000
#: What is asked of both, and whether the server can count it.
QUESTIONS: list[tuple[dict[str, str], bool]] = [
    ({"group_by": "status"}, True),
    ({"group_by": "name"}, True),
    ({"group_by": "experiment"}, True),
    ({"group_by": "day"}, True),
    ({"group_by": "hour"}, True),
    ({"group_by": "day", "filter": "status != 'IN_PROGRESS'"}, False),
    ({"group_by": "name", "since": "2026-11-16", "filter": "timestamp_ms > 1 AND tag.copy = 'yes'"}, True),
    ({"group_by": "user"}, False),
]


def multiply(path: Path) -> int:
    """Copies of all traces, without their spans, under other ids and at other times."""
    with sqlite3.connect(path) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(trace_info)")]
        ids = [row[0] for row in database.execute("SELECT request_id FROM trace_info ORDER BY request_id")]
        copies = WANTED // len(ids) + 1
        for number in range(copies):
            prefix = f"tr-{number:08x}"
            values = {"request_id": f"'{prefix}' || substr(request_id, 12)"}
            values["timestamp_ms"] = f"timestamp_ms + {number * STEP_MS}"
            values["client_request_id"] = "NULL"
            names = ", ".join(columns)
            picked = ", ".join(values.get(name, name) for name in columns)
            marks = ", ".join("?" * len(ids))
            database.execute(
                f"INSERT INTO trace_info ({names}) SELECT {picked} FROM trace_info WHERE request_id IN ({marks})", ids
            )
            rows = [(f"{prefix}{trace_id[11:]}", "copy", "yes") for trace_id in ids]
            database.executemany("INSERT INTO trace_tags (request_id, key, value) VALUES (?, ?, ?)", rows)
            rows = [(f"{prefix}{trace_id[11:]}", "copy.number", str(number)) for trace_id in ids]
            database.executemany("INSERT INTO trace_request_metadata (request_id, key, value) VALUES (?, ?, ?)", rows)
        return database.execute("SELECT count(*) FROM trace_info").fetchone()[0]


def ask(binary: Path, store: str, arguments: dict[str, str]) -> dict:
    """Our answer."""
    command = [str(binary), "--tracking-uri", store, "search-traces", "--format", "json"]
    command += ["--max-results", "500", "--max-chars", "200000"]
    for key, value in arguments.items():
        command += ["--" + key.replace("_", "-"), value]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if answer.returncode:
        raise SystemExit(f"{arguments} over {store}: {answer.stderr}")
    return json.loads(answer.stdout)


def differences(ours: dict, theirs: dict, counted: bool) -> list[str]:
    """What the database and the server do not agree in."""
    found = []
    remark = any("counted by the server" in text for text in theirs.get("remarks", []))
    if remark != counted:
        found.append(f"the server counted: {remark}, expected {counted}")
    if not counted:
        if not any("more traces than are counted" in text for text in theirs.get("remarks", [])):
            found.append("not said that only some were counted")
        return found
    left, right = ({group["value"]: group for group in answer["groups"]} for answer in (ours, theirs))
    if ours["group_by"] == "name":
        # The database knows the root spans' names of traces that have none of their own, the server does not.
        total = sum(group["trace_count"] for group in left.values()), sum(group["trace_count"] for group in right.values())
        if total[0] != total[1] or not right.keys() <= left.keys():
            found.append(f"{total[0]} and {total[1]} traces, names {list(right)}")
        del left[None], right[None]
    elif list(left) != list(right):
        found.append(f"groups {list(left)} and {list(right)}")
    for value in left.keys() & right.keys():
        for key in ("trace_count", "error_count", "total_tokens"):
            if left[value].get(key) != right[value].get(key):
                found.append(f"{value}: {key} {left[value].get(key)} and {right[value].get(key)}")
        for key in ("p50_ms", "p95_ms"):
            # The nearest recorded one and one between two recorded ones.
            mine, its = left[value].get(key), right[value].get(key)
            if (mine is None) != (its is None) or (mine is not None and abs(mine - its) > 1 + 0.5 * max(mine, its)):
                found.append(f"{value}: {key} {mine} and {its}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    options = parser.parse_args()
    problems = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "Samples" / "mlflow.db", folder / "mlflow.db")
        count = multiply(folder / "mlflow.db")
        with tracking_server(folder) as address:
            for arguments, counted in QUESTIONS:
                ours = ask(options.binary, f"sqlite:///{folder / 'mlflow.db'}", arguments)
                theirs = ask(options.binary, address, arguments)
                for text in differences(ours, theirs, counted):
                    problems += 1
                    print(f"DIFFERENT {arguments}: {text}")
    print(f"{count} traces, {len(QUESTIONS)} questions, {problems} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
