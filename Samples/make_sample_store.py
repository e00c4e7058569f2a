#!/usr/bin/env python3
"""Make Samples/mlflow.db and Samples/manifest.json: a small MLflow store with known answers.

    python -m venv venv && venv/bin/pip install -r Samples/requirements.txt
    venv/bin/python Samples/make_sample_store.py [--out FOLDER] [--seed N]

MLflow itself writes the store, through its own decorators, its OpenAI autologger and, for the
two OpenTelemetry traces, an MLflow server that runs on 127.0.0.1 for the while.  The model is
fake_openai.py.  Texts, span times, durations and ids are fixed, so two runs of one seed agree.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent

for variable in list(os.environ):
    # Nothing may leave the machine: no proxy, no OTLP target from around us.
    if variable.lower().endswith("_proxy") or variable.startswith("OTEL_EXPORTER_OTLP"):
        del os.environ[variable]
os.environ.update(
    {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        # In order and at once, or the ids of one run would not be those of the next.
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        # The id generator we put our own in place of.
        "MLFLOW_TRACE_USE_ISOLATED_RANDOM_ID_GENERATOR": "true",
        # Instead of this machine's user name and script path.
        "MLFLOW_RUN_CONTEXT": json.dumps({"mlflow.user": "shop", "mlflow.source.name": "shop_assistant.py"}),
        # Artifact locations without a folder of this machine in them.
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        # Message contents in span attributes, named as the newest GenAI conventions do.
        "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only",
        "OPENAI_API_KEY": "not-a-key",
    }
)

import fake_openai  # noqa: E402
import mlflow  # noqa: E402
import mlflow.entities.assessment  # noqa: E402
import mlflow.entities.span_event  # noqa: E402
import mlflow.openai  # noqa: E402
import mlflow.store.tracking.sqlalchemy_store  # noqa: E402
import mlflow.tracing.provider  # noqa: E402
import mlflow.tracing.utils  # noqa: E402
import openai  # noqa: E402
import opentelemetry.sdk.trace  # noqa: E402
from mlflow.entities import AssessmentError, AssessmentSource, SpanType  # noqa: E402
from mlflow.tracing.constant import SpanAttributeKey  # noqa: E402
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: E402
from opentelemetry.sdk.resources import Resource  # noqa: E402
from opentelemetry.sdk.trace import TracerProvider  # noqa: E402
from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: E402
from opentelemetry.sdk.trace.id_generator import IdGenerator  # noqa: E402

BASE_TIME_NS = 1_794_819_600_000_000_000  # 2026-11-16T09:00:00Z
NS_PER_MS = 1_000_000
SHOP, OTEL = "shop-assistant", "otel-apps"
MODEL = "gpt-4o-mini"

HUMAN = AssessmentSource("HUMAN", "ana@example.test")
REVIEWER = AssessmentSource("HUMAN", "reviewer@example.test")
JUDGE = AssessmentSource("LLM_JUDGE", "openai:/gpt-4o-mini")
CODE = AssessmentSource("CODE", "scorers/politeness.py")


# ------------------------------------------------------------------ time and ids


class Clock:
    """The time spans see: it moves when the sample says so, and 20 µs at every look."""

    now_ns = BASE_TIME_NS

    def nanoseconds(self) -> int:
        self.now_ns += 20_000
        return self.now_ns

    def seconds(self) -> float:
        return self.nanoseconds() / 1e9

    def a_second_later(self) -> float:
        """For assessments: no two at the same time."""
        self.advance(1_000)
        return self.seconds()

    def milliseconds(self) -> int:
        return self.nanoseconds() // NS_PER_MS

    def advance(self, ms: int) -> None:
        self.now_ns += ms * NS_PER_MS


class SeededIds(IdGenerator):
    """Trace, span and assessment ids from one seeded source."""

    def __init__(self):
        self.random = random.Random()

    def generate_trace_id(self) -> int:
        return self.random.getrandbits(128)

    def generate_span_id(self) -> int:
        return self.random.getrandbits(64)

    def uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)


clock = Clock()
ids = SeededIds()
whole_stacktrace = mlflow.entities.span_event.SpanEvent._get_stacktrace


def portable_stacktrace(error: BaseException) -> str:
    """MLflow's stack trace without the folders of the machine it was taken on."""
    text = whole_stacktrace(error).replace(f"{HERE}{os.sep}", "Samples/")
    return re.sub(r'File "[^"]*/(site-packages|python3\.\d+)/', r'File "\1/', text)


