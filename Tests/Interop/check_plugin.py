#!/usr/bin/env python3
"""Check manifest.json and the options of `serve` against the executable they speak of.

    check_plugin.py --binary .build/release/mlflow-lens [--schema mcpb-manifest.schema.json]

Python 3.10 and its standard library; with the jsonschema package, --schema also holds the manifest against MCPB's own
schema.  Exit status 1 when anything is wrong; every fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, STORE, Faults, Lens  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

MANIFEST_REQUIRED = {"manifest_version", "name", "version", "description", "author", "server"}
MANIFEST_KEYS = MANIFEST_REQUIRED | {
    *("$schema", "dxt_version", "display_name", "long_description", "repository", "homepage", "documentation", "support"),
    *("icon", "icons", "screenshots", "localization", "tools", "tools_generated", "prompts", "prompts_generated"),
    *("keywords", "license", "privacy_policies", "compatibility", "user_config", "_meta"),
}
SUBSTITUTIONS = {"__dirname", "HOME", "DESKTOP", "DOCUMENTS", "DOWNLOADS", "pathSeparator", "/"}
PLATFORMS = {"darwin", "win32", "linux"}

WRONG_USE = 64


# ------------------------------------------------------------------ the manifest


def check_manifest(lens: Lens, schema: Path | None, faults: Faults) -> None:
    manifest = json.loads((ROOT / "manifest.json").read_bytes())

    def check(holds: object, fault: str) -> bool:
        return faults.check(holds, f"manifest.json: {fault}")

    if not check(not (missing := MANIFEST_REQUIRED - manifest.keys()), f"no {', '.join(sorted(missing))}"):
        return
    check(not (unknown := manifest.keys() - MANIFEST_KEYS), f"unknown {', '.join(sorted(unknown))}")
    check(manifest["manifest_version"] == "0.3", "manifest_version is not 0.3")
    version = lens.run("--version").strip()
    check(manifest["version"] == version, f"version {manifest['version']}, the executable says {version}")
    check(manifest["author"].get("name"), "author has no name")

    server = manifest["server"]
    command = server["mcp_config"]["command"]
    check(server["type"] == "binary", "server.type is not binary")
    check(command == "${__dirname}/" + server["entry_point"], f"command {command} is not the entry_point")
    check(not Path(server["entry_point"]).is_absolute(), "entry_point is absolute")
    options = manifest.get("user_config", {})
    for name, option in options.items():
        lacking = {"type", "title", "description"} - option.keys()
        check(not lacking, f"user_config.{name} has no {', '.join(sorted(lacking))}")
    used = set(re.findall(r"\$\{([^}]*)\}", json.dumps(server)))
    known = SUBSTITUTIONS | {f"user_config.{name}" for name in options}
    check(used <= known, f"unknown substitutions: {', '.join(sorted(used - known))}")
    check(used >= {f"user_config.{name}" for name in options}, "an option of user_config is never used")
    check(set(manifest["compatibility"]["platforms"]) <= PLATFORMS, "an unknown platform")

    tools = [tool["name"] for tool in manifest["tools"]]
    check(sorted(tools) == sorted(lens.tools), f"tools are {tools}, the server's {sorted(lens.tools)}")
    for tool in manifest["tools"]:
        check(tool.keys() == {"name", "description"}, f"{tool['name']}: only name and description are allowed")

    if schema:
        try:
            import jsonschema
        except ImportError:
            print("jsonschema is not installed: the manifest was not held against the schema")
            return
        of_schema = json.loads(schema.read_bytes())
        for error in jsonschema.validators.validator_for(of_schema)(of_schema).iter_errors(manifest):
            check(False, f"{error.json_path}: {error.message}")


# ------------------------------------------------------------------ the server's options


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
    parser.add_argument("--schema", type=Path, help="MCPB's JSON schema of the manifest, version 0.3")
    options = parser.parse_args()
    binary = options.binary.resolve()
    faults = Faults()
    with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as server:
        server.initialize()
        lens = Lens(binary, server)
        check_manifest(lens, options.schema, faults)
    check_subset(binary, faults)
    check_configurations(binary, faults)
    faults.end()


if __name__ == "__main__":
    main()
