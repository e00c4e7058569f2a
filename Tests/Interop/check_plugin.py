#!/usr/bin/env python3
"""Check the skills and their scripts against the executable they speak of; the manifests have check_manifests.py.

    check_plugin.py --binary .build/release/mlflow-lens

Python 3.10 and its standard library.  Exit status 1 when anything is wrong; every fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True

from stdio_client import RpcError, StdioClient  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SKILLS = ROOT / "skills"
SCRIPTS = SKILLS / "analyzing-mlflow-session" / "scripts"
STORE = f"sqlite:///{ROOT / 'Samples' / 'mlflow.db'}"

SKILL_KEYS = {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
SKILL_LINES = 120
CUT = "[…]"  # what the skills write for output they leave out

ANSWERED, NOT_THERE, GRAVE, WRONG_USE, NO_EXECUTABLE = 0, 1, 3, 64, 127


class Faults(list[str]):
    """What is wrong, one line each."""

    def __init__(self) -> None:
        super().__init__()
        self.checked = 0

    def check(self, holds: object, fault: str) -> bool:
        self.checked += 1
        if not holds:
            self.append(fault)
        return bool(holds)


class Lens:
    """The executable: its help, its version, its server over the sample store."""

    def __init__(self, binary: Path, server: StdioClient):
        self.binary = binary
        self.server = server
        self.tools = {tool["name"]: tool["inputSchema"]["properties"] for tool in server.list_tools()}
        self.verbs = {verb: self.run(verb, "--help") for verb in re.findall(r"^  ([a-z-]+) {2,}", self.run("--help"), re.M)}

    def run(self, *arguments: str) -> str:
        return subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=True).stdout


# ------------------------------------------------------------------ the skills


def check_frontmatter(file: Path, text: str, faults: Faults) -> None:
    where = file.relative_to(ROOT)

    def check(holds: object, fault: str) -> bool:
        return faults.check(holds, f"{where}: {fault}")

    check(text.count("\n") <= SKILL_LINES, f"longer than {SKILL_LINES} lines")
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if not check(match, "does not begin with frontmatter"):
        return
    check(match[1].count("---") == 0, "--- inside the frontmatter")
    fields: dict[str, str] = {}
    for line in match[1].split("\n"):
        key, separator, value = line.partition(": ")
        if not check(separator and re.fullmatch(r"[a-z-]+", key), f"frontmatter line is not 'key: value': {line}"):
            continue
        check(key not in fields, f"{key} occurs twice")
        check(": " not in value and " #" not in value, f"{key} needs quotes in YAML")
        check(value.strip() and value[0] not in "[]{}&*!|>'\"%@`#,?-", f"{key} is no plain YAML text")
        fields[key] = value
    check(not (unknown := fields.keys() - SKILL_KEYS), f"unknown {', '.join(sorted(unknown))}")
    name, description = fields.get("name", ""), fields.get("description", "")
    check(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 64, f"name '{name}' is not allowed")
    check(name == file.parent.name, f"name '{name}' is not the folder's")
    check(1 <= len(description) <= 1024, f"description has {len(description)} characters")
    check("Use when" in description, "description does not say 'Use when …'")
    check(fields.get("license") == "Apache-2.0", "license is not Apache-2.0")
    check(1 <= len(fields.get("compatibility", " ")) <= 500, "compatibility is too long")


def check_mentions(where: str, text: str, lens: Lens, faults: Faults) -> None:
    """Tools, their arguments, verbs and options that a skill names exist."""
    for tool, arguments in re.findall(r"\b([a-z]+_[a-z]+) (\{[^`\n]*\})", text):
        if not faults.check(tool in lens.tools, f"{where}: there is no tool {tool}"):
            continue
        unknown = json.loads(arguments).keys() - lens.tools[tool].keys()
        faults.check(not unknown, f"{where}: {tool} has no argument {', '.join(sorted(unknown))}")
    for verb in re.findall(r"mlflow-lens ([a-z]+(?:-[a-z]+)?)(?= |`|$)", "\n".join(code_of(text))):
        faults.check(verb in lens.verbs, f"{where}: there is no verb {verb}")
    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))):
        known = any(re.search(rf"(?<![\w-]){option}(?![\w-])", usage) for usage in lens.verbs.values())
        faults.check(known, f"{where}: no verb has the option {option}")


def code_of(text: str) -> list[str]:
    """The code blocks and the code inside of lines."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", text, re.S | re.M)
    rest = re.sub(r"^```[a-z]*\n.*?^```$", "", text, flags=re.S | re.M)
    return blocks + re.findall(r"`([^`]+)`", rest)


