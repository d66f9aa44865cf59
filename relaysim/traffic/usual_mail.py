"""Usual mail: the recipients of each stream at each destination, day by day.

A mailbox provider judges an IP with a history by the mail that the IP usually sends. Mail of a
compromised host is not usual mail.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import Compromise
from relaysim.scenario.model import Scenario
from relaysim.scenario.table import DAY

__all__ = ["UsualMail", "usual_mail"]

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UsualMail:
    """The recipients of one stream at one destination.

    Parameters
    ----------
    stream : int
        Index into `Draws.streams`.
    domains : tuple of int
        The domains of the destination that the stream writes to: indexes into `Draws.domains`.
    by_day : array of int, shape (days,)
        Recipients created on each day of the run.
    """

    stream: int
    domains: tuple[int, ...]
    by_day: Integers


def usual_mail(
    scenario: Scenario,
    stream: Integers,
    created: Integers,
    domain: Integers,
    destination: tuple[int, ...],
) -> tuple[UsualMail, ...]:
    """Return the usual mail of all streams.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    stream, created, domain : array of int, shape (recipients,)
        Of each recipient: index of its stream, microseconds, and index of its domain.
    destination : tuple of int
        Of each domain: index of its destination.
    """
    names = sorted((host, name) for host, model in scenario.hosts.items() for name in model.streams)
    day = created // DAY
    days = int(day.max(initial=0)) + 1
    to = np.array(destination, np.int64)[domain]
    usual = []
    for number, (host, name) in enumerate(names):
        if isinstance(scenario.hosts[host].streams[name].arrivals, Compromise):
            continue
        of_stream = stream == number
        for place in np.unique(to[of_stream]).tolist():
            at_destination = of_stream & (to == place)
            domains = tuple(np.unique(domain[at_destination]).tolist())
            usual.append(
                UsualMail(number, domains, np.bincount(day[at_destination], minlength=days))
            )
    return tuple(usual)
