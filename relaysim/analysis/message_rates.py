"""The messages of a stream hour by hour, without rate events."""

from bisect import bisect_left, bisect_right
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import stream_name
from relaysim.scenario.arrivals import Bursts, Campaign, Compromise, Every, Poisson, Replay
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.model import Run, Scenario
from relaysim.scenario.rate_profile import Profile
from relaysim.scenario.recording import read
from relaysim.scenario.table import DAY, HOUR, SECOND

Floats = npt.NDArray[np.float64]


def host_and_stream(scenario: Scenario) -> dict[str, tuple[str, str]]:
    """Return (host, name within the host) of each stream, by its full name."""
    return {
        stream_name(host, title): (host, title)
        for host, model in scenario.hosts.items()
        for title in model.streams
    }


def edges(run: Run) -> Floats:
    """Return the limits of the clock hours of a run, microseconds.

    Parameters
    ----------
    run : Run
        The run.

    Returns
    -------
    numpy array of float
        The start of each hour, and the end of the last; first and last hour may be shorter.
    """
    into_hour = (run.start - run.start.replace(minute=0, second=0, microsecond=0)) // timedelta(
        microseconds=1
    )
    # A run that starts at 9:20 has a first interval of 40 minutes.
    whole = np.arange(HOUR - into_hour, run.duration, HOUR, dtype=np.float64)
    return np.concatenate(([0.0], whole, [float(run.duration)]))


def steady(scenario: Scenario, host: str, stream: str) -> Floats:
    """Return the messages a second of a stream in each hour, without campaigns.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host, stream : str
        The host, and the name of the stream within the host.

    Returns
    -------
    numpy array of float
        Shape (hours,), as in `edges`.
    """
    run = scenario.run
    hours = edges(run)
    arrivals = scenario.hosts[host].streams[stream].arrivals
    match arrivals:
        case Poisson():
            rate = float(arrivals.rate) * run.scale
            return rate * _weights(arrivals.profile, run, len(hours) - 1)
        case Bursts():
            # The mean over bursts and gaps.
            return np.full(len(hours) - 1, float(arrivals.rate) * run.scale)
        case Every():
            rate = run.scale * SECOND / arrivals.every
            # The part of each hour after the first message.
            first = moment(arrivals.at, run.start)
            return rate * np.clip((hours[1:] - first) / np.diff(hours), 0, 1)
        case Replay():
            counts, _ = np.histogram(read(arrivals.file).created, hours)
            return counts / np.diff(hours) * SECOND
        case Compromise():
            rate = float(arrivals.rate) * run.scale
            lapsed = _since_start(arrivals, run, hours)
            # Time since the start less time since the end is the time that the compromise has
            # lasted.
            lapsed -= _since_start(arrivals, run, np.maximum(hours - arrivals.lasts, 0))
            return rate * np.diff(lapsed) / np.diff(hours)
        case Campaign():
            # A campaign has no steady rate; `campaign` returns it.
            return np.zeros(len(hours) - 1)


def _since_start(arrivals: Compromise, run: Run, hours: Floats) -> Floats:
    """Return the time since the compromise (0 before it), the mean for a drawn time."""
    if arrivals.per_year is None:
        return np.maximum(hours - moment(arrivals.at or 0, run.start), 0.0)
    rate = arrivals.per_year / (365 * DAY)
    # The mean of max(0, t - T) for an exponential start T is t - (1 - exp(-rate t)) / rate.
    return np.asarray(hours + np.expm1(-rate * hours) / rate, dtype=np.float64)


def _weights(profile: Profile | None, run: Run, count: int) -> Floats:
    if profile is None:
        return np.ones(count)
    clock = run.start.hour + np.arange(count)
    weekday = (run.start.weekday() + clock // 24) % 7
    return np.asarray(
        np.array(profile.hours)[clock % 24] * np.array(profile.weekdays)[weekday], dtype=np.float64
    )


class Burst(NamedTuple):
    """A campaign with the scale of the run: start in microseconds, messages, messages a second."""

    start: int
    messages: int
    rate: float


def campaign(scenario: Scenario, host: str, stream: str) -> Burst | None:
    """Return the largest campaign of a stream in the run, the first of equals.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host, stream : str
        The host, and the name of the stream within the host.

    Returns
    -------
    Burst or None
        None for other arrivals, and if no campaign starts in the run.
    """
    arrivals = scenario.hosts[host].streams[stream].arrivals
    if not isinstance(arrivals, Campaign):
        return None
    largest = Campaigns(arrivals, scenario.run).largest
    return Burst(*largest, float(arrivals.rate) * scenario.run.scale) if largest else None


def _of_campaigns(campaigns: Campaigns, rate: float, until: Floats) -> Floats:
    """Return the messages of all campaigns before each of some times, microseconds.

    A campaign that ends in time has all its messages; a later campaign has rate x time left.
    """
    if campaigns.process.growth:
        starts, counts = np.array(list(campaigns), dtype=np.float64).reshape(-1, 2).T
        sent = [np.clip(rate * (end - starts) / SECOND, 0, counts).sum() for end in until]
    else:
        sent = [_of_equal_campaigns(campaigns, rate, end) for end in until]
    return np.array(sent, dtype=np.float64)


def _of_equal_campaigns(campaigns: Campaigns, rate: float, end: float) -> float:
    starts, count = campaigns.starts, campaigns.messages(0)
    whole = bisect_right(starts, end - count / rate * SECOND)
    cut = starts[whole : bisect_left(starts, end)]
    # Campaigns may be a microsecond apart: the sum of equal steps needs no loop.
    started = len(cut) * (cut[0] + cut[-1]) / 2 if isinstance(cut, range) and cut else sum(cut)
    return whole * count + rate * (len(cut) * end - started) / SECOND


def messages(scenario: Scenario, host: str, stream: str) -> float:
    """Return the mean number of messages of a stream in the whole run."""
    return float(_until(scenario, host, stream, np.array([float(scenario.run.duration)]))[0])


def messages_until(scenario: Scenario, host: str, stream: str) -> Floats:
    """Return the mean number of messages of a stream from the start of the run to each hour.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host, stream : str
        The host, and the name of the stream within the host.

    Returns
    -------
    numpy array of float
        Shape (hours + 1,), at the times of `edges`: 0 first, all messages of the run last.
    """
    return _until(scenario, host, stream, edges(scenario.run))


def _until(scenario: Scenario, host: str, stream: str, times: Floats) -> Floats:
    """Return the mean number of messages of a stream before each of some times, microseconds."""
    run = scenario.run
    arrivals = scenario.hosts[host].streams[stream].arrivals
    if isinstance(arrivals, Campaign):
        rate = float(arrivals.rate) * run.scale
        return _of_campaigns(Campaigns(arrivals, run), rate, times)
    hours = edges(run)
    sent = steady(scenario, host, stream) * np.diff(hours) / SECOND
    return np.interp(times, hours, np.concatenate(([0.0], np.cumsum(sent))))
