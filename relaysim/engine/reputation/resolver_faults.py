"""Resolver faults: domains whose DNSBL queries say of every IP that it is listed."""

import numpy as np
import numpy.typing as npt

from relaysim.plan.plan import Plan
from relaysim.traffic.draw import Decision, draw_array, name_keys
from relaysim.traffic.workload import Draws


def resolvers(plan: Plan, draws: Draws) -> npt.NDArray[np.int64]:
    """Return a number below 2**32 for each domain: those below the share of a fault have it."""
    keys = name_keys(draws.seed, draws.replication, "domain", plan.domains)
    bits: npt.NDArray[np.uint64] = draw_array(keys, Decision.RESOLVER)
    return (bits >> np.uint64(32)).astype(np.int64)


class ResolverFaults:
    """The faults that last now.

    Attributes
    ----------
    resolver : list of int
        For each domain its draw; empty where the script has no fault.
    shares : list of int
        For each destination the share of its domains with a fault, a threshold.

    Notes
    -----
    A blocklist answers a query that it does not take, of an open resolver, above a quota or with a
    typing error in the zone, with 127.255.255.254, .255 or .252 (Spamhaus, help for users of the
    public mirrors). A server that takes every answer for a listing then refuses all mail, as a
    gateway did on 2026-09-12. How often that happens is not measured.
    """

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan = plan
        scripted = any(event.what == "resolver_fault" for event in plan.script)
        self.resolver = resolvers(plan, draws).tolist() if scripted else []
        self.shares = [0] * len(plan.receivers)
        self._active: list[tuple[int, int]] = []

    def begin(self, receiver: int, share: int) -> None:
        """Begin a fault; of several at a destination the largest share counts."""
        self._active.append((receiver, share))
        self._update(receiver)

    def end(self, receiver: int, share: int) -> None:
        """End a fault."""
        self._active.remove((receiver, share))
        self._update(receiver)

    def _update(self, receiver: int) -> None:
        shares = (share for at, share in self._active if at == receiver)
        self.shares[receiver] = max(shares, default=0)

    def has(self, domain: int) -> bool:
        """Return whether a domain has a fault now."""
        share = self.shares[self.plan.receiver_of[domain]]
        return share > 0 and self.resolver[domain] < share
