#!/usr/bin/env python3
"""Check the command line as people and scripts meet it: help and its examples, exit codes, errors as JSON, pipes, completion
in real shells, and `setup` on configuration files in a home of its own.

    command_line.py --binary .build/release/mlflow-lens

Python 3.10 and its standard library; bash, and zsh and fish where they are.  Exit status 1 when anything is wrong; every
fault is told, not the first alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

sys.dont_write_bytecode = True

from check_manifests import converse  # noqa: E402
from checks import ROOT, STORE, Faults  # noqa: E402

TOOLS = ["search-traces", "get-trace", "discover-schema", "inspect-turn", "analyze-session"]
FAILED, SWALLOWED = "tr-8fadc1a6", "tr-47229389"


class Program:
    """Runs the executable in an empty folder, with a home of its own and nothing of MLflow's in the environment."""

    def __init__(self, binary: Path, folder: Path, faults: Faults):
        self.binary, self.folder, self.faults = binary, folder, faults
        self.home = folder / "home"
        self.home.mkdir()
        self.environment = {"PATH": f"{binary.parent}:{os.defpath}", "HOME": str(self.home), "MLFLOW_TRACKING_URI": STORE}

    def run(self, *words: str, status: int | None = 0, store: str | None = None) -> subprocess.CompletedProcess:
        environment = self.environment | ({"MLFLOW_TRACKING_URI": store} if store else {})
        done = subprocess.run(
            [self.binary, *words], capture_output=True, text=True, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL
        )
        if status is not None:
            self.faults.check(
                done.returncode == status, f"{shlex.join(words)}: status {done.returncode}, not {status}: {done.stderr[:300]}"
            )
        return done


# ------------------------------------------------------------------ help


def check_help(program: Program, faults: Faults) -> None:
    text = program.run("--help").stdout
    verbs = re.findall(r"^  ([a-z-]+) {2,}", text.partition("SUBCOMMANDS:")[2], re.M)
    faults.check(set(TOOLS) | {"serve", "doctor", "setup"} <= set(verbs), f"verbs are {verbs}")
    faults.check("manifest" not in verbs, "a verb that is for scripts/manifests alone is shown")
    faults.check(re.fullmatch(r"\d+\.\d+\.\d+\n", program.run("--version").stdout), "--version is no version")
    ran = 0
    for verb in [None, *verbs]:
        text = program.run(*filter(None, [verb]), "--help").stdout
        where = f"{verb or 'root'} --help"
        faults.check("EXAMPLES:" in text, f"{where}: no examples")
        faults.check("EXIT CODES:" in text, f"{where}: no exit codes")
        faults.check(not re.search(r"[ \t]$", text, re.M), f"{where}: blanks at the end of a line")
        long = [line for line in text.splitlines() if len(line) > 100 and not line.startswith("USAGE:")]
        faults.check(not long, f"{where}: long lines: {long}")
        for line in re.findall(r"^ +(mlflow-lens .*)$", text.partition("EXAMPLES:")[2].partition("\n\n")[0], re.M):
            words = shlex.split(line)[1:]
            # A store of somebody else's, and a server that nobody runs.
            expected = 2 if "http://127.0.0.1:5000" in words else 0
            done = program.run(*words, status=expected)
            faults.check(expected or done.stdout or words[0] == "serve", f"{line}: no answer")
            ran += 1
    faults.check(ran >= 15, f"only {ran} examples were run")
    codes = re.findall(r"^  (\d+) +\S", program.run("--help").stdout, re.M)
    readme = (ROOT / "README.md").read_text()
    faults.check(codes == ["0", "1", "2", "3", "64"], f"exit codes are {codes}")
    for code in codes:
        faults.check(re.search(rf"Exit status[^.]*(?<!\d){code}\s[a-z]", readme), f"README.md does not name exit code {code}")


