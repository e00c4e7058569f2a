#!/usr/bin/env python3
"""Send a server what no client should: random bytes, and transcripts with mistakes put into them.

    fuzz_protocol.py --binary .build/release/mlflow-lens --seconds 60 [--seed 1]

After every few lines the server has to answer a ping; each line of its own has to fit the protocol's schema, and its memory
has to stay bounded.  Exit status 1 when it crashes, hangs, or says something that does not fit; the lines that led there
are written to a file.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import select
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from answer_schemas import STATELESS, VERSION_KEY, Conversation
from validate_answers import STORE, TRANSCRIPTS, sends, substitutions

#: Lines between two pings.
ROUND = 40
PATIENCE = 30.0
MEMORY_LIMIT = 400 << 20
METHODS = (
    "initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/read", "resources/templates/list",
    "prompts/list", "prompts/get", "completion/complete", "server/discover", "subscriptions/listen",
    "notifications/cancelled", "notifications/initialized", "logging/setLevel", "tasks/get", "", "\u0000",
)  # fmt: skip
VALUES = (
    None, True, False, 0, -1, 1.5, 1e308, 2**63, -(2**63) - 1, 2**200, "", "x", "\u0000", "\ud800", "\u202e", [], {},
    [[]], {"": {}}, "a" * 5000, {"_meta": {VERSION_KEY: STATELESS}}, "2025-03-26", "2026-07-28", "get_trace",
    "mlflow-lens://trace/%00", "mlflow-lens://trace/{trace_id}", "tr-", "s1", "-2h", "eyJvZmZzZXQiOiAzfQ==",
)  # fmt: skip


class Fuzzer:
    """Makes lines out of the transcripts."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        names = substitutions()
        paths = [*(TRANSCRIPTS / "Transcripts").glob("*.jsonl"), *(TRANSCRIPTS / "Conformance").glob("*/*.jsonl")]
        pieces = [piece for path in sorted(paths) for piece in sends(path, names)[0]]
        self.lines = sorted({line for line in b"".join(pieces).split(b"\n") if line})
        self.messages = [json.loads(line) for line in self.lines if self._is_object(line)]

    @staticmethod
    def _is_object(line: bytes) -> bool:
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False

    def line(self) -> bytes:
        """A line without its line feed."""
        kind = self.random.randrange(10)
        if kind == 0:
            return bytes(self.random.randrange(256) for _ in range(self.random.randrange(200))).replace(b"\n", b"")
        if kind == 1:
            return self.random.choice(self.lines)
        if kind <= 4:
            return self._damaged(self.random.choice(self.lines))
        if kind == 5:
            parts = [self._changed(self.random.choice(self.messages)) for _ in range(self.random.randrange(5))]
            return self._encoded(parts)
        if kind == 6:
            depth = self.random.choice((3, 600, 20_000))
            return b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":' + b'{"a":[' * depth + b"]}" * depth + b"}"
        return self._encoded(self._changed(self.random.choice(self.messages)))

    @staticmethod
    def _encoded(value: object) -> bytes:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()

    def _damaged(self, line: bytes) -> bytes:
        data = bytearray(line)
        for _ in range(self.random.randrange(1, 4)):
            place = self.random.randrange(len(data) + 1)
            kind = self.random.randrange(4)
            if kind == 0 and place < len(data):
                data[place] = self.random.randrange(256)
            elif kind == 1:
                data[place:place] = self.random.choice((b'"', b"{", b"}", b"\\", b"\x00", b"\xff", b",", b"1e9", b"\xef\xbb\xbf"))
            elif kind == 2:
                del data[place : place + self.random.randrange(1, 20)]
            else:
                other = self.random.choice(self.lines)
                data[place:] = other[self.random.randrange(len(other)) :]
        return bytes(data).replace(b"\n", b" ")

    def _value(self) -> object:
        return copy.deepcopy(self.random.choice(VALUES))

    def _changed(self, message: dict) -> dict:
        message = json.loads(json.dumps(message))
        for _ in range(self.random.randrange(1, 4)):
            kind = self.random.randrange(6)
            if kind == 0:
                message["method"] = self.random.choice(METHODS)
            elif kind == 1:
                message["id"] = self.random.choice((self._value(), self.random.randrange(1000)))
            elif kind == 2:
                message.pop(self.random.choice(("id", "jsonrpc", "method", "params")), None)
            else:
                self._change_inside(message)
        return message

    def _change_inside(self, value: object) -> None:
        while isinstance(value, (dict, list)) and value:
            key = self.random.choice(list(value)) if isinstance(value, dict) else self.random.randrange(len(value))
            if self.random.random() < 0.4 or not isinstance(value[key], (dict, list)):
                value[key] = self._value()
                if isinstance(value, dict) and self.random.random() < 0.2:
                    value["".join(self.random.choices(string.ascii_letters, k=5))] = self._value()
                return
            value = value[key]


