"""The expected size of a replication: messages, recipients, steps, memory and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from relaysim.analysis.message_rates import messages
from relaysim.scenario.arrivals import Bursts, Campaign, Replay
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.campaigns import Campaigns
from relaysim.scenario.culprit import culprits
from relaysim.scenario.distribution import Zipf
from relaysim.scenario.event import Event
from relaysim.scenario.model import Run, Scenario
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream

What = Literal["messages", "recipients", "steps", "domains"]

MOST: Mapping[What, int] = {
    "messages": 50_000_000,
    "recipients": 100_000_000,
    "steps": 1_000_000_000,
    "domains": 10_000_000,
}
"""Limits of a replication: some 40 GB of memory, or a day on one core."""
REMEDY: Mapping[What, str] = {
    "messages": "lower run.duration, run.scale, or a rate",
    "recipients": "lower run.duration, run.scale, a rate, or recipients",
    "steps": "raise the interval, or lower run.duration",
    "domains": "lower domain_count",
}

_BYTES: Mapping[What, float] = {"messages": 850, "recipients": 400, "domains": 500}
"""Memory of a run with its metrics by what is drawn; recipients are those beyond the first of a
message. The bytes a message are those of `benchmarks/throughput.py --growth` for `shared-hub`,
where every message makes 0.7 DSNs; a scenario without reputation needs half of them."""
_TRACE = 270
"""Bytes a message of the trace of a further coupled run, measured on `shared-hub` as above: there a
culprit's mail makes no DSNs."""
_A_SECOND = 20_000
"""Messages, or further recipients, per second on one core, measured on one machine."""
_STEPS_A_SECOND = 300_000
"""Events without mail per second on one core, measured on one machine."""


@dataclass(frozen=True)
class Size:
    """One size of a replication.

    Parameters
    ----------
    what : {"messages", "recipients", "steps", "domains"}
        The unit.
    count : float
        The expected number.
    place : str
        The stream or key with the largest part; "" for none.
    """

    what: What
    count: float
    place: str

    @property
    def excess(self) -> str | None:
        """The sentence about a size above the limit; None within the limit."""
        most = MOST[self.what]
        if self.count <= most:
            return None
        mostly = f", most of them by {self.place}" if self.place else ""
        # Four digits: the last ones of so large a sum differ between processors.
        about = float(f"{self.count:.4g}")
        return (
            f"a replication would have about {about:,.0f} {self.what}{mostly}; "
            f"at most {most:,} are tried"
        )


def sizes(scenario: Scenario) -> tuple[Size, ...]:
    """Return the expected sizes of a replication, without a run.

    Parameters
    ----------
    scenario : Scenario
        The design.

    Returns
    -------
    tuple of Size
        Messages, recipients, steps and domains.

    Notes
    -----
    Expected numbers: a Poisson stream has its mean, with the factors of rate events. The recipients
    of a message count in the mean of their law. Steps are events without mail: bursts,
    campaigns, monitors.
    """
    mail: dict[str, float] = {}
    recipients: dict[str, float] = {}
    steps: dict[str, float] = {}
    for host, table in scenario.hosts.items():
        for short, stream in table.streams.items():
            name = f"{host}.{short}"
            factor = _rate_factor(scenario.events, name, scenario.run)
            mail[name] = messages(scenario, host, short) * (
                # The number of messages of a campaign or a recording is fixed, whatever the rate.
                1.0 if isinstance(stream.arrivals, Campaign | Replay) else factor
            )
            recipients[name] = mail[name] * mean_recipients(stream)
            steps[name] = _own_steps(stream, scenario.run)
    horizon = scenario.run.horizon
    if scenario.operations.monitor_every:
        steps["operations.monitor_every"] = horizon / scenario.operations.monitor_every
    for hub_name, hub in scenario.hubs.items():
        pressure = hub.back_pressure
        watched = pressure.version_bucket_size or pressure.submission_queue_watched
        if watched or pressure.drives():
            place = f"hubs.{hub_name}.back_pressure.resource_monitoring_interval"
            steps[place] = horizon / pressure.resource_monitoring_interval
    domains: dict[str, float] = {
        name: destination.domain_count or 0 for name, destination in scenario.destinations.items()
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


def _rate_factor(events: tuple[Event, ...], stream: str, run: Run) -> float:
    """Return the largest factor of rate events on a stream; overlapping events add up."""
    more = 0.0
    for event in events:
        if event.rate is not None and event.rate.stream == stream and event.rate.factor > 1:
            begin = moment(event.at, run.start)
            length = max(0, min(begin + event.rate.for_, run.duration) - begin)
            more += (event.rate.factor - 1) * length / run.duration
    return 1.0 + more


def _own_steps(stream: Stream, run: Run) -> float:
    """Return the bursts or campaigns of a stream; each is a step, even without a message."""
    match stream.arrivals:
        case Bursts() as bursts:
            # A burst and its gap last burst_length x burst_factor on average; each has a start and
            # an end.
            return 2 * run.duration / (bursts.burst_length * bursts.burst_factor)
        case Campaign() as campaign if campaign.every is not None:
            return len(Campaigns(campaign, run).starts)
    return 0.0


def excess(scenario: Scenario) -> str | None:
    """Return the first sentence about a size above its limit; None if all are within limits."""
    return next((size.excess for size in sizes(scenario) if size.excess), None)


def too_large(scenario: Scenario) -> str | None:
    """Return why a replication is too large, and the remedy; None if it is not."""
    for size in sizes(scenario):
        if size.excess:
            return f"{scenario.name}: {size.excess}: {REMEDY[size.what]}"
    return None


def memory(scenario: Scenario, coupled: bool = False) -> float:
    """Return the memory that a replication needs, bytes.

    Parameters
    ----------
    scenario : Scenario
        The design.
    coupled : bool
        Whether its blast radius is measured: with a culprit it then keeps three traces at a time.
    """
    counts = {size.what: size.count for size in sizes(scenario)}
    more = 2 * _TRACE * counts["messages"] if coupled and culprits(scenario) else 0.0
    return needs(counts)[0] + more


def needs(counts: Mapping[What, float]) -> tuple[float, float]:
    """Return the memory (bytes) and the time (seconds on one core) of a replication."""
    # The cost of the first recipient is in the cost of the message.
    further = max(counts["recipients"] - counts["messages"], 0.0)
    memory = (
        counts["messages"] * _BYTES["messages"]
        + further * _BYTES["recipients"]
        + counts["domains"] * _BYTES["domains"]
    )
    seconds = (counts["messages"] + further) / _A_SECOND + counts["steps"] / _STEPS_A_SECOND
    return memory, seconds
