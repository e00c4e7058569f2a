"""Measuring several by turns, so that a busy moment of the machine meets all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Series:
    """What was measured of one: milliseconds, or another unit that the row names."""

    name: str
    values: list[float] = field(default_factory=list)
    #: What else is to be told: bytes of the answer, why nothing was measured.
    note: str = ""
    #: It was stopped when it had taken so long.
    over: float | None = None

    @property
    def median(self) -> float | None:
        return statistics.median(self.values) if self.values else self.over

    def told(self, style: str = "{:.2f}") -> str:
        """The median, with the quartiles where there are enough values, else the extremes."""
        if not self.values:
            return f"> {style.format(self.over)}" if self.over is not None else "not measured"
        median = style.format(statistics.median(self.values))
        if len(self.values) < 2:
            return median
        low, high = (
            statistics.quantiles(self.values, n=4)[::2] if len(self.values) >= 5 else (min(self.values), max(self.values))
        )
        return f"{median} ({style.format(low)}–{style.format(high)})"


@dataclass
class Runner:
    """One contestant: a call that gives milliseconds, how often it is made, and whether one before counts for nothing."""

    name: str
    call: Callable[[], float]
    runs: int
    warms_up: bool = True


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """The action as a call that gives its milliseconds."""

    def call() -> float:
        started = time.perf_counter()
        action()
        return (time.perf_counter() - started) * 1e3

    return call


def race(*runners: Runner | None) -> dict[str, Series]:
    """A B C A B C …; who has had its runs drops out, and so does who fails or takes too long."""
    running = [runner for runner in runners if runner and runner.runs > 0]
    found = {runner.name: Series(runner.name) for runner in running}
    for turn in range(-1, max((runner.runs for runner in running), default=0)):
        for runner in list(running):
            if turn >= runner.runs or (turn < 0 and not runner.warms_up):
                continue
            series = found[runner.name]
            try:
                value = runner.call()
            except TimeoutError as error:
                series.over = error.args[1] if len(error.args) > 1 else None
                series.note = str(error.args[0])
                running.remove(runner)
                continue
            except (RuntimeError, OSError, EOFError) as error:
                series.note = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
                running.remove(runner)
                continue
            if turn >= 0:
                series.values.append(value)
    return found
