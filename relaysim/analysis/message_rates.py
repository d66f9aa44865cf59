"""How many messages a stream sends, hour by hour; rate events are left out."""

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
    """Return the host and the own name of each stream by its full name."""
    return {
        stream_name(host, title): (host, title)
        for host, model in scenario.hosts.items()
        for title in model.streams
    }


def edges(run: Run) -> Floats:
    """The hours of the clock in the run: where each starts, and where the last ends (microseconds).

    The first and the last may be cut short.
    """
    into_hour = (run.start - run.start.replace(minute=0, second=0, microsecond=0)) // timedelta(
        microseconds=1
    )
    whole = np.arange(HOUR - into_hour, run.duration, HOUR, dtype=np.float64)
    return np.concatenate(([0.0], whole, [float(run.duration)]))


def steady(scenario: Scenario, host: str, stream: str) -> Floats:
    """Messages a second in each hour of the run; a campaign counts as none (see `campaign`)."""
    run = scenario.run
    hours = edges(run)
    arrivals = scenario.hosts[host].streams[stream].arrivals
    match arrivals:
        case Poisson():
            rate = float(arrivals.rate) * run.scale
            return rate * _weights(arrivals.profile, run, len(hours) - 1)
        case Bursts():
            return np.full(len(hours) - 1, float(arrivals.rate) * run.scale)
        case Every():
            rate = run.scale * SECOND / arrivals.every
            return rate * np.clip((hours[1:] - arrivals.at) / np.diff(hours), 0, 1)
        case Replay():
            counts, _ = np.histogram(read(arrivals.file).created, hours)
            return counts / np.diff(hours) * SECOND
        case Compromise():
            rate = float(arrivals.rate) * run.scale
            gone = _since_start(arrivals, hours)
            gone -= _since_start(arrivals, np.maximum(hours - arrivals.lasts, 0))
            return rate * np.diff(gone) / np.diff(hours)
        case Campaign():
            return np.zeros(len(hours) - 1)


def _since_start(arrivals: Compromise, hours: Floats) -> Floats:
    """How long ago the break-in is at each time, 0 before it; the mean where its time is drawn."""
    if arrivals.per_year is None:
        return np.maximum(hours - (arrivals.at or 0), 0.0)
    rate = arrivals.per_year / (365 * DAY)
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
    """A stream's campaign, its messages and their rate a second, both with the run's scale."""
    arrivals = scenario.hosts[host].streams[stream].arrivals
    if not isinstance(arrivals, Campaign):
        return None
    scale = scenario.run.scale
    return arrivals, arrivals.messages * scale, float(arrivals.rate) * scale


def _of_campaigns(arrivals: Campaign, count: float, rate: float, duration: int) -> float:
    """The messages of all campaigns before the end: an arithmetic series, however many there are.

    A campaign that starts early enough has `count` messages; a later one has those that its rate
    gives until the end.
    """
    if arrivals.at >= duration:
        return 0.0
    every = arrivals.every or duration
    starts = -(-(duration - arrivals.at) // every)
    time_left = duration - count / rate * SECOND - arrivals.at
    whole = 0 if time_left < 0 else min(starts, int(time_left // every) + 1)
    cut = starts - whole
    longest = duration - arrivals.at - whole * every
    total = cut * longest - every * cut * (cut - 1) / 2
    return whole * count + rate * total / SECOND


def messages(scenario: Scenario, host: str, stream: str) -> float:
    """How many messages the stream sends in the whole run, on average."""
    run = scenario.run
    found = campaign(scenario, host, stream)
    if found is not None:
        return _of_campaigns(*found, run.duration)
    return float(steady(scenario, host, stream) @ np.diff(edges(run))) / SECOND
