"""Late days: on how many days of the replications too few recipients of a class were on time."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import RenderableType

from relaysim.measure.days import day_lengths
from relaysim.present.lookup import Lookup
from relaysim.present.terminal import Grid, tables, text
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration

MEDIANS = (
    "Where a listing can happen, a time is the median over the replications with its range, from "
    "the smallest to the largest: an interval for the mean of such times would be far too narrow. "
    "A verdict on it is one on the median of the paired differences, which takes at least six "
    "replications."
)


def late_days(
    found: Lookup, designs: Sequence[Scenario], shown: Sequence[str]
) -> list[RenderableType]:
    """A row for each class and a column for each design, and what a late day is."""
    run = designs[0].run
    rows = [("class", subject) for subject in shown] + [("total", "total")]
    grid = Grid(
        f"Late days (a day is late if under {100 * run.bad_day_below:.4g} % of the judged "
        "recipients are on time)",
        ["class", *("late on" if len(designs) == 1 else design.name for design in designs)],
        [[row[1], *(found.bad_days(design.name, *row) for design in designs)] for row in rows],
    )
    return [*tables(grid), text(meaning(designs[0])), text("")]


def meaning(scenario: Scenario) -> str:
    """What a day is in this scenario, and what the interval says."""
    lengths = [length for length in day_lengths(scenario) if length]
    parts = [(length, len(list(same))) for length, same in groupby(lengths)]
    days = " and ".join(
        f"{many} day{'s' * (many > 1)} of {format_duration(length)}" for length, many in parts
    )
    return (
        f"A day is 24 h from the start of the run, as far as it is counted: a replication has "
        f"{days}. In brackets is the 95 % interval of the probability of a late day. The limit is "
        "run.bad_day_below, an assumption."
    )
