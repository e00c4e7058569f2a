#!/usr/bin/env python3
"""What a database can do to whoever reads it, done to a running server: each fault is named, the next call is answered, and
nothing is written.

    store_faults.py --binary .build/release/mlflow-lens [NAME...]

Every fault happens to a copy of the sample store in a folder of its own.  Around each call all files there are compared, byte
by byte and by their times; after the fault the same server has to answer a good call as before.  Standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from checks import ROOT, Faults
from stdio_client import StdioClient

SAMPLE = ROOT / "Samples" / "mlflow.db"
CASES = json.loads((ROOT / "Samples" / "manifest.json").read_text(encoding="utf-8"))["cases"]
TRACE = CASES["healthy_agent"]["trace_id"]
SESSION = "chat-refund-42"


def listing(folder: Path) -> dict[str, tuple]:
    """Every entry of a folder: kind, bytes and time of change.  An index of a write-ahead log is memory that SQLite shares."""
    found: dict[str, tuple] = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        shared = path.name.endswith("-shm")
        is_read = path.is_file() and not path.is_symlink() and not shared and status.st_size < 10_000_000
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_read else ""
        found[str(path.relative_to(folder))] = (
            status.st_mode,
            digest,
            *((0, 0) if shared or path.is_dir() else (status.st_size, status.st_mtime_ns)),
        )
    return found


class Subject:
    """A copy of the store, a server that reads it, and what is wrong with its answers."""

    def __init__(self, binary: Path, faults: Faults, name: str, folder: Path):
        self.binary, self.faults, self.name, self.folder = binary, faults, name, folder
        self.store = folder / "mlflow.db"
        shutil.copyfile(SAMPLE, self.store)
        self.client: StdioClient | None = None

    def serve(self, uri: str | None = None, prefix: list[str] | None = None) -> None:
        self.close()
        command = [*(prefix or []), str(self.binary), "--tracking-uri", uri or f"sqlite:///{self.store}", "serve"]
        self.client = StdioClient(command)
        self.client.initialize()

    def close(self) -> None:
        if self.client:
            self.client.close()
            self.check(self.client.process.returncode == 0, f"exit status {self.client.process.returncode}")
            self.client = None

    def check(self, holds: object, what: str) -> None:
        self.faults.check(holds, f"{self.name}: {what}")

    def ask(self, tool: str = "search_traces", may_add: tuple[str, ...] = (), **arguments) -> tuple[bool, str]:
        """Whether it is an error, and the text."""
        before = listing(self.folder)
        result = self.client.call_tool(tool, arguments)
        after = listing(self.folder)
        for name in may_add:
            if name not in before:
                after.pop(name, None)
        self.check(before == after, f"{tool} changed {[n for n in {*before, *after} if before.get(n) != after.get(n)]}")
        return bool(result.get("isError")), result["content"][0]["text"]

    def fails(self, *words: str, tool: str = "search_traces", **arguments) -> None:
        is_error, text = self.ask(tool, **arguments)
        self.check(is_error, f"{tool} is no error: {text[:200]}")
        for word in words:
            self.check(word in text, f"{tool} does not say '{word}': {text[:300]}")

    def answers(self, *words: str, tool: str = "search_traces", **arguments) -> str:
        is_error, text = self.ask(tool, **arguments)
        self.check(not is_error, f"{tool} is an error: {text[:300]}")
        for word in words:
            self.check(word in text, f"{tool} does not say '{word}': {text[:300]}")
        return text

    def recovers(self) -> None:
        """With the good store back in its place, the same server answers."""
        for suffix in ("-journal", "-wal", "-shm"):
            (self.folder / f"mlflow.db{suffix}").unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.store) if self.store.is_dir() and not self.store.is_symlink() else self.store.unlink()
        shutil.copyfile(SAMPLE, self.store)
        self.answers("9 spans", tool="get_trace", trace_id=TRACE)
        self.answers("10 traces")

    @contextlib.contextmanager
    def changing(self):
        """The store, open for writing."""
        connection = sqlite3.connect(self.store, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()


FAULTS: dict[str, Callable[[Subject], None]] = {}


def fault(body: Callable[[Subject], None]) -> Callable[[Subject], None]:
    FAULTS[body.__name__] = body
    return body


# MARK: Locks and journals


HOLDER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


@fault
def locked(it: Subject) -> None:
    it.serve()
    for seconds in ("0.3", "60"):
        holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(it.store), seconds], stdout=subprocess.PIPE)
        holder.stdout.readline()
        if seconds == "60":
            it.fails(str(it.store), "locked", "Call again")
        else:
            it.answers("10 traces")
        holder.kill()
        holder.wait()
        it.answers("10 traces")


@fault
def write_ahead_log(it: Subject) -> None:
    with it.changing() as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE trace_info SET trace_name = 'newest'")
        it.serve()
        it.answers("newest")
        # The same beside nobody: a copy of database and log, without the index.
        copy = it.folder / "copy"
        copy.mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{it.store}{suffix}", copy / f"mlflow.db{suffix}")
        it.serve(f"sqlite:///{copy / 'mlflow.db'}")
        it.answers("newest", may_add=("copy/mlflow.db-shm",))
        it.serve()
    # The writer that closes last puts the log into the database and removes it.
    it.answers("newest", may_add=("mlflow.db-shm", "mlflow.db-wal"))


@fault
def hot_journal(it: Subject) -> None:
    """A writer that died in the middle: what it wrote has to be undone, and we may not."""
    crash = """