def take_over_time_and_ids(seed: int) -> None:
    """Make MLflow and OpenTelemetry use our clock and our ids."""
    clock.now_ns = BASE_TIME_NS
    ids.random.seed(seed)
    opentelemetry.sdk.trace.time_ns = clock.nanoseconds
    mlflow.entities.span_event.time = SimpleNamespace(time=clock.seconds)
    mlflow.entities.assessment.time = SimpleNamespace(time=clock.a_second_later)
    mlflow.entities.span_event.SpanEvent._get_stacktrace = staticmethod(portable_stacktrace)
    mlflow.store.tracking.sqlalchemy_store.get_current_time_millis = clock.milliseconds
    mlflow.tracing.provider._IsolatedRandomIdGenerator = lambda: ids
    mlflow.tracing.utils.uuid = ids


# ------------------------------------------------------------------ what the shop knows

SHIPPING = {
    "page_content": "Standard shipping takes 3 to 5 business days within the EU.",
    "metadata": {"doc_uri": "kb/shipping.md", "updated": "2026-06-20", "status": "current"},
    "id": "shipping-v7",
}
RETURNS_HOWTO = {
    "page_content": "To return an item, print the label in your account and drop the parcel at any post office.",
    "metadata": {"doc_uri": "kb/returns-howto.md", "updated": "2026-05-02", "status": "current"},
    "id": "returns-howto-v3",
}
HEADPHONES = {
    "page_content": "Aria headphones come in one size; the Aria Mini is 15 % smaller and costs 89.00 EUR.",
    "metadata": {"doc_uri": "kb/catalogue/aria.md", "updated": "2026-08-11", "status": "current"},
    "id": "aria-v2",
}
OLD_REFUND_POLICY = {
    "page_content": "Refund policy: goods can be returned within 30 days of delivery.",
    "metadata": {
        "doc_uri": "kb/archive/refund-policy-v2.md",
        "updated": "2024-02-01",
        "status": "superseded",
        "superseded_by": "kb/refund-policy-v4.md",
    },
    "id": "refund-v2",
}

ANSWERS = {
    "Where is my order 4711, and how do I return it if it does not fit?": (
        "Order 4711 left the warehouse on 14 November and should arrive on 19 November 2026. "
        "To return it, print the label in your account and drop the parcel at any post office."
    ),
}


class InventoryUnavailable(Exception):
    """The shop's own error for a warehouse that does not answer."""


class CarrierError(Exception):
    """The shop's own error for a carrier that gives no rates."""


def system_message(text: str) -> dict:
    return {"role": "system", "content": text}


def user_message(text: str) -> dict:
    return {"role": "user", "content": text}


def assistant_message(text: str) -> dict:
    return {"role": "assistant", "content": text}


def label_trace(user: str, session: str | None = None, **tags: str) -> None:
    """Put user, session and tags on the running trace."""
    metadata = {"mlflow.trace.user": user}
    if session:
        metadata["mlflow.trace.session"] = session
    mlflow.update_current_trace(metadata=metadata, tags={"environment": "production", **tags})


def count_tokens(prompt, completion) -> None:
    """Record model and token usage on the running span."""
    used_in, used_out = fake_openai.token_count(prompt), fake_openai.token_count(completion)
    span = mlflow.get_current_active_span()
    span.set_attribute(SpanAttributeKey.MODEL, MODEL)
    span.set_attribute(
        SpanAttributeKey.CHAT_USAGE,
        {"input_tokens": used_in, "output_tokens": used_out, "total_tokens": used_in + used_out},
    )


def step(name: str, span_type: str, inputs, outputs, ms: int, model: bool = False) -> mlflow.entities.Span:
    """One finished span below the running one."""
    with mlflow.start_span(name, span_type) as span:
        span.set_inputs(inputs)
        clock.advance(ms)
        if model:
            count_tokens(inputs, outputs)
        span.set_outputs(outputs)
    return span


# ------------------------------------------------------------------ single traces


