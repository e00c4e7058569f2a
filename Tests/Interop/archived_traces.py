#!/usr/bin/env python3
"""Archive the traces of a copy of the sample store with MLflow's own code, and compare what both read from it.

    archived_traces.py --binary .build/release/mlflow-lens
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow.tracing.otel.otel_archival import TRACE_ARCHIVAL_FILENAME, spans_to_traces_data_pb

from compare_with_mlflow import compare_store

ROOT = Path(__file__).resolve().parents[2]


def archive(folder: Path) -> None:
    """What MLflow's archival does to a database: a protobuf file for each trace, empty rows, two tags."""
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    with sqlite3.connect(folder / "mlflow.db") as database:
        ids = [row[0] for row in database.execute("SELECT request_id FROM trace_info")]
    for trace_id in ids:
        payload = spans_to_traces_data_pb(mlflow.get_trace(trace_id).data.spans)
        place = folder / "archive" / trace_id
        place.mkdir(parents=True)
        (place / TRACE_ARCHIVAL_FILENAME).write_bytes(payload)
        with sqlite3.connect(folder / "mlflow.db") as database:
            database.execute("UPDATE spans SET content = '' WHERE trace_id = ?", [trace_id])
            for key, value in (
                ("mlflow.trace.spansLocation", "ARCHIVE_REPO"),
                ("mlflow.trace.archiveLocation", place.as_uri()),
            ):
                database.execute("INSERT OR REPLACE INTO trace_tags (key, value, request_id) VALUES (?, ?, ?)", [key, value, trace_id])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        shutil.copy(ROOT / "Samples" / "mlflow.db", folder / "mlflow.db")
        archive(folder)
        tally = compare_store(str(options.binary.resolve()), f"sqlite:///{folder / 'mlflow.db'}")
    print(tally)
    sys.exit(0 if tally.equal == 10 and not tally.different else 1)


if __name__ == "__main__":
    main()
