"""The public IPs that carry mail, and the destinations that they reach."""

from collections.abc import Collection
from itertools import product

import numpy as np
import numpy.typing as npt

from relaysim.plan.plan import TOO_LARGE, Plan, QueuePlan
from relaysim.traffic.workload import Draws


def seen_from(plan: Plan, host: int, domains: Collection[int]) -> set[tuple[int, int]]:
    """Return the public IPs and receivers of the mail of a host for some domains.

    Parameters
    ----------
    plan : Plan
        The plan.
    host : int
        The host that submits the mail.
    domains : collection of int
        The domains of the recipients.

    Returns
    -------
    set of tuple
        Public IP and receiver; behind a smart host only the smart host sees the IP.
    """
    pairs: set[tuple[int, int]] = set()
    numbers = np.fromiter(domains, np.int64, len(domains))
    for hub, connector, _ in plan.hosts[host].submission_targets:
        # No hub has the address of this target, so no mail goes through it.
        if hub < 0:
            continue
        takers = (plan.connectors[connector].proxies_to if connector >= 0 else ()) or (hub,)
        for taker, band in product(takers, range(len(plan.bands) + 1)):
            queues = _last_queues(plan, taker, connector if plan.linked else -1, band, numbers)
            pairs |= {(queue.egress, queue.receiver) for queue in queues}
    return pairs


def busiest_days(plan: Plan, draws: Draws) -> list[dict[int, int]]:
    """Return the most recipients a day that each public IP has at each destination.

    Parameters
    ----------
    plan : Plan
        The plan.
    draws : Draws
        The draws of the replication; mail left out by `Draws.without` counts.

    Returns
    -------
    list of dict
        For each public IP, by receiver, the recipients on the busiest day of the run.
    """
    by_day: dict[tuple[int, int], npt.NDArray[np.int64]] = {}
    for mail in draws.usual:
        host = plan.streams[mail.stream].host
        for pair in seen_from(plan, host, mail.domains):
            # Not `+=`: that would change the array of the draws, which every design reads.
            by_day[pair] = by_day[pair] + mail.by_day if pair in by_day else mail.by_day
    busiest: list[dict[int, int]] = [{} for _ in plan.egress]
    for (egress, receiver), counts in by_day.items():
        busiest[egress][receiver] = int(counts.max(initial=0))
    return busiest


def innocent_mail_a_day(plan: Plan, draws: Draws) -> list[int]:
    """Return the innocent mail that each public IP sends to the outside on a mean day of the run.

    Parameters
    ----------
    plan : Plan
        The plan.
    draws : Draws
        The draws of the replication; mail left out by `Draws.without` counts.

    Returns
    -------
    list of int
        For each public IP the recipients a day, rounded down; 0 for an IP without a history.
    """
    total, days = [0] * len(plan.egress), 1
    for mail in draws.usual:
        stream, days = plan.streams[mail.stream], len(mail.by_day)
        if not stream.culprit:
            for number in {pair[0] for pair in seen_from(plan, stream.host, mail.domains)}:
                total[number] += int(mail.by_day.sum())
    return [
        recipients // days if egress.known else 0
        for egress, recipients in zip(plan.egress, total, strict=True)
    ]


def _last_queues(
    plan: Plan, hub: int, connector: int, band: int, domains: npt.NDArray[np.int64]
) -> list[QueuePlan]:
    """Return the last queues for domains and a size band; no route leads back to an earlier hub."""
    joined = np.frombuffer(plan.routes[hub, connector][band], np.int64)[domains]
    last = []
    for number in np.unique(joined).tolist():
        if number == TOO_LARGE:
            continue
        queue = plan.queues[number]
        # A mailbox or unreachable queue has no egress and no further hub, so it adds nothing.
        # Behind a relay service receivers see the IP of the service.
        if queue.egress >= 0 and queue.relay < 0:
            last.append(queue)
        for to in queue.to_hubs:
            # Behind a smart host no send connector is linked to the receive connector.
            link = -1 if queue.sessions else connector
            last += _last_queues(plan, to, link, band, domains[joined == number])
    return last