def healthy_agent(client: openai.OpenAI) -> dict:
    """An order-support agent in which everything goes well."""
    (question,) = ANSWERS

    @mlflow.trace(span_type=SpanType.AGENT)
    def order_support_agent(question: str) -> str:
        label_trace("u-ben", channel="web", release="2026.11.2")
        step("recall_customer", SpanType.MEMORY, {"user": "u-ben"}, {"name": "Ben", "language": "en"}, 18)
        step("check_input", SpanType.GUARDRAIL, {"text": question}, {"blocked": False, "score": 0.01}, 35)
        plan = {"steps": ["get_order", "search_knowledge_base"], "order_id": "4711"}
        step("plan_action", SpanType.LLM, {"prompt": f"Plan the steps to answer: {question}"}, plan, 412, model=True)
        with mlflow.start_span("gather_facts", SpanType.CHAIN) as gather:
            gather.set_inputs(plan)
            order = {"order_id": "4711", "state": "shipped", "shipped": "2026-11-14", "eta": "2026-11-19"}
            step("get_order", SpanType.TOOL, {"order_id": "4711"}, order, 126)
            found = [RETURNS_HOWTO, SHIPPING]
            step("search_knowledge_base", SpanType.RETRIEVER, {"query": "return an item", "k": 2}, found, 184)
            gather.set_outputs({"order": order, "documents": [d["id"] for d in found]})
        facts = json.dumps({"order": order, "documents": [d["page_content"] for d in found]})
        messages = [system_message(f"You help the customers of a shop. Facts: {facts}"), user_message(question)]
        reply = client.chat.completions.create(model=MODEL, temperature=0.2, messages=messages)
        answer = reply.choices[0].message.content
        step("format_answer", SpanType.PARSER, {"text": answer}, {"text": answer, "paragraphs": 1}, 6)
        return answer

    mlflow.openai.autolog()
    order_support_agent(question)
    mlflow.openai.autolog(disable=True)
    return {"user": "u-ben", "state": "OK", "question": question, "answer": ANSWERS[question]}


def failing_agent() -> dict:
    """An order fails: the warehouse times out twice, and nobody catches it."""
    attempts = []

    def call_warehouse(sku: str) -> None:
        raise TimeoutError(f"POST /v2/reservations ({sku}): no answer after 1500 ms")

    def reserve(sku: str, quantity: int, attempt: int) -> None:
        with mlflow.start_span("inventory_client.reserve", SpanType.TOOL) as span:
            attempts.append(span.span_id)
            span.set_inputs({"sku": sku, "quantity": quantity})
            span.set_attribute("attempt", attempt)
            clock.advance(1_500)
            try:
                call_warehouse(sku)
            except TimeoutError as error:
                raise InventoryUnavailable(f"warehouse EU-2 did not confirm the stock of {sku}") from error

    @mlflow.trace(span_type=SpanType.TOOL)
    def reserve_stock(sku: str, quantity: int) -> None:
        try:
            reserve(sku, quantity, attempt=1)
        except InventoryUnavailable:
            clock.advance(250)
            reserve(sku, quantity, attempt=2)

    @mlflow.trace(span_type=SpanType.CHAIN)
    def fulfil_order(cart: list[dict]) -> None:
        step("check_prices", SpanType.TOOL, {"cart": cart}, {"total_eur": 178.0, "ok": True}, 64)
        step("check_address", SpanType.TOOL, {"user": "u-cleo"}, {"country": "PT", "valid": True}, 48)
        for line in cart:
            reserve_stock(line["sku"], line["quantity"])

    @mlflow.trace(span_type=SpanType.AGENT)
    def place_order_agent(request: str) -> None:
        label_trace("u-cleo", channel="app", release="2026.11.2")
        cart = [{"sku": "ARIA-MINI-BLK", "quantity": 2}]
        step("plan_action", SpanType.LLM, {"prompt": request}, {"action": "place_order", "cart": cart}, 388, model=True)
        fulfil_order(cart)

    with contextlib.suppress(InventoryUnavailable):
        place_order_agent("Please order two black Aria Mini headphones for me.")
    return {
        "user": "u-cleo",
        "state": "ERROR",
        "root_cause_span": "inventory_client.reserve",
        "root_cause_span_ids": attempts,
        "error_type": "InventoryUnavailable",
        "cause_type": "TimeoutError",
        "error_message": "warehouse EU-2 did not confirm the stock of ARIA-MINI-BLK",
        "attempts": len(attempts),
        "error_path": ["place_order_agent", "fulfil_order", "reserve_stock", "inventory_client.reserve"],
    }


