"""The message rate of a stream in each hour, without rate events."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt

from relaysim.plan.names import stream_name
from relaysim.scenario.arrivals import Bursts, Campaign, Compromise, Every, Poisson, Replay
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
            return rate * np.clip((hours[1:] - arrivals.at) / np.diff(hours), 0, 1)
        case Replay():
            counts, _ = np.histogram(read(arrivals.file).created, hours)
            return counts / np.diff(hours) * SECOND
        case Compromise():
            rate = float(arrivals.rate) * run.scale
            lapsed = _since_start(arrivals, hours)
            # Time since the start less time since the end is the time that the compromise has
            # lasted.
            lapsed -= _since_start(arrivals, np.maximum(hours - arrivals.lasts, 0))
            return rate * np.diff(lapsed) / np.diff(hours)
        case Campaign():
            # A campaign has no steady rate; `campaign` returns it.
            return np.zeros(len(hours) - 1)


def _since_start(arrivals: Compromise, hours: Floats) -> Floats:
    """Return the time since the compromise (0 before it), the mean for a drawn time."""
    if arrivals.per_year is None:
        return np.maximum(hours - (arrivals.at or 0), 0.0)
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


def campaign(scenario: Scenario, host: str, stream: str) -> tuple[Campaign, float, float] | None:
    """Return the campaign of a stream, with the scale of the run.

    Parameters
    ----------
    scenario : Scenario
        The design.
    host, stream : str
        The host, and the name of the stream within the host.

    Returns
    -------
    tuple or None
        The campaign, its messages, and its messages a second; None for other arrivals.
    """
    arrivals = scenario.hosts[host].streams[stream].arrivals
    if not isinstance(arrivals, Campaign):
        return None
    scale = scenario.run.scale
    return arrivals, arrivals.messages * scale, float(arrivals.rate) * scale


def _of_campaigns(arrivals: Campaign, count: float, rate: float, duration: int) -> float:
    """Return the messages of all campaigns before the end: an arithmetic series.

    A campaign that ends in time has `count` messages; a later campaign has rate x time left.
    """
    if arrivals.at >= duration:
        return 0.0
    every = arrivals.every or duration
    # Rounded up: a campaign that starts at any time before the end counts.
    starts = -(-(duration - arrivals.at) // every)
    time_left = duration - count / rate * SECOND - arrivals.at
    whole = 0 if time_left < 0 else min(starts, int(time_left // every) + 1)
    cut = starts - whole
    longest = duration - arrivals.at - whole * every
    total = cut * longest - every * cut * (cut - 1) / 2
    return whole * count + rate * total / SECOND


def messages(scenario: Scenario, host: str, stream: str) -> float:
    """Return the mean number of messages of a stream in the whole run."""
    run = scenario.run
    burst = campaign(scenario, host, stream)
    if burst is not None:
        return _of_campaigns(*burst, run.duration)
    return float(steady(scenario, host, stream) @ np.diff(edges(run))) / SECOND
