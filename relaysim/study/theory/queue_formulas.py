"""A queue and the formula that fits it: M/M/c, M/G/1, and both with priorities."""

from collections.abc import Sequence
from typing import NamedTuple

from relaysim.study.theory.theory_answer import parted
from relaysim.theory.applies import Queue, mg1_applies, mmc_applies
from relaysim.theory.erlang import mmc_wait
from relaysim.theory.priority_queue import PriorityClass, mg1_priority_waits, mmc_priority_waits
from relaysim.theory.single_server import mg1_wait
from relaysim.traffic.service import Service, mixture


class Work(NamedTuple):
    """Work at a queue: the rate (per second) and the service."""

    rate: float
    service: Service


def against(work: Sequence[Work], servers: int, singly: bool = True) -> list[str]:
    """Yield the reasons why no formula gives the waits of Poisson streams of this work."""
    service, rate = mixture(work), sum(part.rate for part in work)
    queue = Queue(
        arrivals="poisson",
        constant_rate=True,
        singly=singly,
        service=service.law,
        cv=service.cv,
        servers=servers,
        queue_limit=None,
        load=rate * service.seconds / servers,
    )
    applies = mg1_applies if servers == 1 else mmc_applies
    reason = applies(queue)
    return parted(reason or "")


def is_exponential(service: Service) -> bool:
    """Return whether the departures of an M/M/c with this service are Poisson."""
    return service.law == "exponential" or (service.law in {"gamma", "weibull"} and service.cv == 1)


def name(work: Sequence[Work], servers: int) -> str:
    """Return the name of the formula: "M/M/4", "M/G/1"."""
    service = mixture(work)
    letter = "M" if is_exponential(service) else "G" if service.cv else "D"
    return f"M/{letter}/{servers}"


def wait(work: Sequence[Work], servers: int) -> float:
    """The mean wait, first come, first served, where nothing is `against` it; seconds."""
    service, rate = mixture(work), sum(part.rate for part in work)
    if servers == 1:
        return mg1_wait(rate, service.seconds, service.cv)
    return mmc_wait(rate, 1 / service.seconds, servers)


def priority_waits(classes: Sequence[Work], servers: int) -> tuple[float, ...]:
    """The mean wait of each class, the most urgent first (Cobham), as `wait`; seconds.

    With several servers all classes have the same service.
    """
    if servers == 1:
        return mg1_priority_waits(
            [PriorityClass(rate, service.seconds, service.cv) for rate, service in classes]
        )
    service = classes[0].service
    return mmc_priority_waits([rate for rate, _ in classes], 1 / service.seconds, servers)