def swallowed_error() -> dict:
    """The carrier fails, the agent catches that and answers with a price it made up."""
    failed = []

    @mlflow.trace(span_type=SpanType.TOOL)
    def get_shipping_rate(country: str, weight_kg: float) -> float:
        failed.append(mlflow.get_current_active_span().span_id)
        clock.advance(730)
        raise CarrierError("503 from the rates service: no tariff loaded for zone 3")

    @mlflow.trace(span_type=SpanType.AGENT)
    def shipping_quote_agent(question: str) -> str:
        label_trace("u-dora", channel="web", release="2026.11.2")
        plan = {"tool": "get_shipping_rate", "country": "NO"}
        step("plan_action", SpanType.LLM, {"prompt": question}, plan, 355, model=True)
        try:
            rate = get_shipping_rate("NO", 1.2)
        except CarrierError:
            rate = 4.9
        messages = [system_message(json.dumps({"shipping_eur": rate})), user_message(question)]
        reply = assistant_message("Shipping two parcels to Norway costs 4.90 EUR.")
        step("compose_answer", SpanType.CHAT_MODEL, {"messages": messages}, reply, 640, model=True)
        return reply["content"]

    shipping_quote_agent("How much is shipping to Norway for two parcels?")
    return {
        "user": "u-dora",
        "state": "OK",
        "root_cause_span": "get_shipping_rate",
        "root_cause_span_ids": failed,
        "error_type": "CarrierError",
        "error_message": "503 from the rates service: no tariff loaded for zone 3",
        "wrong_fact": "4.90 EUR",
        "right_fact": "the price is unknown: the carrier gave none",
    }


# ------------------------------------------------------------------ the session

SESSION, CUSTOMER = "chat-refund-42", "u-ana"
DELIVERED = date(2026, 11, 12)
WRONG_LAST_DAY = DELIVERED + timedelta(days=30)
RIGHT_LAST_DAY = DELIVERED + timedelta(days=14)
CONFIRMATION = f"You may return order 4712 until {WRONG_LAST_DAY} (30 days after delivery)."

# Per turn: what the customer says, what the assistant looks up or does, what it answers.
TURNS = [
    (
        "Hi, has my order 4712 been delivered?",
        [("get_order", SpanType.TOOL, {"order_id": "4712"}, {"state": "delivered", "delivered": str(DELIVERED)}, 118)],
        f"Yes, order 4712 was delivered on {DELIVERED}.",
    ),
    (
        "The Aria headphones are a bit large for me. Is there a smaller pair?",
        [("search_knowledge_base", SpanType.RETRIEVER, {"query": "Aria headphones sizes", "k": 1}, [HEADPHONES], 171)],
        "Yes, the Aria Mini is 15 % smaller and costs 89.00 EUR.",
    ),
    (
        "I would rather send them back. How long do I have?",
        [("search_knowledge_base", SpanType.RETRIEVER, {"query": "refund period", "k": 1}, [OLD_REFUND_POLICY], 166)],
        "You can return them within 30 days of delivery.",
    ),
    (
        "So what is the last day for it?",
        [
            (
                "compute_last_day",
                SpanType.TOOL,
                {"delivered": str(DELIVERED), "days": 30},
                {"last_day": str(WRONG_LAST_DAY)},
                42,
            )
        ],
        f"The last day is {WRONG_LAST_DAY}.",
    ),
    (
        "Could you confirm that to me in writing?",
        [
            (
                "send_confirmation",
                SpanType.TOOL,
                {"to": "ana@example.test", "text": CONFIRMATION},
                {"sent": True, "message_id": "msg-90217"},
                233,
            )
        ],
        f"Done. The mail says: {CONFIRMATION}",
    ),
]


