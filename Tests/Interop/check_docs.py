#!/usr/bin/env python3
"""Run every command that the README, the pages of docs/ and the skills show, and hold the output against what is printed.

    check_docs.py --binary .build/release/mlflow-lens [--record] [FILE...]

- ``> tool {"argument": …}`` is called on a server over the sample store, ``$ command`` runs in a shell in an empty folder
  with the sample store; what stands below is the whole output, but for what is marked as cut by […] (documents.py).
- Commands in ```sh blocks and tool calls and commands inside of lines are run, with an id of the sample store for each
  TRACE_ID, SESSION_ID, EXPERIMENT_ID or "…"; they have to succeed.  Those that install something are only parsed.
- Filters in ```sql blocks are asked of MLflow and of the server; `-- N` is how many traces they find in the sample store.

--record writes the output that there is now in place of what is printed; read the difference before it is committed.
Needs MLflow (its Python package) and jq.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, SKILLS, Faults, Lens  # noqa: E402
from documents import CUT, Call, Document, first_difference, recorded  # noqa: E402
from mlflow_command import offer_mlflow  # noqa: E402
from stdio_client import RpcError, StdioClient  # noqa: E402

STORE = "sqlite:///Samples/mlflow.db"  # as a reader at the root of the repository would write it
STORE_TO_WRITE = "sqlite:///Samples/scratch.db"  # for commands that write
RUN = {"mlflow-lens", "bin/mlflow-lens", "./bin/mlflow-lens", "mlflow", "jq", "scripts", "skills", "MLFLOW_LENS"}
ANSWERED, GRAVE = 0, 3
EXAMPLES = {
    "TRACE_ID": "tr-47229389571aa8766c307511b2b9437a",
    "SESSION_ID": "chat-refund-42",
    "EXPERIMENT_ID": "1",
    "USER_ID": "u-ana",
}
ARGUMENTS = {"session_id": "SESSION_ID", "user_id": "USER_ID", "experiment_id": "EXPERIMENT_ID"}


@dataclass
class Bench:
    """Where the commands are run."""

    folder: Path
    lens: Lens
    faults: Faults
    record: bool

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'tools'}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "MLFLOW_TRACKING_URI": STORE,
            "MLFLOW_LENS": str(self.folder / "tools" / "mlflow-lens"),
            "LC_ALL": "C.UTF-8",
        }

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder / "work",
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def answer(self, call: Call) -> tuple[str, str | None]:
        """What is said to a call, and what failed."""
        if call.kind == "$":
            # What fails on purpose shows its message; a status other than 0 is no fault of a document by itself.
            return self.shell(f"{{ {call.command}\n}} 2>&1").stdout.rstrip("\n"), None
        tool, _, arguments = call.command.partition(" ")
        try:
            result = self.lens.server.call_tool(tool, json.loads(arguments))
        except (RpcError, ValueError) as error:
            return "", f"is refused: {error}"
        text = result["content"][0]["text"]
        return text, f"fails: {text}" if result.get("isError") else None


def prepare(folder: Path, binary: Path) -> None:
    for name in ("tools", "home", "tmp", "work/Samples"):
        (folder / name).mkdir(parents=True)
    (folder / "tools" / "mlflow-lens").symlink_to(binary)
    (folder / "work" / "skills").symlink_to(SKILLS)
    (folder / "work" / "scripts").symlink_to(SKILLS / "analyzing-mlflow-session" / "scripts")
    for name in ("mlflow.db", "manifest.json", "make_sample_store.py"):
        shutil.copy(ROOT / "Samples" / name, folder / "work" / "Samples" / name)
    shutil.copy(ROOT / "Samples" / "mlflow.db", folder / "work" / "Samples" / "scratch.db")
    offer_mlflow(folder / "tools")


# ------------------------------------------------------------------ shown with their output


def check_calls(document: Document, bench: Bench) -> int:
    changes: list[tuple[Call, list[str]]] = []
    where = document.path.relative_to(ROOT)
    calls = document.calls()
    for call in calls:
        answer, failed = bench.answer(call)
        if not bench.faults.check(failed is None, f"{where}: '{call}' {failed}"):
            continue
        lines = answer.split("\n")
        difference = first_difference(call.shown, lines) if any(call.shown) else None
        if difference is None:
            bench.faults.check(True, "")
            continue
        if not bench.record:
            bench.faults.check(False, f"{where}:{call.first + 1}: '{call}' shows what is not answered (any more): {difference}")
            continue
        now = recorded(call.shown, lines)
        if bench.faults.check(any(line != CUT for line in now), f"{where}: '{call}': nothing shown is like what is answered now"):
            changes.append((call, now))
    if changes:
        document.replace(changes)
        print(f"{where}: wrote {len(changes)} of {len(calls)} outputs anew")
    return len(calls)


# ------------------------------------------------------------------ shown without


def filled(text: str) -> str:
    """A command with ids of the sample store for its placeholders."""
    for name, example in EXAMPLES.items():
        text = re.sub(rf"(?<![A-Z_]){name}(?![A-Z_])", example, text)
    return text.replace("tr-…", EXAMPLES["TRACE_ID"])


def commands_of(lines: list[str]) -> list[str]:
    """The commands of a block, continued lines joined, comments left out."""
    text = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [line for line in text.split("\n") if line.strip() and not line.startswith("#")]


def check_command(where: str, command: str, bench: Bench) -> None:
    """A command succeeds; one that is no part of this project is only parsed."""
    command = filled(command)
    words = re.sub(r"^(?:[A-Z_]+=\S* +)+", "", command).split()
    program = words[0].split("/")[0] if words and not words[0].startswith(("./", "bin/")) else (words or [""])[0]
    if program not in RUN:
        parsed = subprocess.run(["sh", "-n", "-c", command], capture_output=True, text=True)
        bench.faults.check(parsed.returncode == 0, f"{where}: no shell reads '{command}': {parsed.stderr.strip()}")
        return
    if re.match(r"mlflow traces (log|set|delete|update)", command):
        command = f"MLFLOW_TRACKING_URI={STORE_TO_WRITE} {command}"
    result = bench.shell(re.sub(r"^(\./)?bin/mlflow-lens", "mlflow-lens", command))
    said = (result.stderr or result.stdout).strip()[:300]
    bench.faults.check(result.returncode in (ANSWERED, GRAVE), f"{where}: '{command}' has status {result.returncode}: {said}")


def check_tool_call(where: str, tool: str, arguments: str, bench: Bench) -> None:
    try:
        values = json.loads(filled(arguments))
    except ValueError as error:
        bench.faults.append(f"{where}: {tool} {arguments}: {error}")
        return
    values = {
        name: EXAMPLES[ARGUMENTS[name]] if value == "…" and name in ARGUMENTS else value for name, value in values.items()
    }
    answer, failed = bench.answer(Call(">", f"{tool} {json.dumps(values)}", 0))
    bench.faults.check(failed is None and answer, f"{where}: '{tool} {arguments}' {failed}")


def check_inline(document: Document, bench: Bench) -> None:
    where = str(document.path.relative_to(ROOT))
    for code in document.inline():
        if call := re.fullmatch(r"([a-z]+_[a-z]+) (\{.*\})", code, re.S):
            check_tool_call(where, call[1], call[2], bench)
        elif re.match(r"(mlflow-lens|mlflow traces [a-z-]+ -|scripts/[a-z_]+\.sh) ?\S", code) and "--help" not in code:
            check_command(where, code, bench)
    for block in document.blocks():
        if block.language == "sh":
            for command in commands_of(block.lines):
                check_command(where, command, bench)
        elif block.language == "python":
            check_python(where, "\n".join(block.lines), bench)


def check_python(where: str, program: str, bench: Bench) -> None:
    """A piece of Python runs, with MLflow imported and reading the sample store; what it prints is not looked at."""
    import mlflow

    mlflow.set_tracking_uri(STORE_TO_WRITE)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, where, "exec"), {"mlflow": mlflow, "__name__": "__main__"})
        bench.faults.check(True, "")
    except Exception as error:
        bench.faults.check(False, f"{where}: the program of {program.splitlines()[0]!r} ends with {type(error).__name__}: {error}")


# ------------------------------------------------------------------ filters


def check_filters(document: Document, bench: Bench, mlflow_finds) -> None:
    """`filter -- N`: so many traces, the same to MLflow and to us; `-- refused`: by both; `-- MLflow fails: N`: by us alone."""
    where = document.path.relative_to(ROOT)
    for block in document.blocks():
        if block.language != "sql":
            continue
        for number, line in enumerate(block.lines):
            filter_, marked, said = line.partition(" -- ")
            if not filter_.strip():
                continue
            ours = found_by_us(filter_.strip(), bench)
            theirs = mlflow_finds(filter_.strip())
            expected = "refused" if ours is None else str(len(ours))
            agree = theirs is None if said.startswith("MLflow fails") else theirs == ours
            expected = f"MLflow fails: {expected}" if said.startswith("MLflow fails") else expected
            bench.faults.check(agree, f"{where}: '{filter_.strip()}': MLflow finds {theirs}, we {ours}")
            if marked and said != expected and bench.record:
                document.lines[block.first + number] = f"{filter_} -- {expected}"
                document.path.write_text(document.text, encoding="utf-8")
            elif marked:
                bench.faults.check(said == expected, f"{where}: '{filter_.strip()}': {expected}, not {said}")


def found_by_us(filter_: str, bench: Bench) -> set[str] | None:
    result = bench.lens.server.call_tool("search_traces", {"filter": filter_, "max_results": 500, "format": "json", "max_chars": 200000})
    if result.get("isError"):
        return None
    return {trace["trace_id"] for trace in result["structuredContent"]["traces"]}


def found_by_mlflow(store: str):
    """What MLflow's own search finds in the same store; None where it fails."""
    import mlflow
    from mlflow.exceptions import MlflowException

    client = mlflow.MlflowClient(store)
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]

    def finds(filter_: str) -> set[str] | None:
        try:
            traces = client.search_traces(
                locations=experiments, filter_string=filter_, max_results=500, include_spans=False
            )
        except MlflowException:
            return None
        return {trace.info.trace_id for trace in traces}

    return finds


