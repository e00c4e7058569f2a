"""Traces as rows of MLflow's database, in the form in which MLflow 3.17 itself writes them.

The database is a copy of the sample store, which MLflow made; of its traces these differ only in what they say, and ids and times come
from a seed. So data for measurements is the same wherever and whenever it is made, and needs no MLflow.
"""

from __future__ import annotations

import base64
import json
import random
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_MS = 1_794_819_600_000  # 2026-11-16T09:00:00Z
EXPERIMENT = 1
PREVIEW, METADATA = 1_000, 8_000  # characters that MLflow keeps
BATCH = 20_000


@dataclass
class Step:
    """A span to be: its own milliseconds, and the steps below it, one after the other."""

    name: str
    kind: str
    inputs: object = None
    outputs: object = None
    ms: float = 1.0
    steps: list[Step] = field(default_factory=list)
    model: str | None = None
    error: str | None = None


class Store:
    """A database that is being filled; use it as a context manager."""

    def __init__(self, path: Path, seed: int):
        shutil.copy(ROOT / "Samples" / "mlflow.db", path)
        self.path = path
        self.chance = random.Random(seed)
        self.connection = sqlite3.connect(path)
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-400000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.rows: dict[str, list[tuple]] = {}
        self.count = 0

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        for table in list(self.rows):
            self.flush(table)
        self.connection.commit()
        self.connection.close()

    def insert(self, table: str, **values: object) -> None:
        columns = tuple(values)
        rows = self.rows.setdefault(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [])
        rows.append(tuple(values.values()))

    def flush(self, statement: str) -> None:
        self.connection.executemany(statement, self.rows.pop(statement))

    def add(self, root: Step, start_ms: int, session: str | None = None, user: str = "u-bench") -> str:
        """Writes a trace; gives its id."""
        trace = f"{self.chance.getrandbits(128):032x}"
        trace_id = f"tr-{trace}"
        spans: list[dict] = []
        begun = start_ms * 1_000_000
        ended = self._lay_out(root, None, begun, trace_id, spans)
        is_failed = root.error is not None
        tokens = [sum(span[key] for span in spans) for key in ("asked", "answered")]
        request, response = json.dumps(root.inputs), json.dumps(root.outputs) if root.outputs is not None else ""
        self.insert(
            "trace_info", request_id=trace_id, experiment_id=EXPERIMENT, timestamp_ms=start_ms, execution_time_ms=(ended - begun) // 1_000_000,
            status="ERROR" if is_failed else "OK", request_preview=request[:PREVIEW], response_preview=response[:PREVIEW],
            db_payload_generation=1, trace_name=root.name, session_id=session, input_tokens=tokens[0], output_tokens=tokens[1],
            total_tokens=sum(tokens),
        )  # fmt: skip
        size = sum(len(span["content"]) for span in spans)
        for span in spans:
            counts = {key: span.pop(key) for key in ("asked", "answered")}
            self.insert("spans", trace_id=trace_id, experiment_id=EXPERIMENT, **span)
            if counts["asked"]:
                usage = {"input_tokens": counts["asked"], "output_tokens": counts["answered"], "total_tokens": sum(counts.values())}
                for key, value in usage.items():
                    self.insert("span_metrics", trace_id=trace_id, span_id=span["span_id"], key=key, value=value)
        metadata = {
            "mlflow.source.name": "shop_assistant.py", "mlflow.source.type": "LOCAL", "mlflow.trace.infoFinalized": "true",
            "mlflow.trace.sizeBytes": str(size), "mlflow.trace.sizeStats": json.dumps({"total_size_bytes": size, "num_spans": len(spans)}),
            "mlflow.trace.user": user, "mlflow.traceInputs": request[:METADATA], "mlflow.traceOutputs": response[:METADATA],
            "mlflow.trace_schema.version": "3", "mlflow.user": "shop",
        }  # fmt: skip
        if session:
            metadata["mlflow.trace.session"] = session
        if tokens[0]:
            usage = {"input_tokens": tokens[0], "output_tokens": tokens[1], "total_tokens": sum(tokens)}
            metadata["mlflow.trace.tokenUsage"] = json.dumps(usage)
        for key, value in metadata.items():
            self.insert("trace_request_metadata", key=key, value=value, request_id=trace_id)
        artifacts = f"mlflow-artifacts:/{EXPERIMENT}/traces/{trace_id}/artifacts"
        tags = {"mlflow.traceName": root.name, "mlflow.artifactLocation": artifacts, "mlflow.trace.spansLocation": "TRACKING_STORE"}
        for key, value in {**tags, "environment": "production"}.items():
            self.insert("trace_tags", key=key, value=value, request_id=trace_id)
        self.count += 1
        for statement in [statement for statement, rows in self.rows.items() if len(rows) >= BATCH]:
            self.flush(statement)
        return trace_id

    def _lay_out(self, step: Step, parent: str | None, begun: int, trace_id: str, spans: list[dict]) -> int:
        """The spans of a step and all below it, in the order of their starts; gives the end."""
        span_id = f"{self.chance.getrandbits(64):016x}"
        place = len(spans)
        spans.append({})
        now = begun + 20_000
        for below in step.steps:
            now = self._lay_out(below, span_id, now, trace_id, spans) + 20_000
        ended = now + int(step.ms * 1_000_000)
        attributes = {"mlflow.traceRequestId": json.dumps(trace_id), "mlflow.spanType": json.dumps(step.kind)}
        payloads = {"mlflow.spanInputs": step.inputs, "mlflow.spanOutputs": step.outputs}
        attributes |= {key: json.dumps(value) for key, value in payloads.items() if value is not None}
        asked = answered = 0
        if step.model:
            asked, answered = (max(1, len(attributes.get(key, "")) // 4) for key in payloads)
            usage = {"input_tokens": asked, "output_tokens": answered, "total_tokens": asked + answered}
            attributes |= {"mlflow.llm.model": json.dumps(step.model), "mlflow.chat.tokenUsage": json.dumps(usage)}
        attributes["mlflow.spanLogLevel"] = "20"
        code = "ERROR" if step.error else "OK"
        events = []
        if step.error:
            kind, _, message = step.error.partition(": ")
            raised = {"exception.type": kind, "exception.message": message, "exception.stacktrace": f"Traceback: {step.error}"}
            events.append({"name": "exception", "time_unix_nano": ended, "attributes": raised})
        content = {
            "trace_id": base64.b64encode(bytes.fromhex(trace_id[3:])).decode(), "span_id": encoded(span_id),
            "parent_span_id": encoded(parent) if parent else None, "name": step.name, "start_time_unix_nano": begun,
            "end_time_unix_nano": ended, "events": events, "status": {"code": f"STATUS_CODE_{code}", "message": step.error or ""},
            "attributes": attributes, "links": [],
        }  # fmt: skip
        spans[place] = {
            "span_id": span_id, "parent_span_id": parent, "name": step.name, "type": step.kind, "status": code, "start_time_unix_nano": begun,
            "end_time_unix_nano": ended, "content": json.dumps(content), "model_name": step.model, "asked": asked, "answered": answered,
        }  # fmt: skip
        return ended


def encoded(span_id: str) -> str:
    return base64.b64encode(bytes.fromhex(span_id)).decode()
