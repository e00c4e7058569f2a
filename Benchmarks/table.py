"""A line of the table: what was measured, beside whom, and what it has to come to."""

from __future__ import annotations

from dataclasses import dataclass, field

from race import Series

HEAD = ("what", "mlflow-lens", "MLflow", "ratio", "floor", "ours / floor", "target", "")


@dataclass
class Target:
    """What ours has to come to: at most a figure, or at least, or so many times the floor."""

    figure: float
    says: str
    at_least: bool = False
    of_floor: bool = False
    #: What is known of why it is not met, where it is not.
    unmet: str = ""

    def is_met(self, ours: Series, floor: Series | None) -> bool | None:
        value = ours.median
        if value is None or not ours.values:
            return None
        if self.of_floor:
            if floor is None or not floor.values:
                return None
            value /= floor.median
        return value >= self.figure if self.at_least else value <= self.figure


@dataclass
class Line:
    what: str
    ours: Series
    target: Target | None = None
    peers: list[Series] = field(default_factory=list)
    floor: Series | None = None
    style: str = "{:.2f}"
    #: More of it is better.
    is_rate: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool | None:
        return self.target.is_met(self.ours, self.floor) if self.target else None

    def verdict(self) -> str:
        return "" if not self.target else {True: "met", False: "NOT met", None: "not measured"}[self.is_met]

    def ratio(self, other: Series | None, inverse: bool = False) -> str:
        """How many times the other's figure is ours, or with ``inverse`` ours the other's."""
        if other is None or not self.ours.values or not other.median or not self.ours.median:
            return ""
        value = self.ours.median / other.median if inverse else other.median / self.ours.median
        sign = ">" if other.over is not None and not other.values else ""
        return f"{sign}{value:,.2f}x" if value < 10 else f"{sign}{value:,.0f}x"

    def cells(self) -> tuple[str, ...]:
        peers = "; ".join(f"{peer.name}: {peer.told(self.style)}" if len(self.peers) > 1 else peer.told(self.style) for peer in self.peers)
        ratios = "; ".join(filter(None, (self.ratio(peer) for peer in self.peers)))
        floor = f"{self.floor.name}: {self.floor.told(self.style)}" if self.floor else ""
        ours = self.ours.told(self.style)
        if len(self.ours.values) >= 5:
            # What others at work on the machine make of the median shows in how far the best is from it.
            ours += f", best {self.style.format((max if self.is_rate else min)(self.ours.values))}"
        return (
            self.what, ours, peers, ratios, floor, self.ratio(self.floor, inverse=True),
            self.target.says if self.target else "", self.verdict(),
        )  # fmt: skip

    def remarks(self) -> list[str]:
        notes = [self.note] if self.note else []
        if self.target and self.target.unmet and self.is_met is False:
            notes.append(f"not met: {self.target.unmet}")
        return notes + [f"{each.name}: {each.note}" for each in (self.ours, *self.peers, self.floor) if each and each.note]


def markdown(lines: list[Line]) -> str:
    rows = [HEAD, tuple("---" for _ in HEAD), *(line.cells() for line in lines)]
    table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    remarks = [f"- {line.what}: {remark}" for line in lines for remark in line.remarks()]
    return table + ("\n\n" + "\n".join(remarks) if remarks else "")


def spread_out(lines: list[Line]) -> str:
    """The same for a terminal: a line for each, with its peers and floor below."""
    told = []
    for line in lines:
        what, ours, _, _, _, _, target, verdict = line.cells()
        told.append(f"{what:<46} {ours:>42}   {f'{target}: {verdict}' if target else ''}".rstrip())
        for other in line.peers:
            told.append(f"    {other.name:<42} {other.told(line.style):>42}   {line.ratio(other)}".rstrip())
        if line.floor:
            told.append(f"    {f'floor: {line.floor.name}':<42} {line.floor.told(line.style):>42}   ours {line.ratio(line.floor, inverse=True)}")
        told += [f"    ({remark})" for remark in line.remarks()]
    return "\n".join(told)
