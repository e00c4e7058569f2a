"""The tool calls that every client makes on the sample store, and what is known of their answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

TOOLS = {"get_trace", "search_traces", "discover_schema", "inspect_turn", "analyze_session"}


@dataclass(frozen=True)
class Call:
    """A tool call and what its answer has to say, and must not say."""

    tool: str
    arguments: dict
    facts: list[str]
    absent: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.tool} {json.dumps(self.arguments)}"


def sample_calls(manifest: dict) -> list[Call]:
    """Every tool on the sample store, with the answers the manifest knows."""
    cases = manifest["cases"]
    healthy, failing, swallowed = cases["healthy_agent"], cases["failing_agent"], cases["swallowed_error"]
    chat, genai = cases["refund_chat"], cases["genai"]
    single = [case["trace_id"] for case in cases.values() if "trace_id" in case]
    session = {"session_id": chat["session_id"]}
    return [
        Call("get_trace", {"trace_id": healthy["trace_id"]}, [healthy["trace_id"], "order_support_agent", "RETRIEVER"]),
        Call("get_trace", {"trace_id": failing["trace_id"]}, [failing["trace_id"], *failing["error_path"]]),
        Call("get_trace", {"trace_id": genai["trace_id"]}, [genai["trace_id"], genai["span"], genai["model"]]),
        Call("search_traces", {}, [*single, *chat["trace_ids"]]),
        Call("search_traces", {"status": "ERROR"}, [failing["trace_id"]], absent=(healthy["trace_id"],)),
        Call("search_traces", session, chat["trace_ids"], absent=(failing["trace_id"],)),
        Call("discover_schema", session, ["support_chat", "messages"]),
        Call(
            "inspect_turn",
            {"trace_id": failing["trace_id"]},
            [failing["trace_id"], failing["root_cause_span"], failing["error_message"]],
        ),
        Call(
            "inspect_turn",
            {"trace_id": swallowed["trace_id"]},
            [swallowed["trace_id"], swallowed["root_cause_span"], swallowed["error_message"]],
        ),
        Call(
            "inspect_turn",
            {"trace_id": chat["root_cause_trace_id"]},
            [chat["root_cause_span"], chat["wrong_document"], chat["wrong_fact"], chat["right_fact"]],
        ),
        Call(
            "analyze_session",
            session,
            [chat["session_id"], chat["root_cause_trace_id"], chat["root_cause_span"]],
        ),
    ]
