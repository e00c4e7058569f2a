"""What is measured on: made once into a folder, and found there again."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from pathlib import Path

import shapes
from stored import START_MS, Store

#: Raised whenever other data would be made, so that a folder of old data is not taken for it.
VERSION, SEARCH_VERSION = 3, 2
#: Traces alike but for their number of spans, the last of them of 31 MB; and one of 5,000 spans with so much text on each call that it has 9.7 MB.
BATCHES, PADDING = (5_000, 10_000, 20_000, 50_000), 90
WORDY, WORDY_PADDING = 5_000, 1_530
TURNS = {30: 11, 150: 42, 530: 207}
TRACES = (1_000, 10_000, 100_000)


class Data:
    """Where everything is, and what it is called."""

    def __init__(self, folder: Path, facts: dict):
        self.folder = folder
        self.medium: str = facts["medium"]
        self.wordy: str = facts["wordy"]
        self.batches: dict[int, str] = {int(spans): trace for spans, trace in facts["batches"].items()}
        self.sessions: dict[int, str] = {int(turns): session for turns, session in facts["sessions"].items()}

    @property
    def main(self) -> Path:
        return self.folder / "traces.db"

    @property
    def large_json(self) -> Path:
        """The spans of the largest trace as one JSON text."""
        return self.folder / "spans.json"

    def search(self, traces: int) -> Path:
        return self.folder / f"search-{traces}.db"

    def content_bytes(self, trace_id: str) -> int:
        with sqlite3.connect(f"file:{self.main}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT sum(length(CAST(content AS BLOB))) FROM spans WHERE trace_id = ?", (trace_id,)).fetchone()[0]


def prepared(folder: Path) -> Data:
    """The data in the folder, made where it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    facts_file = folder / "data.json"
    facts = json.loads(facts_file.read_text(encoding="utf-8")) if facts_file.exists() else {}
    is_main, is_search = facts.get("version") == VERSION, facts.get("search") == SEARCH_VERSION
    if is_main and is_search:
        return Data(folder, facts)
    began = time.monotonic()
    print(f"making the data in {folder}", flush=True)
    if not is_main:
        facts = {"version": VERSION, **make_main(folder)}
    for count in TRACES if not is_search else ():
        make_search(folder / f"search-{count}.db", count)
    facts["search"] = SEARCH_VERSION
    facts_file.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    print(f"made in {time.monotonic() - began:.0f} s", flush=True)
    return Data(folder, facts)


def make_main(folder: Path) -> dict:
    chance = random.Random(7)
    path = folder / "traces.db"
    path.unlink(missing_ok=True)
    with Store(path, seed=1) as store:
        facts: dict = {"medium": store.add(shapes.research(chance), START_MS), "batches": {}, "sessions": {}}
        facts["wordy"] = store.add(shapes.batch(WORDY, WORDY_PADDING), START_MS + 1)
        for spans in BATCHES:
            facts["batches"][spans] = store.add(shapes.batch(spans, PADDING), START_MS + spans)
        for count, wrong in TURNS.items():
            session = f"chat-of-{count}"
            facts["sessions"][count] = session
            for number, turn in enumerate(shapes.turns(count, wrong)):
                store.add(turn, START_MS + 1_000_000 * count + number * 9_000, session=session)
    with sqlite3.connect(path) as connection:
        question = "SELECT content FROM spans WHERE trace_id = ?"
        contents = [row[0] for row in connection.execute(question, (facts["batches"][max(BATCHES)],))]
    (folder / "spans.json").write_text("[" + ",\n".join(contents) + "]", encoding="utf-8")
    return facts


def make_search(path: Path, count: int) -> None:
    chance = random.Random(count)
    path.unlink(missing_ok=True)
    with Store(path, seed=count) as store:
        for number in range(count):
            asked = shapes.asked(chance, number, rare=number == count // 3)
            store.add(asked, START_MS + number * 700, session=f"chat-{number // 10:06d}", user=f"u-{number % 977}")