def check_examples(where: str, text: str, lens: Lens, faults: Faults) -> None:
    """The output shown after a '> tool {…}' is what the server says, but for what is marked as left out."""
    examples = 0
    for block in re.findall(r"^```text\n(.*?)^```$", text, re.S | re.M):
        answer, at = "", 0
        for line in block.splitlines():
            if call := re.fullmatch(r"> (\w+) (\{.*\})", line):
                examples += 1
                try:
                    result = lens.server.call_tool(call[1], json.loads(call[2]))
                except RpcError as error:
                    faults.append(f"{where}: '{line}' is refused: {error}")
                    continue
                answer, at = result["content"][0]["text"], 0
                faults.check(not result.get("isError"), f"{where}: '{line}' fails: {answer}")
                continue
            for part in filter(None, (part.strip() for part in line.split(CUT))):
                found = answer.find(part, at)
                if faults.check(found >= 0, f"{where}: the example shows what is not answered (any more): {part}"):
                    at = found + len(part)
    faults.check(examples, f"{where}: no worked example")


def check_skills(lens: Lens, faults: Faults) -> None:
    files = sorted(SKILLS.glob("*/SKILL.md"))
    folders = sorted(folder for folder in SKILLS.iterdir() if folder.is_dir())
    faults.check(files and [file.parent for file in files] == folders, "skills: a folder without a SKILL.md")
    for file in files:
        text = file.read_bytes().decode()
        where = str(file.relative_to(ROOT))
        check_frontmatter(file, text, faults)
        check_mentions(where, text, lens, faults)
        check_examples(where, text, lens, faults)
        for link in re.findall(r"\bscripts/[\w.-]+", text):
            faults.check((file.parent / link).is_file(), f"{where}: there is no {link}")


# ------------------------------------------------------------------ the scripts


