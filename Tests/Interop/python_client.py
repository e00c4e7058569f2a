#!/usr/bin/env python3
"""Use mlflow-lens through the official Python MCP client, on the sample store.

    python_client.py --binary .build/release/mlflow-lens --store sqlite:///Samples/mlflow.db \\
        --manifest Samples/manifest.json [--fixture .build/release/conformance-server]

Each way of connecting is gone through: with a handshake, with the client's own choice, and with a revision that has no
handshake.  The fixture is a server of the same protocol layer whose tool takes its time: with it, progress, cancelling
and a binary resource are checked too.  Exit status 1 when any check fails.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path

import anyio
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import (
    REQUEST_TIMEOUT,
    CallToolResult,
    GetPromptResult,
    PromptReference,
    ReadResourceResult,
    ResourceTemplateReference,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from sample_calls import TOOLS, Call, sample_calls
from wire_tap import Wire, tapped

#: The ways to connect, and the revision that each ends with.
REVISIONS = {"legacy": "2025-11-25", "auto": "2026-07-28", **{version: version for version in MODERN_PROTOCOL_VERSIONS}}
MODES = tuple(REVISIONS)
RESOURCES = {"mlflow-lens://filter-syntax"}
TEMPLATES = {
    "mlflow-lens://trace/{trace_id}",
    "mlflow-lens://session/{session_id}",
    "mlflow-lens://schema/{experiment}",
}
#: The arguments of each prompt, and whether they are required.
PROMPTS = {
    "debug_trace": {"trace_id": True, "symptom": False},
    "debug_session": {"session_id": True, "symptom": False, "experiment": False},
}
REPLY_BUDGET = 8_000  # UTF-8 bytes, the default of max_chars
INVALID_PARAMS = -32602
READ_TIMEOUT = 60
SLOW_TOOL = "test_tool_with_progress"
PROGRESS = [(0, 100), (50, 100), (100, 100)]
CANCEL_AFTER = 0.3  # seconds; the slow tool is then before its first word
SLOW_TOOL_TIME = 2  # seconds, and more than it takes
PNG = b"\x89PNG\r\n\x1a\n"


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


def text_of(result: CallToolResult) -> str:
    return "".join(block.text for block in result.content if block.type == "text")


def text_of_resource(result: ReadResourceResult) -> str:
    return "".join(contents.text for contents in result.contents if hasattr(contents, "text"))


def text_of_prompt(result: GetPromptResult) -> str:
    return "".join(message.content.text for message in result.messages if message.content.type == "text")


async def check_invalid(asked: Awaitable, checks: Checks) -> None:
    """What is asked is refused by the protocol: invalid parameters."""
    try:
        await asked
        checks.that(False, "is no error")
    except MCPError as error:
        checks.that(error.code == INVALID_PARAMS, f"has error code {error.code}")


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
    await check_invalid(client.call_tool("no_such_tool", {}), checks)


async def check_resources(client: Client, manifest: dict, checks: Checks) -> None:
    """What is listed can be read, as text of the kind that the listing says, and nothing else can."""
    checks.context = f"{client.protocol_version} resources/list"
    resources = (await client.list_resources()).resources
    templates = (await client.list_resource_templates()).resource_templates
    checks.that({str(resource.uri) for resource in resources} == RESOURCES, f"resources are {resources}")
    checks.that({template.uri_template for template in templates} == TEMPLATES, f"templates are {templates}")
    for described in (*resources, *templates):
        checks.that(bool(described.title and described.description), f"{described.name} is not described")
    healthy, chat = manifest["cases"]["healthy_agent"], manifest["cases"]["refund_chat"]
    readings = [
        ("mlflow-lens://filter-syntax", "text/markdown", ["search_traces", "execution_time_ms", "ILIKE"]),
        (f"mlflow-lens://trace/{healthy['trace_id']}", "text/plain", [healthy["trace_id"], "order_support_agent"]),
        (f"mlflow-lens://session/{chat['session_id']}", "text/plain", [chat["root_cause_trace_id"], "turn"]),
        (f"mlflow-lens://schema/{healthy['experiment']}", "text/plain", ["order_support_agent", "messages"]),
    ]
    for uri, kind, facts in readings:
        checks.context = f"{client.protocol_version} {uri}"
        result = await client.read_resource(uri)
        found = [(str(contents.uri), contents.mime_type) for contents in result.contents]
        checks.that(found == [(uri, kind)], f"is {found}")
        for fact in facts:
            checks.that(fact in text_of_resource(result), f"does not say {fact!r}")
    for uri in ("mlflow-lens://no-such-resource", "mlflow-lens://trace/tr-" + "0" * 32, "file:///etc/hostname"):
        checks.context = f"{client.protocol_version} {uri}"
        await check_invalid(client.read_resource(uri), checks)


async def check_prompts(client: Client, manifest: dict, checks: Checks) -> None:
    """Both prompts take up what they are given, and miss what they are not."""
    checks.context = f"{client.protocol_version} prompts/list"
    prompts = (await client.list_prompts()).prompts
    listed = {p.name: {a.name: bool(a.required) for a in p.arguments or []} for p in prompts}
    checks.that(listed == PROMPTS, f"prompts are {listed}")
    cases = manifest["cases"]
    symptom = "It says 30 days, but our policy says 14"
    given = {
        "debug_trace": {"trace_id": cases["failing_agent"]["trace_id"], "symptom": symptom},
        "debug_session": {
            "session_id": cases["refund_chat"]["session_id"],
            "symptom": symptom,
            "experiment": cases["refund_chat"]["experiment"],
        },
    }
    for name, arguments in given.items():
        checks.context = f"{client.protocol_version} prompt {name}"
        result = await client.get_prompt(name, arguments)
        checks.that([message.role for message in result.messages] == ["user"], "is not one message of the user")
        for fact in (*arguments.values(), "inspect_turn"):
            checks.that(fact in text_of_prompt(result), f"does not say {fact!r}")
        checks.context = f"{client.protocol_version} prompt {name} without its argument"
        await check_invalid(client.get_prompt(name, {"symptom": symptom}), checks)
    checks.context = f"{client.protocol_version} an unknown prompt"
    await check_invalid(client.get_prompt("no_such_prompt"), checks)


async def check_completion(client: Client, manifest: dict, checks: Checks) -> None:
    """The beginnings of ids and names are completed from the store, for prompts and for templates."""
    cases = manifest["cases"]
    prompt = PromptReference(name="debug_session")
    template = ResourceTemplateReference(uri="mlflow-lens://schema/{experiment}")
    trace_id = cases["healthy_agent"]["trace_id"]
    asked = [
        (prompt, "session_id", "chat-re", [cases["refund_chat"]["session_id"]]),
        (prompt, "experiment", "shop", [cases["refund_chat"]["experiment"]]),
        (template, "experiment", "shop", [cases["refund_chat"]["experiment"]]),
        (ResourceTemplateReference(uri="mlflow-lens://trace/{trace_id}"), "trace_id", trace_id[:12], [trace_id]),
        (prompt, "session_id", "no-such-session", []),
    ]
    for reference, name, value, expected in asked:
        checks.context = f"{client.protocol_version} completion of {name} {value!r} for {reference.type}"
        values = (await client.complete(reference, {"name": name, "value": value})).completion.values
        checks.that(values == expected, f"is {values}")


async def check_mode(server: StdioServerParameters, mode: str, manifest: dict, checks: Checks) -> None:
    """All checks over one connection."""
    calls = sample_calls(manifest)
    async with Client(server, mode=mode, read_timeout_seconds=READ_TIMEOUT) as client:
        print(f"mode {mode}: protocol {client.protocol_version}")
        checks.context = f"mode {mode}"
        checks.that(client.protocol_version == REVISIONS[mode], f"ends with protocol {client.protocol_version}")
        await check_tools(client, calls, checks)
        for call in calls:
            await check_answer(client, call, checks)
        await check_bad_input(client, checks)
        await check_resources(client, manifest, checks)
        await check_prompts(client, manifest, checks)
        await check_completion(client, manifest, checks)
        await check_answer(client, calls[0], checks)


async def check_progress(client: Client, wire: Wire, checks: Checks) -> None:
    """A slow tool tells three times how far it is, each time before its answer."""
    checks.context = f"{client.protocol_version} progress"
    told: list[tuple[float, float | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    result = await client.call_tool(SLOW_TOOL, {}, progress_callback=hear)
    checks.that(text_of(result) == "done", f"ends with {text_of(result)!r}")
    checks.that(told == PROGRESS, f"the client heard {told}")
    sent = wire.told_before_answer(wire.last_request("tools/call"))
    checks.that([(progress, total) for progress, total, _ in sent] == PROGRESS, f"the server told {sent}")
    await client.call_tool(SLOW_TOOL, {})
    told_all = [message for message in wire.messages("server") if message.get("method") == "notifications/progress"]
    checks.that(len(told_all) == len(PROGRESS), "the server tells of progress that nobody asked for")


async def check_cancelling(client: Client, wire: Wire, checks: Checks) -> None:
    """A call that the client gives up is never answered, and the connection goes on."""

    async def after_timeout() -> None:
        try:
            await client.call_tool(SLOW_TOOL, {}, read_timeout_seconds=CANCEL_AFTER)
            checks.that(False, "was not given up")
        except MCPError as error:
            checks.that(error.code == REQUEST_TIMEOUT, f"has error code {error.code}")

    async def in_scope() -> None:
        with anyio.move_on_after(CANCEL_AFTER) as scope:
            await client.call_tool(SLOW_TOOL, {})
        checks.that(scope.cancelled_caught, "was not given up")

    ways: dict[str, Callable[[], Awaitable[None]]] = {"a timeout": after_timeout, "a cancelled scope": in_scope}
    for way, give_up in ways.items():
        checks.context = f"{client.protocol_version} giving up by {way}"
        await give_up()
        request = wire.last_request("tools/call")["id"]
        result = await client.call_tool("test_simple_text", {})
        checks.that(text_of(result) == "a simple text", f"afterwards the answer is {text_of(result)!r}")
        checks.that(request in wire.cancelled(), "the server was not told")
        await anyio.sleep(SLOW_TOOL_TIME)
        checks.that(request not in wire.answered(), "was answered after all")


async def check_binary(client: Client, checks: Checks) -> None:
    """Bytes come as they are."""
    checks.context = f"{client.protocol_version} a binary resource"
    (contents,) = (await client.read_resource("test://static-binary")).contents
    checks.that(contents.mime_type == "image/png", f"is {contents.mime_type}")
    checks.that(base64.b64decode(contents.blob, validate=True).startswith(PNG), "is no picture")


async def check_fixture(executable: Path, mode: str, checks: Checks) -> None:
    """What takes a slow tool and bytes, over one connection with the fixture server."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "wire.jsonl"
        command, *arguments = tapped(log, [str(executable)])
        server = StdioServerParameters(command=command, args=arguments)
        async with Client(server, mode=mode, read_timeout_seconds=READ_TIMEOUT) as client:
            await check_progress(client, Wire(log), checks)
            await check_cancelling(client, Wire(log), checks)
            await check_binary(client, checks)


