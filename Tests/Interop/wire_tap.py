#!/usr/bin/env python3
"""Stand between a client and a server on stdio, and write down what either says.

    wire_tap.py LOG COMMAND [ARGUMENT ...]

LOG has a line of JSON for each message, in the order of their passing: [who, message].  Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO


def tapped(log: Path, command: list[str]) -> list[str]:
    """The command that runs a server behind the tap."""
    return [sys.executable, "-B", str(Path(__file__).resolve()), str(log), *command]


class Wire:
    """What the tap has written down so far."""

    def __init__(self, log: Path):
        self.log = log

    def messages(self, sender: str | None = None) -> list[dict]:
        """The messages of ``client``, of ``server`` or of both."""
        lines = (json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines())
        return [message for who, message in lines if sender in (None, who)]

    def last_request(self, method: str) -> dict:
        return [message for message in self.messages("client") if message.get("method") == method][-1]

    def cancelled(self) -> list:
        """The ids of the requests that the client has cancelled."""
        messages = self.messages("client")
        return [m["params"]["requestId"] for m in messages if m.get("method") == "notifications/cancelled"]

    def answered(self) -> list:
        """The ids of the requests that the server has answered."""
        return [message.get("id") for message in self.messages("server") if "method" not in message]

    def told_before_answer(self, request: dict) -> list[tuple[float, float | None, str | None]]:
        """The progress that the server told of a request, up to the answer to it."""
        token = request["params"]["_meta"]["progressToken"]
        told = []
        for message in self.messages("server"):
            if "method" not in message and message.get("id") == request["id"]:
                break
            params = message.get("params", {})
            if message.get("method") == "notifications/progress" and params["progressToken"] == token:
                told.append((params["progress"], params.get("total"), params.get("message")))
        return told


def main() -> None:
    log = open(sys.argv[1], "ab", buffering=0)  # a message at a time: a reader never sees half a line
    lock = threading.Lock()
    server = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def pass_on(who: str, source: BinaryIO, target: BinaryIO) -> None:
        for line in source:
            with lock:
                log.write(json.dumps([who, json.loads(line)]).encode() + b"\n")
            target.write(line)
            target.flush()
        target.close()

    threading.Thread(target=pass_on, args=("client", sys.stdin.buffer, server.stdin), daemon=True).start()
    pass_on("server", server.stdout, sys.stdout.buffer)
    os._exit(server.wait())  # the other thread may still wait for the client, and would hold up an ordinary exit


if __name__ == "__main__":
    main()
