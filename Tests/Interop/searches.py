"""Searches asked of MLflow's Python client and of us: the same traces in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.exceptions import MlflowException
from stdio_client import StdioClient

SESSION, USER = "mlflow.trace.session", "mlflow.trace.user"


def questions(infos: list) -> Iterator[tuple[dict, str, list[str]]]:
    """Our arguments, MLflow's filter and its order."""
    middle = sorted(info.request_time for info in infos)[len(infos) // 2]
    long = sorted(info.execution_duration or 0 for info in infos)[len(infos) // 2]
    newest = ["timestamp_ms DESC"]
    yield {}, "", newest
    for state in ("OK", "ERROR", "IN_PROGRESS"):
        yield {"status": state}, f"trace.status = '{state}'", newest
    yield {"since": str(middle)}, f"trace.timestamp_ms >= {middle}", newest
    yield {"until": str(middle)}, f"trace.timestamp_ms < {middle}", newest
    yield {"min_duration_ms": long}, f"trace.execution_time_ms >= {long}", newest
    for order in (
        ["timestamp_ms ASC"], ["execution_time_ms DESC"], ["execution_time_ms", "timestamp_ms"], ["name", "timestamp_ms"],
        ["trace.status", "tag.environment DESC"], ["metadata.`mlflow.trace.user`"], ["metadata.mlflow.trace.session DESC"], ["run_id", "request_id DESC"],
        ["tags.`release` desc", "experiment_id", "timestamp"],
    ):  # fmt: skip
        yield {"order_by": ", ".join(order)}, "", order
    yield {"has_error_spans": True}, "span.status = 'ERROR'", newest
    for key, argument in ((SESSION, "session_id"), (USER, "user_id")):
        values = sorted({info.trace_metadata[key] for info in infos if key in info.trace_metadata})
        for value in values[:5]:
            if not {"'", '"', "\\"} & set(value):
                yield {argument: value}, f"metadata.`{key}` = '{value}'", newest


def by_mlflow(client: MlflowClient, experiments: list[str], text: str, order: list[str]) -> list:
    """All infos of a search."""
    found, token = [], None
    while True:
        page = client.search_traces(
            locations=experiments, filter_string=text, order_by=order, page_token=token, max_results=500, include_spans=False
        )
        found += [trace.info for trace in page]
        token = page.token
        if not token:
            return found


def by_us(server: StdioClient, arguments: dict) -> list[str]:
    """All ids of a search."""
    found, token = [], None
    while True:
        more = {"page_token": token} if token else {}
        result = server.call_tool("search_traces", {**arguments, **more, "max_results": 100, "max_chars": 200_000, "format": "json"})
        if result.get("isError"):
            raise RuntimeError(result["content"][0]["text"])
        page = result["structuredContent"]
        found += [trace["trace_id"] for trace in page["traces"]]
        token = page.get("next_page_token")
        if not token:
            return found


def compare_searches(client: MlflowClient, server: StdioClient) -> int:
    """Ask both; print what differs and count it."""
    experiments = [one.experiment_id for one in client.search_experiments(view_type=ViewType.ALL)]
    infos = by_mlflow(client, experiments, "", [])
    asked = wrong = refused = 0
    for arguments, text, order in questions(infos):
        try:
            theirs = [info.trace_id for info in by_mlflow(client, experiments, text, order)]
        except MlflowException as error:
            print(f"MLflow refuses {text!r}: {str(error).splitlines()[0][:120]}")
            refused += 1
            continue
        asked += 1
        ours = by_us(server, arguments)
        if ours != theirs:
            wrong += 1
            print(f"search {arguments}: MLflow finds {len(theirs)}, mlflow-lens {len(ours)}")
            first = next((i for i, (a, b) in enumerate(zip(theirs, ours)) if a != b), min(len(theirs), len(ours)))
            print(f"  from place {first}: {theirs[first:first + 3]} and {ours[first:first + 3]}")
    print(f"{asked} searches compared over {len(infos)} traces, {wrong} differences, {refused} that MLflow refuses")
    return wrong
