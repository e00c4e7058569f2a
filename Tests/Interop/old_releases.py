#!/usr/bin/env python3
"""Let old releases of MLflow write stores, and compare what they read back with what we read: from the database, from the
database moved elsewhere, and through a tracking server of that release.

    old_releases.py --binary .build/release/mlflow-lens [--cache DIR] [--version 2.22.5 ...]

Each release gets a virtual environment of its own in the cache folder, made when it is first needed. A release that the
package index does not have is skipped, and said to be.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from environments import environment
from stdio_client import StdioClient
from tracking_server import tracking_server

HERE = Path(__file__).resolve().parent
# The first with traces (2.14), spans in artifact files with ids of their own (2.22), v3 encoding in files (3.0), rows and
# files together (3.4), rows and metrics (3.9), and what came after the release that the other tests use.
VERSIONS = ("2.14.3", "2.22.5", "3.0.1", "3.4.0", "3.9.0", "3.18.0")


def of_release(version: str, cache: Path) -> Path | None:
    """The Python of a virtual environment with that MLflow; None when it cannot be had."""
    # What these releases ran with: they import pkg_resources and a pool that SQLAlchemy 2.1 no longer has, and with a newer
    # OpenTelemetry their spans are never exported.
    packages = [f"mlflow=={version}", "setuptools<81", "sqlalchemy<2.1", "opentelemetry-sdk<1.30"]
    return environment(f"mlflow-{version}", packages, cache)


def decoded(value):
    """An attribute as MLflow means it: JSON in a string, or the string itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def span_id(text: str | None) -> str | None:
    """Sixteen hex digits, whichever way the id is written."""
    if not text:
        return None
    # Releases before 2.15 wrote a prefix.
    if len(text.removeprefix("0x")) == 16:
        return text.removeprefix("0x")
    return base64.b64decode(text).hex()


def span_facts(span: dict) -> dict:
    """What a span says, in the same words for every encoding."""
    old = "context" in span
    status = span["status_code"] if old else span["status"]["code"].removeprefix("STATUS_CODE_")
    return {
        "id": span_id(span["context"]["span_id"] if old else span["span_id"]),
        "parent": span_id(span["parent_id"] if old else span["parent_span_id"]),
        "name": span["name"],
        "start": span["start_time"] if old else span["start_time_unix_nano"],
        "end": span["end_time"] if old else span["end_time_unix_nano"],
        "status": status,
        "message": (span["status_message"] if old else span["status"].get("message")) or "",
        "attributes": {key: decoded(value) for key, value in span["attributes"].items()},
        "events": [
            (event["name"], event["timestamp"] if old else event["time_unix_nano"], event.get("attributes") or {})
            for event in span.get("events") or []
        ],
    }


def trace_facts(trace: dict) -> dict:
    """What a trace says, in the same words for every version."""
    info = trace["info"]
    old = "request_id" in info
    return {
        "id": info["request_id"] if old else info["trace_id"],
        "state": info["status"] if old else info["state"],
        "duration_ms": info["execution_time_ms"] if old else info.get("execution_duration_ms"),
        "metadata": info["request_metadata"] if old else info.get("trace_metadata", {}),
        "tags": info["tags"],
        "spans": sorted((span_facts(span) for span in trace["data"]["spans"]), key=lambda span: span["id"]),
    }


def differences(expected, actual, path: str = "") -> list[str]:
    """Where two values differ."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = sorted(expected.keys() | actual.keys())
        return [d for key in keys for d in differences(expected.get(key), actual.get(key), f"{path}/{key}")]
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)) and len(expected) == len(actual):
        return [d for i, pair in enumerate(zip(expected, actual)) for d in differences(*pair, f"{path}/{i}")]
    if isinstance(expected, float) and isinstance(actual, float) and math.isnan(expected) and math.isnan(actual):
        return []
    return [] if expected == actual else [f"{path}: MLflow reads {expected!r}, we read {actual!r}"]


def read_raw(client: StdioClient, trace_id: str) -> dict:
    """The whole trace through our server."""
    text, offset = "", 0
    while offset is not None:
        arguments = {"trace_id": trace_id, "raw": True, "format": "json", "max_chars": 200_000, "offset": offset}
        page = client.call_tool("get_trace", arguments)["structuredContent"]
        text += page["content"]
        offset = page["next_offset"]
    return json.loads(text)


def fingerprint(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def check(version: str, python: Path, binary: Path) -> list[str]:
    """What differs between that release's reading of its store and ours, at its place and moved elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "store"
        folder.mkdir()
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        command = [str(python), str(HERE / "write_traces.py"), uri, (folder / "mlartifacts" / "1").as_uri()]
        written = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if written.returncode:
            return [f"mlflow {version} could not write: {written.stderr[-800:]}"]
        lines = [line for line in written.stdout.splitlines() if line.startswith("TRACE ")]
        expected = [trace_facts(json.loads(line.removeprefix("TRACE "))) for line in lines]
        problems = [] if len(expected) == 3 else [f"{len(expected)} traces were written, not 3"]
        before = fingerprint(folder)
        problems += compare(binary, uri, expected)
        if fingerprint(folder) != before:
            problems.append("reading changed the store")
        with tracking_server(folder, python=str(python)) as address:
            problems += [f"through the server: {p}" for p in compare(binary, address, expected)]
        moved = folder.rename(folder.parent / "moved")
        problems += [f"after moving: {p}" for p in compare(binary, f"sqlite:///{moved / 'mlflow.db'}", expected)]
        return problems


def compare(binary: Path, uri: str, expected: list[dict]) -> list[str]:
    """What differs for each trace."""
    with StdioClient([str(binary), "--tracking-uri", uri, "--reveal-secrets", "serve"]) as client:
        client.initialize()
        return [
            f"{trace['id']}{d}" for trace in expected for d in differences(trace, trace_facts(read_raw(client, trace["id"])))
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=Path("mlflow-lens"), type=Path, help="the mlflow-lens executable")
    parser.add_argument("--cache", type=Path, default=Path(".venv-old"), help="folder of the virtual environments")
    parser.add_argument("--version", action="append", help="only this release (may be repeated)")
    parser.add_argument("--prepare", action="store_true", help="only make the environments")
    options = parser.parse_args()
    failed = False
    for version in options.version or VERSIONS:
        python = of_release(version, options.cache.resolve())
        if python is None or options.prepare:
            continue
        problems = check(version, python, options.binary.resolve())
        print(f"mlflow {version}: " + ("3 traces equal, in place, through its server and moved" if not problems else "DIFFERENT"))
        for problem in problems[:20]:
            print(f"  {problem}")
        failed = failed or bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
