#!/usr/bin/env python3
"""Play every transcript and validate every answer against the JSON Schema of its revision.

    validate_answers.py --binary .build/release/mlflow-lens [--fixture .build/debug/conformance-server]

What the answers say is checked by the Swift tests; here it is their shape.  Exit status 1 when a message is invalid.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from answer_schemas import STATELESS, Conversation, faults

ROOT = Path(__file__).resolve().parents[2]
TRANSCRIPTS = ROOT / "Tests" / "TranscriptTests"
STORE = f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}"
#: How long the next answer is waited for before the input is closed; some come only then.
PATIENCE = 3.0


def substitutions() -> dict[str, str]:
    """What ``${NAME}`` stands for: the scalars of the sample store's manifest by their path."""
    found: dict[str, str] = {"WRONG": ""}

    def flatten(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                flatten(part, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            for place, part in enumerate(value):
                flatten(part, f"{path}.{place}")
        elif value is not None:
            found[path] = str(value)

    manifest = json.loads((ROOT / "Samples" / "manifest.json").read_text(encoding="utf-8"))
    flatten(manifest, "")
    for name, case in manifest["cases"].items():
        if "trace_id" in case:
            found[f"TRACE:{name}"] = case["trace_id"]
    return found


def sends(path: Path, names: dict[str, str]) -> tuple[list[bytes], int]:
    """The bytes of each step that sends, and how many answers are expected."""
    pieces: list[bytes] = []
    expected = 0
    text = path.read_text(encoding="utf-8")
    for line in text.splitlines():
        line = re.sub(r"\$\{([A-Za-z0-9_:.\-]+)\}", lambda match: json.dumps(names[match[1]])[1:-1], line)
        step = json.loads(line)
        expected += "expect" in step
        if "send" in step:
            message = step["send"]
            wire = message if isinstance(message, str) else json.dumps(message, separators=(",", ":"), ensure_ascii=False)
            pieces.append(wire.encode("utf-8", "surrogatepass") + b"\n")
        elif "sendHex" in step:
            pieces.append(bytes.fromhex(step["sendHex"]))
    return pieces, expected


def play(command: list[str], pieces: list[bytes], expected: int) -> list[bytes]:
    """The lines of the server."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    lines: list[bytes] = []
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, b"")))
    reader.start()
    for piece in pieces:
        process.stdin.write(piece)
        process.stdin.flush()
    count, deadline = 0, time.monotonic() + PATIENCE
    while len(lines) < expected and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
        if len(lines) > count:
            count, deadline = len(lines), time.monotonic() + PATIENCE
    process.stdin.close()
    process.wait(10)
    reader.join(10)
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--fixture", type=Path, help="the server of Tests/ConformanceServer")
    options = parser.parse_args()
    if not faults(STATELESS, "ListToolsResult", {"tools": [{"name": 1}]}):
        raise SystemExit("the validator finds nothing wrong with what is wrong")
    names = substitutions()
    ours = [str(options.binary), "--tracking-uri", STORE, "serve"]
    unreadable = [str(options.binary), "--tracking-uri", "sqlite:////no/such/folder/mlflow.db", "serve"]
    groups = [("Transcripts", ours), ("Transcripts/stores", unreadable), ("Conformance/direct", ours)]
    if options.fixture:
        groups.append(("Conformance/fixture", [str(options.fixture)]))
    files = checked = invalid = 0
    for folder, command in groups:
        for path in sorted((TRANSCRIPTS / folder).glob("*.jsonl")):
            pieces, expected = sends(path, names)
            conversation = Conversation()
            for line in b"".join(pieces).split(b"\n"):
                try:
                    conversation.sent(json.loads(line))
                except (ValueError, RecursionError):
                    continue
            lines = play(command, pieces, expected)
            files += 1
            if len(lines) != expected:
                invalid += 1
                print(f"{folder}/{path.name}: {len(lines)} lines, {expected} expected")
            for line in lines:
                for problem in conversation.problems(json.loads(line)):
                    invalid += 1
                    print(f"{folder}/{path.name}: {problem}\n  {line[:300].decode()}")
            checked += conversation.checked
    print(f"{files} transcripts, {checked} messages validated, {invalid} faults")
    return 1 if invalid or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
