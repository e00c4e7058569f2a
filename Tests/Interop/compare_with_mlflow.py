#!/usr/bin/env python3
"""Compare what mlflow-lens reads from a store with what MLflow reads, trace by trace, field by field, and what both find.

    compare_with_mlflow.py --binary .build/release/mlflow-lens --store sqlite:///Samples/mlflow.db

Exit status 1 when any trace or search differs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import math
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

from mlflow import MlflowClient
from mlflow.tracing.constant import (
    MAX_CHARS_IN_TRACE_INFO_METADATA,
    MAX_CHARS_IN_TRACE_INFO_TAGS_KEY,
    MAX_CHARS_IN_TRACE_INFO_TAGS_VALUE,
)
from searches import compare_searches
from stdio_client import RpcError, StdioClient

SHOWN_DIFFERENCES = 10  # of one trace
SHOWN_CHARACTERS = 120  # of one value


@dataclass
class Tally:
    """What came out of a comparison."""

    equal: int = 0
    #: Searches that found something else, or in another order.
    searches: int = 0
    different: list[str] = field(default_factory=list)
    unreadable_for_mlflow: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.equal} equal, {len(self.different)} different, "
            f"{len(self.unreadable_for_mlflow)} that MLflow itself cannot read"
        )


class ReadError(Exception):
    """mlflow-lens did not hand a trace out as it should."""


def trace_ids(store: str, limit: int | None) -> list[str]:
    """The ids of a SQLite store, oldest trace first, unreadable traces included."""
    path = store.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "select request_id from trace_info order by timestamp_ms, request_id limit ?",
            (-1 if limit is None else limit,),
        )
        return [trace_id for (trace_id,) in rows]


# ------------------------------------------------------------------ the two readings


def read_by_mlflow(client: MlflowClient, trace_id: str) -> dict:
    """The trace as MLflow exports it."""
    return json.loads(client.get_trace(trace_id, display=False).to_json())


def read_by_us(server: StdioClient, trace_id: str) -> dict:
    """The trace as mlflow-lens hands it out, put together from its pages."""
    text, offset = "", 0
    while offset is not None:
        arguments = {"trace_id": trace_id, "raw": True, "format": "json", "max_chars": 200_000, "offset": offset}
        result = server.call_tool("get_trace", arguments)
        if result.get("isError"):
            raise ReadError(result["content"][0]["text"])
        page = result["structuredContent"]
        text += page["content"]
        if page["next_offset"] is not None and page["next_offset"] <= offset:
            raise ReadError(f"next_offset {page['next_offset']} does not lead on from {offset}")
        offset = page["next_offset"]
    if len(text.encode()) != page["total_bytes"]:
        raise ReadError(f"total_bytes is {page['total_bytes']}, the pages have {len(text.encode())}")
    trace = json.loads(text)
    if not isinstance(trace["info"], dict) or not isinstance(trace["data"]["spans"], list):
        raise ReadError("no info and spans in the answer")
    return trace


# ------------------------------------------------------------------ comparing


def comparable(trace: dict) -> dict:
    """A trace without the two liberties an export takes: cut texts, assessments in any order.

    MLflow's exporter cuts the keys and values of metadata and tags, mlflow-lens gives them
    whole.  Cutting both sides is the same as cutting ours: MLflow's are cut already.
    """
    info = dict(trace["info"])
    if "trace_metadata" in info:
        limit = MAX_CHARS_IN_TRACE_INFO_METADATA
        info["trace_metadata"] = {k[:limit]: v[:limit] for k, v in info["trace_metadata"].items()}
    if "tags" in info:
        key_limit, value_limit = MAX_CHARS_IN_TRACE_INFO_TAGS_KEY, MAX_CHARS_IN_TRACE_INFO_TAGS_VALUE
        info["tags"] = {k[:key_limit]: v[:value_limit] for k, v in info["tags"].items()}
    if "assessments" in info:
        info["assessments"] = sorted(info["assessments"], key=lambda a: a["assessment_id"])
    return {**trace, "info": info}


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def same_leaf(theirs, ours) -> bool:
    if is_number(theirs) and is_number(ours):
        return theirs == ours or (math.isnan(theirs) and math.isnan(ours))
    return type(theirs) is type(ours) and theirs == ours


def shown(value) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"


def differences(theirs, ours, path: str = "") -> Iterator[str]:
    """One line for every place where two JSON values differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in theirs.keys() | ours.keys():
            if key not in ours:
                yield f"{path}/{key}: only MLflow has {shown(theirs[key])}"
            elif key not in theirs:
                yield f"{path}/{key}: only mlflow-lens has {shown(ours[key])}"
            else:
                yield from differences(theirs[key], ours[key], f"{path}/{key}")
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{path}: MLflow has {len(theirs)} elements, mlflow-lens {len(ours)}"
        for index, (their, our) in enumerate(zip(theirs, ours)):
            yield from differences(their, our, f"{path}/{index}")
    elif not same_leaf(theirs, ours):
        yield f"{path}: MLflow {shown(theirs)}, mlflow-lens {shown(ours)}"


def compare_trace(client: MlflowClient, server: StdioClient, trace_id: str, tally: Tally) -> None:
    """Compare one trace, print what differs and count it."""
    try:
        ours = read_by_us(server, trace_id)
    except (ReadError, RpcError, KeyError, ValueError) as error:
        print(f"{trace_id}: not read by mlflow-lens: {type(error).__name__}: {error}")
        tally.different.append(trace_id)
        return
    try:
        theirs = read_by_mlflow(client, trace_id)
    except Exception as error:  # whatever MLflow raises is its verdict on the trace
        reason = str(error).partition("\n")[0]
        print(f"{trace_id}: not read by MLflow: {type(error).__name__}: {reason[:200]}")
        tally.unreadable_for_mlflow.append(trace_id)
        return
    found = sorted(differences(comparable(theirs), comparable(ours)))
    if not found:
        tally.equal += 1
        return
    tally.different.append(trace_id)
    for line in found[:SHOWN_DIFFERENCES]:
        print(f"{trace_id} {line}")
    if len(found) > SHOWN_DIFFERENCES:
        print(f"{trace_id} … and {len(found) - SHOWN_DIFFERENCES} more")


def compare_store(binary: str, store: str, limit: int | None = None) -> Tally:
    """Compare every trace of a store (or the oldest ``limit`` of them)."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    tally = Tally()
    client = MlflowClient(store)
    with StdioClient([binary, "--tracking-uri", store, "--reveal-secrets", "serve"]) as server:
        server.initialize()
        for trace_id in trace_ids(store, limit):
            compare_trace(client, server, trace_id, tally)
        tally.searches = compare_searches(client, server)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the mlflow-lens executable")
    parser.add_argument("--store", required=True, help="sqlite:///FILE")
    parser.add_argument("--limit", type=int, help="compare only the oldest N traces")
    options = parser.parse_args()
    tally = compare_store(options.binary, options.store, options.limit)
    print(tally)
    sys.exit(1 if tally.different or tally.searches else 0)


if __name__ == "__main__":
    main()
