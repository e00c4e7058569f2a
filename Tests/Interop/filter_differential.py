#!/usr/bin/env python3
"""Ask MLflow and mlflow-lens the same random filters, valid and broken ones, over the same database.

    filter_differential.py --binary .build/release/mlflow-lens [--count 1000] [--seed 1]

Verdict, traces and their order have to be the same.  Exit status 1 when any filter is answered differently.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import mlflow
from mlflow.entities import AssessmentSource, ViewType
from mlflow.exceptions import MlflowException
from stdio_client import StdioClient

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 20
TEXTS = ["OK", "ERROR", "prod", "dev", "Prod", "it''s", 'say "hi"', "%", "%o%", "_rod", "chat%", "^[pP]rod$", "100%", "", "é", "ÉTÉ",
         "good", "true", "5", "5.0", "0.8", "a\\'b", "support_chat", "TOOL", "tool", "u-ana", "chat-refund-42", "order", "%order%",
         '"good"', "null", "(?i)PROD", "[", "x/1", "abc", "-1", "1.", " pad ", "%\\\"%"]  # fmt: skip
NUMBERS = ["0", "1", "-1", "0.5", "1794819600000", "1794820000000", "1.5e3", "1e3", ".5", "1.", "500", "99999999999999999999", "-0.25"]
KEYS = ["status", "name", "request_id", "client_request_id", "timestamp", "timestamp_ms", "execution_time", "execution_time_ms", "end_time",
        "end_time_ms", "run_id", "prompt", "trace.status", "attributes.name", "trace.text", "trace.timestamp", "tag.env", "tags.env",
        "tag.`my-key`", "tag.release", "tag.missing", "tag.name", "tag.Name", "tag.text", "metadata.build", "metadata.`mlflow.trace.session`",
        "metadata.mlflow.trace.user", "request_metadata.missing", "metadata.`mlflow.trace.tokenUsage`", "metadata.run_id", "span.name",
        "span.type", "span.status", "span.content", "span.attributes.model", "span.attributes.`mlflow.spanType`", "feedback.grade",
        "feedback.score", "feedback.correct", "feedback.missing", "feedback.whole", "expectation.answer", "issue.id"]  # fmt: skip
ODD_KEYS = ["state", "session_id", "user", "text", "Status", "tag", "tag.", "tag.a-b", "tag.from", "tag.1", "spans.name", "span.id", "span.attributes",
            "span.attributes.", "feedback.", "assessment.x", "trace.id", "'tag'.env", '"tag".env', "`tag.env`", "tag .env", "tag. env", "lower(status)",
            "5", "'OK'", "issue.name", "issue.x", "timestamp.x", "tag.a[0]", "tag.a(b)", "tag.été", "trace.tags.env"]  # fmt: skip
COMPARATORS = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "RLIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"]
ODD_COMPARATORS = ["==", "<>", "~", "like", "ilike", "in", "not in", "is null", "is not null", "NOT LIKE", "REGEXP", "CONTAINS", "BETWEEN", "NOT  IN",
                   "IS  NULL", "IS NOT  NULL", "", "= =", "MATCH"]  # fmt: skip
ODD_VALUES = ["prod", "`prod`", "NULL", "true", "('a'", "'open", '"open', "?", ":x", "0x10", "+5", "1_000", "'a' || 'b'", "'a' 'b'", "()", "(1)", "(a)",
              "('a',)", "('a' 'b')", "('ERR\\u004fR', 'OK')", "'it''s'", "''", "'OK'''"]  # fmt: skip
JOINTS = [" AND ", " and ", " ", " AND AND ", "AND ", "\tAND\n"]
ODD_JOINTS = [" OR ", ", ", "; ", " && ", " AND NOT ", " AND (", ")"]


def quoted(rng: random.Random, text: str) -> str:
    quote = '"' if "'" in text and '"' not in text else "'" if '"' in text or rng.random() < 0.8 else '"'
    return f"{quote}{text}{quote}"


def fitting(key: str) -> list[str]:
    """The comparators that the key has."""
    if "time" in key and "." not in key.replace("trace.", ""):
        return COMPARATORS[:6]
    if key in ("trace.text", "span.content"):
        return ["LIKE", "ILIKE"]
    if key.startswith("span.attributes."):
        return ["=", "!=", "LIKE", "ILIKE", "RLIKE"]
    if key.startswith("span.") or key.endswith(("status", "request_id")):
        return ["=", "!=", "LIKE", "ILIKE", "RLIKE", "IN", "NOT IN"]
    if key in ("prompt", "issue.id"):
        return ["="]
    if key == "feedback.score":
        return [*COMPARATORS[2:6], "=", "IS NULL"]
    return ["=", "!=", "LIKE", "ILIKE", "RLIKE", "IS NULL", "IS NOT NULL"]


def clause(rng: random.Random) -> str:
    """One clause, mostly of parts that fit each other."""
    key = rng.choice(KEYS) if rng.random() < 0.96 else rng.choice(ODD_KEYS)
    choice = rng.random()
    comparator = rng.choice(fitting(key) if choice < 0.9 else COMPARATORS if choice < 0.96 else ODD_COMPARATORS)
    is_numeric = "time" in key or comparator in COMPARATORS[2:6]
    if rng.random() < 0.02:
        value = rng.choice(ODD_VALUES)
    elif "IN" in comparator.upper().split():
        value = "(" + ", ".join(quoted(rng, rng.choice(TEXTS[:10] + TEXTS[20:28])) for _ in range(rng.randint(1, 3))) + ")"
    elif comparator.upper().startswith("IS"):
        value = ""
    elif is_numeric == (rng.random() < 0.96):
        value = rng.choice(NUMBERS)
    else:
        value = quoted(rng, rng.choice(TEXTS))
    gap = rng.choice([" ", " ", " ", "", "  ", "\t"]) if comparator and not comparator[0].isalpha() else " "
    return f"{key}{gap}{comparator}{gap}{value}"


def has_null_test(text: str) -> bool:
    return " IS" in text.upper() and "NULL" in text.upper()


def random_filter(rng: random.Random) -> str:
    text = clause(rng)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        more = clause(rng)
        # Without AND before it, MLflow takes all that precedes IS NULL for its key, and finds nonsense; we refuse it.
        joints = [" AND "] if has_null_test(more) else JOINTS if rng.random() < 0.97 else ODD_JOINTS
        text += rng.choice(joints) + more
    if rng.random() < 0.05 and not has_null_test(text):  # a slip of the finger
        place = rng.randrange(len(text))
        text = text[:place] + rng.choice(["", "'", '"', "`", " ", ".", "(", "=", "x", "-", ";", "#"]) + text[place + rng.randint(0, 1):]
    return text


def make_store(folder: Path) -> str:
    """The sample store with tags, metadata and assessments of every kind beside its own."""
    shutil.copy(ROOT / "Samples/mlflow.db", folder / "mlflow.db")
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient(uri)
    ids = [experiment.experiment_id for experiment in client.search_experiments(view_type=ViewType.ALL)]
    traces = client.search_traces(locations=ids, max_results=100, include_spans=False)
    source = AssessmentSource("HUMAN", "tester")
    values = {"env": ["prod", "dev", "Prod", "it''s", "100%"], "my-key": ["x", 'say "hi"'], "name": ["a tag"], "text": ["b"], "été": ["é"]}
    for number, trace in enumerate(traces):
        for key, choices in values.items():
            if (number + len(key)) % 3:
                client.set_trace_tag(trace.info.trace_id, key, choices[number % len(choices)])
        grades = ["good", "Good", "not good", True, None][number % 5]
        if grades is not None:
            mlflow.log_feedback(trace_id=trace.info.trace_id, name="grade", value=grades, source=source)
        mlflow.log_feedback(trace_id=trace.info.trace_id, name="score", value=[0.8, 5, 5.0, -1, "0.8", True, {"x": 1.5}][number % 7], source=source)
        if number % 2:
            mlflow.log_feedback(trace_id=trace.info.trace_id, name="correct", value=number % 4 == 1, source=source)
            mlflow.log_expectation(trace_id=trace.info.trace_id, name="answer", value=["Paris", {"a": 1}, "é"][number % 3], source=source)
    in_session = next(trace for trace in traces if "mlflow.trace.session" in trace.info.trace_metadata)
    mlflow.log_feedback(
        trace_id=in_session.info.trace_id, name="whole", value="good", source=source,
        metadata={"mlflow.trace.session": in_session.info.trace_metadata["mlflow.trace.session"]},
    )  # fmt: skip
    return uri


def is_known(text: str, theirs: list[str] | str) -> bool:
    """Slips of MLflow's that we do not share: it fails on a quoted time beside a test of spans, and takes a list for a pattern."""
    fails = isinstance(theirs, str) and "unsupported operand type(s) for -: 'str'" in theirs
    # A number that fits nowhere is only noticed when the database is asked, which another clause may have made needless.
    fails = fails or (theirs == [] and "99999999999999999999" in text)
    return fails or re.search(r"span\.attributes\S* ?(!=|=|I?LIKE|RLIKE)\s*\(", text) is not None


