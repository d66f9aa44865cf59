"""Creation times: each arrival process as the times of its messages.

A longer run has the same messages up to the end of the shorter run: message n of a stream depends
only on its own draws and on those before. The scale of the run and rate events change the speed of
all processes except `replay`, which has the recorded times.
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
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.model import Run
from relaysim.scenario.recording import read
from relaysim.scenario.table import DAY, SECOND
from relaysim.traffic.draw import Decision, draw_array, uniforms
from relaysim.traffic.rate import Pace, RateSteps, by_profile

__all__ = ["creation_times"]

Integers = npt.NDArray[np.int64]

# Exponential gaps are whole multiples of 2**-24 means: their sums are then exact, and no rounding
# of the logarithm on another machine spreads over all later messages.
_GRAIN = 2.0**24

_YEAR = 365 * DAY


def creation_times(process: Arrivals, key: int, run: Run, pace: Pace) -> Integers:
    """Return the creation times of the messages of a stream.

    Parameters
    ----------
    process : Arrivals
        The arrival process.
    key : int
        The 64-bit key of the stream.
    run : Run
        The run.
    pace : Pace
        The factor on the rate over time, the scale of the run included.

    Returns
    -------
    int64 array, shape (n,)
        Microseconds in [0, `run.duration`), ascending.
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
            times = _steady(Fraction(1, process.every), moment(process.at, run.start), None, pace)
        case Replay():
            times = read(process.file).created
    return times[: np.searchsorted(times, run.duration)]


def _poisson(process: Poisson, key: int, run: Run, pace: Pace) -> Integers:
    rate = by_profile(process.profile, run.start, run.duration) * RateSteps.from_pace(pace)
    return _random(rate, float(process.rate) / SECOND, key)


def _bursts(process: Bursts, key: int, run: Run, pace: Pace) -> Integers:
    """Return the times of an interrupted Poisson process in its stationary state.

    The process is Poisson inside bursts and has no messages outside. It is in a burst at time 0
    with probability 1 / factor; the rest of the burst, or of the gap, is exponential again.
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
    on = RateSteps(start[kept], np.where(inside, factor, 0.0)[kept], run.duration)
    return _random(on * RateSteps.from_pace(pace), float(process.rate) / SECOND, key)


def _compromise(process: Compromise, key: int, run: Run, pace: Pace) -> Integers:
    """Return the times of a Poisson process of length `lasts` with a scripted or drawn start."""
    start = moment(process.at or 0, run.start)
    if process.per_year is not None:
        years = _exponentials(key, Decision.COMPROMISE, 1)[0] / _GRAIN / process.per_year
        start = round(years * _YEAR)
    edges = np.array([0, start, start + process.lasts], dtype=np.float64)
    kept = edges < run.duration
    on = RateSteps(edges[kept], np.array([0.0, 1.0, 0.0])[kept], run.duration)
    return _random(on * RateSteps.from_pace(pace), float(process.rate) / SECOND, key)


def _random(shape: RateSteps, rate: float, key: int) -> Integers:
    """Return a Poisson process of rate `rate` x `shape` (1/µs), by inversion of its integral.

    Points of a unit Poisson process, mapped through the inverse of the cumulated rate, are a
    Poisson process of that rate (Cinlar, Introduction to Stochastic Processes, 1975, chapter 4).
    """
    steps = RateSteps(shape.start, shape.rate * rate, shape.end)
    total = float(steps.reached()[-1])
    count = int(total + 2 * math.sqrt(total)) + 1
    while True:
        points = np.cumsum(_exponentials(key, Decision.GAP, count)) / _GRAIN
        if points[-1] > total:
            return np.rint(steps.times(points)).astype(np.int64)
        count *= 2


def _exponentials(key: int, decision: Decision, count: int) -> Integers:
    """Return the first `count` exponential numbers of a decision; their mean is `_GRAIN`."""
    u = uniforms(draw_array(key, decision, np.arange(count, dtype=np.uint64)))
    return np.rint(np.log(u) * -_GRAIN).astype(np.int64)


def _campaign(process: Campaign, run: Run, pace: Pace) -> Integers:
    """Return the times of a campaign and its repetitions; the scale multiplies rate and size."""
    rate = process.rate / SECOND
    runs = [_steady(rate, start, messages, pace) for start, messages in Campaigns(process, run)]
    return np.sort(np.concatenate([*runs, np.zeros(0, dtype=np.int64)]))


def _steady(rate: Fraction, at: int, messages: int | None, pace: Pace) -> Integers:
    """Return the times of evenly spaced messages: message k when rate x pace has added up to k.

    Parameters
    ----------
    rate : Fraction
        Messages per microsecond.
    at : int
        The start, microseconds.
    messages : int or None
        The largest number of messages; None for no limit.
    pace : Pace
        The factor on the rate over time.
    """
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
