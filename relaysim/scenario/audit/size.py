"""Runs that are longer, or larger, than the person who asks may expect."""

from collections.abc import Iterator

from relaysim.scenario.arrivals import Bursts
from relaysim.scenario.audit.finding import Finding, Severity
from relaysim.scenario.audit.rates import messages
from relaysim.scenario.model import Scenario

MOST = 50_000_000
"""Messages of a replication that are still tried: about 40 GB of memory."""

_LARGE = 2_000_000
_BYTES, _A_SECOND = 800, 20_000


def excess(scenario: Scenario) -> str | None:
    """How many messages a replication would have too many, or None if it might be finished.

    A stream in bursts counts as its bursts where those are more than its messages.
    """
    expected = _expected(scenario)
    if expected <= MOST:
        return None
    return f"a replication would have about {expected:,.0f} messages, at most {MOST:,} are tried"


def too_large(scenario: Scenario) -> str | None:
    """Why no machine would finish a replication, and what to do; None if one might."""
    why = excess(scenario)
    return why and f"{scenario.name}: {why}: lower run.duration, run.scale, or a rate"


def run_size(scenario: Scenario) -> Iterator[Finding]:
    """The memory and time of a replication, where they are large."""
    expected = _expected(scenario)
    why = excess(scenario)
    if why is not None:
        way_out = "Lower run.duration, run.scale, or a rate."
        yield Finding(Severity.ERROR, "run", f"{why[0].upper()}{why[1:]}.", way_out)
    elif expected > _LARGE:
        yield Finding(
            Severity.ADVICE,
            "run",
            f"A replication has about {expected:,.0f} messages: it takes about "
            f"{expected * _BYTES / 1e9:.0f} GB of memory and "
            f"{expected / _A_SECOND / 60:.0f} min on one core (measured on one machine).",
            "Lower run.duration or run.scale, or the number of parallel runs (--jobs).",
        )


def _expected(scenario: Scenario) -> float:
    total = 0.0
    for name, host in scenario.hosts.items():
        for short, stream in host.streams.items():
            found = messages(scenario, name, short)
            if isinstance(stream.arrivals, Bursts):
                cycle = stream.arrivals.burst_length * stream.arrivals.burst_factor
                found = max(found, scenario.run.duration / cycle)
            total += found
    return total
