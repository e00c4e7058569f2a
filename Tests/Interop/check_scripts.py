#!/usr/bin/env python3
"""Check the skills' scripts: what they say, where, with which exit status, and what they leave behind, under each shell there is.

    check_scripts.py --binary .build/release/mlflow-lens

Runs them by their own first line, and under each of `SHELLS` that is installed.  Exit status 1 when
anything is wrong; every fault is told.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT, SKILLS, STORE, Faults  # noqa: E402

SCRIPTS = SKILLS / "analyzing-mlflow-session" / "scripts"
SHELLS = ("dash", "bash", "busybox sh", "ksh")
ANSWERED, NOT_THERE, FAILED, GRAVE, WRONG_USE, NO_EXECUTABLE = 0, 1, 2, 3, 64, 127
INLINE_BYTES = 30_000
# All that the scripts may need besides the executable: no jq, no Python, no MLflow.
PROGRAMS = ("sh", "realpath", "mktemp", "wc", "head", "grep", "cat")


class Scripts:
    """Runs the scripts in an empty folder and sees that they leave it empty, and the temporary one, too, unless they say so."""

    def __init__(self, folder: Path, binary: Path, faults: Faults, shell: list[str]):
        self.folder = folder / "work"
        self.temporary = folder / "tmp folder"
        self.path = folder / "programs"
        for made in (self.folder, self.temporary, self.path):
            made.mkdir()
        for program in PROGRAMS:
            (self.path / program).symlink_to(shutil.which(program))
        self.binary = binary
        self.faults = faults
        self.shell = [shutil.which(shell[0]), *shell[1:]] if shell else []

    def run(
        self,
        expected: int,
        script: Path,
        *arguments: str,
        says: str = "",
        environment: dict[str, str] | None = None,
        into: str = "",
    ) -> None:
        """See that a run ends with this status, says something where it should, and leaves no file but the one it names."""
        given = {"MLFLOW_LENS": str(self.binary), "MLFLOW_TRACKING_URI": STORE} if environment is None else environment
        done = subprocess.run(
            [*self.shell, script, *arguments],
            cwd=self.folder,
            env={"PATH": str(self.path), "TMPDIR": str(self.temporary), **given},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        call = f"{' '.join(self.shell)} {script.name} {' '.join(map(repr, arguments))}".strip()

        def check(holds: object, fault: str) -> bool:
            return self.faults.check(holds, f"{call}: {fault}")

        used, unused = (done.stdout, done.stderr) if expected in (ANSWERED, GRAVE) else (done.stderr, done.stdout)
        check(done.returncode == expected, f"status {done.returncode}, not {expected}: {done.stderr.strip()}")
        check(used.strip(), "nothing said")
        check(not unused.strip(), f"said on the wrong stream: {unused.strip()}")
        if into:
            self.check_file(used, into, says, check)
        else:
            check(says in used, f"'{says}' is not in: {used.strip()[:300]}")
        check(not (left := os.listdir(self.folder) + os.listdir(self.temporary)), f"left {', '.join(left)} behind")

    def check_file(self, said: str, ending: str, says: str, check) -> None:
        """The file that an answer went to: named, private, whole."""
        match = re.match(r"(\d+) bytes in (.*)\n", said)
        if not check(match and match[2].endswith(ending), f"names no file {ending}: {said[:200]}"):
            return
        file = Path(match[2])
        text = file.read_bytes()
        check(len(text) == int(match[1]), "the size told is not the file's")
        check(stat.S_IMODE(file.stat().st_mode) == 0o600, "others may read the file")
        check(stat.S_IMODE(file.parent.stat().st_mode) == 0o700, "others may enter its folder")
        check(says in text.decode(), f"'{says}' is not in the file")
        check(len(said) < 1000, "a long answer stands beside the file")
        shutil.rmtree(file.parent)


@contextlib.contextmanager
def link_to(script: Path) -> Iterator[Path]:
    """A relative symbolic link to a symbolic link to the script, elsewhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a folder"
        folder.mkdir()
        (folder / "first link").symlink_to(script)
        (folder / script.name).symlink_to("first link")
        yield folder / script.name


