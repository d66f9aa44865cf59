"""Schedules that vendors publish for the warm-up of a new public IP."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from relaysim.profiles.value import Certainty


@dataclass(frozen=True, slots=True)
class Schedule:
    """Messages a day by day of the warm-up, with the source of the schedule."""

    days: tuple[int, ...]
    source: str
    certainty: Certainty


NAME = "warm_up"
"""What `relaysim profiles` calls the schedules, beside the kinds of profile."""


@cache
def schedules() -> dict[str, Schedule]:
    """Return the schedules that come with relaysim, by name."""
    text = (files(__package__) / "warm_up" / "schedules.toml").read_text(encoding="utf-8")
    result = {}
    for name, table in tomllib.loads(text).items():
        steps = {int(day): volume for day, volume in table["steps"].items()}
        starts = sorted(steps)
        days = (steps[max(s for s in starts if s <= day)] for day in range(1, table["ends"]))
        result[name] = Schedule(tuple(days), table["source"], Certainty(table["certainty"]))
    return result
