#!/usr/bin/env python3
"""Let MLflow put the traces of a database into a file store, and compare what mlflow-lens answers from both.

    same_file_store.py --binary .build/release/mlflow-lens

Exit status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.tracking.file_store import FileStore
from mlflow.tracing.utils.artifact_utils import get_artifact_uri_for_trace
from rest_store import compare

ROOT = Path(__file__).resolve().parents[2]
OWN_TAGS = ("mlflow.artifactLocation", "mlflow.trace.spansLocation")


def copy(database: str, folder: Path, artifacts: str) -> None:
    """Write every experiment and trace of ``database`` into a new file store."""
    source = MlflowClient(database)
    store = FileStore(str(folder), artifacts)
    experiments = source.search_experiments(view_type=ViewType.ALL)
    for experiment in experiments:
        if experiment.experiment_id != "0":
            store._create_experiment_with_id(experiment.name, experiment.experiment_id, None, None)
    ids = [experiment.experiment_id for experiment in experiments]
    for trace in source.search_traces(locations=ids, max_results=500):
        info = trace.info
        # Where the spans are is the new store's to say.
        info.tags = {**{key: value for key, value in info.tags.items() if key not in OWN_TAGS}, OWN_TAGS[1]: "ARTIFACT_REPO"}
        assessments, info.assessments = info.assessments, []
        written = store.start_trace(info)
        for assessment in assessments:
            # The public way gives it another id and time.
            store._save_assessment(assessment)
        repository = get_artifact_repository(get_artifact_uri_for_trace(written))
        repository.upload_trace_data(json.dumps(trace.data.to_dict()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--store", type=Path, default=ROOT / "Samples/mlflow.db", help="the database to copy")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        database, binary = f"sqlite:///{options.store}", str(options.binary.resolve())
        wrong = 0
        # In the traces' own folders, and in an artifact store beside them.
        for place, artifacts in (("within", None), ("beside", "artifacts")):
            folder = Path(name).resolve() / place / "mlruns"
            copy(database, folder, (folder.parent / artifacts).as_uri() if artifacts else folder.as_uri())
            wrong += compare(binary, database, folder.as_uri(), {}, OWN_TAGS)
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