def check_plain_output(program: Program, faults: Faults) -> None:
    """Nothing on stderr, no blanks at the ends of lines, the same bytes twice."""
    calls = {
        "search-traces": [], "get-trace": [FAILED], "discover-schema": ["shop-assistant"], "inspect-turn": [FAILED],
        "analyze-session": ["chat-refund-42"], "doctor": [],
    }
    for verb, words in calls.items():
        done = program.run(verb, *words)
        faults.check(not done.stderr, f"{verb} says on stderr: {done.stderr[:200]}")
        faults.check(not re.search(r"[ \t]$", done.stdout, re.M), f"{verb}: blanks at the end of a line")
        faults.check(program.run(verb, *words).stdout == done.stdout, f"{verb}: other bytes the second time")
        as_json = program.run(verb, *words, "--output", "json").stdout
        faults.check(as_json.count("\n") == 1 and isinstance(json.loads(as_json), dict), f"{verb} --output json")
        faults.check(program.run(verb, *words, "--output=json").stdout == as_json, f"{verb} --output=json")
        if verb in TOOLS:
            faults.check(program.run(verb, *words, "--format", "json").stdout == as_json, f"{verb} --format json")


# ------------------------------------------------------------------ how it ends


def check_exits(program: Program, faults: Faults) -> None:
    cases: list[tuple[int, str, list[str], str | None]] = [
        (1, "not_found", ["get-trace", "tr-there-is-none"], None),
        (1, "not_found", ["analyze-session", "no such chat"], None),
        (1, "not_found", ["search-traces", "--experiment-id", "none"], None),
        (2, "unavailable", ["search-traces"], "sqlite:////there/is/none.db"),
        (2, "unavailable", ["doctor"], "sqlite:////there/is/none.db"),
        (64, "invalid_arguments", ["get-trace"], None),
        (64, "invalid_arguments", ["get-trace", FAILED, "--max-chars", "many"], None),
        (64, "invalid_arguments", ["get-trace", FAILED, "--no-such"], None),
        (64, "invalid_arguments", ["get-trace", FAILED, "another"], None),
        (64, "invalid_arguments", ["search-traces", "--status"], None),
        (64, "invalid_arguments", ["search-traces", "--status", "BAD"], None),
        (64, "invalid_arguments", ["search-traces", "--filter", "nonsense !"], None),
        (64, "invalid_arguments", ["search-traces", "--log-level", "loud"], None),
        (64, "invalid_arguments", ["no-such-verb"], None),
    ]
    for status, code, words, store in cases:
        if words != ["doctor"]:  # whose plain text is a report, its trouble included
            plain = program.run(*words, status=status, store=store)
            faults.check(plain.stderr and not plain.stdout, f"{words}: the error is not on stderr alone")
        done = program.run(*words, "--output", "json", status=status, store=store)
        faults.check(not done.stdout, f"{words} as JSON: says on stdout {done.stdout[:200]}")
        try:
            error = json.loads(done.stderr)["error"]
        except (ValueError, KeyError):
            faults.append(f"{words}: no JSON error: {done.stderr[:300]}")
            continue
        faults.check(done.stderr.count("\n") == 1, f"{words}: more than one line")
        faults.check(error["code"] == code and error["message"], f"{words}: {error}")
        faults.check(error.keys() <= {"code", "message", "allowed", "next"}, f"{words}: {sorted(error)}")
    guess = json.loads(program.run("get-trace", FAILED, "--dept", "1", "--output", "json", status=64).stderr)["error"]
    faults.check("--depth" in guess["allowed"] and "--help" in guess["next"], f"a slip of the pen: {guess}")
    twice = program.run("get-trace", FAILED, "--output", "json", "--format", "text", status=64).stderr
    faults.check("twice" in twice and "--output" in twice, f"output and format at once: {twice}")

    program.run("inspect-turn", FAILED, "--exit-code", status=3)
    program.run("inspect-turn", FAILED, "--exit-code", "--output", "json", "--max-chars", "500", status=3)
    program.run("inspect-turn", SWALLOWED, "--exit-code", status=0)
    program.run("inspect-turn", FAILED, status=0)
    program.run("get-trace", FAILED, "--exit-code", status=0)


