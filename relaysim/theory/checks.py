"""Checks of the arguments of formulas."""

import math
from numbers import Integral

__all__ = ["at_least_zero", "from_one", "positive", "settles", "share"]


def positive(name: str, value: float) -> None:
    """Raise ValueError unless the value is a finite number above 0."""
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} {value:g} is not a finite number above 0")


def at_least_zero(name: str, value: float) -> None:
    """Raise ValueError unless the value is a finite number, 0 or above."""
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} {value:g} is not a finite number from 0")


def from_one(name: str, value: object) -> None:
    """Raise ValueError unless the value is an integer, 1 or above."""
    if not isinstance(value, Integral) or int(value) < 1:
        raise ValueError(f"{name} {value} is not an integer from 1")


def settles(load: float) -> None:
    """Raise ValueError unless the utilization is below 1; else the queue grows without limit."""
    if not load < 1:
        raise ValueError(f"load {load:g} is not below 1: the queue does not settle")


def share(name: str, value: float) -> None:
    """Raise ValueError unless the value is between 0 and 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} {value:g} is not between 0 and 1")
