#!/usr/bin/env python3
"""What the program asks of the system, call by call: it writes to its standard streams and to the file it was told to, speaks to the
tracking server it was given and to nobody else, and starts no other program.

    read_only.py --binary .build/release/mlflow-lens

One session with all tools, resources, prompts and completion, and every command, run under strace in an empty folder: over a
database (with a rollback journal, with a write-ahead log), a file store, exported files and a server on 127.0.0.1.  Bytes,
times and names in the store are the same before and after.  Standard library and strace only; SKIPPED where it is missing.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from checks import Faults
from faulty_server import INFO, SPAN, TRACE, FaultyServer
from store_faults import SAMPLE, SESSION, listing
from store_faults import TRACE as SAMPLE_TRACE
from stdio_client import RpcError, StdioClient

# Calls that change a file or a folder, or make one; what is opened is looked at apart.
CHANGES = "unlink|unlinkat|rename|renameat|renameat2|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|chmod|fchmod|fchmodat|chown|fchown|lchown|fchownat|truncate|ftruncate|fallocate|mknod|mknodat|utimensat|utime|utimes|setxattr|fsetxattr|lsetxattr|removexattr|creat|mount|sendfile|copy_file_range|splice"
WRITES = "write|writev|pwrite64|pwritev|pwritev2"
NETWORK = "connect|sendto|sendmsg|sendmmsg|bind|listen|accept|accept4"
TRACED = f"{CHANGES}|{WRITES}|{NETWORK}|open|openat|openat2|execve|execveat|io_uring_setup|ptrace|kill|tgkill|tkill".replace("|", ",")

# -y names each descriptor: write(1<pipe:[7]>, …), openat(AT_FDCWD</tmp>, "name", O_RDONLY) = 3</tmp/name>
CALL = re.compile(r"^(?:\[pid\s+\d+\] |\d+ +)?(\w+)\((.*)$")
DESCRIPTOR = re.compile(r"^(\d+)<(.*?)>(?:, |\))")


class Judge:
    """Reads what strace wrote."""

    def __init__(self, faults: Faults, what: str, port: int | None, outputs: tuple[str, ...] = (), shared: str | None = None):
        self.faults, self.what, self.port, self.outputs, self.shared = faults, what, port, outputs, shared
        self.writes: set[str] = set()
        self.counts: dict[str, int] = {}

    def read(self, path: Path) -> None:
        programs = 0
        for line in path.read_text(errors="replace").splitlines():
            found = CALL.match(line)
            if not found or " resumed>" in line:
                continue
            name, rest = found.groups()
            self.counts[name] = self.counts.get(name, 0) + 1
            if name in ("execve", "execveat"):
                programs += 1
                self.check(programs == 1, f"another program is started: {line}")
            elif name in ("open", "openat", "openat2", "creat"):
                if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE", rest):
                    self.opened(line, rest)
            elif name in WRITES.split("|"):
                self.written(line, rest)
            elif name in CHANGES.split("|"):
                self.check(self.is_output(rest) or self.is_shared(rest), f"a change: {line}")
            elif name in NETWORK.split("|"):
                self.spoken(line, name, rest)
            elif name in ("io_uring_setup", "ptrace", "kill"):
                self.check(False, f"not looked into: {line}")
        self.check(self.counts.get("openat", 0) > 3, f"nothing was traced: {self.counts}")

    def check(self, holds: object, fault: str) -> None:
        self.faults.check(holds, f"{self.what}: {fault[:300]}")

    def is_output(self, rest: str) -> bool:
        return any(f'"{name}' in rest or f"/{name}" in rest for name in self.outputs)

    def is_shared(self, rest: str) -> bool:
        """The two files that SQLite keeps beside a database with a write-ahead log."""
        return self.shared is not None and any(f"{self.shared}{suffix}" in rest for suffix in ("-shm", "-wal"))

    def opened(self, line: str, rest: str) -> None:
        harmless = '"/dev/null"' in rest or '"/dev/tty"' in rest
        self.check(harmless or self.is_output(rest) or self.is_shared(rest), f"opened to be written: {line}")

    def written(self, line: str, rest: str) -> None:
        number, target = DESCRIPTOR.match(rest).groups() if DESCRIPTOR.match(rest) else ("?", rest[:60])
        # Standard streams, moved to other numbers perhaps; events and wake-ups of the program's own.
        is_own = target.startswith(("pipe:", "anon_inode:[eventfd", "socket:[", "TCP:", "TCPv6:", "UNIX", "/dev/null"))
        self.check(is_own or self.is_output(target) or self.is_shared(target), f"written to {number} {target}: {line}")
        self.writes.add(re.sub(r"\d+", "N", target.split("->")[0]))

    def spoken(self, line: str, name: str, rest: str) -> None:
        if name in ("sendto", "sendmsg", "sendmmsg") and ("TCP" in rest or "TCPv6" in rest):
            self.check(self.port is not None, f"sent: {line}")
            return
        is_server = self.port is not None and f"htons({self.port})" in rest and '"127.0.0.1"' in rest
        self.check(name == "connect" and is_server, f"spoken to: {line}")


QUESTIONS = [
    ("search_traces", {}), ("search_traces", {"group_by": "session"}), ("search_traces", {"filter": "span.name LIKE '%o%'", "order_by": "name"}),
    ("search_traces", {"filter": "name RLIKE 'o'"}), ("search_traces", {"text": "order"}), ("get_trace", {"trace_id": "T"}),
    ("get_trace", {"trace_id": "T", "span_ids": ["s1"], "fields": ["inputs", "attributes"]}), ("get_trace", {"trace_id": "T", "find": "/o/"}),
    ("discover_schema", {}), ("inspect_turn", {"trace_id": "T"}), ("analyze_session", {"session_id": "S"}), ("get_trace", {"trace_id": "tr-absent"}),
]  # fmt: skip


def session(command: list[str], cwd: str, environment: dict[str, str], trace: str, chat: str, faults: Faults, what: str) -> None:
    """Everything a client can ask, once."""
    before = os.getcwd()
    os.chdir(cwd)
    client = StdioClient(command, environment, timeout=300)
    os.chdir(before)
    with client:
        client.initialize()
        client.list_tools()
        for tool, arguments in QUESTIONS:
            filled = {k: {"T": trace, "S": chat}.get(v, v) if isinstance(v, str) else v for k, v in arguments.items()}
            result = client.call_tool(tool, filled)
            is_expected = bool(result.get("isError")) == (filled.get("trace_id") == "tr-absent")
            faults.check(is_expected, f"{what}: {tool} {filled}: {result['content'][0]['text'][:200]}")
        for method, params in (
            ("resources/list", {}), ("resources/templates/list", {}), ("resources/read", {"uri": f"mlflow-lens://trace/{trace}"}),
            ("resources/read", {"uri": f"mlflow-lens://session/{chat}"}), ("prompts/list", {}),
            ("prompts/get", {"name": "debug_trace", "arguments": {"trace_id": trace}}),
            ("completion/complete", {"ref": {"type": "ref/prompt", "name": "debug_session"}, "argument": {"name": "session_id", "value": ""}}),
        ):  # fmt: skip
            try:
                client.request(method, params)
            except RpcError as error:
                faults.check(False, f"{what}: {method}: {error}")


def commands(trace: str, chat: str) -> list[tuple[list[str], tuple[str, ...]]]:
    """Command lines, and the files that they were told to write."""
    return [
        (["doctor"], ()), (["search-traces"], ()), (["get-trace", trace], ()), (["inspect-turn", trace], ()), (["analyze-session", chat], ()),
        (["discover-schema"], ()), (["waterfall", trace], ()), (["report", trace, "-o", "told.html"], ("told.html",)),
        (["report", "--session-id", chat, "-o", "-"], ()), (["get-trace", "tr-absent"], ()), (["complete", "--", "get-trace", ""], ()),
    ]  # fmt: skip


@contextlib.contextmanager
def stores(folder: Path) -> Iterator[list[tuple[str, str, str, str, int | None]]]:
    """What it is, its URI, a trace and a session in it, and the port of its server."""
    server = FaultyServer()
    database = folder / "rollback" / "mlflow.db"
    logged = folder / "log" / "mlflow.db"
    exports = folder / "exports"
    for place in (database.parent, logged.parent, exports):
        place.mkdir()
    shutil.copyfile(SAMPLE, database)
    shutil.copyfile(SAMPLE, logged)
    record = json.dumps({"info": INFO, "data": {"spans": [SPAN]}})
    (exports / "one.json").write_text(record)
    (exports / "two.jsonl.gz").write_bytes(gzip.compress(record.encode()))
    files = folder / "mlruns"
    made = files / "1" / "traces" / TRACE
    (made / "artifacts").mkdir(parents=True)
    (made / "tags").mkdir()
    (made / "request_metadata").mkdir()
    (files / "1" / "meta.yaml").write_text(f"artifact_location: {files / '1'}\nexperiment_id: '1'\nlifecycle_stage: active\nname: made\n")
    (made / "trace_info.yaml").write_text(
        f"trace_id: {TRACE}\nrequest_time: '2026-11-16T09:00:00Z'\nexecution_duration: 1s\nstate: OK\ntrace_location:\n  type: MLFLOW_EXPERIMENT\n"
        "  mlflow_experiment:\n    experiment_id: '1'\ntrace_metadata:\n  mlflow.trace.session: chat\n"
    )
    (made / "tags" / "mlflow.artifactLocation").write_text(str(made / "artifacts"))
    (made / "tags" / "mlflow.traceName").write_text("made")
    (made / "request_metadata" / "mlflow.trace.session").write_text("chat")
    (made / "artifacts" / "traces.json").write_text(json.dumps({"spans": [SPAN]}))
    writer = sqlite3.connect(logged, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("UPDATE trace_info SET trace_name = trace_name || ''")
    try:
        yield [
            ("database", f"sqlite:///{database}", SAMPLE_TRACE, SESSION, None),
            ("database with a write-ahead log", f"sqlite:///{logged}", SAMPLE_TRACE, SESSION, None),
            ("file store", str(files), TRACE, "chat", None),
            ("exported files", str(exports), TRACE, "chat", None),
            ("server", server.address, TRACE, "chat", server.port),
        ]
    finally:
        writer.close()
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path)
    options = parser.parse_args()
    binary, faults = str(options.binary.resolve()), Faults()
    if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
        print("SKIPPED: strace is not installed, or may not trace: what the program asks of the system was not looked at")
        sys.exit(0)
    seen: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        place, log = folder / "empty", folder / "strace.txt"
        place.mkdir()
        strace = ["strace", "-f", "-y", "-yy", "-qq", "-s", "120", "-e", f"trace={TRACED}", "-o", str(log)]
        # Nothing of the user's own is read: no login, no proxy.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW") and "proxy" not in name.lower()}
        environment["HOME"] = str(place)
        with stores(folder) as all_stores:
            for what, uri, trace, chat, port in all_stores:
                before = listing(folder)
                shared = uri.removeprefix("sqlite:///") if "log" in what else None
                judge = Judge(faults, f"{what}: session", port, shared=shared)
                os.environ.clear()
                os.environ.update(environment)
                session([*strace, binary, "--tracking-uri", uri, "serve"], str(place), {}, trace, chat, faults, what)
                judge.read(log)
                for words, outputs in commands(trace, chat):
                    done = subprocess.run(
                        [*strace, binary, *words], cwd=place, env={**environment, "MLFLOW_TRACKING_URI": uri}, capture_output=True
                    )
                    faults.check(done.returncode in (0, 1), f"{what}: {words} ends with {done.returncode}: {done.stderr.decode()[:200]}")
                    one = Judge(faults, f"{what}: {words[0]}", port, outputs, shared)
                    one.read(log)
                    for call, number in one.counts.items():
                        seen[call] = seen.get(call, 0) + number
                    for output in outputs:
                        faults.check((place / output).stat().st_size > 1_000, f"{what}: {output} was not written")
                        (place / output).unlink()
                for call, number in judge.counts.items():
                    seen[call] = seen.get(call, 0) + number
                log.unlink()
                after = listing(folder)
                differing = [n for n in {*before, *after} if before.get(n) != after.get(n) and n not in ("strace.txt", "empty")]
                faults.check(not differing, f"{what}: changed, or new: {differing}")
                faults.check(not list(place.iterdir()), f"{what}: left in the working folder: {list(place.iterdir())}")
    print(f"system calls looked at: {', '.join(f'{call} {number}' for call, number in sorted(seen.items()))}")
    faults.end()


if __name__ == "__main__":
    main()