def check_pipes(program: Program, faults: Faults) -> None:
    """A reader that goes away early is no error, and nothing is said about it."""
    for words in (["--help"], ["get-trace", FAILED, "--raw", "--max-chars", "200000"], ["search-traces"]):
        command = f"{shlex.join([str(program.binary), *words])} | head -c 1 >/dev/null; printf '%s' \"${{PIPESTATUS[0]}}\""
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=program.environment)
        faults.check(done.stdout == "0", f"{words} | head: status {done.stdout}")
        faults.check(not done.stderr, f"{words} | head: {done.stderr[:200]}")


def terminal(command: list[str], environment: dict[str, str], folder: Path) -> tuple[str, str]:
    """What a command writes on stdout (a pipe) and on stderr (a terminal)."""
    here, there = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=there, stdin=subprocess.DEVNULL, env=environment, cwd=folder
    ) as process:
        os.close(there)
        out, err = b"", b""
        pipes = [process.stdout.fileno(), here]
        while pipes:
            for pipe in select.select(pipes, [], [], 60)[0]:
                try:
                    chunk = os.read(pipe, 65536)
                except OSError:  # how a terminal ends
                    chunk = b""
                if not chunk:
                    pipes.remove(pipe)
                elif pipe == here:
                    err += chunk
                else:
                    out += chunk
    os.close(here)
    return out.decode(), err.decode()


def check_progress(program: Program, faults: Faults) -> None:
    """Long work is told on a terminal, and the line is gone in the end; a pipe hears nothing."""
    with LongSession() as long:
        words = [str(program.binary), "--tracking-uri", long.uri, "analyze-session", "chat-refund-42"]
        out, err = terminal(words, program.environment | {"TERM": "xterm"}, program.folder)
        faults.check("reading traces [" in err and err.endswith("\r\x1b[K"), f"progress on a terminal: {err[-300:]!r}")
        faults.check("\x1b" not in out and out.startswith("session 'chat-refund-42'"), f"the answer beside progress: {out[:200]!r}")
        _, err = terminal(words, program.environment | {"TERM": "dumb"}, program.folder)
        faults.check(not err, f"progress on a terminal that cannot show it: {err!r}")
        done = subprocess.run(words, capture_output=True, text=True, env=program.environment, cwd=program.folder)
        faults.check(not done.stderr, f"progress on a pipe: {done.stderr!r}")


class LongSession:
    """The sample store with a chat of so many turns that reading it takes more than half a second."""

    copies = 20_000

    def __enter__(self) -> LongSession:
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name) / "long.db"
        shutil.copy(ROOT / "Samples" / "mlflow.db", place)
        self.uri = f"sqlite:///{place}"
        with contextlib.closing(sqlite3.connect(place)) as database:
            (turn,) = database.execute("SELECT request_id FROM trace_info WHERE session_id = 'chat-refund-42'").fetchone()
            for table, key in (("trace_info", "request_id"), ("trace_request_metadata", "request_id"), ("spans", "trace_id")):
                names = [column[1] for column in database.execute(f"PRAGMA table_info({table})")]
                # Of what the database works out itself nothing can be put in.
                values = ["'tr-' || printf('%032x', number)" if name == key else name for name in names]
                database.execute(
                    f"WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT {self.copies}) "
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}, numbers WHERE {key} = ?",
                    (turn,),
                )
            database.commit()
        return self

    def __exit__(self, *_) -> None:
        self._folder.cleanup()


# ------------------------------------------------------------------ completion


