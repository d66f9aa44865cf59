"""How long a delayed acknowledgement holds a session, and how many sessions a source has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from relaysim.analysis.client_sources import answers, sessions_at
from relaysim.analysis.mail_paths import DomainRoute, Path, connector_place
from relaysim.analysis.route_end import receiver
from relaysim.analysis.size_tail import above
from relaysim.mail.receive_verdict import source_limit
from relaysim.plan import routing, submission
from relaysim.plan.by_name import PlanByName
from relaysim.plan.hub_plan import ConnectorPlan
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.distribution import Constant, SizeLaw, TimeLaw
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.table import SECOND

_STEPS = 400
"""Points of an integral, evenly spaced on a logarithmic scale."""


def acknowledgement(scenario: Scenario, path: Path, before: float) -> float:
    """Return how long delayed acknowledgement holds the session of a message, mean seconds.

    Parameters
    ----------
    scenario
        The design.
    path
        The stream's path into the hub.
    before
        Seconds of core time from the commit to delivery.

    Returns
    -------
    float
        The time until delivery, at most max_acknowledgement_delay; 0 without the delay. Nothing
        waits in a queue here, so it is the least that a session is held.

    Notes
    -----
    A message with several transactions waits for its slowest; the mean over its recipients, which
    stands here, is less (assumption: lower bound).
    """
    delay = 0 if path.connector is None else path.connector.max_acknowledgement_delay
    if not delay:
        return 0.0
    total = 0.0
    for route in path.routes:
        for hop in route.lasts:
            law = _delivery(scenario, path, route, hop)
            until = _capped(law, delay) if law is not None else 0.0
            # Mail that is not delivered holds the session for the whole delay.
            if hop.kind is routing.HopKind.UNREACHABLE:
                until = delay / SECOND
            total += route.share / len(route.lasts) * min(delay / SECOND, before + until)
    return total


def _delivery(
    scenario: Scenario, path: Path, route: DomainRoute, hop: routing.Hop
) -> TimeLaw | None:
    """Return the law of the response time of a last hop; None where it needs no time."""
    if hop.kind is routing.HopKind.MAILBOX:
        return scenario.mailboxes.delivery_time
    name = receiver(scenario, route, hop) if hop.kind is routing.HopKind.REMOTE else None
    return None if name is None else scenario.answering[name].response_time


@lru_cache(maxsize=256)  # the same few laws for every path
def _capped(law: TimeLaw, most: int) -> float:
    """Return the mean of min(time, limit), seconds: the integral of the tail."""
    if isinstance(law, Constant):
        return min(law.value, most) / SECOND
    # Response times spread over orders of magnitude, so even steps would miss the short ones.
    edges = np.concatenate(([0.0], np.geomspace(most / 1e6, most, _STEPS)))
    tail: SizeLaw = law  # the same laws, of microseconds
    shares = [1.0, *(above(tail, round(edge)) for edge in edges[1:])]
    return float(np.trapezoid(shares, edges)) / SECOND


@dataclass(frozen=True, slots=True)
class Source:
    """The sessions that a limit allows, with a display text and the key of the limit."""

    name: str
    what: str
    place: str
    sessions: int


def sources(
    scenario: Scenario, plan: PlanByName, path: Path, connector: ReceiveConnector
) -> Iterator[Source]:
    """Return the limits on the sessions of a path: by the host, and by the connector.

    Parameters
    ----------
    scenario
        The design.
    plan
        Its plan, which has the limits.
    path
        The stream's path into the hub.
    connector
        The receive connector that answers.

    Returns
    -------
    iterator of Source
        One for a host that has its address for itself, the narrower limit. Hosts that share an
        address share what a connector allows it, so there it is one more for all of them.
    """
    host, key = scenario.hosts[path.host], dotted(("hosts", path.host, "sessions"))
    limit = plan.host(path.host).sessions
    source = Source(f"{path.host}.sessions", f"sessions of {path.host}", key, limit)
    # The Internet has very many addresses, so no limit of one source applies.
    if submission.has_many_sources(scenario, host, path.target):
        yield source
        return
    allowed = allowed_sessions(plan.connector(path.hub, connector.name))
    place = f"{connector_place(path.hub, connector.name)}.max_inbound_connection_per_source"
    address = submission.source(scenario, host, path.target)
    sharing = {
        name
        for name, target in sessions_at(scenario, path.hub, connector)
        if submission.source(scenario, scenario.hosts[name], target) == address
        and not submission.has_many_sources(scenario, scenario.hosts[name], target)
    }
    # Several hosts with one address share the connector's limit, so it is a stage of its own.
    if len(sharing) > 1:
        yield source
        yield Source(
            f"{path.hub}/{connector.name} from {address}",
            f"sessions that {connector.name} of {path.hub} allows {address}",
            place,
            allowed or 0,
        )
        return
    # Each connector counts the source separately.
    targets = sum(answer is not None for answer in answers(scenario, host))
    most = None if allowed is None else allowed * targets
    if most is not None and (not limit or most < limit):
        yield Source(source.name, source.what, place, most)
    else:
        yield source


def allowed_sessions(connector: ReceiveConnector | ConnectorPlan) -> int | None:
    """Return the number of sessions that the connector allows one source; None for no limit."""
    return source_limit(
        connector.max_inbound_connection_per_source,
        connector.max_inbound_connection_percentage_per_source,
        connector.max_inbound_connection,
        # The limit of an idle connector, which is the largest one.
        0,
    )
