"""A deterministic stand-in for the OpenAI chat API, on 127.0.0.1 only.

A request that offers tools and ends in a user message gets a call of the first tool; any
other one gets the answer prepared for its last user message.  Nothing but the request
decides, so two runs answer alike.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CREATED = 1_794_819_600  # 2026-11-16T09:00:00Z


def token_count(value) -> int:
    """A plausible token count: about four characters a token."""
    return max(1, len(json.dumps(value, ensure_ascii=False)) // 4)


def fingerprint(value, digits: int) -> str:
    """An id that depends on the value alone."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def tool_arguments(function: dict, question: str) -> dict:
    """Fill every parameter of a tool with the first number of the question."""
    number = re.search(r"\d+", question)
    value = number.group() if number else ""
    return {name: value for name in function["parameters"]["properties"]}


def chat_completion(request: dict, answers: Mapping[str, str]) -> dict:
    """The reply to one chat completion request."""
    messages = request["messages"]
    question = next(m["content"] for m in reversed(messages) if m["role"] == "user")
    if request.get("tools") and messages[-1]["role"] == "user":
        function = request["tools"][0]["function"]
        call = {
            "id": f"call_{fingerprint(messages, 12)}",
            "type": "function",
            "function": {
                "name": function["name"],
                "arguments": json.dumps(tool_arguments(function, question)),
            },
        }
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        finish_reason = "tool_calls"
    else:
        message = {"role": "assistant", "content": answers[question]}
        finish_reason = "stop"
    prompt, completion = token_count(messages), token_count(message)
    return {
        "id": f"chatcmpl-{fingerprint(request, 16)}",
        "object": "chat.completion",
        "created": CREATED,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
    }


def start(before_reply: Callable[[], None], answers: Mapping[str, str]) -> ThreadingHTTPServer:
    """Serve on a free port; ``before_reply`` runs once per request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            """Stay quiet."""

        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            before_reply()
            body = json.dumps(chat_completion(request, answers)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
