"""Whether a formula applies to a queue, and in plain words why not."""

from dataclasses import dataclass

__all__ = ["Queue", "mg1_applies", "mmc_applies"]


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What the formulas have to know of a queue: how work comes, and who serves it how."""

    arrivals: str
    """The process by its name in a scenario: poisson, campaign, bursts, every, replay."""
    constant_rate: bool
    """No profile of the day, no campaign, no event changes the rate."""
    singly: bool
    """No two arrive together, as the recipients of a message for several domains do."""
    service: str
    """The distribution by its name in a scenario: constant, exponential, lognormal, gamma ..."""
    cv: float
    """Standard deviation over mean of the service time."""
    servers: int | None
    """None for unlimited, where nothing ever waits."""
    queue_limit: int | None
    """How many may wait; None for unlimited."""
    load: float
    """Arrival rate times mean service over servers."""


def mmc_applies(queue: Queue) -> str | None:
    """None if M/M/c holds (`erlang.mmc_wait` and its relatives), else all reasons against it."""
    reasons = _common(queue)
    # A gamma or Weibull law with cv 1 is the exponential law; a lognormal one is not.
    exponential = queue.service in {"gamma", "weibull"} and queue.cv == 1
    if queue.service != "exponential" and not exponential:
        reasons.append(f"service is {queue.service} (cv {queue.cv:g}), not exponential")
    return "; ".join(reasons) or None


def mg1_applies(queue: Queue) -> str | None:
    """None if M/G/1 holds (`single.mg1_wait` and its relatives), else all reasons against it."""
    reasons = _common(queue)
    if queue.servers is not None and queue.servers != 1:
        reasons.append(f"{queue.servers} servers share the queue, and the formula is for one")
    if not queue.cv < float("inf"):
        reasons.append("service has no finite variance")
    return "; ".join(reasons) or None


def _common(queue: Queue) -> list[str]:
    """What both formulas ask: Poisson arrivals one by one, room for all, and time to serve them."""
    reasons = []
    if queue.arrivals != "poisson":
        reasons.append(f"arrivals are {queue.arrivals}, not Poisson")
    elif not queue.constant_rate:
        reasons.append("the arrival rate changes with time")
    if not queue.singly:
        reasons.append("several arrive at the same moment")
    if queue.servers is None:
        reasons.append("servers are unlimited, so nothing waits")
    if queue.queue_limit is not None:
        reasons.append(f"at most {queue.queue_limit} may wait, and the rest is turned away")
    if not queue.load < 1:
        reasons.append(f"load {queue.load:g} is not below 1: the queue does not settle")
    return reasons
