#!/usr/bin/env python3
"""Let MLflow write a file store (mlruns), then compare what both read from it and see that reading left it alone.

    file_store.py --binary .build/release/mlflow-lens

MLflow 3.13 and later open a file store only when they are told to; folders of that kind are common all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"

import mlflow
from compare_with_mlflow import Tally, compare_trace
from fresh_store import fingerprint
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource
from mlflow.entities.assessment import AssessmentError
from searches import compare_searches
from stdio_client import StdioClient

SESSION = "chat: 7"
AWKWARD = "line one\nline two: 'quoted' \"double\" # no comment\n\n  indented\ttab – é \U0001f600 " + "long " * 60


@mlflow.trace(name="agent", span_type="AGENT")
def agent(question: str, session: str | None = None, fail: bool = False) -> dict:
    mlflow.update_current_trace(
        tags={"plain": "", "number": "017", "lines": "a\nb\n"},
        metadata={"mlflow.trace.session": session, "mlflow.trace.user": "ana"} if session else {},
        client_request_id="req: 1 # no comment",
    )
    return lookup(question, fail)


@mlflow.trace(span_type="TOOL")
def lookup(question: str, fail: bool) -> dict:
    if fail:
        raise ValueError("no such\nthing: " + question)
    return {"list": [1, 2.5, None, True], "question": question, "yes": "no"}


class WholeClient(MlflowClient):
    """MLflow's reading, with what it loses on the way from a file store put back: `valid` of expectations."""

    def get_trace(self, trace_id: str, *args, **kwargs):
        trace = super().get_trace(trace_id, *args, **kwargs)
        export = trace.to_dict()
        for assessment in export["info"].get("assessments", []):
            assessment.setdefault("valid", True)
        return SimpleNamespace(to_json=lambda: json.dumps(export), data=trace.data)


def last_trace() -> str:
    return mlflow.get_last_active_trace_id()


def assess(trace_id: str, client: MlflowClient) -> None:
    """Every kind of assessment, with texts and values that YAML has to quote."""
    person = AssessmentSource("HUMAN", "ana")
    first = mlflow.log_feedback(
        trace_id=trace_id, name="right", value=True, rationale=AWKWARD, source=person, metadata={"k": "yes", "n": "1"}
    )
    mlflow.override_feedback(trace_id=trace_id, assessment_id=first.assessment_id, value=False, rationale="on reflection")
    for name, value in {"score": 4, "tiny": 1e-12, "huge": 1e300, "word": "no", "date": "2026-11-21", "none": "~"}.items():
        mlflow.log_feedback(trace_id=trace_id, name=name, value=value)
    mlflow.log_feedback(trace_id=trace_id, name="object", value={"list": [1, "2", None], "on": {}})
    mlflow.log_feedback(trace_id=trace_id, name="failed", error=AssessmentError("E1", "message", "stack\n  trace"))
    mlflow.log_expectation(trace_id=trace_id, name="expected", value={"x": [1, 2]}, source=person)
    mlflow.log_expectation(trace_id=trace_id, name="text", value="0x10")
    span = client.get_trace(trace_id, display=False).data.spans[1]
    mlflow.log_feedback(trace_id=trace_id, name="of_a_span", value="good", span_id=span.span_id)


def write_version_2(folder: Path, experiment_id: str) -> str:
    """A trace in the layout of MLflow 2.14 to 2.22, which this MLflow still reads."""
    trace_id = "0123456789abcdef0123456789abcdef"
    trace = folder / experiment_id / "traces" / trace_id
    for name in ("tags", "request_metadata", "artifacts"):
        (trace / name).mkdir(parents=True)
    (trace / "trace_info.yaml").write_text(
        f"assessments: []\nexecution_time_ms: 12\nexperiment_id: '{experiment_id}'\nrequest_id: {trace_id}\n"
        "status: OK\ntimestamp_ms: 1731752400123\n"
    )
    (trace / "tags" / "mlflow.traceName").write_text("old")
    (trace / "tags" / "mlflow.artifactLocation").write_text(f"file://{trace}/artifacts")
    (trace / "request_metadata" / "mlflow.trace_schema.version").write_text("2")
    span = {
        "name": "old", "context": {"span_id": "0x00000000000000a1", "trace_id": "0x" + "ab" * 16}, "parent_id": None,
        "start_time": 1731752400123456789, "end_time": 1731752400135456789, "status_code": "OK", "status_message": "",
        "attributes": {"mlflow.traceRequestId": json.dumps(trace_id), "mlflow.spanInputs": '{"q": 1}'}, "events": [],
    }  # fmt: skip
    (trace / "artifacts" / "traces.json").write_text(json.dumps({"spans": [span], "request": "{}", "response": None}))
    return trace_id


