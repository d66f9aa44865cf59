"""The public IPs that carry mail, and the destinations that they reach."""

from collections.abc import Collection
from itertools import product

import numpy as np
import numpy.typing as npt

from relaysim.plan.plan import Plan
from relaysim.plan.queue_plan import TOO_LARGE
from relaysim.traffic.workload import Draws

WHOLE = 1 << 32
"""All messages, as a share of them."""


def seen_from(
    plan: Plan, host: int, domains: Collection[int], stream: int | None = None
) -> dict[tuple[int, int], int]:
    """Return the public IPs and receivers of the mail of a host for some domains.

    Parameters
    ----------
    plan : Plan
        The plan.
    host : int
        The host that submits the mail.
    domains : collection of int
        The domains of the recipients.
    stream : int or None
        The stream, whose sender may decide the public IP; None for all streams of the host.

    Returns
    -------
    dict of tuple to int
        By public IP and receiver the largest share of messages that a hub sends so, as a part of
        `WHOLE`. Behind a smart host only the smart host sees the IP. Messages to mailboxes and to
        others at once, which a front end proxies to the site of the mailboxes, count as others
        (approximation).
    """
    pairs: dict[tuple[int, int], int] = {}
    streams = [each for each in plan.streams if each.host == host]
    senders = {each.from_domain for each in streams if stream in (None, each.number)}
    numbers = np.fromiter(domains, np.int64, len(domains))
    for hub, connector, _ in plan.hosts[host].submission_targets:
        # No hub has the address of this target, so no mail goes through it.
        if hub < 0:
            continue
        takers = (plan.connectors[connector].proxies_to if connector >= 0 else ()) or (hub,)
        for taker, band in product(takers, range(len(plan.bands) + 1)):
            queues = _last_queues(plan, taker, connector if plan.linked else -1, band, numbers)
            for number, sender in product(queues, senders):
                for egress, share in left_by(plan, number, sender).items():
                    pair = egress, plan.queues[number].receiver
                    pairs[pair] = max(share, pairs.get(pair, 0))
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
        for pair, share in seen_from(plan, host, mail.domains, mail.stream).items():
            # Not `+=`: that would change the array of the draws, which every design reads.
            part = mail.by_day * share >> 32
            by_day[pair] = by_day[pair] + part if pair in by_day else part
    busiest: list[dict[int, int]] = [{} for _ in plan.egress]
    for (egress, receiver), counts in by_day.items():
        busiest[egress][receiver] = int(counts.max(initial=0))
    return busiest


def innocent_mail_a_day(plan: Plan, draws: Draws) -> list[int]:
    """Return the innocent mail of each IP and sender domain to the outside on a mean day.

    Parameters
    ----------
    plan : Plan
        The plan.
    draws : Draws
        The draws of the replication; mail left out by `Draws.without` counts.

    Returns
    -------
    list of int
        For each public IP, and then for each registered domain, the recipients a day, rounded
        down; 0 for an IP or a domain without a history.
    """
    known = [egress.known for egress in plan.egress]
    known += [domain.known for domain in plan.registered_domains]
    total, days = [0] * len(known), 1
    for mail in draws.usual:
        stream, days = plan.streams[mail.stream], len(mail.by_day)
        if not stream.culprit:
            seen = seen_from(plan, stream.host, mail.domains, mail.stream)
            shares: dict[int, int] = {}
            for (number, _), share in seen.items():
                shares[number] = max(share, shares.get(number, 0))
            if shares and stream.registered_domain >= 0:
                shares[len(plan.egress) + stream.registered_domain] = WHOLE
            for number, share in shares.items():
                total[number] += int(mail.by_day.sum()) * share >> 32
    return [
        recipients // days if has_history else 0
        for has_history, recipients in zip(known, total, strict=True)
    ]


def left_by(plan: Plan, number: int, sender: int) -> dict[int, int]:
    """Return the public IPs that mail of a queue leaves by, each with its part of `WHOLE`."""
    queue = plan.queues[number]
    if queue.proxies:
        ips = [proxy.egress for proxy in queue.proxies]
        return {ip: WHOLE * ips.count(ip) // len(ips) for ip in ips}
    choices = plan.ip_choices.get((number, sender)) or plan.ip_choices.get((number, -1))
    if not choices:
        return {queue.egress: WHOLE}
    below = [0, *(choice.below for choice in choices)]
    return {
        plan.queues[choice.queue].egress: choice.below - before
        for choice, before in zip(choices, below, strict=False)
    }


def _last_queues(
    plan: Plan, hub: int, connector: int, band: int, domains: npt.NDArray[np.int64]
) -> list[int]:
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
            last.append(number)
        for to in queue.to_hubs:
            # Behind a smart host no send connector is linked to the receive connector.
            link = -1 if queue.sessions else connector
            last += _last_queues(plan, to, link, band, domains[joined == number])
    return last
