#!/usr/bin/env python3
"""Let MLflow write a fresh store, then compare what both read from it and see that reading left it alone.

    fresh_store.py --binary .build/release/mlflow-lens
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "Samples"))

import make_sample_store
from compare_with_mlflow import compare_store


def fingerprint(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in a folder."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--seed", type=int, default=1, help="seed of the ids in the fresh store")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        make_sample_store.make(folder, options.seed)
        before = fingerprint(folder)
        tally = compare_store(str(options.binary.resolve()), f"sqlite:///{folder / 'mlflow.db'}")
        after = fingerprint(folder)
    print(tally)
    if before != after:
        changed = sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))
        print(f"reading changed the folder of the store: {', '.join(changed)}")
    else:
        print("reading left the store and its folder as they were")
    everything_equal = tally.equal > 0 and not tally.different and not tally.unreadable_for_mlflow
    sys.exit(0 if everything_equal and before == after else 1)


if __name__ == "__main__":
    main()
