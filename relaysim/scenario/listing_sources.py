"""Whether a listing can happen in a scenario: the one place that decides it."""

from collections.abc import Iterator

from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.blocklist import Blocklist
from relaysim.scenario.model import Scenario
from relaysim.scenario.reference import INTERNAL
from relaysim.scenario.stream import Stream


def listing_possible(scenario: Scenario) -> bool:
    """Return whether a blocklist or a mailbox provider can act against a public IP.

    Parameters
    ----------
    scenario : Scenario
        A relay design and its workload.

    Returns
    -------
    bool
        True if an event lists an IP, if a blocklist operator can have evidence for its trigger or
        lists foreign neighbours, or if some mail goes to a provider that keeps reputations.

    Notes
    -----
    The answer is about what can happen, however unlikely it is: with a listing the replications
    come in two kinds, and Student's interval for the mean of latency quantiles or of listed hours
    misses the true mean far more often than one time in twenty. A provider that keeps reputations
    counts volume as well as signals, so it can act on any mail.
    """
    if any(event.listing is not None for event in scenario.events):
        return True
    if any(_can_act(operator, scenario) for operator in scenario.blocklists.values()):
        return True
    reached = {name for stream in _streams(scenario) for name, share in stream.to.items() if share}
    return any(
        name in reached and destination.reputation is not None
        for name, destination in scenario.destinations.items()
    )


def _can_act(operator: Blocklist, scenario: Scenario) -> bool:
    """Whether an operator can list an IP: by evidence, or by what its neighbours do."""
    if operator.widening in ("allocation_count", "asn_score") and operator.neighbour_rate:
        return True
    streams = list(_streams(scenario))
    if operator.trigger == "compromise":
        return any(isinstance(stream.arrivals, Compromise) for stream in streams)
    if operator.trigger == "none":
        return False
    outside = [stream for stream in streams if stream.to.get(INTERNAL, 0.0) < 1.0]
    traps = any(_traps(stream) > 0.0 for stream in outside)
    reports = operator.trigger == "scored_ratio" and bool(operator.report_share)
    return (traps and bool(operator.trap_share)) or (
        reports and any(_complaints(stream) > 0.0 for stream in outside)
    )


def _streams(scenario: Scenario) -> Iterator[Stream]:
    for host in scenario.hosts.values():
        yield from host.streams.values()


def _traps(stream: Stream) -> float:
    return stream.trap_rate if stream.mailing_list is None else stream.mailing_list.trap_share


def _complaints(stream: Stream) -> float:
    listing = stream.mailing_list
    return stream.complaint_rate if listing is None else listing.complaint_rate
