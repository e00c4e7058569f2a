#!/usr/bin/env python3
"""Check what `serve` can be told: --tools offers a part of the tools, --print-config prints what starts the server.

    check_server_options.py --binary .build/release/mlflow-lens

Exit status 1 when anything is wrong; every fault is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, STORE, Faults  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

WRONG_USE = 64


def check_subset(binary: Path, faults: Faults) -> None:
    """--tools offers what it names, in the order of the list, and knows what it does not."""
    command = [str(binary), "--tracking-uri", STORE, "serve", "--tools"]
    with StdioClient([*command, "inspect_turn,search_traces"]) as server:
        instructions = server.initialize()["instructions"]
        names = [tool["name"] for tool in server.list_tools()]
        faults.check(names == ["search_traces", "inspect_turn"], f"--tools offers {names}")
        faults.check("search_traces, inspect_turn" in instructions, "instructions do not say which tools are offered")
        prompts = [prompt["name"] for prompt in server.request("prompts/list", {})["prompts"]]
        faults.check(prompts == ["debug_trace"], f"prompts of tools that are not offered: {prompts}")
    for wrong, word in (("get_trac", "get_trace"), ("", "names no tool")):
        result = subprocess.run([*command, wrong], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        faults.check(result.returncode == WRONG_USE, f"--tools '{wrong}' has exit status {result.returncode}")
        faults.check(word in result.stderr and not result.stdout, f"--tools '{wrong}' says {result.stderr!r}")


def server_of(host: str, text: str) -> tuple[str, list[str]]:
    """The command and its arguments in a host's configuration."""
    if host == "codex":
        entries = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
        return json.loads(entries["command"]), json.loads(entries["args"])
    entry = json.loads(text)["servers" if host == "vscode" else "mcpServers"]["mlflow-lens"]
    return entry["command"], entry["args"]


@contextlib.contextmanager
def inside(folder: str) -> Iterator[None]:
    """Works in another folder for a while."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def check_configurations(binary: Path, faults: Faults) -> None:
    """What --print-config prints starts the server, from any folder."""
    relative = ["--tracking-uri", "sqlite:///Samples/mlflow.db"]
    for host in ("claude-code", "codex", "cursor", "vscode", "gemini"):
        command = [str(binary), "serve", "--print-config", host, "--tools", "search_traces", *relative]
        result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
        program, arguments = server_of(host, result.stdout)
        with tempfile.TemporaryDirectory() as elsewhere:
            with inside(elsewhere), StdioClient([program, *arguments]) as server:
                server.initialize()
                text = server.call_tool("search_traces", {"max_results": 1})["content"][0]["text"]
                faults.check(text.startswith("10 traces"), f"configuration for {host} finds {text[:80]!r}")
                faults.check(len(server.list_tools()) == 1, f"configuration for {host} forgets --tools")
    secret = ["--tracking-uri", "http://somebody:pa55word@127.0.0.1:1/"]
    command = [str(binary), "serve", "--print-config", "cursor", *secret]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    faults.check("pa55word" not in result.stdout + result.stderr, "--print-config prints a password")
    faults.check("MLFLOW_TRACKING_URI" in result.stderr, "--print-config does not say where the address belongs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    binary = parser.parse_args().binary.resolve()
    faults = Faults()
    check_subset(binary, faults)
    check_configurations(binary, faults)
    faults.end()


if __name__ == "__main__":
    main()
