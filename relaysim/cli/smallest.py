"""The smallest difference that matters, as a user writes it."""

import math

from relaysim import units
from relaysim.mail.spelling import unknown
from relaysim.measure.catalogue import METRICS, Matters


def parse(text: str) -> tuple[str, Matters]:
    """The metric and the difference of `latency_p95=30 s`, `on_time=1 %` or `bounced=10`.

    Times carry a unit; a share is a percentage, or a fraction of 1. Raises ValueError.
    """
    name, equals, amount = (part.strip() for part in text.partition("="))
    if not equals:
        raise ValueError(f'"{text}" names no difference: write METRIC=VALUE, such as on_time=1 %')
    if name not in METRICS:
        raise unknown(name, "a metric", METRICS)
    try:
        return name, Matters(_amount(amount, METRICS[name].unit))
    except ValueError as error:
        raise ValueError(f"--smallest {text}: {error}") from None


def _amount(text: str, unit: str) -> float:
    if unit == "s":
        return units.duration(text) / 1e6
    factor = 1.0
    if unit == "share" and text.endswith("%"):
        text, factor = text.removesuffix("%"), 0.01
    try:
        amount = factor * float(text)
    except ValueError:
        raise ValueError(f'"{text}" is no number (of {unit})') from None
    if not math.isfinite(amount) or amount < 0.0:
        raise ValueError(f'"{text}" is no difference: write a number from 0')
    return amount