import os, sqlite3, sys
store = sqlite3.connect(sys.argv[1], isolation_level=None)
store.execute("PRAGMA cache_size=1")
store.execute("BEGIN IMMEDIATE")
for _ in range(3): store.execute("UPDATE spans SET content = content || '                                '")
store.execute("UPDATE trace_info SET trace_name = 'half'")
store.execute("UPDATE trace_tags SET value = value || 'half'")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", crash, str(it.store)])
    it.check((it.folder / "mlflow.db-journal").stat().st_size > 0, "there is no journal")
    it.serve()
    is_error, text = it.ask()
    # Either the journal is not valid yet (nothing has reached the file), or its owner has to finish.
    it.check(str(it.store) in text if is_error else "half" not in text, f"half a transaction was read: {text[:200]}")
    it.recovers()


# MARK: Files


@fault
def not_a_database(it: Subject) -> None:
    it.serve()
    for content, words in ((b"hello\n" * 1000, "is not a SQLite database"), (b"", "no table trace_info"), (b"SQLite format 3\0", "")):
        it.store.write_bytes(content)
        it.fails(str(it.store), words)
        it.recovers()


@fault
def truncated(it: Subject) -> None:
    whole = SAMPLE.stat().st_size
    for size in (100, 4096, 5000, whole // 3, whole - 4096):
        it.serve()
        it.answers("10 traces")
        os.truncate(it.store, size)
        is_error, text = it.ask("get_trace", trace_id=TRACE)
        it.check(not is_error or str(it.store) in text, f"{size} bytes: {text[:200]}")
        if size < whole // 2:
            it.fails("damaged", "integrity_check")
        it.recovers()


@fault
def corrupt_pages(it: Subject) -> None:
    """Seeded damage: the header, pages of the schema, of tables, indexes and overflow, at the edges of pages and inside."""
    chance = random.Random(10)
    original = SAMPLE.read_bytes()
    size = struct.unpack(">H", original[16:18])[0]
    pages = len(original) // size
    it.serve()
    told = 0
    for number in range(60):
        damaged = bytearray(original)
        if number < 12:
            place = (16, 18, 20, 24, 28, 32, 36, 44, 52, 56, 100, 103)[number]
            damaged[place : place + 4] = chance.randbytes(4)
        else:
            for page in chance.sample(range(pages), 1 + number % 8):
                start = page * size + (0 if number % 2 else chance.randrange(size - 64))
                damaged[start : start + 64] = chance.randbytes(64)
        it.store.write_bytes(damaged)
        for tool, arguments in (
            ("search_traces", {}),
            ("get_trace", {"trace_id": TRACE, "span_ids": ["s1", "s2"], "fields": ["inputs", "attributes"]}),
            ("analyze_session", {"session_id": SESSION}),
        ):
            is_error, text = it.ask(tool, **arguments)
            told += is_error
            it.check(not is_error or len(text) < 1_000, f"damage {number}, {tool}: {text[:200]}")
    it.check(told > 5, f"{told} errors: too little was damaged")
    it.recovers()


@fault
def deleted_and_replaced(it: Subject) -> None:
    it.serve()
    it.answers("10 traces")
    it.store.rename(it.folder / "elsewhere.db")
    it.fails("There is no database", str(it.store))
    # Another store under the name, as when an app is set up anew.
    other = it.folder / "other.db"
    shutil.copyfile(SAMPLE, other)
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("UPDATE trace_info SET trace_name = 'of the other store'")
        connection.commit()
    other.rename(it.store)
    it.answers("of the other store")
    it.store.unlink()
    it.store.mkdir()
    it.fails("is a folder")
    it.recovers()


@fault
def no_plain_file(it: Subject) -> None:
    names = {name: it.folder / f"{name}.db" for name in ("pipe", "loop", "nowhere")}
    os.mkfifo(names["pipe"])
    names["loop"].symlink_to("loop.db")
    names["nowhere"].symlink_to("absent/mlflow.db")
    for path, words in (
        (names["pipe"], "a pipe or a device"),
        (names["loop"], "leads nowhere"),
        (names["nowhere"], "leads nowhere"),
        (Path("/dev/zero"), "a pipe or a device"),
        (Path("/dev/null"), "a pipe or a device"),
        (it.folder, "is a folder"),
    ):
        it.serve(f"sqlite:///{path}")
        it.fails(str(path), words)
    for name in ("pipe", "nowhere"):
        it.serve(str(names[name]))
        it.fails(str(names[name]))
    link = it.folder / "link.db"
    link.symlink_to("mlflow.db")
    it.serve(f"sqlite:///{link}")
    it.answers("10 traces")


@fault
def no_rights(it: Subject) -> None:
    """As a user who may read nothing; root may read all, so root becomes somebody else."""
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    if prefix and not shutil.which("setpriv"):
        print("SKIPPED: no setpriv, and root may read everything")
        return
    # Somebody else may not enter the folder of the program, either.
    place = it.folder / "program"
    shutil.copyfile(it.binary, place)
    place.chmod(0o755)
    it.binary = place
    it.folder.chmod(0o755)
    it.store.chmod(0)
    it.serve(prefix=prefix)
    it.fails(str(it.store), "rights")
    it.store.chmod(0o644)
    it.answers("10 traces")
    it.folder.chmod(0o555)
    it.answers("9 spans", tool="get_trace", trace_id=TRACE)
    it.close()
    # A folder that nothing can be made in, and a database that wants an index beside it.
    it.folder.chmod(0o755)
    with it.changing() as writer:
        writer.execute("PRAGMA journal_mode=WAL")
    it.folder.chmod(0o555)
    it.serve(prefix=prefix)
    it.answers("10 traces")
    it.folder.chmod(0o755)


def main() -> None:
    import store_contents  # noqa: F401 — faults of another kind, in the same list

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults; default: all")
    options = parser.parse_args()
    faults = Faults()
    for name in options.names or FAULTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            subject = Subject(options.binary.resolve(), faults, name, Path(folder).resolve())
            try:
                FAULTS[name](subject)
                subject.close()
            except (TimeoutError, EOFError, OSError, ValueError, sqlite3.Error) as error:
                faults.check(False, f"{name}: {type(error).__name__}: {error}")
                if subject.client:
                    subject.client.process.kill()
        print(f"{name}: {time.monotonic() - began:.1f} s")
    faults.end()


if __name__ == "__main__":
    # One list, whoever imports it.
    sys.modules["store_faults"] = sys.modules[__name__]
    main()
