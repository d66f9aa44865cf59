"""Rows of the frames `metrics` and `comparisons`, found by their key and written for a reader."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from relaysim.present.number import NONE, chance, difference, interval, number


class Key(NamedTuple):
    """What a value is about."""

    scenario: str
    scope: str
    subject: str
    metric: str


class Lookup:
    """A frame by key."""

    def __init__(self, frame: pd.DataFrame) -> None:
        rows: Any = frame.to_dict("records")
        self._rows: dict[Key, dict[str, Any]] = {
            Key(row["scenario"], row["scope"], row["subject"], row["metric"]): row for row in rows
        }

    def subjects(self, scope: str) -> list[str]:
        """The subjects of a scope, in the order of the frame."""
        return list(dict.fromkeys(key.subject for key in self._rows if key.scope == scope))

    def row(self, *key: str) -> dict[str, Any] | None:
        """The row of (scenario, scope, subject, metric), if there is one."""
        return self._rows.get(Key(*key))

    def value(self, *key: str) -> float:
        """Its value, NaN if there is none."""
        row = self.row(*key)
        return float("nan") if row is None else float(row["value"])

    def number(self, *key: str) -> str:
        """Its value alone, as text."""
        row = self.row(*key)
        return NONE if row is None else number(row["value"], row["unit"])

    def interval(self, *key: str) -> str:
        """Its value with half the width of its interval, as text."""
        row = self.row(*key)
        return NONE if row is None else interval(row["value"], row["low"], row["high"], row["unit"])

    def chance(self, *key: str) -> str:
        """How likely it is, with the ends of its interval, as text."""
        row = self.row(*key)
        return NONE if row is None else chance(row["value"], row["low"], row["high"])

    def any(self, scenario: str, scope: str, subjects: Iterable[str], metric: str) -> bool:
        """Whether one of the subjects has a value above zero."""
        return any(self.value(scenario, scope, subject, metric) > 0.0 for subject in subjects)


def difference_of(row: Mapping[str, Any]) -> str:
    """The difference of a row of `comparisons`, as text."""
    ends = row["difference_low"], row["difference_high"]
    return difference(row["difference"], *ends, row["unit"])
