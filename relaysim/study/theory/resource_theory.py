"""Theory of each resource: cores, queue database, mailbox deliveries and lines."""

from collections.abc import Iterable, Sequence

from relaysim.analysis.offered_load import Part
from relaysim.plan.names import QueueKind, StationKind
from relaysim.scenario.table import SECOND
from relaysim.study.theory import queue_formulas as formulas
from relaysim.study.theory.delivery_theory import METRICS, UNLIMITED, delivery
from relaysim.study.theory.queue_formulas import Work
from relaysim.study.theory.session_theory import connections, submission
from relaysim.study.theory.theory_answer import Answer, Answers
from relaysim.study.theory.theory_network import HELD_BY_CORES, Network, batch_size
from relaysim.theory.batch_queue import batch_members, batch_wait
from relaysim.theory.littles import little
from relaysim.theory.offered_work import utilization
from relaysim.traffic.service import Service, mixture

WAITS = METRICS[1:]


def answers(network: Network, resource: str) -> Answers:
    """Return the answers for a resource, by metric; nothing for a resource without mail."""
    kind, hub, title = network.place(resource)
    match kind:
        case QueueKind.REMOTE | QueueKind.TRANSFER:
            return delivery(network, resource)
        case StationKind.LINE:
            return _line(network, resource)
        case StationKind.CONNECTOR:
            return {"utilization": connections(network, hub, title)}
        case StationKind.CORES:
            return _cores(network, hub)
        case QueueKind.SUBMISSION:
            result = _cores(network, hub)
            return {metric: result[metric] for metric in WAITS if metric in result}
        case StationKind.COMMIT:
            return _commit(network, hub)
        case QueueKind.MAILBOX:
            return _mailbox(network, hub)
        case StationKind.MAILBOX_SUBMISSION:
            return {"utilization": submission(network, hub)}
    return {}


def _queue(
    network: Network,
    parts: Sequence[Part],
    servers: int,
    busy: Iterable[str],
    waits: Iterable[str],
    singly: bool = True,
) -> Answers:
    """A queue, first come, first served.

    `busy` is against all formulas, `waits` against those of waits alone.
    """
    work = network.work(parts)
    if not work:
        return {}
    busy = [*network.overloaded, *network.against(part.stream for part in parts), *busy]
    waits = [*busy, *waits, *formulas.against(work, servers, singly)]
    service, rate = mixture(work), sum(part.rate for part in work)
    result: Answers = {"utilization": Answer.none(busy)}
    if not busy:
        share = utilization(rate, service.seconds, servers)
        result["utilization"] = Answer("utilization law", share)
    if waits:
        return result | dict.fromkeys(WAITS, Answer.none(waits))
    name, wait = formulas.name(work, servers), formulas.wait(work, servers)
    return result | {
        "wait_mean": Answer(name, wait),
        "queue_mean": Answer(name, little(rate, wait)),
    }


def _cores(network: Network, hub: str) -> Answers:
    """Cores that do one kind of work are a queue; else a message comes back to them."""
    kinds = network.cores(hub)
    parts = [part for work in kinds.values() for part in work]
    singly, waits = True, list[str]()
    for kind in kinds:
        match kind:
            case "receive" | "categorize":
                waits += network.arriving(hub, kind)
            case _:
                waits += network.sending(hub)
                singly = _singly(network, parts)
    if len(kinds) > 1:
        waits = [*network.leaving(hub), *waits]
    return _queue(network, parts, network.plan.cores(hub).servers, (), waits, singly)


def _singly(network: Network, parts: Sequence[Part]) -> bool:
    """Whether no two recipients of a message come at the same moment, for several next hops."""
    return all(
        network.streams[part.stream].recipients == 1 or network.next_hops(part.stream) == 1
        for part in parts
    )


def _commit(network: Network, hub: str) -> Answers:
    """A batch closes by its size or its age, and is written when the one before has been."""
    settings = network.scenario.hubs[hub]
    size, write = batch_size(settings), settings.commit_write / SECOND
    parts = [part for part in network.parts(network.cores_of(hub)) if part.work == "categorize"]
    rate = sum(network.rates[part.stream] * part.visits for part in parts)
    if not rate or (size == 1 and not write):
        return {}
    timeout = settings.queue_database_batch_timeout / SECOND
    share = rate * write / (batch_members(rate, size, timeout) if size > 1 else 1)
    against = [
        *network.overloaded,
        *network.against(part.stream for part in parts),
        *network.arriving(hub, "commit"),
    ]
    if share >= 1:
        against.append("the queue database is asked for more than it can write")
    result: Answers = {}
    if write:
        result["utilization"] = (
            Answer.none(against) if against else Answer("utilization law", share)
        )
    if size > 1 and write:
        against.append("batches wait for the one before to be written")
    if against:
        return result | dict.fromkeys(WAITS, Answer.none(against))
    if size > 1:
        name, wait = "batches", batch_wait(rate, size, timeout)
    else:
        work = [Work(rate, Service(write, 0.0, "constant"))]
        name, wait = formulas.name(work, 1), formulas.wait(work, 1)
    return result | {
        "wait_mean": Answer(name, wait),
        "queue_mean": Answer(name, little(rate, wait)),
    }


def _mailbox(network: Network, hub: str) -> Answers:
    queue = network.plan.queue(QueueKind.MAILBOX, hub)
    parts, servers = network.parts(queue.name), queue.connections
    if not servers:
        return dict.fromkeys(METRICS, Answer.none([UNLIMITED]))
    busy = [HELD_BY_CORES] * network.sends(hub)
    return _queue(network, parts, servers, busy, network.arriving(hub, "deliver"))


def _line(network: Network, line: str) -> Answers:
    """A line, where nothing but itself holds the mail up that comes to it."""
    parts = network.parts(line)
    waits = list[str]()
    for hub in sorted(network.hubs_of_line(line)):
        waits += network.sending(hub)
        if network.sends(hub):
            waits += network.leaving(hub)
    return _queue(network, parts, 1, (), waits, _singly(network, parts))
