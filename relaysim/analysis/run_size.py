"""Runs that are longer, or larger, than a machine or the person who asks may expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from relaysim.analysis.message_rates import messages
from relaysim.scenario.arrivals import Bursts, Campaign, Replay
from relaysim.scenario.distribution import Zipf
from relaysim.scenario.event import Event
from relaysim.scenario.model import Scenario
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream

What = Literal["messages", "recipients", "steps", "domains"]

MOST: Mapping[What, int] = {
    "messages": 50_000_000,
    "recipients": 100_000_000,
    "steps": 1_000_000_000,
    "domains": 10_000_000,
}
"""What a replication may have at most: some 40 GB of memory, or a day on one core."""
REMEDY: Mapping[What, str] = {
    "messages": "lower run.duration, run.scale, or a rate",
    "recipients": "lower run.duration, run.scale, a rate, or recipients",
    "steps": "raise the interval, or lower run.duration",
    "domains": "lower domain_count",
}

_BYTES: Mapping[What, float] = {"messages": 800, "recipients": 400, "domains": 500}
"""Memory of each, measured on one machine; of recipients those beyond the first of a message."""
_A_SECOND = 20_000
"""Messages, or further recipients, of a second on one core, measured on one machine."""
_STEPS_A_SECOND = 300_000
"""Events without mail of a second on one core, measured on one machine."""


@dataclass(frozen=True)
class Size:
    """What a replication has: how much of it in all, and where most of it comes from."""

    what: What
    count: float
    place: str

    @property
    def excess(self) -> str | None:
        """What is too much, with the figure; None if it can be tried."""
        most = MOST[self.what]
        if self.count <= most:
            return None
        mostly = f", most of them by {self.place}" if self.place else ""
        return (
            f"a replication would have about {self.count:,.0f} {self.what}{mostly}; "
            f"at most {most:,} are tried"
        )


def sizes(scenario: Scenario) -> tuple[Size, ...]:
    """Return what a replication of a scenario would have, before any of it is made.

    Notes
    -----
    Expected numbers: a Poisson stream has its mean, with the factors of rate events. The recipients
    of a message count in the mean of their law. Steps are those of clocks that go on without mail:
    bursts, campaigns, monitors.
    """
    mail: dict[str, float] = {}
    recipients: dict[str, float] = {}
    steps: dict[str, float] = {}
    for host, table in scenario.hosts.items():
        for short, stream in table.streams.items():
            name = f"{host}.{short}"
            factor = _rate_factor(scenario.events, name, scenario.run.duration)
            mail[name] = messages(scenario, host, short) * (
                1.0 if isinstance(stream.arrivals, Campaign | Replay) else factor
            )
            recipients[name] = mail[name] * mean_recipients(stream)
            steps[name] = _own_steps(stream, scenario.run.duration)
    horizon = scenario.run.horizon
    if scenario.operations.monitor_every:
        steps["operations.monitor_every"] = horizon / scenario.operations.monitor_every
    for hub_name, hub in scenario.hubs.items():
        pressure = hub.back_pressure
        if pressure.version_bucket_size or pressure.drives():
            place = f"hubs.{hub_name}.back_pressure.resource_monitoring_interval"
            steps[place] = horizon / pressure.resource_monitoring_interval
    domains: dict[str, float] = {
        name: each.domain_count or 0 for name, each in scenario.destinations.items()
    }
    return (
        _sum("messages", mail),
        _sum("recipients", recipients),
        _sum("steps", steps),
        _sum("domains", domains),
    )


def _sum(what: What, parts: Mapping[str, float]) -> Size:
    place = max(parts, key=lambda name: parts[name]) if parts else ""
    return Size(what, sum(parts.values()), place)


def mean_recipients(stream: Stream) -> float:
    """Return the mean number of recipients of a stream's messages."""
    if isinstance(stream.arrivals, Replay):
        recorded = read(stream.arrivals.file).recipients
        if recorded is not None:
            return float(recorded.mean())
    law = stream.recipients
    if not isinstance(law, Zipf):
        return float(law)
    k = np.arange(1.0, law.max + 1.0)
    weights = k**-law.s
    return float(k @ weights / weights.sum())


def _rate_factor(events: tuple[Event, ...], stream: str, duration: int) -> float:
    """The factor of a stream's messages by rate events, at most: where they overlap, the sum."""
    more = 0.0
    for event in events:
        if event.rate is not None and event.rate.stream == stream and event.rate.factor > 1:
            length = max(0, min(event.at + event.rate.for_, duration) - event.at)
            more += (event.rate.factor - 1) * length / duration
    return 1.0 + more


def _own_steps(stream: Stream, duration: int) -> float:
    """Bursts or campaigns of a stream, each of which is a step though it may have no message."""
    match stream.arrivals:
        case Bursts() as bursts:
            return 2 * duration / (bursts.burst_length * bursts.burst_factor)
        case Campaign() as campaign if campaign.every is not None:
            return duration / campaign.every
    return 0.0


def excess(scenario: Scenario) -> str | None:
    """Return what a replication would have too much of, with the figure; None if it may be run."""
    return next((each.excess for each in sizes(scenario) if each.excess), None)


def too_large(scenario: Scenario) -> str | None:
    """Return why no machine would finish a replication, and what to do; None if one might."""
    for each in sizes(scenario):
        if each.excess:
            return f"{scenario.name}: {each.excess}: {REMEDY[each.what]}"
    return None


def needs(counts: Mapping[What, float]) -> tuple[float, float]:
    """Memory in bytes and time in seconds of a replication."""
    further = max(counts["recipients"] - counts["messages"], 0.0)
    memory = (
        counts["messages"] * _BYTES["messages"]
        + further * _BYTES["recipients"]
        + counts["domains"] * _BYTES["domains"]
    )
    seconds = (counts["messages"] + further) / _A_SECOND + counts["steps"] / _STEPS_A_SECOND
    return memory, seconds