def check_scripts(scripts: Scripts) -> None:
    cases = json.loads((ROOT / "Samples" / "manifest.json").read_bytes())["cases"]
    trace_id, session_id = cases["swallowed_error"]["trace_id"], cases["refund_chat"]["session_id"]
    failing = cases["failing_agent"]["trace_id"]
    inspect, discover = SCRIPTS / "inspect_turn.sh", SCRIPTS / "discover_schema.sh"
    analyze, search = SCRIPTS / "analyze_session.sh", SCRIPTS / "search_traces.sh"
    run, binary = scripts.run, str(scripts.binary)
    ids = {inspect: [trace_id], discover: ["1", session_id], analyze: [session_id], search: []}
    no_store = {"MLFLOW_LENS": binary, "HOME": "/nonexistent"}
    awkward = ("-x", "--help", "o'neil \"q\" `b` $HOME $(id) 100%_", "Ünï 🙂", "a\\b*?", "two\nlines", "; rm -rf .")

    for script, arguments in ids.items():
        run(ANSWERED, script, "--help", says=f"Usage: {script.name}")
        run(ANSWERED, script, *arguments, "-h", says=f"Usage: {script.name}")
        run(ANSWERED, script, *arguments)
        run(WRONG_USE, script, *arguments, "--no-such-option", says="--no-such-option")
        run(WRONG_USE, script, *arguments, "--max-chars", "1")
        run(ANSWERED, script, *arguments, "--tracking-uri", STORE, environment={"MLFLOW_LENS": binary})
        run(FAILED, script, *arguments, "--tracking-uri", "sqlite:////there/is/none.db", says="none.db")
        run(FAILED, script, *arguments, environment=no_store, says="mlflow.db")
        run(FAILED, script, *arguments, "--tracking-uri=http://127.0.0.1:1", says="127.0.0.1")
        run(NO_EXECUTABLE, script, *arguments, environment={"MLFLOW_LENS": "/there/is/none"}, says="MLFLOW_LENS")
        run(NO_EXECUTABLE, script, *arguments, environment={"MLFLOW_LENS": "/tmp"}, says="MLFLOW_LENS")
        run(ANSWERED, script, *arguments, "--to-file", into=f"{script.stem.replace('_', '-')}.txt")
        run(ANSWERED, script, *arguments, "--to-file", "--format", "json", says="{", into=".json")
        with link_to(script) as link:
            run(ANSWERED, link, *arguments)
        if arguments:
            run(WRONG_USE, script, says="Usage: ")
            run(WRONG_USE, script, "", says="Usage: ")
            run(WRONG_USE, script, "--format", "json", says="Usage: ")
            run(WRONG_USE, script, *arguments, "another-id")

    run(ANSWERED, inspect, trace_id, "--format", "json", "--max-chars", "20000", says='{"trace_id"')
    run(GRAVE, inspect, failing, says="1. [high]")
    run(GRAVE, inspect, failing, "--format", "json", says='"severity":"high"')
    run(GRAVE, inspect, failing, "--to-file", says="1. [high]", into="inspect-turn.txt")
    run(ANSWERED, inspect, trace_id, "--symptom", "4.90 EUR", "--explain", says="4.90")
    run(ANSWERED, inspect, trace_id, "--symptom", "json", "--to-file", into="inspect-turn.txt")
    run(NOT_THERE, inspect, "tr-there-is-none", says="tr-there-is-none")
    run(NOT_THERE, inspect, "--", "-dashed", says="-dashed")
    run(ANSWERED, discover, "shop-assistant", session_id, "--format", "json", "--sample", "2", says='{"trace_count":2')
    run(NOT_THERE, discover, "there is no such experiment", session_id)
    run(WRONG_USE, discover, "1", says="Usage: ")
    run(WRONG_USE, discover, "1", "--format", "json", says="Usage: ")
    run(ANSWERED, analyze, session_id, "--turns", "3-4", "--symptom", "it's \"30 days\"", says="T3")
    for odd in awkward:
        shown = odd.replace("\n", " ")
        run(NOT_THERE, analyze, "--", odd, says=shown)
        run(NOT_THERE, discover, "--", "1", odd, says=shown)
        run(ANSWERED, search, f"--session-id={odd}", says="0 traces")
        if not odd.startswith("-"):
            run(NOT_THERE, analyze, odd, says=shown)
    run(ANSWERED, search, "--status", "OK", "--has-error-spans", says=trace_id)
    run(ANSWERED, search, "--filter", "metadata.`mlflow.trace.session` = 'chat-refund-42'", says="5 traces")
    run(NOT_THERE, search, "--experiment-id", "there is none")
    run(WRONG_USE, search, "an-id")


