#!/usr/bin/env python3
"""Check every host's manifest: that the program would write it again like this, that its format allows it, that it agrees
with the others and with the server, and that what it starts answers.

    check_manifests.py --binary .build/release/mlflow-lens [--schema mcpb-manifest.schema.json]

Python 3.10 and its standard library; with the jsonschema package, --schema also holds manifest.json against MCPB's own
schema.  Exit status 1 when anything is wrong; every fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, STORE, Faults  # noqa: E402
from stdio_client import StdioClient  # noqa: E402

IDENTITY = ["name", "version", "description", "author", "license", "keywords"]

#: What each format allows at the top, for those that are closed; and what it asks for.
ALLOWED = {
    "manifest.json": {
        *IDENTITY,
        *("$schema", "manifest_version", "display_name", "long_description", "repository", "homepage", "documentation"),
        *("support", "icon", "icons", "screenshots", "localization", "server", "tools", "tools_generated", "prompts"),
        *("prompts_generated", "privacy_policies", "compatibility", "user_config", "_meta"),
    },
    "plugin.json": {*IDENTITY, "$schema", "homepage", "repository", "extensions"},
    "mcp.json": {"$schema", "mcpServers"},
    ".cursor-plugin/plugin.json": {
        *IDENTITY,
        *("displayName", "minClientVersions", "publisher", "homepage", "repository", "logo", "category", "tags", "rules"),
        *("agents", "commands", "skills", "hooks", "variables", "mcpServers"),
    },
}
REQUIRED = {
    "manifest.json": {"manifest_version", "name", "version", "description", "author", "server"},
    ".claude-plugin/plugin.json": {"name"},
    ".claude-plugin/marketplace.json": {"name", "owner", "plugins"},
    "plugin.json": {"$schema", "name"},
    "mcp.json": {"$schema", "mcpServers"},
    ".codex-plugin/plugin.json": {"name", "version", "description", "interface"},
    ".codex-plugin/mcp.json": {"mcpServers"},
    ".agents/plugins/marketplace.json": {"name", "plugins"},
    ".cursor-plugin/plugin.json": {"name"},
    ".cursor-plugin/marketplace.json": {"name", "owner", "plugins"},
    "gemini-extension.json": {"name", "version", "mcpServers"},
}
SUBSTITUTIONS = {"__dirname", "HOME", "DESKTOP", "DOCUMENTS", "DOWNLOADS", "pathSeparator", "/"}
OPTION_KEYS = {"type", "title", "description", "required", "default", "multiple", "sensitive", "min", "max"}


def clean_environment(**extra: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")} | extra


def check_sources(binary: Path, faults: Faults) -> dict[str, dict]:
    """What the program writes is what is committed; the manifests by their path."""
    paths = subprocess.run([binary, "manifest"], capture_output=True, text=True, check=True).stdout.split()
    faults.check(set(paths) == REQUIRED.keys(), f"manifests are {paths}")
    found = {}
    for path in paths:
        # Nothing of this machine gets into them, whatever is set.
        environment = clean_environment(MLFLOW_TRACKING_URI="http://somebody:pa55@127.0.0.1:1", LANG="C")
        written = subprocess.run([binary, "manifest", path], capture_output=True, check=True, env=environment).stdout
        file = ROOT / path
        if faults.check(file.is_file(), f"{path} is missing: run scripts/manifests"):
            faults.check(file.read_bytes() == written, f"{path} is not what the program says: run scripts/manifests")
        found[path] = json.loads(written)
    faults.check(not (ROOT / ".mcp.json").exists(), ".mcp.json would be read as a project's own configuration")
    return found


def check_formats(manifests: dict[str, dict], faults: Faults) -> None:
    for path, manifest in manifests.items():
        lacking = REQUIRED[path] - manifest.keys()
        faults.check(not lacking, f"{path}: no {', '.join(sorted(lacking))}")
        if path in ALLOWED:
            unknown = manifest.keys() - ALLOWED[path]
            faults.check(not unknown, f"{path}: unknown {', '.join(sorted(unknown))}")
        for plugin in manifest.get("plugins", []):
            source = plugin["source"] if isinstance(plugin["source"], str) else plugin["source"]["path"]
            faults.check(source == "./", f"{path}: the plugin is not the repository itself")
        name = manifest.get("name")
        if name is not None:
            faults.check(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 64, f"{path}: name {name!r}")
        for key in ("skills", "mcpServers"):
            if isinstance(manifest.get(key), str):
                place = manifest[key]
                faults.check(place.startswith("./") and (ROOT / place).exists(), f"{path}: {key} {place} is not there")
    interface = manifests[".codex-plugin/plugin.json"]["interface"]
    faults.check(len(interface["defaultPrompt"]) <= 3, "Codex takes three prompts at most")
    faults.check(all(len(prompt) <= 128 for prompt in interface["defaultPrompt"]), "a prompt is too long for Codex")
    gemini = manifests["gemini-extension.json"]
    faults.check("trust" not in next(iter(gemini["mcpServers"].values())), "an extension of Gemini's cannot trust itself")
    for setting in gemini["settings"]:
        faults.check(setting.keys() == {"name", "description", "envVar", "sensitive"}, f"Gemini: setting {setting}")
    for entry in (ROOT / "skills").iterdir():
        faults.check((entry / "SKILL.md").is_file(), f"hosts look for skills/{entry.name}/SKILL.md")


def check_agreement(manifests: dict[str, dict], faults: Faults) -> None:
    """Who they say they are is the same everywhere."""
    of_bundle = manifests["manifest.json"]
    for path, manifest in manifests.items():
        for key in IDENTITY:
            if key in manifest:
                faults.check(manifest[key] == of_bundle[key], f"{path}: {key} is not that of manifest.json")
        for entry in manifest.get("plugins", []):
            faults.check(entry["name"] == of_bundle["name"], f"{path}: plugin {entry['name']}")


def check_bundle(manifest: dict, binary: Path, schema: Path | None, faults: Faults) -> None:
    def check(holds: object, fault: str) -> bool:
        return faults.check(holds, f"manifest.json: {fault}")

    check(manifest["manifest_version"] == "0.3", "manifest_version is not 0.3")
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    check(manifest["version"] == version, f"version {manifest['version']}, the executable says {version}")
    server = manifest["server"]
    check(server["type"] == "binary", "server.type is not binary")
    check(server["mcp_config"]["command"] == "${__dirname}/" + server["entry_point"], "command is not the entry_point")
    options = manifest["user_config"]
    for name, option in options.items():
        check({"type", "title", "description"} <= option.keys() <= OPTION_KEYS, f"user_config.{name}: {sorted(option)}")
    check(options["tracking_token"].get("sensitive") is True, "the token is not kept like a password")
    used = set(re.findall(r"\$\{([^}]*)\}", json.dumps(server)))
    own = {f"user_config.{name}" for name in options}
    check(used <= SUBSTITUTIONS | own, f"unknown substitutions: {', '.join(sorted(used - SUBSTITUTIONS - own))}")
    check(own <= used, "an option of user_config is never used")
    check(set(manifest["compatibility"]["platforms"]) <= {"darwin", "win32", "linux"}, "an unknown platform")

    with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as client:
        client.initialize()
        names = [tool["name"] for tool in client.list_tools()]
        check([tool["name"] for tool in manifest["tools"]] == names, f"tools are not the server's {names}")
        for tool in manifest["tools"]:
            check(tool.keys() == {"name", "description"} and tool["description"], f"tool {tool}")
        prompts = client.request("prompts/list", {})["prompts"]
        check([p["name"] for p in manifest["prompts"]] == [p["name"] for p in prompts], "prompts are not the server's")
        for listed, told in zip(manifest["prompts"], prompts):
            arguments = [argument["name"] for argument in told["arguments"]]
            check(listed["arguments"] == arguments, f"{listed['name']}: arguments are not the server's {arguments}")
            check(listed["description"] == told["description"], f"{listed['name']}: description is not the server's")
            given = {name: f"${{arguments.{name}}}" for name in arguments}
            said = client.request("prompts/get", {"name": listed["name"], "arguments": given})["messages"]
            text = "\n\n".join(message["content"]["text"] for message in said)
            check(listed["text"] == text, f"{listed['name']}: text is not what the server says")
            check(all(word in listed["text"] for word in given.values()), f"{listed['name']}: an argument is not used")
    if schema:
        import jsonschema

        of_schema = json.loads(schema.read_bytes())
        for error in jsonschema.validators.validator_for(of_schema)(of_schema).iter_errors(manifest):
            check(False, f"{error.json_path}: {error.message}")


def servers(manifests: dict[str, dict]) -> dict[str, tuple[list[str], dict[str, str]]]:
    """How each host starts the server: its words and variables, the plugin's folder filled in."""
    places = {"${__dirname}": str(ROOT), "${CLAUDE_PLUGIN_ROOT}": str(ROOT), "${extensionPath}": str(ROOT), "${/}": "/"}
    found = {}
    for path, manifest in manifests.items():
        entries = manifest.get("mcpServers", manifest.get("server"))
        if not isinstance(entries, dict):
            continue
        entry = entries["mcp_config"] if "mcp_config" in entries else next(iter(entries.values()))
        command = entry["command"]
        for name, value in places.items():
            command = command.replace(name, value)
        found[path] = ([str(ROOT / command), *entry["args"]], entry.get("env", {}))
    return found


