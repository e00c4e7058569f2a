"""What the measured traces are about: an agent over many items, a run of a few dozen steps, a shop's chat."""

from __future__ import annotations

import random

from stored import Step

MODEL = "gpt-4o-mini"
#: Of these words texts are made; RARE is said in one trace of a search store only.
WORDS = (
    "amount basket carton delivery export fabric garden handle invoice jacket kettle label margin notice order parcel quality receipt "
    "sample ticket upload voucher window yellow zipper carrier depot balance refund customer"
).split()
RARE = "quokkasighting"
COMMON_NAME = "search_documents"
NEVER_NAME = "never_a_name_of_a_step"
TALK = (
    ("Where is order {n}?", "Order {n} left the depot and arrives on Thursday."),
    ("Can I change the address of order {n}?", "Yes, until the carrier has taken parcel {n}."),
    ("What does sending back parcel {n} cost?", "Sending back parcel {n} is free within the country."),
    ("Do you have jacket {n} in green?", "Jacket {n} is there in green and in blue."),
    ("Which voucher fits basket {n}?", "Basket {n} takes one voucher; WINTER gives five percent."),
    ("Is invoice {n} paid?", "Invoice {n} was paid in full."),
    ("How long is kettle {n} under warranty?", "Kettle {n} has a warranty of three years."),
)
OUT_OF_FORCE = "Returns (superseded in March): goods can be returned within 30 days of delivery."
DOCUMENT = "Delivery: parcels leave the depot on the day of the order when it is placed before noon, and take two days."


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def batch(spans: int, padding: int) -> Step:
    """A tree of steps of nine calls each, below chains of five; one call, in the middle, fails. ``padding`` characters on each call."""
    pad = ("lorem ipsum dolor sit amet " * (padding // 27 + 1))[:padding]
    root = Step("batch_agent", "AGENT", {"items": spans}, {"done": spans})
    left, parent, level = spans - 1, root, 0
    while left > 0:
        step = Step(f"step_{left}", "CHAIN", {"left": left}, {"left": max(0, left - 10)})
        (root if level % 5 == 0 else parent).steps.append(step)
        left -= 1
        for place in range(min(9, left)):
            kind, name = (("LLM", "ask_model"), ("TOOL", "call_tool"), ("RETRIEVER", "retrieve"))[place % 3]
            error = "RuntimeError: the one failing call" if left == spans // 2 else None
            step.steps.append(Step(name, kind, {"place": place, "text": pad}, {"ok": True, "left": left}, ms=2 + left % 7, error=error))
            left -= 1
        parent, level = step, level + 1
    return root


def research(chance: random.Random) -> Step:
    """28 steps: a plan, eight rounds of a model, a search and a tool, and a report."""
    question = "Which of our parcels were late last week, and why?"
    root = Step("research_agent", "AGENT", {"question": question}, None, ms=12)
    root.steps.append(Step("plan", "CHAIN", {"question": question}, {"rounds": 8}, ms=3))
    notes: list[dict] = []
    for number in range(8):
        messages = [{"role": "user", "content": question}, *notes[-4:]]
        found = [{"page_content": text(chance, 40), "metadata": {"doc_uri": f"kb/{chance.randrange(900)}.md"}} for _ in range(2)]
        answer = {"role": "assistant", "content": f"Round {number}: {text(chance, 14)}"}
        root.steps += [
            Step("decide", "CHAT_MODEL", {"messages": messages}, answer, ms=420, model=MODEL),
            Step("search_documents", "RETRIEVER", {"query": text(chance, 5)}, found, ms=37),
            Step("get_parcel", "TOOL", {"parcel": 4_000 + number}, {"state": "late", "days": number % 4, "note": text(chance, 12)}, ms=18),
        ]
        notes.append(answer)
    root.steps += [Step("check", "GUARDRAIL", {"text": notes[-1]["content"]}, {"blocked": False}, ms=2)]
    root.outputs = {"answer": f"Late were 4001, 4002 and 4003, by one, two and three days. {text(chance, 20)}"}
    root.steps += [Step("report", "CHAT_MODEL", {"messages": notes}, root.outputs, ms=640, model=MODEL)]
    return root


def turns(count: int, wrong: int, window: int = 12) -> list[Step]:
    """A chat whose model is sent its last messages again each time; one turn takes a document out of force for true, two repeat it."""
    history: list[dict] = []
    made = []
    for number in range(1, count + 1):
        question, answer = (words.format(n=4_700 + number) for words in TALK[number % len(TALK)])
        document = DOCUMENT
        if number == wrong:
            question, answer, document = "How long can I return it?", "You can return it within 30 days.", OUT_OF_FORCE
        elif number in (wrong + 3, wrong + 9):
            question, answer = f"And order {4_700 + number}, how long?", "That one can be returned within 30 days, too."
        messages = [*history[-window:], {"role": "user", "content": question}]
        reply = {"role": "assistant", "content": answer}
        found = [{"page_content": document, "metadata": {"doc_uri": "kb/returns-v2.md" if number == wrong else "kb/delivery.md"}}]
        made.append(Step("chat_turn", "CHAIN", {"messages": messages}, reply, ms=4, steps=[
            Step("search_documents", "RETRIEVER", {"query": question}, found, ms=35),
            Step("generate_response", "CHAT_MODEL", {"messages": [{"role": "system", "content": document}, *messages]}, reply, ms=700, model=MODEL),
        ]))  # fmt: skip
        history += [{"role": "user", "content": question}, reply]
    return made


def asked(chance: random.Random, number: int, rare: bool) -> Step:
    """One of very many: five steps, four kilobytes; one in fifty fails."""
    question = f"{text(chance, 8)} {RARE if rare else text(chance, 1)}?"
    failed = "TimeoutError: the carrier did not answer" if number % 50 == 49 else None
    found = [{"page_content": text(chance, 25), "metadata": {"doc_uri": f"kb/{chance.randrange(900)}.md"}} for _ in range(2)]
    reply = None if failed else {"role": "assistant", "content": text(chance, 15)}
    messages = [{"role": "system", "content": text(chance, 12)}, {"role": "user", "content": question}]
    return Step("support_agent", "AGENT", {"question": question}, reply, ms=5, error=failed, steps=[
        Step("plan_action", "CHAT_MODEL", {"messages": messages}, {"role": "assistant", "content": text(chance, 6)}, ms=300, model=MODEL),
        Step(COMMON_NAME, "RETRIEVER", {"query": question}, found, ms=40),
        Step("get_order", "TOOL", {"order": number}, {"state": "sent", "note": text(chance, 6)}, ms=20, error=failed),
        Step("generate_response", "CHAT_MODEL", {"messages": [*messages, *found[:1]]}, reply, ms=800, model=MODEL),
    ])  # fmt: skip