async def check_two_servers(server: StdioServerParameters, calls: list[Call], checks: Checks) -> None:
    """Two servers on one store, of different revisions and asked at once, answer equally."""

    async def answers(client: Client, asked: list[Call]) -> dict[str, tuple]:
        found = {}
        for call in asked:
            result = await client.call_tool(call.tool, call.arguments)
            found[str(call)] = (result.is_error, text_of(result), result.structured_content)
        return found

    async with (
        Client(server, mode="legacy", read_timeout_seconds=READ_TIMEOUT) as one,
        Client(server, mode="auto", read_timeout_seconds=READ_TIMEOUT) as other,
    ):
        print(f"two servers on one store: protocol {one.protocol_version} and {other.protocol_version}")
        ones, others = await asyncio.gather(answers(one, calls), answers(other, calls[::-1]))
        for call in calls:
            checks.context = f"two servers, {call}"
            checks.that(ones[str(call)] == others[str(call)], "is answered differently")
            both = await asyncio.gather(answers(one, [call]), answers(other, [call]))
            checks.that(both[0] == both[1] == {str(call): ones[str(call)]}, "is answered differently at once")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="the mlflow-lens executable")
    parser.add_argument("--store", required=True, help="sqlite:///FILE, the sample store")
    parser.add_argument("--manifest", required=True, type=Path, help="manifest.json of that store")
    parser.add_argument("--fixture", type=Path, help="the conformance-server executable")
    parser.add_argument("--mode", choices=MODES, action="append", help="only this mode (may be repeated)")
    options = parser.parse_args()
    manifest = json.loads(options.manifest.read_text(encoding="utf-8"))
    server = StdioServerParameters(command=options.binary, args=["--tracking-uri", options.store, "serve"])
    checks = Checks()

    def run(what: str, check: Coroutine) -> None:
        try:
            asyncio.run(check)
        except Exception as error:  # a broken connection is a finding like any other
            checks.context = what
            checks.that(False, f"broke off: {error!r}")

    for mode in options.mode or MODES:
        run(f"mode {mode}", check_mode(server, mode, manifest, checks))
        if options.fixture:
            run(f"mode {mode}, fixture", check_fixture(options.fixture.resolve(), mode, checks))
    run("two servers", check_two_servers(server, sample_calls(manifest), checks))
    print(f"{checks.passed} checks passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
