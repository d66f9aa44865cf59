"""Rows of the frames `metrics` and `comparisons`, by key, as text."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from relaysim.measure.bad_periods import Period
from relaysim.present.text.number_format import (
    LOST,
    NONE,
    chance,
    change,
    difference,
    difference_spread,
    interval,
    number,
    periods_of,
    spread,
)


class Key(NamedTuple):
    """The subject and metric of a value."""

    scenario: str
    scope: str
    subject: str
    metric: str


class Lookup:
    """A frame by key."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._columns = {str(name): frame[name].tolist() for name in frame.columns}
        keys = (self._columns[name] for name in Key._fields)
        self._places = {Key(*key): place for place, key in enumerate(zip(*keys, strict=True))}

    def subjects(self, scope: str) -> list[str]:
        """Return the subjects of a scope, in the order of the frame."""
        return list(dict.fromkeys(key.subject for key in self._places if key.scope == scope))

    def row(self, *key: str) -> dict[str, Any] | None:
        """Return the row of (scenario, scope, subject, metric), if there is one."""
        place = self._places.get(Key(*key))
        if place is None:
            return None
        return {name: values[place] for name, values in self._columns.items()}

    def value(self, *key: str) -> float:
        """Return the value of a key; NaN if there is none."""
        row = self.row(*key)
        return float("nan") if row is None else float(row["value"])

    def number(self, *key: str) -> str:
        """Return the value of a key without its interval, as text."""
        row = self.row(*key)
        return NONE if row is None else number(row["value"], row["unit"])

    def interval(self, *key: str) -> str:
        """Return the value of a key with its interval, as text.

        A value without an interval, because a listing can happen, is the median with the range.
        """
        row = self.row(*key)
        return NONE if row is None else interval_of(row)

    def bad_periods(self, period: Period, *key: str) -> str:
        """Return the number of bad days, or hours, of (scenario, scope, subject), as text."""
        share, judged = self.row(*key, period.share), self.row(*key, period.judged)
        if share is None or judged is None or math.isnan(share["value"]):
            return NONE
        every = judged["value"] * judged["replications"]
        ends = share["low"], share["high"]
        return periods_of(period.name, share["value"] * every, every, *ends)

    def chance(self, *key: str) -> str:
        """Return a probability with the ends of its interval, as text."""
        row = self.row(*key)
        return NONE if row is None else chance(row["value"], row["low"], row["high"])

    def any(self, scenario: str, scope: str, subjects: Iterable[str], metric: str) -> bool:
        """Return whether one of the subjects has a value above zero."""
        return any(self.value(scenario, scope, subject, metric) > 0.0 for subject in subjects)


def interval_of(row: Mapping[str, Any]) -> str:
    """Return a row of `metrics` as text.

    The mean with its interval, else the median with the range.
    """
    low, high, unit = row["low"], row["high"], row["unit"]
    lost = lost_in(
        row["metric"], int(row.get("replications_lost", 0)), int(row.get("replications", 1))
    )
    if lost:
        return lost
    if "median" in row and math.isnan(low) and row["replications"] > 1:
        return spread(row["median"], row["least"], row["most"], unit)
    return interval(row["value"], low, high, unit)


def sides_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the values of the base and of the design in a row of `comparisons`, as text."""
    if is_median(row):
        sides = row["base_median"], row["value_median"]
    else:
        sides = row["base_value"], row["value"]
    count = int(row["replications"])
    lost = (
        lost_in(row["metric"], int(row["base_replications_lost"]), count),
        lost_in(row["metric"], int(row["replications_lost"]), count),
    )
    return lost[0] or number(sides[0], row["unit"]), lost[1] or number(sides[1], row["unit"])


def is_median(row: Mapping[str, Any]) -> bool:
    """Return whether a row of `comparisons` is about medians.

    A time, where a listing can happen.
    """
    has_median = not math.isnan(row.get("difference_median", math.nan))
    return has_median and row["replications"] > 1


def lost_in(metric: str, lost: int, replications: int) -> str:
    """Return "lost in 2 of 5" replications, "lost" if in all; nothing if in none.

    A campaign that does not reach all is complete "never in 2 of 5".
    """
    if not lost:
        return ""
    word = "never" if metric == "completion" else LOST
    return word if lost == replications else f"{word} in {lost} of {replications}"


def compares(row: Mapping[str, Any]) -> bool:
    """Return whether a row of `comparisons` has a difference, or values that are lost."""
    lost = row["replications_lost"] or row["base_replications_lost"]
    return bool(lost) or not math.isnan(row["difference"])


def difference_of(row: Mapping[str, Any]) -> str:
    """Return the difference of a row of `comparisons`, as text.

    If one of the two values is lost in a replication, differences are counted, not averaged.
    """
    if row.get("replications_lost") or row.get("base_replications_lost"):
        counts, better, worse = (
            int(row[f"replications{part}"]) for part in ("", "_better", "_worse")
        )
        sentences = [
            f"{count} {word}" for count, word in ((better, "better"), (worse, "worse")) if count
        ]
        return f"{', '.join(sentences)} of {counts}" if sentences else "both lost"
    if is_median(row):
        ends = row["difference_least"], row["difference_most"]
        return difference_spread(row["difference_median"], *ends, row["unit"])
    ends = row["difference_low"], row["difference_high"]
    return difference(row["difference"], *ends, row["unit"])


def change_of(row: Mapping[str, Any]) -> str:
    """Return the difference of a row of `comparisons` in words: "361 ms less (175 to 371 ms)".

    Where a value is lost in a replication, the replications are counted instead.
    """
    if row.get("replications_lost") or row.get("base_replications_lost"):
        return difference_of(row)
    part = ("_median", "_least", "_most") if is_median(row) else ("", "_low", "_high")
    value, low, high = (row[f"difference{end}"] for end in part)
    return change(value, low, high, row["unit"])
