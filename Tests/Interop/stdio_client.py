"""A small MCP client over stdio: JSON-RPC by hand, standard library only."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time

PROTOCOL_VERSION = "2025-11-25"


class RpcError(Exception):
    """A JSON-RPC error in answer to a request."""

    def __init__(self, error: dict):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]


class StdioClient:
    """One server process and the session with it; use it as a context manager.

    ``answer`` is the line the server sent last, as bytes without its newline.
    """

    def __init__(self, command: list[str], environment: dict[str, str] | None = None, timeout: float = 120):
        self.timeout = timeout
        self.answer = b""
        self._next_id = 0
        self._received = bytearray()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=None if environment is None else {**os.environ, **environment},
            bufsize=0,
        )

    def __enter__(self) -> StdioClient:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def initialize(self) -> dict:
        """Open the session; returns the server's result."""
        result = self.request(
            "initialize",
            {
                "protocolVersion": PROTOCOL_VERSION,
                "capabilities": {},
                "clientInfo": {"name": "stdio_client", "version": "1"},
            },
        )
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return result

    def list_tools(self) -> list[dict]:
        return self.request("tools/list", {})["tools"]

    def call_tool(self, name: str, arguments: dict) -> dict:
        """The tool's result, an ``isError`` one included."""
        return self.request("tools/call", {"name": name, "arguments": arguments})

    def request(self, method: str, params: dict) -> dict:
        """Send a request and wait for its result; an error answer raises RpcError."""
        self._next_id += 1
        self._send({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params})
        deadline = time.monotonic() + self.timeout
        while True:
            self.answer = self._read_line(deadline)
            message = json.loads(self.answer)
            if message.get("id") != self._next_id or "method" in message:
                continue  # a notification of the server
            if "error" in message:
                raise RpcError(message["error"])
            return message["result"]

    def close(self) -> None:
        """Close the server's input and see it end."""
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def _send(self, message: dict) -> None:
        self.process.stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def _read_line(self, deadline: float) -> bytes:
        searched = 0
        while (end := self._received.find(b"\n", searched)) < 0:
            searched = len(self._received)
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise TimeoutError(f"no answer after {self.timeout:.0f} s")
            chunk = os.read(self.process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise EOFError(f"the server closed its output; exit status {self.process.wait(10)}")
            self._received += chunk
        line = bytes(self._received[:end])
        del self._received[: end + 1]
        return line
