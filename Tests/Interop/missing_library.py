#!/usr/bin/env python3
"""Check what the executable says on a system without PCRE2, which it loads only when an expression is searched for.

    missing_library.py --binary .build/release/mlflow-lens

A copy of the executable looks for a library of another name.  Python 3.10 and its standard library.  Exit status 1 when an
answer is not the expected error, or when anything else fails too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY, ABSENT = b"libpcre2-8.so.0", b"libnone2-8.so.0"
STORES = {
    "SQLite": f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}",
    "files": str(ROOT / "Tests" / "LensToolsTests" / "Corpus" / "Traces" / "traces.jsonl"),
}


def ask(binary: Path, store: str, *arguments: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
    done = subprocess.run(
        [binary, "--tracking-uri", store, *arguments], capture_output=True, text=True, env=environment, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    binary = parser.parse_args().binary.resolve()
    content = binary.read_bytes()
    if LIBRARY not in content:
        print(f"{binary} does not name {LIBRARY.decode()}: nothing to check on this system")
        return 0
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        without = Path(folder) / binary.name
        without.write_bytes(content.replace(LIBRARY, ABSENT))
        without.chmod(0o755)
        for name, store in STORES.items():
            calls = {
                "RLIKE": ("search-traces", "--filter", "name RLIKE '.'"),
                "LIKE": ("search-traces", "--filter", "name LIKE '%'"),
            }
            for call, arguments in calls.items():
                for which, executable in (("with", binary), ("without", without)):
                    status, text = ask(executable, store, *arguments)
                    is_told = status != 0 and "PCRE2" in text and "use LIKE" in text
                    is_right = is_told if (call, which) == ("RLIKE", "without") else status == 0
                    faults += not is_right
                    print(f"{'ok' if is_right else 'FAULT'}: {name}, {call}, {which} the library: exit {status}")
                    if not is_right:
                        print(text[:600])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
