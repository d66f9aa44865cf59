"""When messages are created: each arrival process turned into times.

A longer run has the same messages up to the end of the shorter one: number n of a stream depends on
its own draws and on nothing later. The scale of the run and rate events change the speed of all
processes but `replay`, which stays as recorded.
"""

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import (
    Arrivals,
    Bursts,
    Campaign,
    Compromise,
    Every,
    Poisson,
    Replay,
)
from relaysim.scenario.model import Run
from relaysim.scenario.recording import read
from relaysim.scenario.table import DAY, SECOND
from relaysim.traffic.draw import Decision, draw_array, uniforms
from relaysim.traffic.rate import Pace, Steps, by_profile

__all__ = ["creation_times", "scaled"]

Integers = npt.NDArray[np.int64]

# Exponential gaps are whole multiples of 2**-24 means: their sums are then exact, and no rounding
# of the logarithm on another machine spreads over all later messages.
_GRAIN = 2.0**24

_YEAR = 365 * DAY


def creation_times(process: Arrivals, key: int, run: Run, pace: Pace) -> Integers:
    """Times of a stream's messages in microseconds, ascending, in [0, run.duration).

    `key` is the stream's; `pace` is the factor on its rate, scale included.
    """
    match process:
        case Poisson():
            times = _poisson(process, key, run, pace)
        case Campaign():
            times = _campaign(process, run, pace)
        case Bursts():
            times = _bursts(process, key, run, pace)
        case Compromise():
            times = _compromise(process, key, run, pace)
        case Every():
            times = _steady(Fraction(1, process.every), process.at, None, pace)
        case Replay():
            times = read(process.file).created
    return times[: np.searchsorted(times, run.duration)]


def scaled(count: int, scale: float) -> int:
    """A number of messages or addresses times the scale of the run, halves upwards."""
    return math.floor(count * Fraction(repr(scale)) + Fraction(1, 2))


def _poisson(process: Poisson, key: int, run: Run, pace: Pace) -> Integers:
    rate = by_profile(process.profile, run.start, run.duration) * Steps.from_pace(pace)
    return _random(rate, float(process.rate) / SECOND, key)


def _bursts(process: Bursts, key: int, run: Run, pace: Pace) -> Integers:
    """Poisson inside bursts, nothing outside: an interrupted Poisson process, stationary.

    It is in a burst at time 0 with probability 1 / factor; what is then left of the burst, or of
    the gap, is exponential again.
    """
    factor, length = process.burst_factor, process.burst_length
    first = uniforms(draw_array(key, Decision.BURST_FIRST, np.zeros(1, np.uint64)))[0]
    starts_inside = bool(first * factor < 1)
    count = 16
    while True:
        inside = (np.arange(count) % 2 == 0) == starts_inside
        lengths = _exponentials(key, Decision.BURST_LENGTH, count)
        bursts, gaps = (np.cumsum(np.where(kind, lengths, 0)) for kind in (inside, ~inside))
        ends = bursts / _GRAIN * length + gaps / _GRAIN * ((factor - 1) * length)
        if ends[-1] >= run.duration:
            break
        count *= 2
    start = np.concatenate(([0.0], ends[:-1]))
    kept = start < run.duration
    on = Steps(start[kept], np.where(inside, factor, 0.0)[kept], run.duration)
    return _random(on * Steps.from_pace(pace), float(process.rate) / SECOND, key)


def _compromise(process: Compromise, key: int, run: Run, pace: Pace) -> Integers:
    """Poisson for as long as it lasts, from the start that is scripted or drawn."""
    start = process.at or 0
    if process.per_year is not None:
        years = _exponentials(key, Decision.COMPROMISE, 1)[0] / _GRAIN / process.per_year
        start = round(years * _YEAR)
    edges = np.array([0, start, start + process.lasts], dtype=np.float64)
    kept = edges < run.duration
    on = Steps(edges[kept], np.array([0.0, 1.0, 0.0])[kept], run.duration)
    return _random(on * Steps.from_pace(pace), float(process.rate) / SECOND, key)


def _random(shape: Steps, rate: float, key: int) -> Integers:
    """A Poisson process of rate `rate` x `shape` a microsecond, by inversion of its integral.

    Points of a unit Poisson process, mapped through the inverse of the cumulated rate, are a
    Poisson process of that rate (Cinlar, Introduction to Stochastic Processes, 1975, chapter 4).
    """
    steps = Steps(shape.start, shape.rate * rate, shape.end)
    total = float(steps.reached()[-1])
    count = int(total + 2 * math.sqrt(total)) + 1
    while True:
        points = np.cumsum(_exponentials(key, Decision.GAP, count)) / _GRAIN
        if points[-1] > total:
            return np.rint(steps.times(points)).astype(np.int64)
        count *= 2


def _exponentials(key: int, decision: Decision, count: int) -> Integers:
    """The first `count` exponential numbers of a decision, mean `_GRAIN`."""
    u = uniforms(draw_array(key, decision, np.arange(count, dtype=np.uint64)))
    return np.rint(np.log(u) * -_GRAIN).astype(np.int64)


def _campaign(process: Campaign, run: Run, pace: Pace) -> Integers:
    """The campaign and its repetitions, at a multiple of the rate and of the messages by scale."""
    messages = scaled(process.messages, run.scale)
    starts = range(process.at, run.duration, process.every or run.duration)
    rate = process.rate / SECOND
    runs = [_steady(rate, at, messages, pace) for at in starts]
    return np.sort(np.concatenate([*runs, np.zeros(0, dtype=np.int64)]))


def _steady(rate: Fraction, at: int, messages: int | None, pace: Pace) -> Integers:
    """Message k when `rate` (per microsecond) x `pace` has added up to k since `at`."""
    sent = Fraction(0)
    times = [np.zeros(0, dtype=np.int64)]
    for begin, end, factor in pace:
        opens = max(begin, at)
        if opens >= end or factor == 0:
            continue
        speed = rate * factor
        reached = sent + speed * (end - opens)
        first, last = math.ceil(sent), math.ceil(reached)
        if messages is not None:
            last = min(last, messages)
        numbers = np.arange(max(last - first, 0))
        offset = float((first - sent) / speed) + numbers * float(1 / speed)
        times.append(opens + np.rint(offset).astype(np.int64))
        sent = reached
    return np.concatenate(times)