def check_large_answer(scripts: Scripts) -> None:
    """An answer that is too long for a host goes to a file without being asked to; one that is not does not."""
    with tempfile.TemporaryDirectory() as name:
        lines = "\n".join(f"{number}. [low] finding é {'x' * 80}" for number in range(400))
        for size in (INLINE_BYTES - 1, INLINE_BYTES):  # the answer, to which a line break is added
            stub = Path(name) / f"lens {size}"
            answer = (lines.encode()[:size]).decode(errors="ignore")
            answer += "x" * (size - len(answer.encode()))
            (Path(name) / f"{size}.txt").write_text(answer)
            stub.write_text(f'#!/bin/sh\ncat "{name}/{size}.txt"\n')
            stub.chmod(0o755)
            into = "inspect-turn.txt" if size == INLINE_BYTES else ""
            environment = {"MLFLOW_LENS": str(stub)}
            scripts.run(ANSWERED, SCRIPTS / "inspect_turn.sh", "tr-1", says="0. [low]", into=into, environment=environment)
        read_only = {"MLFLOW_LENS": str(scripts.binary), "MLFLOW_TRACKING_URI": STORE, "TMPDIR": "/there/is/none"}
        scripts.run(FAILED, SCRIPTS / "search_traces.sh", "--to-file", environment=read_only, says="/there/is/none")


def check_finding(scripts: Scripts, folder: Path) -> None:
    """The executable is found on PATH, in a plugin's bin, in .build; where it is in none, the script says how to get it."""
    plugin = folder / "a 'plugin'"
    copies = plugin / SCRIPTS.relative_to(ROOT)
    shutil.copytree(SCRIPTS, copies)
    store = {"MLFLOW_TRACKING_URI": STORE}
    for script, arguments in (("inspect_turn.sh", ["tr-47229389"]), ("search_traces.sh", [])):
        scripts.run(NO_EXECUTABLE, copies / script, *arguments, environment=store, says="./scripts/setup")
        for place in (".build/debug", ".build/release", "bin"):
            (plugin / place).mkdir(parents=True, exist_ok=True)
            (plugin / place / "mlflow-lens").symlink_to(scripts.binary)
            scripts.run(ANSWERED, copies / script, *arguments, environment=store)
            (plugin / place / "mlflow-lens").unlink()
        on_path = folder / "tools"
        on_path.mkdir(exist_ok=True)
        (on_path / "mlflow-lens").symlink_to(scripts.binary)
        scripts.run(ANSWERED, copies / script, *arguments, environment={**store, "PATH": f"{on_path}:{scripts.path}"})
        (on_path / "mlflow-lens").unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    binary = parser.parse_args().binary.resolve()
    faults = Faults()
    own = Path("/bin/sh").resolve().name
    shells = [[], *(shell.split() for shell in SHELLS if shell != own and shutil.which(shell.split()[0]))]
    for shell in shells:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            scripts = Scripts(folder, binary, faults, shell)
            check_scripts(scripts)
            check_large_answer(scripts)
            check_finding(scripts, folder)
    print("shells: " + ", ".join(" ".join(shell) or f"{own} (the first line's)" for shell in shells))
    faults.end()


if __name__ == "__main__":
    main()
