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
sys.path.insert(0, str(HERE))

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
    ticking = SimpleNamespace(time=clock.seconds)
    mlflow.entities.span_event.time = ticking
    mlflow.entities.assessment.time = ticking
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
        messages = [{"role": "system", "content": f"You help the customers of a shop. Facts: {facts}"}]
        reply = client.chat.completions.create(model=MODEL, temperature=0.2, messages=[*messages, user_message(question)])
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

    @mlflow.trace(span_type=SpanType.CHAT_MODEL)
    def compose_answer(messages: list[dict]) -> dict:
        clock.advance(640)
        reply = assistant_message("Shipping two parcels to Norway costs 4.90 EUR.")
        count_tokens(messages, reply)
        return reply

    @mlflow.trace(span_type=SpanType.AGENT)
    def shipping_quote_agent(question: str) -> str:
        label_trace("u-dora", channel="web", release="2026.11.2")
        plan = {"tool": "get_shipping_rate", "country": "NO"}
        step("plan_action", SpanType.LLM, {"prompt": question}, plan, 355, model=True)
        try:
            rate = get_shipping_rate("NO", 1.2)
        except CarrierError:
            rate = 4.9
        facts = {"role": "system", "content": json.dumps({"shipping_eur": rate})}
        return compose_answer([facts, user_message(question)])["content"]

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

SESSION = "chat-refund-42"
DELIVERED = date(2026, 11, 12)


@mlflow.trace(span_type=SpanType.CHAT_MODEL)
def generate_response(messages: list[dict], facts: list, *, ms: int) -> dict:
    """Give the answer the current turn prepared."""
    clock.advance(ms)
    reply = assistant_message(current_answer.text)
    count_tokens([messages, facts], reply)
    return reply


# What the "model" says in the coming turn: not an argument, for those end up in the spans.
current_answer = SimpleNamespace(text="")


@mlflow.trace(span_type=SpanType.AGENT, name="support_chat")
def support_chat(messages: list[dict], turn) -> dict:
    """One turn: look things up, then answer."""
