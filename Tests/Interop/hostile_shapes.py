#!/usr/bin/env python3
"""Traces of shapes and numbers that no app makes by itself, and somebody may all the same: every question is answered within its
budget, no answer is an error, and the server is there for the next one.

    hostile_shapes.py --binary .build/release/mlflow-lens [--variants 40] [--seed 1]

Shapes: rings, spans that are their own parents, ids used a thousand times, long chains, crowds of siblings, attributes, events and
assessments, nesting without end, names of megabytes.  Numbers: every number of three traces, also those within JSON in strings,
replaced at random by the limits of integers, what lies beyond them, NaN, infinities, text and nothing.  Standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from checks import STORE, Faults
from stdio_client import StdioClient

START = 1_794_819_600_000_000_000
BUDGET = 8_000
TRACE = "tr-" + "0" * 31 + "1"
NUMBERS = [
    -(2**63), -(2**63) + 1, -1, 0, 1, 2**31, 2**53 + 1, 2**62, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, -(10**30), 1e300, -1e300, 0.5,
    float("nan"), float("inf"), -float("inf"), "9223372036854775807", "-9223372036854775808", "1e400", "abc", None, True, [], {},
]  # fmt: skip


def span(number: int, parent: int | None = None, name: str = "step", attributes: dict | None = None, **more: object) -> dict:
    return {
        "trace_id": "AAAAAAAAAAAAAAAAAAAAAA==", "span_id": f"{number:016x}", "parent_span_id": None if parent is None else f"{parent:016x}",
        "name": name, "start_time_unix_nano": START + number, "end_time_unix_nano": START + number + 10**9, "events": [], "links": [],
        "status": {"code": "STATUS_CODE_OK", "message": ""}, "attributes": attributes or {}, **more,
    }  # fmt: skip


def trace(spans: list[dict], number: int = 1, **more: object) -> dict:
    info = {
        "trace_id": f"tr-{number:032x}", "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "1"}},
        "request_time": f"2026-11-16T09:0{number}:00Z", "execution_duration_ms": 1000, "state": "OK",
        "trace_metadata": {"mlflow.trace.session": "chat"}, "tags": {}, "assessments": [],
    }  # fmt: skip
    return {"info": {**info, **more}, "data": {"spans": spans}}


def text(value: object) -> str:
    return json.dumps(value)


def nested(count: int) -> dict:
    return trace(
        [span(1, attributes={"mlflow.spanInputs": '{"a":' * count + "1" + "}" * count, "mlflow.spanOutputs": "[" * count + "]" * count})]
    )


def strings_in_strings(count: int) -> dict:
    value = '"x"'
    for _ in range(count):
        value = json.dumps(value)
    return trace([span(1, attributes={"mlflow.spanInputs": value})])


def assessment(number: int) -> dict:
    return {
        "assessment_name": f"n{number}",
        "source": {"source_type": "HUMAN"},
        "create_time": "2026-11-16T09:00:00Z",
        "feedback": {"value": number % 2 == 0},
        "rationale": "because " * 5,
    }


SHAPES = {
    "its own parent": lambda: trace([span(1, 1), span(2, 2), span(3, 1)]),
    "a ring": lambda: trace([span(n, n % 1_000 + 1) for n in range(1, 1_001)]),
    "one id for all": lambda: trace([span(1, name=f"n{n}") for n in range(3_000)]),
    "its own id as parent, many times": lambda: trace([span(1, 1) for _ in range(1_000)]),
    "a chain": lambda: trace([span(n, n - 1 or None) for n in range(1, 5_001)]),
    "a crowd": lambda: trace([span(1), *(span(n, 1, name=f"x{n % 7}") for n in range(2, 20_000))]),
    "parents that are missing": lambda: trace([span(n, 10**6 + n) for n in range(1, 3_000)]),
    "attributes": lambda: trace([span(1, attributes={f"k{n}": '"v"' for n in range(20_000)})]),
    "events": lambda: trace([span(1, events=[{"name": "exception", "time_unix_nano": n, "attributes": {"exception.message": "m"}} for n in range(10_000)])]),
    "links": lambda: trace([span(1, links=[{"trace_id": "x", "span_id": "y", "attributes": {}}] * 10_000)]),
    "tags": lambda: trace([span(1)], tags={f"t{n}": "v" for n in range(10_000)}, trace_metadata={"mlflow.trace.session": "chat", **{f"t{n}": "v" for n in range(10_000)}}),
    "assessments": lambda: trace([span(1)], assessments=[assessment(n) for n in range(5_000)]),
    "nested to the limit": lambda: nested(500),
    "nested beyond it": lambda: nested(100_000),
    "strings in strings": lambda: strings_in_strings(12),
    "names of megabytes": lambda: trace([span(1, name="n" * 2_000_000), span(2, 1, name="\u202e\x1b[31m" * 200_000)], tags={"mlflow.traceName": "t" * 2_000_000}),
    "no names": lambda: trace([span(1, name=""), span(2, 1, name=" "), span(3, 1, name="\0")]),
    "a chat that is sent again and again": lambda: trace(
        [span(n, 1 if n > 1 else None, attributes={
            "mlflow.spanType": '"CHAT_MODEL"', "mlflow.spanInputs": text({"messages": [{"role": "user", "content": f"m{m} {m * 7}"} for m in range(2_000)]}),
            "mlflow.spanOutputs": text({"choices": [{"message": {"role": "assistant", "content": "8 9 10"}}]}),
        }) for n in range(1, 6)]
    ),
    "numbers": lambda: trace([
        span(1, attributes={"mlflow.spanInputs": '"q"', "mlflow.spanOutputs": text(" ".join(str(n * 7919) for n in range(20_000)))}),
        span(2, 1, attributes={"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": text([n * 31 for n in range(20_000)]), "mlflow.spanOutputs": text([n * 37 for n in range(20_000)])}),
    ]),
}  # fmt: skip


def agent() -> list[dict]:
    """Three turns of an agent with everything that has a number."""
    usage = text({"input_tokens": 10, "output_tokens": 20, "total_tokens": 30, "cache_read_input_tokens": 5})
    tools = [
        {
            "type": "function",
            "function": {
                "name": "add",
                "parameters": {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 10}}, "required": ["a"]},
            },
        }
    ]
    answer = {
        "role": "assistant",
        "content": "8",
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "add", "arguments": text({"a": 5, "b": 3})}}],
    }
    spans = [
        span(1, attributes={"mlflow.spanType": '"AGENT"', "mlflow.spanInputs": text({"question": "what is 5 and 3?"}), "mlflow.spanOutputs": '"15 or 8, on 2026-11-12"'}),
        span(2, 1, "llm", {
            "mlflow.spanType": '"CHAT_MODEL"', "mlflow.chat.tokenUsage": usage, "mlflow.llm.cost": text({"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}),
            "gen_ai.usage.input_tokens": "10", "llm.token_count.prompt": "11", "gen_ai.response.time_to_first_token": "0.3", "mlflow.chat.tools": text(tools),
            "mlflow.spanInputs": text({"messages": [{"role": "user", "content": "5 plus 3"}], "max_tokens": 20}),
            "mlflow.spanOutputs": text({"choices": [{"index": 0, "finish_reason": "length", "message": answer}], "usage": {"prompt_tokens": 10, "completion_tokens": 20}}),
        }, events=[{"name": "exception", "time_unix_nano": START, "attributes": {"exception.message": "m"}}]),
        span(3, 1, "add", {"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": text({"a": 5, "b": 3}), "mlflow.spanOutputs": text({"result": 8, "n": [1, 2, 3]})}),
        span(4, 1, "search", {"mlflow.spanType": '"RETRIEVER"', "mlflow.spanInputs": '"q 5"', "mlflow.spanOutputs": text([{"page_content": "30 days", "metadata": {"score": 0.3, "updated": "2026-01-01", "version": 3}}])}),
        span(5, 1, "add", {"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": text({"a": 5, "b": 3}), "mlflow.spanOutputs": text({"error": "404 not found"})}, end_time_unix_nano=None, status={"code": "STATUS_CODE_ERROR", "message": "boom"}),
    ]  # fmt: skip
    judged = [
        {
            "assessment_name": "relevance",
            "span_id": f"{4:016x}",
            "source": {"source_type": "LLM_JUDGE"},
            "create_time": "2026-11-16T09:00:00Z",
            "feedback": {"value": 0.1},
            "rationale": "no 8",
        },
        {
            "assessment_name": "expected",
            "source": {"source_type": "HUMAN"},
            "create_time": "2026-11-16T09:00:00Z",
            "expectation": {"value": 8},
        },
    ]
    metadata = {
        "mlflow.trace.session": "chat",
        "mlflow.trace.tokenUsage": usage,
        "mlflow.trace.cost": text({"total_cost": 0.1}),
        "mlflow.trace.sizeStats": text({"total_size_bytes": 100, "num_spans": 5}),
    }
    return [trace(spans, number, trace_metadata=metadata, assessments=judged) for number in (1, 2, 3)]


def changed(value: object, chance: random.Random, share: float) -> object:
    """The same with some of its numbers replaced, also within JSON in strings."""
    if isinstance(value, dict):
        return {key: changed(member, chance, share) for key, member in value.items()}
    if isinstance(value, list):
        return [changed(item, chance, share) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return chance.choice(NUMBERS) if chance.random() < share else value
    if isinstance(value, str) and value[:1] in '{["0123456789':
        try:
            return json.dumps(changed(json.loads(value), chance, share))
        except ValueError:
            return value
    return value


def variant(chance: random.Random) -> list[dict]:
    share = chance.choice((0.05, 0.3, 0.9))
    traces = [changed(one, chance, share) for one in agent()]
    for number, one in enumerate(traces, 1):
        one["info"]["trace_id"] = f"tr-{number:032x}"
    return traces


CALLS = [
    ("search_traces", {}), ("search_traces", {"group_by": "session"}), ("search_traces", {"group_by": "hour"}), ("search_traces", {"min_duration_ms": 2**31 - 1}),
    ("get_trace", {"trace_id": TRACE}), ("get_trace", {"trace_id": TRACE, "span_ids": ["s1"], "fields": ["inputs", "outputs", "attributes", "events", "links", "assessments"]}),
    ("get_trace", {"trace_id": TRACE, "find": "8"}), ("get_trace", {"trace_id": TRACE, "find": "/(a+)+$/"}), ("inspect_turn", {"trace_id": TRACE}),
    ("inspect_turn", {"trace_id": TRACE, "symptom": "it says 30 days", "explain": True}), ("analyze_session", {"session_id": "chat"}), ("discover_schema", {}),
]  # fmt: skip


class Run:
    def __init__(self, binary: Path, folder: Path, faults: Faults):
        self.binary, self.folder, self.faults, self.count = binary, folder, faults, 0
        self.client = self.serve()

    def serve(self) -> StdioClient:
        client = StdioClient([str(self.binary), "--tracking-uri", str(self.folder), "serve"], timeout=300)
        client.initialize()
        return client

    def ask(self, what: str, traces: list[dict], pictures: bool) -> None:
        (self.folder / "traces.jsonl").write_text("\n".join(json.dumps(one) for one in traces))
        for form in ("text", "json"):
            for tool, arguments in CALLS:
                name = f"{what}: {tool} {arguments} {form}"
                self.count += 1
                try:
                    result = self.client.call_tool(tool, {**arguments, "format": form})
                except (EOFError, TimeoutError, OSError) as error:
                    self.faults.check(False, f"{name}: {type(error).__name__}: {error}")
                    self.client.process.kill()
                    self.client = self.serve()
                    continue
                answer = result["content"][0]["text"]
                # Nothing of the span was readable; and an expression that takes too many steps.
                is_given_up = ("given up" in answer and "find" in arguments) or "The trace has no spans" in answer
                self.faults.check(not result.get("isError") or is_given_up, f"{name}: {answer[:200]}")
                self.faults.check(len(answer.encode()) <= BUDGET, f"{name}: {len(answer.encode())} bytes")
        for words in (["waterfall", TRACE], ["report", TRACE, "-o", "-"]) if pictures else ():
            done = subprocess.run([self.binary, "--tracking-uri", self.folder, *words], capture_output=True)
            self.faults.check(done.returncode == 0, f"{what}: {words[0]} ends with {done.returncode}: {done.stderr[-200:]!r}")


OPTIONS = """
waterfall TRACE --rows N|waterfall TRACE --depth N|report TRACE -o /dev/null --value-bytes N|report TRACE -o /dev/null --total-bytes N
get-trace TRACE --max-chars N|get-trace TRACE --depth N|get-trace TRACE --span-ids s1 --fields inputs --offset N|get-trace TRACE --span-ids sN
search-traces --max-results N|search-traces --since N|search-traces --since -Nd|search-traces --until -Nw|search-traces --min-duration-ms N
search-traces --filter timestamp_ms>N|search-traces --filter execution_time_ms<N|search-traces --filter timestamp_ms>Ne308
discover-schema --sample N|inspect-turn --session-id chat-refund-42 --turn N|analyze-session chat-refund-42 --turns N|analyze-session chat-refund-42 --turns 1-N
"""


def options(binary: Path, faults: Faults) -> int:
    """Numbers at their limits in every option, and a terminal of such a width: an answer, or a sentence."""
    commands = [command for line in OPTIONS.split("\n") for command in line.split("|") if command]
    numbers = ("9223372036854775807", "-9223372036854775808", "99999999999999999999", "0")
    for command in commands:
        for number in numbers:
            words = [word.replace("N", number).replace("TRACE", "tr-bdd640fb") for word in command.split(" ")]
            done = subprocess.run([binary, "--tracking-uri", STORE, *words], capture_output=True, env={**os.environ, "COLUMNS": number})
            faults.check(done.returncode in (0, 1, 2, 64), f"{words} ends with {done.returncode}: {done.stderr[-200:]!r}")
    return len(commands) * len(numbers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("--variants", type=int, default=40, help="variants of numbers")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    faults, chance = Faults(), random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        run = Run(given.binary.resolve(), Path(name).resolve(), faults)
        for what, make in SHAPES.items():
            run.ask(what, [make()], pictures=True)
        for number in range(given.variants):
            run.ask(f"variant {number}", variant(chance), pictures=number % 4 == 0)
        run.client.close()
        shutil.rmtree(name, ignore_errors=True)
        Path(name).mkdir(exist_ok=True)
    count = options(given.binary.resolve(), faults)
    print(
        f"{count} options at their limits; {len(SHAPES)} shapes and {given.variants} variants of numbers (seed {given.seed}): {run.count} answers"
    )
    faults.end()


if __name__ == "__main__":
    main()
