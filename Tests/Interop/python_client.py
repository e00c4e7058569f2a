#!/usr/bin/env python3
"""Use mlflow-lens through the official Python MCP client, on the sample store.

    python_client.py --binary .build/release/mlflow-lens --store sqlite:///Samples/mlflow.db \\
        --manifest Samples/manifest.json

Exit status 1 when any check fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

DEFAULT_MODES = ("legacy", "auto")  # the server speaks the revisions with a handshake
MODES = (*DEFAULT_MODES, *MODERN_PROTOCOL_VERSIONS)
TOOLS = {"get_trace", "search_traces", "discover_schema", "inspect_turn", "analyze_session"}
REPLY_BUDGET = 8_000  # UTF-8 bytes, the default of max_chars
INVALID_PARAMS = -32602
READ_TIMEOUT = 60


class Checks:
    """Counts checks and prints those that fail."""

    def __init__(self):
        self.context = ""
        self.passed = 0
        self.failed = 0

    def that(self, holds: bool, message: str) -> None:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {self.context}: {message}")


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


def text_of(result: CallToolResult) -> str:
    return "".join(block.text for block in result.content if block.type == "text")


async def check_tools(client: Client, calls: list[Call], checks: Checks) -> None:
    """Exactly our tools, described, marked as read-only, with schemas our calls fit."""
    checks.context = f"{client.protocol_version} tools/list"
    tools = (await client.list_tools()).tools
    checks.that({tool.name for tool in tools} == TOOLS, f"tools are {sorted(tool.name for tool in tools)}")
    for tool in tools:
        checks.that(bool(tool.description), f"{tool.name} has no description")
        read_only = tool.annotations is not None and tool.annotations.read_only_hint is True
        checks.that(read_only, f"{tool.name} is not marked as read-only")
        Draft202012Validator.check_schema(tool.input_schema)
        schema = Draft202012Validator(tool.input_schema)
        for call in calls:
            if call.tool == tool.name:
                checks.that(schema.is_valid(call.arguments), f"{call} does not fit the input schema")


async def check_answer(client: Client, call: Call, checks: Checks) -> None:
    """One text block within the budget that says what is known, the same each time."""
    checks.context = f"{client.protocol_version} {call}"
    try:
        result = await client.call_tool(call.tool, call.arguments)
        again = await client.call_tool(call.tool, call.arguments)
    except MCPError as error:
        checks.that(False, f"error {error.code}: {error.message}")
        return
    text = text_of(result)
    checks.that(not result.is_error, f"is an error: {text[:200]}")
    checks.that([block.type for block in result.content] == ["text"], "is not one text block")
    checks.that(text.strip() != "", "is empty")
    checks.that(len(text.encode()) <= REPLY_BUDGET, f"has {len(text.encode())} bytes")
    checks.that(result.model_dump_json() == again.model_dump_json(), "differs when asked again")
    for fact in call.facts:
        checks.that(fact in text, f"does not say {fact!r}")
    for fact in call.absent:
        checks.that(fact not in text, f"says {fact!r}")


async def check_bad_input(client: Client, checks: Checks) -> None:
    """Errors the model can read for bad arguments, a protocol error for a tool that is none."""
    for arguments in ({"trace_id": "tr-" + "0" * 32}, {}):
        checks.context = f"{client.protocol_version} get_trace {json.dumps(arguments)}"
        result = await client.call_tool("get_trace", arguments)
        checks.that(result.is_error, "is not an error")
        checks.that(text_of(result).strip() != "", "does not say what is wrong")
    checks.context = f"{client.protocol_version} an unknown tool"
    try:
        await client.call_tool("no_such_tool", {})
        checks.that(False, "is no error")
    except MCPError as error:
        checks.that(error.code == INVALID_PARAMS, f"has error code {error.code}")


async def check_mode(server: StdioServerParameters, mode: str, calls: list[Call], checks: Checks) -> None:
    """All checks over one connection."""
    async with Client(server, mode=mode, read_timeout_seconds=READ_TIMEOUT) as client:
        print(f"mode {mode}: protocol {client.protocol_version}")
        await check_tools(client, calls, checks)
        for call in calls:
            await check_answer(client, call, checks)
        await check_bad_input(client, checks)
        await check_answer(client, calls[0], checks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the mlflow-lens executable")
    parser.add_argument("--store", required=True, help="sqlite:///FILE, the sample store")
    parser.add_argument("--manifest", required=True, type=Path, help="manifest.json of that store")
    parser.add_argument("--mode", choices=MODES, action="append", help="only this mode (may be repeated)")
    options = parser.parse_args()
    calls = sample_calls(json.loads(options.manifest.read_text(encoding="utf-8")))
    server = StdioServerParameters(command=options.binary, args=["--tracking-uri", options.store, "serve"])
    checks = Checks()
    for mode in options.mode or DEFAULT_MODES:
        try:
            asyncio.run(check_mode(server, mode, calls, checks))
        except Exception as error:  # a broken connection is a finding like any other
            checks.context = f"mode {mode}"
            checks.that(False, f"broke off: {error!r}")
    print(f"{checks.passed} checks passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