class Target:
    """A running server."""

    def __init__(self, binary: Path):
        command = [str(binary), "--tracking-uri", STORE, "serve"]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        os.set_blocking(self.process.stdin.fileno(), False)
        self.received = bytearray()

    def exchange(self, data: bytes, last_id: str) -> list[bytes]:
        """Writes, and reads up to the answer with that id."""
        mark = json.dumps(last_id).encode()
        lines: list[bytes] = []
        deadline = time.monotonic() + PATIENCE
        rest = memoryview(data)
        while time.monotonic() < deadline:
            writers = [self.process.stdin] if rest else []
            readable, writable, _ = select.select([self.process.stdout], writers, [], 1)
            if writable:
                rest = rest[os.write(self.process.stdin.fileno(), rest[:65536]) :]
            if readable:
                chunk = os.read(self.process.stdout.fileno(), 1 << 20)
                if not chunk:
                    raise EOFError(f"the server ended with status {self.process.wait(10)}")
                self.received += chunk
                *whole, tail = bytes(self.received).split(b"\n")
                self.received = bytearray(tail)
                lines += whole
                if any(mark in line and b'"result":{}' in line for line in whole):
                    return lines
        raise TimeoutError(f"no answer to a ping within {PATIENCE:.0f} s")

    def memory(self) -> int:
        """Bytes resident; 0 where that cannot be told."""
        try:
            text = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii")
        except OSError:
            return 0
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> int | None:
        """Closes the input and returns the exit status; None when it has to be killed."""
        self.process.stdin.close()
        try:
            return self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    fuzzer = Fuzzer(options.seed)
    target = Target(options.binary)
    end = time.monotonic() + options.seconds
    inputs = rounds = most = 0
    lines: list[bytes] = []
    # Answers may come late, so every request so far may be the one that is answered.
    conversation = Conversation()
    try:
        while time.monotonic() < end:
            rounds += 1
            lines = [fuzzer.line() for _ in range(ROUND)]
            last = f"sync-{options.seed}-{rounds}"
            for line in lines:
                try:
                    conversation.sent(json.loads(line))
                except (ValueError, RecursionError):
                    continue
            conversation.sent({"id": last, "method": "ping"})
            ping = json.dumps({"jsonrpc": "2.0", "id": last, "method": "ping"}).encode()
            for answer in target.exchange(b"\n".join([*lines, ping]) + b"\n", last):
                message = json.loads(answer)
                if not conversation.is_possible(message):
                    raise ValueError(f"does not fit: {answer[:500].decode()}")
            inputs += len(lines)
            most = max(most, target.memory())
            if most > MEMORY_LIMIT:
                raise MemoryError(f"{most >> 20} MiB")
        if (status := target.end()) != 0:
            raise EOFError(f"exit status {status} at the end of the input")
    except (EOFError, TimeoutError, ValueError, MemoryError, BrokenPipeError) as error:
        time.sleep(0.5)
        status = target.process.poll()
        target.process.kill()
        target.log.seek(0)
        print(target.log.read()[-6000:].decode("utf-8", "replace"))
        with tempfile.NamedTemporaryFile("wb", suffix=".jsonl", prefix="fuzz-", delete=False) as file:
            file.write(b"\n".join(lines) + b"\n")
        print(f"FAILED after {inputs} inputs, seed {options.seed}: {error!r}, status {status}; the last lines are in {file.name}")
        return 1
    print(
        f"{inputs} inputs in {rounds} rounds, seed {options.seed}: no crash, no hang, {conversation.checked} messages fit the schema, "
        f"at most {most >> 20} MiB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