def refund_chat() -> dict:
    """Five turns of one chat; turn 3 finds an outdated policy and turns 4 and 5 build on it."""
    history, trace_ids, spans = [], [], []
    for question, lookups, answer in TURNS:
        messages = [*history, user_message(question)]
        with mlflow.start_span("support_chat", SpanType.AGENT) as root:
            label_trace(CUSTOMER, SESSION, channel="web")
            root.set_inputs({"messages": messages})
            used = [step(*lookup) for lookup in lookups]
            prompt = [system_message(json.dumps([span.outputs for span in used])), *messages]
            reply = assistant_message(answer)
            step("generate_response", SpanType.CHAT_MODEL, {"messages": prompt}, reply, 790, model=True)
            root.set_outputs(reply)
        trace_ids.append(root.trace_id)
        spans.append(used[0].span_id)
        history = [*messages, reply]
        clock.advance(24_000)  # the customer reads and types
    return {
        "session_id": SESSION,
        "user": CUSTOMER,
        "trace_ids": trace_ids,
        "root_cause_turn": 3,
        "root_cause_trace_id": trace_ids[2],
        "root_cause_span": "search_knowledge_base",
        "root_cause_span_id": spans[2],
        "wrong_document": OLD_REFUND_POLICY["metadata"]["doc_uri"],
        "right_document": OLD_REFUND_POLICY["metadata"]["superseded_by"],
        "wrong_fact": "30 days",
        "right_fact": "14 days",
        "wrong_last_day": str(WRONG_LAST_DAY),
        "right_last_day": str(RIGHT_LAST_DAY),
        "propagated_turns": [4, 5],
        "assessments": assess_refund_chat(trace_ids, spans[2]),
    }


def assess_refund_chat(trace_ids: list[str], retriever_span: str) -> dict:
    """What judges, people and scorers said about the chat; their names and ids."""
    one, two, three, four, five = trace_ids
    of_session = {"mlflow.trace.session": SESSION}
    wrong_policy = "The policy in force (kb/refund-policy-v4.md) allows 14 days from delivery; the answer says 30."
    first_verdict = mlflow.log_feedback(
        trace_id=one, name="relevance", value="no", source=JUDGE, rationale="Does not mention the order."
    )
    logged = {
        "overridden_feedback": first_verdict,
        "overriding_feedback": mlflow.override_feedback(
            trace_id=one,
            assessment_id=first_verdict.assessment_id,
            value="yes",
            source=REVIEWER,
            rationale="It answers exactly what was asked.",
        ),
        "scorer_error": mlflow.log_feedback(
            trace_id=two,
            name="politeness",
            source=CODE,
            error=AssessmentError("SCORER_ERROR", "division by zero: the answer has no sentences"),
        ),
        "turn_3_feedback": mlflow.log_feedback(
            trace_id=three, name="correctness", value="no", source=JUDGE, rationale=wrong_policy
        ),
        "turn_3_expectation": mlflow.log_expectation(
            trace_id=three, name="expected_refund_period", value="14 days", source=REVIEWER
        ),
        "span_feedback": mlflow.log_feedback(
            trace_id=three,
            span_id=retriever_span,
            name="retrieval_relevance",
            value="no",
            source=JUDGE,
            rationale="The only document found is marked as superseded.",
        ),
        "turn_4_feedback": mlflow.log_feedback(
            trace_id=four,
            name="correctness",
            value="no",
            source=JUDGE,
            rationale=f"Computed with 30 days; with the 14 days in force the last day is {RIGHT_LAST_DAY}.",
        ),
        "turn_5_feedback": mlflow.log_feedback(
            trace_id=five,
            name="thumbs_up",
            value=False,
            source=HUMAN,
            rationale="My refund was refused, the date was wrong.",
        ),
        "session_feedback": mlflow.log_feedback(
            trace_id=one,
            name="conversation_correctness",
            value="no",
            source=JUDGE,
            metadata=of_session,
            rationale="From turn 3 on the assistant works with a refund period that is no longer in force.",
        ),
    }
    return {what: {"name": a.name, "assessment_id": a.assessment_id} for what, a in logged.items()}


# ------------------------------------------------------------------ the OpenTelemetry traces

GET_ORDER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_order",
        "description": "State and delivery date of an order.",
        "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    },
}


