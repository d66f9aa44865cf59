"""Theory of delivery queues: connections that send one transaction after another."""

from collections import defaultdict
from collections.abc import Iterator

from relaysim.analysis.mail_paths import is_direct, receiver
from relaysim.mail.priority_queuing import Priority, parse_priority
from relaysim.plan.names import QueueKind
from relaysim.scenario.distribution import mean
from relaysim.study.theory import queue_formulas as formulas
from relaysim.study.theory.queue_formulas import Work
from relaysim.study.theory.theory_answer import Answer, Answers
from relaysim.study.theory.theory_network import HELD_BY_CORES, Network
from relaysim.theory.littles import little
from relaysim.theory.offered_work import utilization
from relaysim.traffic.service import mixture

METRICS = ("utilization", "wait_mean", "queue_mean")
UNLIMITED = "connections are unlimited, so nothing waits"


def delivery(network: Network, queue: str) -> Answers:
    """Return the answers of theory for a delivery queue, by metric.

    For the queues of a destination with counted domains the wait is per queue, and the queue length
    is the sum of all queues.

    Parameters
    ----------
    network : Network
        Streams, rates and stages of a design.
    queue : str
        The display name of the queue.

    Returns
    -------
    dict of str to Answer
        Utilization, mean wait and mean queue length.
    """
    if queue not in network.queues:
        return _elsewhere(network, queue)
    against = [
        *network.overloaded,
        *network.against(path.name for path, _, _ in network.queues[queue]),
        *disturbed(network, queue),
        *_held(network, queue),
    ]
    work = network.work(network.parts(queue))
    if not work:  # unlimited connections, or answers at once: nothing waits
        return dict.fromkeys(METRICS, Answer.none(against)) if against else {}
    stage, rate = network.stages[queue], sum(stream.rate for stream in work)
    answers: Answers = {"utilization": Answer.none(against)}
    if not against:
        share = utilization(rate, mixture(work).seconds, stage.servers)
        answers["utilization"] = Answer("utilization law", share)
    waits = wait_by_priority(network, queue)
    any_wait = next(iter(waits.values()))
    if any_wait.reasons:
        return answers | dict.fromkeys(METRICS[1:], any_wait)
    rates = {priority: sum(w.rate for w in part) for priority, part in _classes(network, queue)}
    wait = sum(rates[priority] * waits[priority].theory for priority in rates) / rate
    name = any_wait.formula
    return answers | {
        "wait_mean": Answer(name, wait),
        "queue_mean": Answer(name, stage.alike * little(rate, wait)),
    }


def wait_by_priority(network: Network, queue: str) -> dict[Priority, Answer]:
    """Return the mean wait in a queue with limited connections, by priority."""
    stage, hub = network.stages[queue], network.scenario.hubs[network.place(queue)[1]]
    work = network.work(stage.parts)
    classes = _classes(network, queue)
    if not classes:  # no mail in this run, or answers at once: nothing waits
        return {}
    against = [
        *network.overloaded,
        *network.against(part.stream for part in stage.parts),
        *disturbed(network, queue),
        *_held(network, queue),
        *network.arriving(hub.name, "deliver"),
        *formulas.against(work, stage.servers),
    ]
    if against:
        return {priority: Answer.none(against) for priority, _ in classes}
    name = formulas.name(work, stage.servers)
    if not hub.priority_queuing_enabled or len(classes) == 1:
        wait = formulas.wait(work, stage.servers)
        return {priority: Answer(name, wait) for priority, _ in classes}
    merged = [Work(sum(w.rate for w in part), mixture(part)) for _, part in classes]
    waits = formulas.priority_waits(merged, stage.servers)
    return {
        priority: Answer(f"{name}, {len(classes)} priorities", wait)
        for (priority, _), wait in zip(classes, waits, strict=True)
    }


def _classes(network: Network, queue: str) -> list[tuple[Priority, list[Work]]]:
    """Return the work of each priority, the most urgent first."""
    classes: dict[Priority, list[Work]] = defaultdict(list)
    for part in network.parts(queue):
        classes[parse_priority(network.streams[part.stream].priority)] += network.work([part])
    return sorted((priority, work) for priority, work in classes.items() if work)


def disturbed(network: Network, queue: str) -> Iterator[str]:
    """Yield the reasons why attempts of a queue get other replies than those of its destination."""
    scenario, members = network.scenario, network.queues[queue]
    hub, limit = scenario.hubs[members[0][2].hub], network.connections(members[0][2])
    if not all(is_direct(route, hop) for _, route, hop in members):
        yield "a smart host takes the mail of many domains"
    answering = scenario.destinations.get(receiver(scenario, *members[0][1:]) or "")
    most = None if answering is None else answering.max_connections_per_ip
    if most is not None and (not limit or limit * len(scenario.hubs) > most):
        yield "destinations turn away connections above a limit"
    if _shared(network, hub.name):
        yield "the queues of a hub share its outbound connections"


def _held(network: Network, queue: str) -> Iterator[str]:
    """Yield the reasons why connections are busy longer, or fewer, than in a formula."""
    scenario, members = network.scenario, network.queues[queue]
    hub, limit = scenario.hubs[members[0][2].hub], network.connections(members[0][2])
    if not limit and hub.max_outbound_connections is None:
        yield UNLIMITED
    if network.sends(hub.name):
        yield HELD_BY_CORES
    if any(network.line_of(hop.egress)[1] is not None for _, _, hop in members):
        yield "a connection is held while its mail waits for the line"
    names = {receiver(scenario, route, hop) for _, route, hop in members} - {None}
    if any(mean(scenario.destinations[name].connect_time) for name in names if name):
        yield "some attempts open a connection, and others find one open"
    if hub.priority_queuing_enabled and limit:
        quotas = (
            hub.max_per_domain_high_priority_connections,
            hub.max_per_domain_normal_priority_connections,
            hub.max_per_domain_low_priority_connections,
        )
        if any(quota is not None and quota < limit for quota in quotas):
            yield "each priority has a limited number of connections"


def _shared(network: Network, hub: str) -> bool:
    """Return whether the queues of a hub may need more connections than the hub allows."""
    most = network.plan.hub(hub).outbound_connections
    if not most:
        return False
    needed = 0
    for members in network.queues.values():
        _, route, hop = members[0]
        if hop.hub == hub:
            alike = route.domains.count if is_direct(route, hop) else 1
            needed += alike * (network.connections(hop) or most + 1)
    return needed > most


def _elsewhere(network: Network, queue: str) -> Answers:
    """Return the answers for a queue between hubs; nothing for a queue without mail."""
    if network.place(queue)[0] is QueueKind.TRANSFER:
        reason = "hubs are handed mail in turn, and commit it while the connection is held"
        return dict.fromkeys(METRICS, Answer.none([reason]))
    return {}