def check_starts(manifests: dict[str, dict], binary: Path, faults: Faults) -> None:
    """Each starts a server that finds the store of the settings or, where they were left empty, that of the shell."""
    forms = {
        "as a placeholder": lambda key: "${user_config." + key + "}",
        "empty": lambda key: "",
        "filled in": lambda key: STORE if key == "tracking_uri" else "",
    }
    for path, (command, variables) in servers(manifests).items():
        if path == "manifest.json":
            command[0] = str(binary)  # bin/ is made by setup, and by packing
        faults.check(os.access(command[0], os.X_OK), f"{path}: {command[0]} cannot be run")
        for form, value in forms.items():
            given = {name: value(re.sub(r"\W|user_config", "", text)) for name, text in variables.items()}
            if form == "filled in" and not given:
                continue
            elsewhere = "sqlite:////there/is/none.db" if form == "filled in" else STORE
            environment = clean_environment(MLFLOW_TRACKING_URI=elsewhere, PATH=f"{binary.parent}:{os.defpath}", **given)
            with tempfile.TemporaryDirectory() as folder:
                answer = converse(command, environment, folder)
            faults.check("10 traces" in answer, f"{path}, settings {form}: the server says {answer[:200]!r}")


def converse(command: list[str], environment: dict[str, str], folder: str) -> str:
    """The text of search_traces, from a server started there; what it said instead when it gave none."""
    lines = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25", "capabilities": {},
                                                     "clientInfo": {"name": "check_manifests", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "search_traces", "arguments": {"max_results": 1}}},
    ]
    text = "".join(json.dumps({"jsonrpc": "2.0", **line}) + "\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=environment, cwd=folder, timeout=60)
    for line in done.stdout.splitlines():
        if (message := json.loads(line)).get("id") == 2:
            return message["result"]["content"][0]["text"]
    return done.stdout + done.stderr


def check_launcher(faults: Faults) -> None:
    """Without any program it says how to get one, on stderr, and ends with 127."""
    with tempfile.TemporaryDirectory() as name:
        plugin = Path(name) / "a plugin"
        (plugin / "scripts").mkdir(parents=True)
        launch = plugin / "scripts" / "launch"
        launch.write_bytes((ROOT / "scripts" / "launch").read_bytes())
        launch.chmod(0o755)
        link = Path(name) / "mlflow-lens"
        link.symlink_to("a plugin/scripts/launch")
        for shell in ("sh", "bash", "dash"):
            # The link stands on PATH under the program's own name: it is not run for ever.
            environment = {"PATH": f"{name}:{os.defpath}"}
            try:
                done = subprocess.run([shell, link, "serve"], capture_output=True, text=True, env=environment, timeout=20)
            except FileNotFoundError:
                print(f"SKIPPED the launcher under {shell}, which is not here")
                continue
            faults.check(done.returncode == 127, f"launcher without a program under {shell}: status {done.returncode}")
            faults.check(not done.stdout, f"launcher says on stdout: {done.stdout}")
            for word in ("scripts/setup", "PATH", str(plugin)):
                faults.check(word in done.stderr, f"launcher does not say {word}: {done.stderr}")
        (plugin / "bin").mkdir()
        fake = plugin / "bin" / "mlflow-lens"
        fake.write_text("#!/bin/sh\nprintf '%s|' \"$@\"\n")
        fake.chmod(0o755)
        done = subprocess.run([link, "a b", "", "--c='*"], capture_output=True, text=True)
        faults.check(done.stdout == "a b||--c='*|", f"launcher hands on {done.stdout!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--schema", type=Path, help="MCPB's JSON schema of the manifest, version 0.3")
    options = parser.parse_args()
    binary = options.binary.absolute()
    faults = Faults()
    manifests = check_sources(binary, faults)
    check_formats(manifests, faults)
    check_agreement(manifests, faults)
    check_bundle(manifests["manifest.json"], binary, options.schema, faults)
    check_starts(manifests, binary, faults)
    check_launcher(faults)
    faults.end()


if __name__ == "__main__":
    main()