def rows_of(text: str) -> set[tuple[str, ...]]:
    """The first two cells of each row of a table that begins with `Key` and `Comparators`: keys, then what they allow."""
    rows = set()
    for table in re.findall(r"^\| Key \| Comparators \|.*\n\|[-| ]+\n((?:\|.*\n)+)", text, re.M):
        for line in table.splitlines():
            keys, comparators = re.split(r"(?<!\\)\|", line)[1:3]
            for key in re.findall(r"`([^`]+)`", keys):
                rows |= {(key, comparator) for comparator in re.findall(r"`([^`]+)`", comparators)}
    return rows


def filter_of(key: str, comparator: str) -> str:
    """A clause with this key and comparator."""
    named = key.replace("<key>", "environment").replace("<name>", "correctness")
    if comparator.startswith("IS"):
        return f"{named} {comparator}"
    if key.endswith("_ms") or comparator in ("<", "<=", ">", ">="):
        return f"{named} {comparator} 5"
    text = "'support/1'" if key == "prompt" else "'OK'"
    return f"{named} {comparator} ({text})" if comparator.endswith("IN") else f"{named} {comparator} {text}"


def check_filter_page(page: Path, bench: Bench, mlflow_finds) -> None:
    """The server's resource and the skill's page name the same keys and comparators; the resource's examples are answered."""
    resource = bench.lens.server.request("resources/read", {"uri": "mlflow-lens://filter-syntax"})["contents"][0]["text"]
    where = page.relative_to(ROOT)
    here, there = rows_of(page.read_text(encoding="utf-8") + "\n"), rows_of(resource + "\n")
    bench.faults.check(here and here == there, f"{where}: keys or comparators differ from the resource's: {sorted(here ^ there)}")
    for key, comparator in sorted(here):
        filter_ = filter_of(key, comparator)
        ours, theirs = found_by_us(filter_, bench), mlflow_finds(filter_)
        bench.faults.check(ours is not None and ours == theirs, f"{where}: '{filter_}' of the table: {ours}, MLflow {theirs}")
    for block in re.findall(r"^```sql\n(.*?)^```$", resource, re.S | re.M):
        for filter_ in block.splitlines():
            ours, theirs = found_by_us(filter_, bench), mlflow_finds(filter_)
            bench.faults.check(ours is not None and ours == theirs, f"filter-syntax resource: '{filter_}': {ours}, MLflow {theirs}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    parser.add_argument("--record", action="store_true", help="write the outputs there are now into the documents")
    parser.add_argument("files", nargs="*", type=Path, help="only these documents")
    options = parser.parse_args()
    binary = options.binary.resolve()
    everything = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *SKILLS.glob("*/SKILL.md"), *SKILLS.glob("*/references/*.md")]
    files = [file.resolve() for file in options.files] or sorted(everything)
    if not shutil.which("jq"):
        sys.exit("jq is needed (Debian: apt-get install jq; macOS: brew install jq)")
    faults, calls = Faults(), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        prepare(folder, binary)
        os.chdir(folder / "work")
        with StdioClient([str(binary), "--tracking-uri", STORE, "serve"]) as server:
            server.initialize()
            bench = Bench(folder, Lens(binary, server), faults, options.record)
            mlflow_finds = found_by_mlflow(STORE)
            for file in files:
                document = Document(file)
                calls += check_calls(document, bench)
                check_inline(document, bench)
                check_filters(document, bench, mlflow_finds)
            for page in [file for file in files if file.name == "filter-syntax.md"]:
                check_filter_page(page, bench, mlflow_finds)
    print(f"{len(files)} documents, {calls} calls with their output")
    faults.end()


if __name__ == "__main__":
    main()
