"""Whether a formula applies to a queue, and the reasons against it."""

from dataclasses import dataclass

__all__ = ["Queue", "mg1_applies", "mmc_applies"]


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The properties of a queue that decide whether a formula applies."""

    arrivals: str
    """The process by its name in a scenario: poisson, campaign, bursts, every, replay."""
    constant_rate: bool
    """Whether no day profile, campaign or event changes the rate."""
    singly: bool
    """Whether arrivals come one by one; recipients of a message for several domains do not."""
    service: str
    """The distribution by its name in a scenario: constant, exponential, lognormal, gamma ..."""
    cv: float
    """Standard deviation over mean of the service time."""
    servers: int | None
    """Number of servers; None for unlimited."""
    queue_limit: int | None
    """Largest number that may wait; None for unlimited."""
    load: float
    """Utilization: arrival rate x mean service time / servers."""


def mmc_applies(queue: Queue) -> str | None:
    """Return None if M/M/c holds (`erlang.mmc_wait` and others), else all reasons against it.

    Parameters
    ----------
    queue : Queue
        The properties of the queue.

    Returns
    -------
    str or None
        The reasons, joined by semicolons.
    """
    reasons = _common(queue)
    # A gamma or Weibull law with cv 1 is the exponential law; a lognormal one is not.
    exponential = queue.service in {"gamma", "weibull"} and queue.cv == 1
    if queue.service != "exponential" and not exponential:
        reasons.append(f"service is {queue.service} (cv {queue.cv:g}), not exponential")
    return "; ".join(reasons) or None


def mg1_applies(queue: Queue) -> str | None:
    """Return None if M/G/1 holds (`single_server.mg1_wait`), else all reasons against it.

    Parameters
    ----------
    queue : Queue
        The properties of the queue.

    Returns
    -------
    str or None
        The reasons, joined by semicolons.
    """
    reasons = _common(queue)
    if queue.servers is not None and queue.servers != 1:
        reasons.append(f"{queue.servers} servers share the queue, and the formula is for one")
    if not queue.cv < float("inf"):
        reasons.append("service has no finite variance")
    return "; ".join(reasons) or None


def _common(queue: Queue) -> list[str]:
    """Return the reasons against both formulas."""
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