def check_completion(program: Program, faults: Faults) -> None:
    def proposed(*words: str) -> list[str]:
        lines = program.run("complete", "--", *words).stdout.splitlines()
        return [line.partition("\t")[0] for line in lines]

    expectations: list[tuple[list[str], set[str], set[str]]] = [
        (["in"], {"inspect-turn"}, {"get-trace", "manifest"}),
        ([""], {"serve", "setup", *TOOLS}, {"manifest", "complete"}),
        (["--t"], {"--tracking-uri"}, {"--log-level"}),
        (["search-traces", "--st"], {"--status"}, {"--since"}),
        (["search-traces", "--out"], {"--output"}, set()),
        (["search-traces", "--status", ""], {"OK", "ERROR", "IN_PROGRESS"}, set()),
        (["search-traces", "--log-level", "w"], {"warning"}, {"info"}),
        (["get-trace", "tr-8f"], {"tr-8fadc1a606cb0fb39a1de644815ef6d1"}, {"tr-bdd640fb06671ad11c80317fa3b1799d"}),
        (["get-trace", "--trace-id", "tr-8f"], {"tr-8fadc1a606cb0fb39a1de644815ef6d1"}, set()),
        (["analyze-session", ""], {"chat-refund-42"}, set()),
        (["discover-schema", "shop"], {"shop-assistant"}, set()),
        (["setup", "c"], {"claude-code", "codex", "cursor"}, {"gemini"}),
        (["setup", "codex", "--scope", ""], {"project", "user"}, set()),
        (["--tracking-uri", ""], {":files"}, set()),
        (["--tracking-uri", "sqlite:////none.db", "get-trace", ""], set(), {":files"}),
        (["help", "ser"], {"serve"}, set()),
    ]
    for words, wanted, unwanted in expectations:
        found = set(proposed(*words))
        faults.check(wanted <= found and not unwanted & found, f"completion of {words}: {sorted(found)[:20]}")
    for shell in ("bash", "zsh", "fish"):
        script = program.run("--generate-completion-script", shell).stdout
        faults.check(script == program.run(f"--generate-completion-script={shell}").stdout, f"two scripts for {shell}")
        if not shutil.which(shell):
            print(f"SKIPPED completion in {shell}, which is not here")
            continue
        file = program.folder / f"completion.{shell}"
        file.write_text(script)
        for line, wanted in (("mlflow-lens search-traces --status E", "ERROR"), ("mlflow-lens insp", "inspect-turn")):
            found = complete_in(shell, file, line, program)
            faults.check(wanted in found, f"{shell} completes '{line}' by {found!r}")
        file.unlink()
    program.run("--generate-completion-script", "tcsh", status=64)


def complete_in(shell: str, script: Path, line: str, program: Program) -> str:
    """What a real shell would put in."""
    words = line.split()
    if shell == "bash":
        command = (
            f"source {shlex.quote(str(script))}; COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; "
            "_mlflow_lens; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
    elif shell == "fish":
        command = f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}"
    else:
        # zsh completes in a line editor only: the functions that it would call are stood in for.
        command = (
            "compdef() { : }; _files() { : }; _describe() { print -l -- ${(P)2%%:*} }; "
            f"source {shlex.quote(str(script))}; words=({shlex.join(words)}); CURRENT={len(words)}; _mlflow_lens"
        )
    flags = {"zsh": ["-f"], "bash": ["--norc"], "fish": ["--no-config"]}[shell]
    done = subprocess.run([shell, *flags, "-c", command], capture_output=True, text=True, env=program.environment, cwd=program.folder)
    return done.stdout + done.stderr


# ------------------------------------------------------------------ setup


