"""Profiles: how a rate changes over the day and the week.

`office-hours` comes from real mail: `email-Eu-core-temporal`, the mail between the members of a
large European research institution (SNAP; Paranjape, Benson and Leskovec, "Motifs in Temporal
Networks", WSDM 2017); 150 days of it are used. Derivation:

- The clock of the file starts an unknown number of hours after midnight. We add the whole number of
  hours with which most mail falls between 8 and 18 h: two (90 % of it; one hour gives 89 %). Days 5
  and 6 of each seven are nearly empty, so the file starts on a Monday.
- Of the whole weeks (the first lacks its first two hours) we keep those in which every working day
  has 100 messages or more; that leaves out the turn of the year and a week with a holiday, and
  keeps 17. A message counts once, however many recipients it has.
- An hour's weight is its share of the messages of the working days, times 24.
- The working days differ by no more than chance (0.95 to 1.04, with standard errors of 0.02 to
  0.04), so each weighs 1. Saturday and Sunday weigh their messages against the average working day.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field, field_validator

from relaysim.mail.spelling import look_up
from relaysim.scenario.table import Many, Table

Weight = Annotated[float, Field(ge=0.0, le=1e6)]


class Profile(Table):
    """24 weights of the hours of a day and 7 of the days of a week, Monday first.

    The hours are scaled to mean 1, so that a rate is the average over a day of weight 1;
    weights of days are taken as they are.
    """

    hours: Annotated[Many[Weight], Field(min_length=24, max_length=24)]
    """Weights of the hours of the day, from midnight; scaled to mean 1."""
    weekdays: Annotated[Many[Weight], Field(min_length=7, max_length=7)] = (1.0,) * 7
    """Weights of the days, Monday first."""

    @field_validator("hours")
    @classmethod
    def _scaled(cls, hours: tuple[float, ...]) -> tuple[float, ...]:
        total = sum(hours)
        if total <= 0:
            raise ValueError("at least one of the 24 weights must be above zero")
        return tuple(24 * weight / total for weight in hours)

    @field_validator("weekdays")
    @classmethod
    def _some_day(cls, weekdays: tuple[float, ...]) -> tuple[float, ...]:
        if sum(weekdays) <= 0:
            raise ValueError("at least one of the 7 weights must be above zero")
        return weekdays


_OFFICE_HOURS = {
    "hours": [
        *(0.122, 0.073, 0.071, 0.036, 0.032, 0.020, 0.041, 0.302),
        *(0.935, 2.062, 2.735, 2.735, 2.494, 2.423, 2.589, 2.485),
        *(1.977, 1.052, 0.656, 0.371, 0.252, 0.223, 0.155, 0.160),
    ],
    "weekdays": [*(1.0, 1.0, 1.0, 1.0, 1.0), *(0.072, 0.088)],
}

PROFILES: Mapping[str, dict[str, list[float]]] = MappingProxyType({"office-hours": _OFFICE_HOURS})
"""The named profiles."""


def named_profile(name: str) -> dict[str, list[float]]:
    """Return the weights of a named profile. Raises ValueError that names the nearest."""
    return look_up(PROFILES, name, "a profile")
