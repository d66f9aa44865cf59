"""Late days and hours: the number in which too few recipients of a class were on time."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import RenderableType

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.bad_periods import DAY, HOUR_OF_RUN, PERIODS, Period, day_lengths
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.terminal import Grid, tables
from relaysim.scenario.model import Scenario
from relaysim.units import format_duration

MEDIANS = (
    "Where a listing can happen, a time is the median over the replications with its range, from "
    "the smallest to the largest: an interval for the mean of such times would be far too narrow. "
    "A verdict on it is one on the median of the paired differences, which takes at least six "
    "replications."
)


def late_days(
    measured: Lookup, designs: Sequence[Scenario], shown: Sequence[str]
) -> list[RenderableType]:
    """Return tables of late days and hours.

    Parameters
    ----------
    measured
        The frame `metrics`.
    designs
        Scenarios. Several have a column each, in a table of days and one of hours; a single one
        has a table with both.
    shown
        Subjects of the scope `class`: a row each.

    Returns
    -------
    list of RenderableType
        Days stand there where a listing can happen in a design, hours there too and where one is
        late. Empty where there is neither.
    """
    keys = [("class", subject) for subject in shown] + [("total", "total")]
    periods = _periods(measured, designs, keys)
    if not periods:
        return []
    limit = f"{100 * designs[0].run.bad_day_below:.4g} %"
    shown_parts: list[RenderableType] = []
    for together in [periods] if len(designs) == 1 else [[period] for period in periods]:
        names = [f"{period.name}s" for period in together]
        grid = Grid(
            f"Late {' and '.join(names)} (late if under {limit} of the judged recipients are on "
            "time)",
            ["class", *(names if len(designs) == 1 else [design.name for design in designs])],
            [
                [
                    key[1],
                    *(
                        measured.bad_periods(kind, design.name, *key)
                        for kind in together
                        for design in designs
                    ),
                ]
                for key in keys
            ],
        )
        shown_parts += tables(grid)
    return shown_parts


def _periods(
    measured: Lookup, designs: Sequence[Scenario], keys: Sequence[tuple[str, str]]
) -> list[Period]:
    """Return the kinds of periods that are shown."""
    if any(map(listing_possible, designs)):
        return list(PERIODS)
    hours = HOUR_OF_RUN.share
    late = any(measured.value(design.name, *key, hours) > 0.0 for design in designs for key in keys)
    return [HOUR_OF_RUN] if late else []


def meaning(scenario: Scenario, periods: Sequence[Period]) -> str:
    """Return what a day and an hour are in this scenario, and what the interval says."""
    lengths = [length for length in day_lengths(scenario) if length]
    parts = [(length, len(list(same))) for length, same in groupby(lengths)]
    days = " and ".join(
        f"{count} day{'s' * (count > 1)} of {format_duration(length)}" for length, count in parts
    )
    is_what = {
        DAY: "A day is 24 h from the start of the run, as far as it is counted: a replication has "
        f"{days}. ",
        HOUR_OF_RUN: "Hours count from the start of the run; one with fewer than "
        f"{HOUR_OF_RUN.fewest} judged recipients is not judged, an assumption. ",
    }
    return (
        f"{''.join(is_what[period] for period in periods)}In brackets is the 95 % interval of the "
        f"probability of {' or '.join(f'a late {period.name}' for period in periods)}. The limit "
        "is run.bad_day_below, an assumption."
    )
