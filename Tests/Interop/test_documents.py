#!/usr/bin/env python3
"""How shown output is held against what is answered, and written anew (documents.py)."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

from checks import ROOT  # noqa: E402
from documents import Document, cut_like, first_difference, recorded  # noqa: E402

BEFORE = [
    "session 'chat': 5 turns, 5 OK",
    "findings:",
    "1. [medium] turn 3 s2 search: relevance = \"no\" — The only document is superseded. Repeated in turns 4, 5.",
    "2. [low] turn 5: thumbs_up = false",
    "T3 +49.8s 956ms tr-5c941cf0 \"How long do I have?\" → \"30 days.\"",
    "next: inspect_turn",
]
SHOWN = [
    "session 'chat': 5 turns, 5 OK",
    "[…]",
    "1. […] relevance = \"no\" […] The only document is superseded. […]",
    "[…]",
    "T3 […] \"How long do I have?\" → \"30 days.\"",
    "[…]",
]
AFTER = [
    "session 'chat': 5 turns, 5 OK",
    "summary: it began in turn 3",
    "findings (likeliest first):",
    "1. [high] turn 3 s2 search: relevance \"no\" (LLM_JUDGE): The only document found is superseded. Turns 4 and 5 repeat it.",
    "2. [low] turn 5: thumbs_up = false",
    "T3 +49.8s 956ms tr-5c941cf0 {relevance=\"no\"} \"How long do I have?\" → \"30 days.\"",
    "next: inspect_turn",
]


def test_what_is_true() -> None:
    assert first_difference(BEFORE, BEFORE) is None
    assert first_difference(SHOWN, BEFORE) is None
    assert first_difference(["[…]"], BEFORE) is None
    assert first_difference(["[…]", BEFORE[-1]], BEFORE) is None


def test_what_is_not() -> None:
    assert first_difference(SHOWN, AFTER), "other words"
    assert first_difference(BEFORE[:-1], BEFORE), "an end that is missing, unmarked"
    assert first_difference(BEFORE[1:], BEFORE), "a beginning that is missing, unmarked"
    assert first_difference([*BEFORE[:2], *BEFORE[3:]], BEFORE), "a line that is missing, unmarked"
    assert first_difference(["[…]", BEFORE[3], "[…]", BEFORE[2], "[…]"], BEFORE), "another order"
    assert first_difference([BEFORE[0] + " and more", "[…]"], BEFORE), "more than there is"
    assert first_difference([BEFORE[0][:-1], "[…]"], BEFORE), "a line cut without a mark"
    assert first_difference(["[…]", BEFORE[-2], "[…]", BEFORE[-1], BEFORE[-1]], BEFORE), "a line twice"


def test_recording() -> None:
    assert recorded(SHOWN, BEFORE) == SHOWN, "what is true stays"
    now = recorded(SHOWN, AFTER)
    assert first_difference(now, AFTER) is None, now
    assert now == [
        "session 'chat': 5 turns, 5 OK",
        "[…]",
        "1. […] relevance \"no\" […] The only document found is superseded. […]",
        "[…]",
        "T3 […] \"How long do I have?\" → \"30 days.\"",
        "[…]",
    ], now
    assert recorded(BEFORE, AFTER) == AFTER, "what is shown whole is shown whole again"
    assert [line for line in recorded(["nothing of this kind", "[…]"], AFTER) if line != "[…]"] == []
    assert cut_like("a […] z", "a b c y z") == "a […] z"


def test_documents() -> None:
    text = "# T\n\n```text\n> tool {}\nold\n> tool {\"a\": 1}\nsame\n```\n\nUse `x y` and ``a ` b``.\n\n```sh\nrun it\n```\n"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "page.md"
        path.write_text(text, encoding="utf-8")
        document = Document(path)
        first, second = document.calls()
        assert (first.command, first.shown, second.shown) == ("tool {}", ["old"], ["same"])
        assert document.inline() == ["a ` b", "x y"]
        document.replace([(first, ["new", "newer"]), (second, ["same"])])
        assert path.read_text(encoding="utf-8") == text.replace("old\n", "new\nnewer\n")


def test_security() -> None:
    """What SECURITY.md names as the proof of a promise is there, and is run."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    sources = {path: path.read_text(encoding="utf-8") for path in ROOT.glob("Tests/**/*.swift")}
    tests = set(re.findall(r"\bfunc (\w+)\(", "\n".join(sources.values())))
    suites = set(re.findall(r"\bstruct (\w+Tests)\b", "\n".join(sources.values()))) | {path.stem for path in sources}
    suites |= {path.name for path in (ROOT / "Tests").iterdir()} | {f"Tests/{path.name}" for path in (ROOT / "Tests").iterdir()}
    run = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "scripts").iterdir() if path.is_file())
    held = [cell for line in text.splitlines() if line.startswith("|") for cell in line.split("|")[-2:-1]]
    names = [name for cell in held for name in re.findall(r"`([^`]+)`", cell)]
    assert len(names) > 30, "the tables were not understood"
    for name in names:
        if name.endswith(".py"):
            assert (ROOT / name).exists() and name in run, f"SECURITY.md: {name} is not there, or run by no script"
        elif name.startswith("scripts/"):
            assert (ROOT / name).exists(), f"SECURITY.md: there is no {name}"
        elif name[0].isupper():
            assert name in suites, f"SECURITY.md: there is no suite {name}"
        else:
            assert name in tests, f"SECURITY.md: there is no test {name}"


if __name__ == "__main__":
    tests = [value for name, value in list(globals().items()) if name.startswith("test_")]
    for test in tests:
        test()
    print(f"{len(tests)} tests passed")