def check_setup(program: Program, faults: Faults) -> None:
    home, folder = program.home, program.folder
    files = {
        "claude-code": folder / ".mcp.json", "claude-desktop": home / ".config/Claude/claude_desktop_config.json",
        "codex": home / ".codex/config.toml", "cursor": folder / ".cursor/mcp.json", "vscode": folder / ".vscode/mcp.json",
        "gemini": folder / ".gemini/settings.json",
    }
    for client, file in files.items():
        shown = program.run("setup", client).stdout
        faults.check(str(file) in shown and "--write" in shown, f"setup {client} shows {shown[:200]}")
        faults.check(not file.exists(), f"setup {client} wrote without being told to")
        old = 'model = "o4"\n' if client == "codex" else '{\n    "theme": 1.0,\n    "mcpServers": {"a": {"url": "u"}}\n}\n'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(old)
        program.run("setup", client, "--write")
        faults.check(file.with_name(file.name + ".bak").read_text() == old, f"setup {client}: no backup")
        new = file.read_text()
        entry = tomllib.loads(new)["mcp_servers"] if client == "codex" else json.loads(new)[
            "servers" if client == "vscode" else "mcpServers"]
        entry = entry["mlflow-lens"]
        faults.check(("model" if client == "codex" else '"theme": 1.0') in new, f"setup {client} lost something")
        environment = {name: program.environment[name] for name in ("PATH", "HOME")}
        with tempfile.TemporaryDirectory() as elsewhere:
            answer = converse([entry["command"], *entry["args"]], environment, elsewhere)
        faults.check("10 traces" in answer, f"setup {client}: what it wrote starts {answer[:200]!r}")
        again = program.run("setup", client, "--write").stdout
        faults.check("nothing to do" in again and file.read_text() == new, f"setup {client} twice: {again}")

    broken = files["cursor"]
    for text, words in (('{"a": 1,\n  }', "line 2, column 3"), ("// no\n{}", "comments")):
        broken.write_text(text)
        done = program.run("setup", "cursor", "--write", status=2)
        faults.check(words in done.stderr and broken.read_text() == text, f"setup on {text!r}: {done.stderr}")
    files["codex"].write_text('[mcp_servers.mlflow-lens]\ncommand = "mine"\n')
    done = program.run("setup", "codex", "--write", status=2)
    faults.check("line 1" in done.stderr and "command = " in done.stderr, f"setup codex on another table: {done.stderr}")

    secret = folder / "secret.json"
    done = program.run("setup", "cursor", "--file", "secret.json", "--write", store="http://me:pa55w0rd@127.0.0.1:1")
    faults.check("MLFLOW_TRACKING_URI" in done.stderr, f"setup with a password in the address says {done.stderr!r}")
    faults.check("pa55w0rd" not in done.stdout + done.stderr + secret.read_text(), "setup wrote or showed a password")
    secret.write_text('{"mcpServers": {"mlflow-lens": {"command": "x", "args": ["--token", "Bearer abcdefghijklmnop1234"]}}}')
    done = program.run("setup", "cursor", "--file", str(secret))
    faults.check("abcdefghijklmnop" not in done.stdout, f"setup shows a secret of the file: {done.stdout}")

    program.run("setup", "no-such-client", status=64)
    program.run("setup", "codex", "--scope", "project", status=64)
    program.run("setup", "codex", "--scope", "user", "--file", "x", status=64)
    program.run("setup", "cursor", "--tools", "get_trac", status=64)
    blocked = folder / "blocked"
    blocked.write_text("")
    done = program.run("setup", "cursor", "--file", "blocked/mcp.json", "--write", status=2)
    faults.check("blocked" in done.stderr, f"setup where nothing can be written: {done.stderr}")


# ------------------------------------------------------------------ what documents say


def check_documents(faults: Faults) -> None:
    """The tests that SECURITY.md and CONTRIBUTING.md name are there."""
    tests = "\n".join(file.read_text() for file in (ROOT / "Tests").rglob("*.swift"))
    files = {file.stem for file in (ROOT / "Tests").rglob("*.swift")}
    for name in ("SECURITY.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text()
        for place in re.findall(r"`((?:Tests|Sources|scripts)/[\w./-]+)`", text):
            faults.check((ROOT / place).exists(), f"{name}: there is no {place}")
        table = "\n".join(line for line in text.splitlines() if line.startswith("|")) if name == "SECURITY.md" else ""
        for word in re.findall(r"`([A-Za-z]+)`", table):
            known = word in files or f"func {word}(" in tests or f"struct {word} " in tests or (ROOT / "Tests" / word).is_dir() or word == "setup"
            faults.check(known, f"{name}: there is no test {word}")
    licence = (ROOT / "LICENSE").read_text()
    faults.check("Apache License" in licence and "END OF TERMS AND CONDITIONS" in licence, "LICENSE is not whole")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path, help="the mlflow-lens executable")
    options = parser.parse_args()
    faults = Faults()
    with tempfile.TemporaryDirectory() as name:
        program = Program(options.binary.absolute(), Path(name).resolve(), faults)
        # The examples of `setup` write: into a folder that is thrown away.
        check_help(program, faults)
        for leftover in program.folder.glob(".*"):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        shutil.rmtree(program.home)
        program.home.mkdir()
        check_plain_output(program, faults)
        check_exits(program, faults)
        check_pipes(program, faults)
        check_progress(program, faults)
        check_completion(program, faults)
        check_setup(program, faults)
    check_documents(faults)
    faults.end()


if __name__ == "__main__":
    main()