def by_mlflow(store, experiments: list[str], text: str) -> list[str] | str:
    """The ids, or why there are none."""
    try:
        infos, _ = store.search_traces(locations=experiments, filter_string=text, max_results=500)
        return [info.trace_id for info in infos]
    except MlflowException as error:
        return f"refused: {error.message[:100]}"
    except Exception as error:  # MLflow's own slips are answered with 500
        return f"refused: {type(error).__name__} {str(error)[:100]}"


def by_us(server: StdioClient, text: str) -> list[str] | str:
    result = server.call_tool("search_traces", {"filter": text, "max_results": 500, "max_chars": 200_000, "format": "json"})
    if result.get("isError"):
        return "refused: " + result["content"][0]["text"]
    return [trace["trace_id"] for trace in result["structuredContent"]["traces"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    rng = random.Random(options.seed)
    tally: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        uri = make_store(Path(name))
        store = mlflow.tracking._tracking_service.utils._get_store(uri)
        experiments = [one.experiment_id for one in store.search_experiments(view_type=ViewType.ALL)]
        with StdioClient([str(options.binary.resolve()), "--tracking-uri", uri, "serve"]) as server:
            server.initialize()
            for _ in range(options.count):
                text = random_filter(rng)
                theirs, ours = by_mlflow(store, experiments, text), by_us(server, text)
                both_refuse = isinstance(theirs, str) and isinstance(ours, str)
                if theirs == ours or both_refuse:
                    tally["refused by both" if both_refuse else "empty" if not theirs else "with matches"] += 1
                    continue
                if is_known(text, theirs):
                    tally["known differences"] += 1
                    continue
                tally["different"] += 1
                if tally["different"] <= SHOWN:
                    print(f"{text!r}\n  MLflow: {theirs}\n  mlflow-lens: {ours}")
    print(f"{options.count} filters, seed {options.seed}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(tally.items())))
    sys.exit(1 if tally["different"] else 0)


if __name__ == "__main__":
    main()