class Scripts:
    """Runs the skills' scripts in an empty folder and sees that they leave it empty."""

    def __init__(self, folder: Path, binary: Path, faults: Faults):
        self.folder = folder
        self.binary = binary
        self.faults = faults

    def run(
        self, expected: int, script: Path, *arguments: str, says: str = "", environment: dict[str, str] | None = None
    ) -> None:
        """See that a run ends with this status, says something where it should, and leaves no file behind."""
        given = {"MLFLOW_LENS": str(self.binary), "MLFLOW_TRACKING_URI": STORE} if environment is None else environment
        done = subprocess.run(
            [script, *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, **given},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        call = f"{script.name} {' '.join(map(repr, arguments))}"
        used, unused = (done.stdout, done.stderr) if expected in (ANSWERED, GRAVE) else (done.stderr, done.stdout)
        self.faults.check(
            done.returncode == expected, f"{call}: status {done.returncode}, not {expected}: {done.stderr.strip()}"
        )
        self.faults.check(used.strip(), f"{call}: nothing said")
        self.faults.check(not unused.strip(), f"{call}: said on the wrong stream: {unused.strip()}")
        self.faults.check(says in used, f"{call}: '{says}' is not in: {used.strip()[:300]}")
        self.faults.check(not (left := os.listdir(self.folder)), f"{call}: left {', '.join(left)} behind")


@contextlib.contextmanager
def link_to(script: Path) -> Iterator[Path]:
    """A relative symbolic link to a symbolic link to the script, elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a folder"
        folder.mkdir()
        (folder / "first link").symlink_to(script)
        (folder / script.name).symlink_to("first link")
        yield folder / script.name


def check_scripts(binary: Path, faults: Faults) -> None:
    cases = json.loads((ROOT / "Samples" / "manifest.json").read_bytes())["cases"]
    trace_id, session_id = cases["swallowed_error"]["trace_id"], cases["refund_chat"]["session_id"]
    inspect, discover = SCRIPTS / "inspect_turn.sh", SCRIPTS / "discover_schema.sh"
    with tempfile.TemporaryDirectory() as name:
        scripts = Scripts(Path(name), binary, faults)
        run = scripts.run
        for script in (inspect, discover):
            run(ANSWERED, script, "--help", says="Usage: ")
            run(WRONG_USE, script, says="Usage: ")
            run(WRONG_USE, script, "--format", "json", says="Usage: ")

        run(ANSWERED, inspect, trace_id, says=trace_id)
        run(ANSWERED, inspect, trace_id, "--format", "json", "--max-chars", "20000", says='{"trace_id"')
        run(ANSWERED, inspect, trace_id, "--tracking-uri", STORE, environment={"MLFLOW_LENS": str(binary)})
        failing = cases["failing_agent"]["trace_id"]
        run(GRAVE, inspect, failing, says="1. [high]")
        run(GRAVE, inspect, failing, "--format", "json", says='"severity":"high"')
        run(ANSWERED, inspect, trace_id, "--symptom", "4.90 EUR", "--explain", says="4.90")
        run(NOT_THERE, inspect, "tr-there-is-none", says="tr-there-is-none")
        run(NOT_THERE, inspect, "--", "-dashed", says="-dashed")
        run(WRONG_USE, inspect, trace_id, "another-id")
        run(WRONG_USE, inspect, trace_id, "--no-such-option", says="--no-such-option")
        run(WRONG_USE, inspect, trace_id, "--max-chars", "1")
        run(2, inspect, trace_id, "--tracking-uri", "sqlite:////there/is/none.db", says="none.db")

        run(ANSWERED, discover, "1", session_id, says=session_id)
        run(ANSWERED, discover, "shop-assistant", session_id, "--format", "json", "--sample", "2", says='{"trace_count":2')
        run(NOT_THERE, discover, "1", "no such chat", says="no such chat")
        run(NOT_THERE, discover, "there is no such experiment", session_id)
        run(WRONG_USE, discover, "1", says="Usage: ")
        run(WRONG_USE, discover, "1", "--format", "json", says="Usage: ")
        for awkward in ("-x", "o'neil \"q\" `b` $HOME 100%_", "Ünï 🙂", "a\\b*?"):
            run(NOT_THERE, discover, "1", awkward, says=awkward)
        run(NOT_THERE, discover, "--", "1", "--help", says="--help")

        for script, ids in ((inspect, [trace_id]), (discover, ["1", session_id])):
            with link_to(script) as link:
                run(ANSWERED, link, *ids)
        run(NO_EXECUTABLE, inspect, trace_id, environment={"MLFLOW_LENS": "/there/is/none"}, says="MLFLOW_LENS")
    check_finding(binary, trace_id, faults)


def check_finding(binary: Path, trace_id: str, faults: Faults) -> None:
    """The executable is found on PATH, in a bundle's bin, in .build; where it is in none, the script says how to get it."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as empty:
        plugin = Path(name) / "a plugin"
        copies = plugin / SCRIPTS.relative_to(ROOT)
        shutil.copytree(SCRIPTS, copies)
        script = copies / "inspect_turn.sh"
        run = Scripts(Path(empty), binary, faults).run
        store = {"MLFLOW_TRACKING_URI": STORE}
        run(NO_EXECUTABLE, script, trace_id, environment=store, says="./scripts/setup")
        for place in (".build/debug", ".build/release", "bin"):
            (plugin / place).mkdir(parents=True)
            (plugin / place / "mlflow-lens").symlink_to(binary)
            run(ANSWERED, script, trace_id, environment=store)
            (plugin / place / "mlflow-lens").unlink()
        on_path = Path(name) / "tools"
        on_path.mkdir()
        (on_path / "mlflow-lens").symlink_to(binary)
        run(ANSWERED, script, trace_id, environment={**store, "PATH": f"{on_path}:{os.defpath}"})


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
    options = parser.parse_args()
    binary = options.binary.resolve()
    faults = Faults()
    with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as server:
        server.initialize()
        lens = Lens(binary, server)
        check_skills(lens, faults)
    check_scripts(binary, faults)
    check_subset(binary, faults)
    check_configurations(binary, faults)
    for fault in faults:
        print(fault)
    print(f"{faults.checked} checks, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
