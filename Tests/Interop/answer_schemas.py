"""Validation of a server's messages against the JSON Schema of their revision."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

FOLDER = Path(__file__).with_name("schema")
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
NEWEST_WITH_HANDSHAKE = "2025-11-25"
WITH_HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", NEWEST_WITH_HANDSHAKE)
STATELESS = "2026-07-28"
#: The schema that a revision is held to, where it has none of its own.
SCHEMA_OF = {"2024-11-05": "2025-06-18", "2025-03-26": "2025-06-18"}
#: What the result of a method is called.
RESULTS = {
    "initialize": "InitializeResult",
    "server/discover": "DiscoverResult",
    "ping": "EmptyResult",
    "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult",
    "resources/list": "ListResourcesResult",
    "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult",
    "prompts/list": "ListPromptsResult",
    "prompts/get": "GetPromptResult",
    "completion/complete": "CompleteResult",
}
#: What the newest revision calls an error of a code.
ERRORS = {
    -32700: "ParseError",
    -32600: "InvalidRequestError",
    -32601: "MethodNotFoundError",
    -32602: "InvalidParamsError",
    -32603: "InternalError",
}


@cache
def validator(revision: str, name: str) -> Validator:
    """The validator of one definition."""
    schema = json.loads((FOLDER / f"{SCHEMA_OF.get(revision, revision)}.json").read_text(encoding="utf-8"))
    key = "$defs" if "$defs" in schema else "definitions"
    if name not in schema[key]:
        raise KeyError(f"{revision} has no {name}")
    kind = Draft202012Validator if key == "$defs" else Draft7Validator
    return kind({**schema, "$ref": f"#/{key}/{name}"})


def faults(revision: str, name: str, value: Any) -> list[str]:
    """What is wrong with a value, in words."""
    return [
        f"{name} of {revision} at {error.json_path}: {error.message[:200]}"
        for error in validator(revision, name).iter_errors(value)
    ]


class Conversation:
    """The requests of a conversation, so that every answer is held to the revision and the method it belongs to."""

    def __init__(self):
        self.revision: str | None = None
        self.waiting: dict[str, list[tuple[str, str]]] = {}
        self.checked = 0

    def sent(self, message: Any) -> None:
        """Notes what was sent, if it is a request or a batch of them."""
        for part in message if isinstance(message, list) else [message]:
            if isinstance(part, dict) and "id" in part and isinstance(part.get("method"), str):
                self._note(part)

    def _note(self, request: dict) -> None:
        parameters = request.get("params")
        metadata = parameters.get("_meta") if isinstance(parameters, dict) else None
        is_stateless = isinstance(metadata, dict) and VERSION_KEY in metadata
        if request["method"] in ("server/discover", "subscriptions/listen"):
            is_stateless = True
        revision = STATELESS if is_stateless else self.revision or NEWEST_WITH_HANDSHAKE
        if request["method"] == "initialize" and not is_stateless:
            asked = parameters.get("protocolVersion") if isinstance(parameters, dict) else None
            if isinstance(asked, str):
                self.revision = revision = asked if asked in WITH_HANDSHAKE else NEWEST_WITH_HANDSHAKE
        self.waiting.setdefault(json.dumps(request["id"]), []).append((request["method"], revision))

    def problems(self, message: Any) -> list[str]:
        """What is wrong with a line of the server's."""
        if isinstance(message, list):
            return [problem for part in message for problem in self.problems(part)]
        self.checked += 1
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return ["is no message"]
        if "method" in message:
            return self._notification(message)
        if ("result" in message) == ("error" in message):
            return ["has both or neither of 'result' and 'error'"]
        if "id" not in message:
            return faults(NEWEST_WITH_HANDSHAKE, "JSONRPCErrorResponse", message)
        waiting = self.waiting.get(json.dumps(message["id"]), [])
        if "error" in message:
            # A request out of shape has an id, too, but was not noted.
            revision = waiting.pop(0)[1] if waiting else NEWEST_WITH_HANDSHAKE
            return self._error(revision, message)
        if not waiting:
            return [f"answers a request that nobody made: {message['id']!r}"]
        method, revision = waiting.pop(0)
        return self._result(revision, method, message)

    def is_possible(self, message: Any) -> bool:
        """Whether a line could be right, when it is not known which of several requests it answers: for fuzzing."""
        if isinstance(message, list):
            return all(self.is_possible(part) for part in message)
        if not isinstance(message, dict) or "id" not in message or "method" in message:
            return not self.problems(message)
        waiting = self.waiting.get(json.dumps(message["id"]), [])
        methods = {method for method, _ in waiting} or {"ping"}
        for revision in (*WITH_HANDSHAKE, STATELESS):
            for method in methods:
                if method == ("initialize" if revision == STATELESS else "server/discover"):
                    continue
                single = Conversation()
                single.waiting = {json.dumps(message["id"]): [(method, revision)]}
                if not single.problems(message):
                    self.checked += 1
                    return True
        return False

    def _notification(self, message: dict) -> list[str]:
        if "id" in message:
            return ["is a request, which this server never makes"]
        if message["method"] != "notifications/progress":
            return [f"is a notification {message['method']!r}"]
        return faults(self.revision or STATELESS, "ProgressNotification", message)

    @staticmethod
    def _error(revision: str, message: dict) -> list[str]:
        if revision != STATELESS:
            name = "JSONRPCErrorResponse" if revision == NEWEST_WITH_HANDSHAKE else "JSONRPCError"
            return faults(revision, name, message)
        found = faults(revision, "JSONRPCErrorResponse", message)
        code = message["error"].get("code")
        if code == -32022:
            return found + faults(revision, "UnsupportedProtocolVersionError", message)
        return found + faults(revision, ERRORS[code], message["error"])

    @staticmethod
    def _result(revision: str, method: str, message: dict) -> list[str]:
        envelope = "JSONRPCResponse" if SCHEMA_OF.get(revision, revision) == "2025-06-18" else "JSONRPCResultResponse"
        if method not in RESULTS:
            return [f"is a result of {method!r}, which is unknown"]
        found = faults(revision, envelope, message) + faults(revision, RESULTS[method], message["result"])
        kind = message["result"].get("resultType")
        if kind != ("complete" if revision == STATELESS else None):
            found.append(f"has resultType {kind!r} in {revision}")
        return found
