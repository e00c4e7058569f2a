#!/usr/bin/env python3
"""Use mlflow-lens through whichever MCP client library this Python has: FastMCP's, or the official one before 2.0.

    client_probe.py --binary .build/release/mlflow-lens --store sqlite:///Samples/mlflow.db \\
        --manifest Samples/manifest.json [--fixture .build/release/conformance-server] [--revision 2025-03-26]

Nothing is needed besides that library.  other_clients.py runs this in environments that it makes.  Exit status 1 when
any check fails.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import importlib.util
import json
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import mcp
from mcp.client.stdio import stdio_client
from pydantic import AnyUrl, BaseModel

HAS_FASTMCP = importlib.util.find_spec("fastmcp") is not None
if HAS_FASTMCP:
    import fastmcp
    from fastmcp.client.transports import StdioTransport
    from mcp_types import PromptReference

from sample_calls import TOOLS, sample_calls
from wire_tap import Wire, tapped

INVALID_PARAMS = -32602
SLOW_TOOL = "test_tool_with_progress"
PROGRESS = [0, 50, 100]
CANCEL_AFTER = 0.3  # seconds; the slow tool is then before its first word
SLOW_TOOL_TIME = 2  # seconds, and more than it takes


def plain(model: BaseModel) -> dict:
    """A result in the words of the protocol, which the libraries name differently."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


class Connection(ABC):
    """What we ask of a client library."""

    revision: str

    @abstractmethod
    async def tools(self) -> list[dict]: ...

    @abstractmethod
    async def call(self, tool: str, arguments: dict, hear=None) -> dict: ...

    @abstractmethod
    async def read(self, uri: str) -> list[dict]: ...

    @abstractmethod
    async def prompts(self) -> list[dict]: ...

    @abstractmethod
    async def prompt(self, name: str, arguments: dict) -> list[dict]: ...

    @abstractmethod
    async def complete(self, prompt: str, argument: str, value: str) -> list[str]: ...

    async def tell_cancelled(self, request: int | str) -> None:
        """Tell the server of a call that was given up, where the library does not do so by itself."""


class Official(Connection):
    """The official client before 2.0."""

    def __init__(self, session: mcp.ClientSession, revision: str):
        self.session = session
        self.revision = str(revision)

    @staticmethod
    def name() -> str:
        return f"mcp {importlib.metadata.version('mcp')}"

    @staticmethod
    @asynccontextmanager
    async def opened(command: list[str]) -> AsyncIterator[Connection]:
        parameters = mcp.StdioServerParameters(command=command[0], args=command[1:])
        async with stdio_client(parameters) as streams, mcp.ClientSession(*streams) as session:
            yield Official(session, (await session.initialize()).protocolVersion)

    async def tools(self) -> list[dict]:
        return [plain(tool) for tool in (await self.session.list_tools()).tools]

    async def call(self, tool: str, arguments: dict, hear=None) -> dict:
        return plain(await self.session.call_tool(tool, arguments, progress_callback=hear))

    async def read(self, uri: str) -> list[dict]:
        return plain(await self.session.read_resource(AnyUrl(uri)))["contents"]

    async def prompts(self) -> list[dict]:
        return [plain(prompt) for prompt in (await self.session.list_prompts()).prompts]

    async def prompt(self, name: str, arguments: dict) -> list[dict]:
        return plain(await self.session.get_prompt(name, arguments))["messages"]

    async def complete(self, prompt: str, argument: str, value: str) -> list[str]:
        reference = mcp.types.PromptReference(type="ref/prompt", name=prompt)
        return (await self.session.complete(reference, {"name": argument, "value": value})).completion.values

    async def tell_cancelled(self, request: int | str) -> None:
        params = mcp.types.CancelledNotificationParams(requestId=request, reason="given up")
        notification = mcp.types.CancelledNotification(method="notifications/cancelled", params=params)
        await self.session.send_notification(mcp.types.ClientNotification(notification))


class FastMCP(Connection):
    """FastMCP's own client, which tells by itself of the calls that it gives up."""

    def __init__(self, client: fastmcp.Client):
        self.client = client
        self.revision = str(client.protocol_version)

    @staticmethod
    def name() -> str:
        return f"fastmcp {fastmcp.__version__}"

    @staticmethod
    @asynccontextmanager
    async def opened(command: list[str]) -> AsyncIterator[Connection]:
        transport = StdioTransport(command=command[0], args=command[1:], keep_alive=False)
        async with fastmcp.Client(transport) as client:
            yield FastMCP(client)

    async def tools(self) -> list[dict]:
        return [plain(tool) for tool in await self.client.list_tools()]

    async def call(self, tool: str, arguments: dict, hear=None) -> dict:
        return plain(await self.client.call_tool_mcp(tool, arguments, progress_handler=hear))

    async def read(self, uri: str) -> list[dict]:
        return [plain(contents) for contents in await self.client.read_resource(uri)]

    async def prompts(self) -> list[dict]:
        return [plain(prompt) for prompt in await self.client.list_prompts()]

    async def prompt(self, name: str, arguments: dict) -> list[dict]:
        return plain(await self.client.get_prompt(name, arguments))["messages"]

    async def complete(self, prompt: str, argument: str, value: str) -> list[str]:
        return (await self.client.complete(PromptReference(name=prompt), {"name": argument, "value": value})).values


LIBRARY = FastMCP if HAS_FASTMCP else Official


class Findings(list[str]):
    """What is wrong, one line each, and how much was checked."""

    def __init__(self):
        super().__init__()
        self.checked = 0

    def check(self, holds: bool, fault: str) -> None:
        self.checked += 1
        if not holds:
            self.append(fault)


