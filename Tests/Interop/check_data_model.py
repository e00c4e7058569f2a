#!/usr/bin/env python3
"""Hold the skills' page on the data model against MLflow itself: every reserved key, field, type and state is on it.

    check_data_model.py

The other way round, a key `mlflow.…` on the page that MLflow does not know is told, unless an older or newer release has it.
Needs MLflow (its Python package).  Exit status 1 when anything is wrong; every fault is told.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from checks import SKILLS, Faults  # noqa: E402

PAGE = SKILLS / "analyzing-mlflow-trace" / "references" / "trace-structure.md"
# Of other releases than the one that is installed, or written by something else than its constants.
OTHER_RELEASES = {"mlflow.experiment.sessionHierarchy", "mlflow.trace_schema.version"}


def constants(kind: type) -> set[str]:
    return {value for name, value in vars(kind).items() if not name.startswith("_") and isinstance(value, str)}


def known_to_mlflow() -> dict[str, set[str]]:
    """What MLflow's own source says there is, by what it is."""
    import mlflow.tracing.constant as constant
    from mlflow.entities import Assessment, AssessmentSourceType, SpanType, TraceInfo, TraceState

    derived = {"create_time_ms": "create_time", "last_update_time_ms": "last_update_time", "name": "assessment_name"}
    return {
        "trace metadata": constants(constant.TraceMetadataKey) - constants(constant.TraceTagKey),
        "trace tags": constants(constant.TraceTagKey),
        "token usage": constants(constant.TokenUsageKey),
        "cost": constants(constant.CostKey),
        "span attributes": {key.rstrip(".") for key in constants(constant.SpanAttributeKey)},
        "assessment metadata": constants(constant.AssessmentMetadataKey),
        "experiment tags": constants(constant.TraceExperimentTagKey),
        "places of spans": constants(constant.SpansLocation),
        "GenAI attributes": constants(constant.GenAiSemconvKey),
        "span types": constants(SpanType),
        "states": {state.value for state in TraceState},
        "sources of assessments": constants(AssessmentSourceType) - {"AI_JUDGE"},
        "fields of a trace": {field.name for field in dataclasses.fields(TraceInfo)},
        "fields of an assessment": {
            derived.get(field.name, field.name) for field in dataclasses.fields(Assessment) if field.name not in ("run_id", "error")
        },
    }


def known_keys() -> str:
    """The text of MLflow's modules that name keys."""
    import mlflow

    root = Path(mlflow.__file__).parent
    files = [*(root / "tracing").rglob("*.py"), root / "utils" / "mlflow_tags.py", *(root / "entities").glob("*.py")]
    return "".join(file.read_text(encoding="utf-8") for file in files)


def main() -> None:
    faults = Faults()
    text = PAGE.read_text(encoding="utf-8")
    words = set(re.findall(r"[\w.]+", text))
    for kind, keys in known_to_mlflow().items():
        for key in sorted(keys):
            faults.check(key in words or f"{key}." in text, f"{PAGE.name}: of the {kind}, {key} is missing")
    source = known_keys()
    for key in sorted(set(re.findall(r"\bmlflow\.[a-z][\w.]*\w", text))):
        faults.check(key in source or key in OTHER_RELEASES, f"{PAGE.name}: MLflow does not know {key}")
    faults.end()


if __name__ == "__main__":
    main()