def traced_completion(instrumentor, service: str, question: str, otlp_url: str, experiment_id: str, client) -> dict:
    """One chat completion with a tool call, instrumented and sent to MLflow by OTLP."""
    seen = InMemorySpanExporter()
    exporter = OTLPSpanExporter(f"{otlp_url}/v1/traces", headers={"x-mlflow-experiment-id": experiment_id})
    provider = TracerProvider(resource=Resource({"service.name": service}), id_generator=ids)
    provider.add_span_processor(SimpleSpanProcessor(seen))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor.instrument(tracer_provider=provider)
    client.chat.completions.create(
        model=MODEL,
        temperature=0.2,
        messages=[system_message("Use the tools to help the customers of a shop."), user_message(question)],
        tools=[GET_ORDER_TOOL],
    )
    instrumentor.uninstrument()
    provider.shutdown()
    (span,) = seen.get_finished_spans()
    clock.advance(5_000)
    return {
        "trace_id": f"tr-{span.context.trace_id:032x}",
        "service": service,
        "span": span.name,
        "model": MODEL,
        "question": question,
        "tool_call": GET_ORDER_TOOL["function"]["name"],
        "tool_arguments": fake_openai.tool_arguments(GET_ORDER_TOOL["function"], question),
    }


def openinference(**target) -> dict:
    from openinference.instrumentation.openai import OpenAIInstrumentor

    return traced_completion(OpenAIInstrumentor(), "openinference-app", "Is order 4713 on its way?", **target)


def genai(**target) -> dict:
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

    return traced_completion(OpenAIInstrumentor(), "genai-app", "When does order 4714 arrive?", **target)


@contextlib.contextmanager
def mlflow_server(store: str, folder: Path):
    """An MLflow server on the store; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--backend-store-uri", store, "--artifacts-destination", str(folder)]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/health", timeout=2).close()
                break
            if server.poll() is not None:
                raise RuntimeError("the MLflow server ended:\n" + (folder / "server.log").read_text()[-2000:])
            time.sleep(0.1)
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)  # the group we started it in, its worker included
        server.wait(30)


# ------------------------------------------------------------------ the store


def add_case(cases: dict, name: str, experiment: str, facts: dict) -> None:
    """Note a finished case; a case that does not know its trace id made the latest trace."""
    if "trace_ids" not in facts and "trace_id" not in facts:
        facts = {"trace_id": mlflow.get_last_active_trace_id(), **facts}
    cases[name] = {"experiment": experiment, **facts}
    clock.advance(40_000)


def finish(database: Path) -> None:
    """One compact file in rollback-journal mode, nothing beside it."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("pragma journal_mode = delete")
    connection.execute("vacuum")
    connection.close()


def make(out: Path, seed: int = 42) -> dict:
    """Write mlflow.db and manifest.json into a folder; returns the manifest."""
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    database = out / "mlflow.db"
    database.unlink(missing_ok=True)
    store = f"sqlite:///{database}"
    take_over_time_and_ids(seed)
    mlflow.set_tracking_uri(store)
    cases: dict = {}
    started_in = Path.cwd()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)  # or MLflow would note the git repository around us
        try:
            model = fake_openai.start(lambda: clock.advance(870), ANSWERS)
            client = openai.OpenAI(base_url=f"http://127.0.0.1:{model.server_port}/v1", max_retries=0)
            experiments = {name: mlflow.create_experiment(name) for name in (SHOP, OTEL)}
            mlflow.set_experiment(experiment_id=experiments[SHOP])
            add_case(cases, "healthy_agent", SHOP, healthy_agent(client))
            add_case(cases, "failing_agent", SHOP, failing_agent())
            add_case(cases, "swallowed_error", SHOP, swallowed_error())
            add_case(cases, "refund_chat", SHOP, refund_chat())
            with mlflow_server(store, Path(scratch)) as address:
                target = {"otlp_url": address, "experiment_id": experiments[OTEL], "client": client}
                add_case(cases, "openinference", OTEL, openinference(**target))
                add_case(cases, "genai", OTEL, genai(**target))
            model.shutdown()
        finally:
            os.chdir(started_in)
    finish(database)
    manifest = {
        "mlflow_version": mlflow.__version__,
        "seed": seed,
        "base_time": "2026-11-16T09:00:00Z",
        "experiments": experiments,
        "cases": cases,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return manifest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE, help="folder for mlflow.db and manifest.json")
    parser.add_argument("--seed", type=int, default=42, help="other seeds give other ids")
    options = parser.parse_args()
    manifest = make(options.out, options.seed)
    size = (options.out / "mlflow.db").stat().st_size
    print(f"{len(manifest['cases'])} cases, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
