"""The mixed calls of the soak: seeded, over everything the server offers, and what may be said in answer to each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

DEFAULT_BUDGET = 8_000  # UTF-8 bytes, the default of max_chars
KEPT = 400
SYMPTOMS = ("the date is wrong", "it never answered", "wrong price", "der Betrag stimmt nicht")


@dataclass
class Call:
    """One request: what it is counted as, what is sent, and what has to come back."""

    kind: str
    method: str
    params: dict
    #: An answer that says what is wrong, and nothing else, is what is expected.
    fails: bool = False
    budget: int | None = None


@dataclass
class Known:
    """Ids that earlier answers named, newest last; of those the most recent are kept, and the first of all."""

    traces: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    experiments: list[str] = field(default_factory=list)

    def learn(self, facts: dict) -> None:
        for entry in facts.get("traces", []):
            self._add(self.traces, entry["trace_id"])
        names = {"session": self.sessions, "experiment": self.experiments}.get(facts.get("group_by"))
        for group in facts.get("groups", []) if names is not None else []:
            if group["value"]:
                self._add(names, group["value"])

    @staticmethod
    def _add(names: list[str], name: str) -> None:
        if name not in names:
            names.append(name)
            if len(names) > KEPT:
                del names[KEPT // 2]


class Mix:
    """Calls by chance from a seed."""

    def __init__(self, seed: int, known: Known, over_server: bool = False):
        self.chance = random.Random(seed)
        #: MLflow's server takes longer for a search in spans the more there are; that is its time, not ours.
        self.over_server = over_server
        self.known = known
        self.kinds: list[tuple[int, Callable[[], Call]]] = [
            (6, self.newest), (6, self.search), (4, self.groups), (8, self.get_trace), (4, self.payload), (3, self.find), (3, self.raw),
            (2, self.discover_schema), (8, self.inspect_turn), (5, self.analyze_session), (3, self.resource), (2, self.around),
            (4, self.bad_arguments), (1, self.bad_request),
        ]  # fmt: skip

    def next(self) -> Call:
        if len(self.known.traces) < 20 or not self.known.sessions or not self.known.experiments:
            return self.chance.choice([self.newest, self.groups])()
        weights = [weight for weight, _ in self.kinds]
        return self.chance.choices([make for _, make in self.kinds], weights)[0]()

    def tool(self, name: str, *, fails: bool = False, **arguments: object) -> Call:
        budget = self.chance.choice((None, None, 500, 2_000, 40_000))
        if budget and "max_chars" not in arguments:
            arguments["max_chars"] = budget
        if self.chance.random() < 0.3:
            arguments.setdefault("format", "json")
        allowed = arguments.get("max_chars", DEFAULT_BUDGET)
        kind = "wrong calls" if fails else name
        return Call(kind, "tools/call", {"name": name, "arguments": arguments}, fails, allowed if isinstance(allowed, int) else None)

    def trace(self) -> str:
        return self.chance.choice(self.known.traces)

    def newest(self) -> Call:
        return self.tool("search_traces", max_results=40, max_chars=100_000, format="json")

    def groups(self) -> Call:
        group = self.chance.choice(("session", "session", "experiment", "experiment", "name", "status", "hour", "error"))
        return self.tool("search_traces", group_by=group, max_results=200, max_chars=100_000, format="json")

    def search(self) -> Call:
        questions: list[dict] = [
            {"status": "ERROR"}, {"session_id": self.chance.choice(self.known.sessions)}, {"filter": "name LIKE '%o%' AND execution_time_ms >= 0"},
            {"order_by": "execution_time_ms DESC", "max_results": 5}, {"min_duration_ms": 10_000_000},
        ]  # fmt: skip
        if not self.over_server:
            questions += [
                {"text": "never said by anybody"}, {"filter": "span.name = 'step_2'"}, {"filter": "span.name RLIKE 'st.p'"}, {"has_error_spans": True},
            ]  # fmt: skip
        return self.tool("search_traces", **self.chance.choice(questions))

    def get_trace(self) -> Call:
        more = self.chance.choice(({}, {}, {"depth": 1}, {"types": ["TOOL"]}, {"status": "ERROR"}))
        return self.tool("get_trace", trace_id=self.trace(), **more)

    def payload(self) -> Call:
        more = self.chance.choice(("inputs", "outputs", "events", "links", "assessments"))
        return self.tool("get_trace", trace_id=self.trace(), span_ids=["s1"], fields=["attributes", more])

    def find(self) -> Call:
        return self.tool("get_trace", trace_id=self.trace(), find=self.chance.choice(("order", "/ret.rn/i", "no such words")))

    def raw(self) -> Call:
        return self.tool("get_trace", trace_id=self.trace(), raw=True, offset=self.chance.choice((0, 0, 100)))

    def discover_schema(self) -> Call:
        about = self.chance.choice((
            {"experiment_id": self.chance.choice(self.known.experiments)}, {"session_id": self.chance.choice(self.known.sessions)},
            {"trace_id": self.trace()},
        ))  # fmt: skip
        return self.tool("discover_schema", **about)

    def inspect_turn(self) -> Call:
        more = self.chance.choice(({}, {"symptom": self.chance.choice(SYMPTOMS)}, {"explain": True}))
        return self.tool("inspect_turn", trace_id=self.trace(), **more)

    def analyze_session(self) -> Call:
        more = self.chance.choice(({}, {"symptom": self.chance.choice(SYMPTOMS)}))
        return self.tool("analyze_session", session_id=self.chance.choice(self.known.sessions), **more)

    def resource(self) -> Call:
        uri = self.chance.choice((f"trace/{self.trace()}", "filter-syntax"))
        return Call("resources/read", "resources/read", {"uri": f"mlflow-lens://{uri}"})

    def around(self) -> Call:
        prompt = {"name": "debug_trace", "arguments": {"trace_id": self.trace()}}
        completion = {"ref": {"type": "ref/prompt", "name": "debug_trace"}, "argument": {"name": "trace_id", "value": self.trace()[:7]}}
        method, params = self.chance.choice((
            ("ping", {}), ("tools/list", {}), ("resources/list", {}), ("resources/templates/list", {}), ("prompts/list", {}),
            ("prompts/get", prompt), ("completion/complete", completion),
        ))  # fmt: skip
        return Call("other methods", method, params)

    def bad_arguments(self) -> Call:
        name, arguments = self.chance.choice((
            ("get_trace", {}), ("get_trace", {"traceid": "x"}), ("get_trace", {"trace_id": f"tr-{self.chance.getrandbits(128):032x}"}),
            ("search_traces", {"filter": "stat = OK AND"}), ("search_traces", {"max_results": "many"}), ("search_traces", {"max_chars": 5}),
            ("inspect_turn", {"trace_id": ["a"]}), ("inspect_turn", {"trace_id": self.trace(), "symptom": ""}), ("analyze_session", {"session_id": "no such session"}), ("discover_schema", {"sample": -1}),
            ("get_trace", {"trace_id": self.trace(), "span_ids": ["s99999"], "fields": ["inputs"]}),
        ))  # fmt: skip
        return self.tool(name, fails=True, **arguments)

    def bad_request(self) -> Call:
        method, params = self.chance.choice((
            ("tools/call", {"name": "no_such_tool", "arguments": {}}), ("no/such/method", {}), ("resources/read", {"uri": "mlflow-lens://nothing"}),
            ("tools/call", {"arguments": {}}), ("prompts/get", {"name": "no such prompt"}),
        ))  # fmt: skip
        return Call("wrong calls", method, params, fails=True)
