"""How time grows with spans, turns and traces: what one more costs should stay the same."""

from __future__ import annotations

import math

import shapes
from contestants import OURS, Setting
from data import TRACES, Data
from race import Runner, race
from rows import reading

ROW = "{:<30}{:>10}{:>12}{:>14}{:>10}".format


def curves(setting: Setting, data: Data) -> list[tuple[str, str, list[tuple[int, float]]]]:
    """What was asked, of how many what, and the medians."""
    runs = 3 if setting.quick else 7
    found: list[tuple[str, str, list[tuple[int, float]]]] = []
    for tool in ("get_trace", "inspect_turn"):
        calls = {count: setting.call(OURS, data.main, tool, {"trace_id": trace}, runs) for count, trace in data.batches.items()}
        found.append((tool, "spans", together(calls)))
    found.append(("floor: sqlite3, the rows", "spans", together({count: reading(data, trace, runs) for count, trace in data.batches.items()})))
    calls = {count: setting.call(OURS, data.main, "analyze_session", {"session_id": name}, runs) for count, name in data.sessions.items()}
    found.append(("analyze_session", "turns", together(calls)))
    for what, text in (
        ("search, span.name common", f"span.name = '{shapes.COMMON_NAME}'"),
        ("search, span.name never", f"span.name = '{shapes.NEVER_NAME}'"),
        ("search, trace.text rare", f"trace.text LIKE '%{shapes.RARE}%'"),
        ("search, the newest", ""),
    ):
        calls = {count: setting.call(OURS, data.search(count), "search_traces", {"filter": text} if text else {}, runs) for count in TRACES}
        found.append((what, "traces", together(calls)))
    return found


def together(calls: dict[int, Runner | None]) -> list[tuple[int, float]]:
    """The medians of calls that are made by turns."""
    for count, call in calls.items():
        if call:
            call.name = f"{call.name} {count}"
    measured = race(*calls.values())
    return [(int(name.split()[-1]), series.median) for name, series in measured.items() if series.values and series.median]


def lines(found: list[tuple[str, str, list[tuple[int, float]]]]) -> list[tuple[str, ...]]:
    """Cells: what, how many, milliseconds, microseconds for each, and the power of the count by which it grew since the line before."""
    cells = []
    for what, unit, points in found:
        before: tuple[int, float] | None = None
        for count, median in points:
            power = f"{math.log(median / before[1]) / math.log(count / before[0]):.2f}" if before else ""
            cells.append((what, f"{count:,} {unit}", f"{median:.1f}", f"{median * 1e3 / count:.2f}", power))
            before = (count, median)
    return cells


HEAD = ("asked", "of", "ms", "µs for each", "power")
