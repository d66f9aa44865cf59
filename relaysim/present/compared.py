"""What a comparison says: what differs between the designs, and what that changes."""

import math
from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from relaysim.present.blast import blast
from relaysim.present.caption import ASSUMPTIONS, NOT_MODELLED, origin
from relaysim.present.happened import time
from relaysim.present.headlines import Headline, headlines
from relaysim.present.lookup import Lookup, difference_of
from relaysim.present.number import NONE, number
from relaysim.present.subjects import classes
from relaysim.present.terminal import Grid, tables, text
from relaysim.scenario.diff import diff
from relaysim.scenario.model import Scenario
from relaysim.study.compare import Comparison

READING = (
    "A difference is the mean of paired differences with half the width of its 95 % interval; "
    "latencies are over the copies that both designs delivered. Gain: how many times narrower "
    "pairing made the interval. `no practical difference`: the whole interval is smaller than "
    "what matters; `undecided`: more replications decide it. Where the time goes is over the "
    "copies that each design got through: what it lost has left the mean."
)


def report(found: Comparison) -> list[RenderableType]:
    """All of it, for the terminal."""
    base, *others = found.scenarios
    measured = Lookup(found.metrics)
    subjects = measured.subjects("class")
    shown = headlines(base, subjects)
    names = [design.name for design in found.scenarios]
    lines: list[RenderableType] = []
    for other in others:
        lines += [*changes(base, other), *tables(verdicts(found, base.name, other.name, shown))]
    return [
        *(
            text(f"{each.name}: {each.title}" if each.title else each.name)
            for each in found.scenarios
        ),
        text(""),
        *lines,
        *tables(time(measured, names, classes(subjects))),
        *blast(found),
        text(READING),
        text(ASSUMPTIONS),
        text(NOT_MODELLED),
        text(origin(found.provenance)),
    ]


def changes(base: Scenario, other: Scenario) -> list[RenderableType]:
    """What a design has otherwise than the base, one line for each value."""
    found = [text(str(change), hanging=4) for change in diff(base, other)]
    head = f"What {other.name} has otherwise than {base.name}"
    return [Text(head, "bold"), *(found or [text("nothing")]), text("")]


def verdicts(found: Comparison, base: str, other: str, shown: Sequence[Headline]) -> Grid:
    """The headline metrics of a design against those of the base; losses where there are any."""
    compared = Lookup(found.comparisons)
    rows: list[list[str]] = []
    for headline in shown:
        mine = []
        for subject in headline.subjects:
            row = compared.row(other, headline.scope, subject, headline.metric)
            if row is None or math.isnan(row["difference"]):
                continue
            was = row["value"] - row["difference"]
            if headline.scope == "total" and not (was or row["value"]):
                continue
            mine.append(
                [
                    f"  {subject}",
                    number(was, row["unit"]),
                    number(row["value"], row["unit"]),
                    difference_of(row),
                    row["verdict"],
                    NONE if math.isnan(row["narrowing"]) else f"x{row['narrowing']:.1f}",
                ]
            )
        if mine:
            rows += [[headline.text], *mine]
    header = ["", "base", "design", "difference", "verdict", "gain"]
    return Grid(f"{other} against the base, {base}", header, rows, wrapped=("verdict",))
