"""What a measurement comes to: one figure beside the limit of the same run, and beside what issue and machine ask."""
import dataclasses
import statistics


@dataclasses.dataclass
class Row:
    """One line of the table. `value` and `limit` are in `unit`; with a limit, `must` and `aim` are bounds of
    value / limit (times `limit`'s program), else bounds of the value itself. `at_least` turns them round."""

    goal: str
    what: str
    value: float
    unit: str
    limit: float | None = None
    limit_name: str = ""
    must: float | None = None
    aim: float | None = None
    at_least: bool = False
    # The rounds' ratios (or values): their middle half is printed, so that noise can be seen.
    spread: list[float] = dataclasses.field(default_factory=list)
    note: str = ""

    @property
    def measure(self):
        """What is held against the goal: the median of the rounds' ratios, where each round met its own limit."""
        if self.spread:
            return statistics.median(self.spread)
        return self.value / self.limit if self.limit else self.value

    @property
    def verdict(self):
        def meets(bound):
            return bound is not None and (self.measure >= bound if self.at_least else self.measure <= bound)

        if self.must is None:
            return ""
        return "aim" if meets(self.aim) else "must" if meets(self.must) else "missed"

    def cells(self):
        number = lambda value: f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"
        sign = "≥" if self.at_least else "≤"
        times = " ×" if self.limit else ""
        spread = ""
        if len(self.spread) >= 4:
            values = sorted(self.spread)
            quarter = len(values) // 4
            spread = f"{number(values[quarter])}–{number(values[-1 - quarter])}"
        return [
            self.goal,
            self.what + (f" ({self.note})" if self.note else ""),
            f"{number(self.value)} {self.unit}",
            f"{number(self.limit)} {self.unit} {self.limit_name}" if self.limit else "",
            (f"{self.measure:.2f} ×" if self.limit else ""),
            spread,
            "" if self.must is None else f"{sign} {number(self.must)}{times}",
            "" if self.aim is None else f"{sign} {number(self.aim)}{times}",
            self.verdict,
        ]


HEAD = ["#", "what", "hawker", "limit", "ratio", "middle half", "must", "aim", "met"]


def table(rows):
    """For the terminal."""
    lines = [HEAD] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines)


def markdown(rows):
    lines = [HEAD, ["---"] * len(HEAD)] + [row.cells() for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def as_json(rows):
    return [dataclasses.asdict(row) | {"measure": row.measure, "met": row.verdict} for row in rows]


def paired(goal, what, unit, pairs, **more):
    """A row of rounds in which hawker and its limit took turns: [(hawker, limit), …]."""
    return Row(
        goal, what, statistics.median(own for own, _ in pairs), unit,
        limit=statistics.median(limit for _, limit in pairs), spread=[own / limit for own, limit in pairs], **more)
