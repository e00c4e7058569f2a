"""Markdown that shows commands and their output: finding both, holding one against the other, writing the output anew.

A block that begins with ```text or ```console shows calls: ``> tool {"argument": …}`` of the server, ``$ command`` of a
shell. The lines below a call are its whole output, but for what is marked as cut: ``[…]`` within a line stands for a part
of that line, on a line of its own for any number of lines.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path

CUT = "[…]"
LIKE_ENOUGH = 0.4  # how much of a shown line has to stand in a line of the answer that is to replace it
SHORT_LINE = 40  # shown lines up to this long are compared by characters, too
SENTENCE = 80  # how far the end of a sentence is looked for
LONGEST_LINE = 240  # a line that cannot be cut as it was is cut here


@dataclass
class Block:
    """A fenced block: its language and its lines, with the number of the first in the document."""

    language: str
    first: int
    lines: list[str]


@dataclass
class Call:
    """A call and what is shown of its output."""

    kind: str  # '>' or '$'
    command: str
    first: int  # the line of the document that follows the call
    shown: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.kind} {self.command}"


class Document:
    """A Markdown file."""

    def __init__(self, path: Path):
        self.path = path
        self.lines = path.read_text(encoding="utf-8").split("\n")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def blocks(self) -> list[Block]:
        blocks: list[Block] = []
        inside: Block | None = None
        for number, line in enumerate(self.lines):
            fence = re.fullmatch(r" *```([a-z]*)", line)
            if inside is None and fence:
                inside = Block(fence[1], number + 1, [])
            elif inside is not None and fence:
                blocks.append(inside)
                inside = None
            elif inside is not None:
                inside.lines.append(line)
        return blocks

    def calls(self) -> list[Call]:
        """The calls with their output, in the order of the document."""
        calls: list[Call] = []
        for block in self.blocks():
            if block.language not in ("text", "console"):
                continue
            call: Call | None = None
            for number, line in enumerate(block.lines, block.first):
                if line[:2] in ("> ", "$ "):
                    call = Call(line[0], line[2:], number + 1)
                    calls.append(call)
                elif call is not None:
                    call.shown.append(line)
        return calls

    def inline(self) -> list[str]:
        """The code inside of lines."""
        fenced = {n for block in self.blocks() for n in range(block.first - 1, block.first + len(block.lines) + 1)}
        rest = "\n".join(line for number, line in enumerate(self.lines) if number not in fenced)
        double = re.findall(r"``(.+?)``", rest)
        return double + re.findall(r"`([^`]+)`", re.sub(r"``.+?``", "", rest))

    def replace(self, changes: list[tuple[Call, list[str]]]) -> None:
        """Write other output below calls."""
        for call, lines in sorted(changes, key=lambda change: -change[0].first):
            self.lines[call.first : call.first + len(call.shown)] = lines
        self.path.write_text(self.text, encoding="utf-8")


# ------------------------------------------------------------------ what is shown against what is answered


def shows(shown: str, line: str) -> bool:
    """Whether a shown line is this line, but for its cuts."""
    pattern = ".*".join(re.escape(part.strip()) for part in shown.split(CUT))
    return re.fullmatch(pattern.strip(), line.strip()) is not None


def first_difference(shown: list[str], answer: list[str]) -> str | None:
    """The first shown line that the answer does not have where it is shown; None when all is true."""
    at = 0
    runs: list[list[str]] = [[]]
    for line in shown:
        if line.strip() == CUT:
            runs.append([])
        else:
            runs[-1].append(line)
    for number, run in enumerate(runs):
        is_last = number == len(runs) - 1
        starts = [at] if number == 0 else range(at, len(answer) - len(run) + 1)
        if is_last and number > 0:
            starts = [max(at, len(answer) - len(run))]
        for start in starts:
            lines = answer[start : start + len(run)]
            if len(lines) == len(run) and all(map(shows, run, lines)):
                at = start + len(run)
                break
        else:
            wrong = [line for line in run if not any(shows(line, other) for other in answer[at:])]
            return wrong[0] if wrong else f"{run[0] if run else ''} (where it stands, or what follows it)"
    if at < len(answer) and len(runs) == 1:
        return f"(the output goes on, and no {CUT} says so) {answer[at][:80]}"
    return None


# ------------------------------------------------------------------ writing the output anew


def likeness(shown: str, line: str) -> float:
    """How much of what is shown stands in a line, 0 to 1; more than 1 when all of it does, in its order."""
    if shows(shown, line):
        return 1.5
    words = shown.replace(CUT, " ").split()
    blocks = difflib.SequenceMatcher(None, words, line.split(), autojunk=False).get_matching_blocks()
    same = sum(len(word) for block in blocks for word in words[block.a : block.a + block.size])
    by_words = same / max(1, sum(map(len, words)))
    if len(shown) > SHORT_LINE:
        return by_words
    # A heading that got another word has no word in common with itself.
    return max(by_words, difflib.SequenceMatcher(None, shown, line[: 2 * len(shown)], autojunk=False).ratio() * 0.9)


def recorded(shown: list[str], answer: list[str]) -> list[str]:
    """What to show of an answer: the lines nearest to those shown before, cut where those were; all, where all was shown."""
    if not any(CUT in line for line in shown):
        return answer
    lines = [line for line in shown if line.strip() != CUT]
    # The best pairing in order, by dynamic programming over (shown lines, lines of the answer).
    best = [[0.0] * (len(answer) + 1) for _ in range(len(lines) + 1)]
    like = [[likeness(line, other) for other in answer] for line in lines]
    for i in range(len(lines) - 1, -1, -1):
        for j in range(len(answer) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if like[i][j] >= LIKE_ENOUGH:
                best[i][j] = max(best[i][j], like[i][j] + best[i + 1][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(lines) and j < len(answer):
        if like[i][j] >= LIKE_ENOUGH and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    result: list[str] = []
    before = -1
    for i, j in pairs:
        if j != before + 1:
            result.append(CUT)
        result.append(cut_like(lines[i], answer[j]))
        before = j
    if before != len(answer) - 1:
        result.append(CUT)
    return result


def cut_like(shown: str, line: str) -> str:
    """A line, cut where the shown one was."""
    if shows(shown, line):
        return shown
    parts = shown.split(CUT)
    pieces: list[tuple[int, int]] = []
    at = 0
    for number, part in enumerate(part.strip() for part in parts):
        opens, closes = number == 0, number == len(parts) - 1
        if not part:
            continue
        start, end = span_of(part, line, at)
        start, end = (0 if opens else start), (len(line) if closes else end)
        if start < end:
            pieces.append((max(start, at), end))
            at = end
    words = [line[start:end].strip() for start, end in pieces]
    text = f" {CUT} ".join(words)
    text = (f"{CUT} " if not parts[0].strip() else "") + text + (f" {CUT}" if not parts[-1].strip() else "")
    if shows(text, line) and words:
        return text
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE].rsplit(' ', 1)[0]} {CUT}"


def span_of(part: str, line: str, at: int) -> tuple[int, int]:
    """Where the words of a part stand in a line from a place on, from the first to the last that is found."""
    if (found := line.find(part, at)) >= 0:
        return found, found + len(part)
    blocks = [
        block
        for block in difflib.SequenceMatcher(None, part, line[at:], autojunk=False).get_matching_blocks()
        if block.size >= 3
    ]
    if not blocks:
        return at, at
    start, end = at + blocks[0].b, at + blocks[-1].b + blocks[-1].size
    while start > at and not line[start - 1].isspace():
        start -= 1
    while end < len(line) and not line[end].isspace():
        end += 1
    # What was a whole sentence stays one.
    if part[0].isupper() and (before := line.rfind(". ", max(at, start - SENTENCE), start)) >= 0:
        start = before + 2
    if part.endswith(".") and line[end - 1] != "." and (after := line.find(".", end, end + SENTENCE)) >= 0:
        end = after + 1
    return start, end