def make(folder: Path) -> tuple[MlflowClient, list[str], str]:
    """A store with traces of every kind; returns a client, the ids and the experiment."""
    uri = folder.as_uri()
    mlflow.set_tracking_uri(uri)
    client = WholeClient(uri)
    experiment_id = mlflow.set_experiment("shop: 2026").experiment_id
    ids = []
    for question, session, fail in [
        ("how much? – 'quoted' \"double\": yes", SESSION, False), ("x" * 300, SESSION, True), ("no session", None, False),
    ]:  # fmt: skip
        try:
            agent(question, session, fail)
        except ValueError:
            pass
        ids.append(last_trace())
    assess(ids[0], client)
    # MLflow writes a key with '/' only where the folders are there already.
    (folder / experiment_id / "traces" / ids[0] / "tags" / "team" / "area").mkdir(parents=True)
    client.set_trace_tag(ids[0], "team/area/name", "support")
    ids.append(write_version_2(folder, experiment_id))
    mlflow.set_experiment("deleted one")
    agent("in the trash")
    ids.append(last_trace())
    client.delete_experiment(client.get_experiment_by_name("deleted one").experiment_id)
    # set_experiment leaves its choice there for child processes, and ours would heed it.
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
    return client, ids, experiment_id


def structured(server: StdioClient, tool: str, arguments: dict) -> dict:
    result = server.call_tool(tool, {**arguments, "format": "json"})
    if result.get("isError"):
        raise AssertionError(f"{tool}: {result['content'][0]['text']}")
    return result["structuredContent"]


def check(condition: bool, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def check_tools(server: StdioClient, ids: list[str], experiment_id: str) -> None:
    """The questions that have to find what was written."""

    def found(**arguments) -> set[str]:
        answer = json.dumps(structured(server, "search_traces", arguments))
        return {trace_id for trace_id in ids if trace_id in answer}

    check(found() == set(ids), f"all traces are found: {found()}")
    check(found(session_id=SESSION) == set(ids[:2]), "the session's traces are found")
    check(found(status="ERROR") == {ids[1]}, "the failed trace is found")
    check(found(has_error_spans=True) == {ids[1]}, "the trace with failed spans is found")
    check(found(experiment_id=experiment_id) == set(ids[:4]), "the experiment's traces are found")
    session = json.dumps(structured(server, "analyze_session", {"session_id": SESSION}))
    check(all(trace_id in session for trace_id in ids[:2]), "the session has its two turns")
    print("search_traces and analyze_session find what was written")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--keep", type=Path, help="write the store to this folder and leave it there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (options.keep or Path(name)).resolve() / "mlruns"
        shutil.rmtree(folder, ignore_errors=True)
        client, ids, experiment_id = make(folder)
        before = fingerprint(folder)
        tally = Tally()
        with StdioClient([str(options.binary.resolve()), "--tracking-uri", folder.as_uri(), "serve"]) as server:
            server.initialize()
            for trace_id in ids[:-1]:  # MLflow does not look into its trash
                compare_trace(client, server, trace_id, tally)
            check_tools(server, ids, experiment_id)
            tally.searches = compare_searches(client, server)
        after = fingerprint(folder)
    print(tally)
    check(before == after, "reading left the store as it was")
    everything_equal = tally.equal == len(ids) - 1 and not tally.different and not tally.unreadable_for_mlflow and not tally.searches
    sys.exit(0 if everything_equal else 1)


if __name__ == "__main__":
    main()
