#!/usr/bin/env python3
"""Use mlflow-lens through other clients than the newest official one: its old releases, and FastMCP's own.

    other_clients.py --binary .build/release/mlflow-lens [--fixture .build/release/conformance-server] [--cache DIR]
        [--client mcp==1.9.4 ...]

Each client gets a virtual environment of its own in the cache folder, made when it is first needed; client_probe.py
runs there.  A client that the package index does not have is skipped, and said to be.  Exit status 1 when any check
fails, or when no client could be had.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from environments import environment

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
#: The protocol revision that each client has to come to with us.  The official one changed its interface with 2.0,
#: which python_client.py uses; FastMCP's is the part of it without its server.
CLIENTS = {
    "mcp==1.9.4": "2025-03-26",
    "mcp==1.12.4": "2025-06-18",
    "mcp==1.30.0": "2025-11-25",
    "fastmcp-slim[client]==4.1.6": "2026-07-28",
}
#: What some ran with: they import a part of pydantic that newer ones no longer have.
BESIDES = {"mcp==1.9.4": ["pydantic<2.12"], "mcp==1.12.4": ["pydantic<2.12"]}
PROBE_TIMEOUT = 300  # seconds


def of_client(client: str, cache: Path) -> Path | None:
    """The Python of a virtual environment with that client; None when it cannot be had."""
    return environment("-".join(re.findall(r"[\w.]+", client)), [client, *BESIDES.get(client, [])], cache)


def probe(client: str, python: Path, options: argparse.Namespace) -> list[str]:
    """What the probe says in that environment; its faults have FAILED before them."""
    command = [str(python), "-B", str(HERE / "client_probe.py"), "--binary", str(options.binary.resolve())]
    command += ["--store", f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}"]
    command += ["--manifest", str(ROOT / "Samples" / "manifest.json")]
    if options.fixture:
        command += ["--fixture", str(options.fixture.resolve())]
    if client in CLIENTS:
        command += ["--revision", CLIENTS[client]]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_TIMEOUT)
    except subprocess.TimeoutExpired:
        return [f"FAILED no end after {PROBE_TIMEOUT} s"]
    lines = result.stdout.splitlines()
    if result.returncode and not any(line.startswith("FAILED") for line in lines):
        lines.append(f"FAILED with exit status {result.returncode}: {result.stderr.strip()[-800:]}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=Path("mlflow-lens"), type=Path, help="the mlflow-lens executable")
    parser.add_argument("--fixture", type=Path, help="the conformance-server executable")
    parser.add_argument("--cache", type=Path, default=Path(".venv-old"), help="folder of the virtual environments")
    parser.add_argument("--client", action="append", help="only this client (may be repeated)")
    parser.add_argument("--prepare", action="store_true", help="only make the environments")
    options = parser.parse_args()
    tried, failed = 0, 0
    for client in options.client or CLIENTS:
        python = of_client(client, options.cache.resolve())
        if python is None or options.prepare:
            continue
        lines = probe(client, python, options)
        wrong = any(line.startswith("FAILED") for line in lines)
        print(f"{client}: {'FAILED' if wrong else 'passed'}")
        for line in lines[:20]:
            print(f"  {line}")
        tried += 1
        failed += wrong
    if not options.prepare:
        print(f"{tried} clients tried, {failed} failed")
    sys.exit(1 if failed or not (tried or options.prepare) else 0)


if __name__ == "__main__":
    main()