def text_of(result: dict) -> str:
    return "".join(block["text"] for block in result["content"] if block["type"] == "text")


async def check_refused(asked: Awaitable, what: str, findings: Findings) -> None:
    """What is asked is refused by the protocol: invalid parameters."""
    try:
        await asked
        findings.check(False, f"{what} is no error")
    except Exception as error:  # the libraries have each an exception of their own
        code = getattr(getattr(error, "error", None), "code", None)
        findings.check(code == INVALID_PARAMS, f"{what} is {error!r}, code {code}")


async def check_lens(server: Connection, manifest: dict, findings: Findings) -> None:
    """Tools, resources, prompts and completion of mlflow-lens itself."""
    tools = await server.tools()
    findings.check({tool["name"] for tool in tools} == TOOLS, f"tools are {[tool['name'] for tool in tools]}")
    for tool in tools:
        read_only = tool.get("annotations", {}).get("readOnlyHint")
        findings.check(read_only is True, f"{tool['name']} is not marked as read-only")
    for call in sample_calls(manifest):
        result = await server.call(call.tool, call.arguments)
        findings.check(not result.get("isError"), f"{call} is an error: {text_of(result)[:200]}")
        for fact in call.facts:
            findings.check(fact in text_of(result), f"{call} does not say {fact!r}")
        for fact in call.absent:
            findings.check(fact not in text_of(result), f"{call} says {fact!r}")
    result = await server.call("get_trace", {"trace_id": "tr-" + "0" * 32})
    findings.check(result.get("isError") is True, "a trace that does not exist is no error")
    trace_id = manifest["cases"]["healthy_agent"]["trace_id"]
    for uri, fact in [("mlflow-lens://filter-syntax", "search_traces"), (f"mlflow-lens://trace/{trace_id}", trace_id)]:
        text = "".join(contents["text"] for contents in await server.read(uri))
        findings.check(fact in text, f"{uri} does not say {fact!r}")
    await check_refused(server.read("mlflow-lens://no-such-resource"), "an unknown resource", findings)
    prompts = [prompt["name"] for prompt in await server.prompts()]
    findings.check(sorted(prompts) == ["debug_session", "debug_trace"], f"prompts are {prompts}")
    messages = await server.prompt("debug_trace", {"trace_id": trace_id, "symptom": "It is slow"})
    text = "".join(message["content"]["text"] for message in messages)
    for fact in (trace_id, "It is slow"):
        findings.check(fact in text, f"debug_trace does not say {fact!r}")
    chat = manifest["cases"]["refund_chat"]
    for argument, value, expected in [
        ("session_id", "chat-re", chat["session_id"]),
        ("experiment", "shop", chat["experiment"]),
    ]:
        values = await server.complete("debug_session", argument, value)
        findings.check(values == [expected], f"{value!r} is completed to {values}")


async def check_fixture(server: Connection, wire: Wire, findings: Findings) -> None:
    """Progress and cancelling, with a tool that takes its time."""
    told: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(progress)

    result = await server.call(SLOW_TOOL, {}, hear)
    findings.check(text_of(result) == "done", f"the slow tool ends with {text_of(result)!r}")
    findings.check(told == PROGRESS, f"the client heard progress {told}")
    sent = [progress for progress, _, _ in wire.told_before_answer(wire.last_request("tools/call"))]
    findings.check(sent == PROGRESS, f"the server told progress {sent}")
    try:
        await asyncio.wait_for(server.call(SLOW_TOOL, {}), CANCEL_AFTER)
        findings.check(False, "the slow call was not given up")
    except asyncio.TimeoutError:
        pass
    request = wire.last_request("tools/call")["id"]
    await server.tell_cancelled(request)
    result = await server.call("test_simple_text", {})
    findings.check(text_of(result) == "a simple text", f"after cancelling the answer is {text_of(result)!r}")
    findings.check(request in wire.cancelled(), "the server was not told that the call is cancelled")
    await asyncio.sleep(SLOW_TOOL_TIME)
    findings.check(request not in wire.answered(), "the cancelled call was answered after all")


async def probe(options: argparse.Namespace, findings: Findings) -> None:
    """Everything, over one connection with each server."""
    manifest = json.loads(options.manifest.read_text(encoding="utf-8"))
    checked = "tools, calls, resources, prompts, completion"
    async with LIBRARY.opened([str(options.binary), "--tracking-uri", options.store, "serve"]) as server:
        revision = server.revision
        findings.check(options.revision in (None, revision), f"protocol {revision}, not {options.revision}")
        await check_lens(server, manifest, findings)
    if options.fixture:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "wire.jsonl"
            async with LIBRARY.opened(tapped(log, [str(options.fixture)])) as server:
                await check_fixture(server, Wire(log), findings)
        checked += ", progress, cancelling"
    print(f"{LIBRARY.name()}, protocol {revision}: {checked}: {findings.checked} checks, {len(findings)} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--store", required=True, help="sqlite:///FILE, the sample store")
    parser.add_argument("--manifest", required=True, type=Path, help="manifest.json of that store")
    parser.add_argument("--fixture", type=Path, help="the conformance-server executable")
    parser.add_argument("--revision", help="the protocol revision that has to come out")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.fixture = options.fixture and options.fixture.resolve()
    findings = Findings()
    try:
        asyncio.run(probe(options, findings))
    except Exception as error:  # a broken connection is a finding like any other
        findings.check(False, f"{LIBRARY.name()} broke off: {error!r}")
    for fault in findings:
        print(f"FAILED {fault}")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
