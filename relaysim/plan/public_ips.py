"""The public IPs by which the mail of a hub leaves: one, or a pool, and others by sender domain."""

from collections.abc import Mapping
from math import gcd

from relaysim.scenario.model import Scenario


def public_ips(scenario: Scenario, hub: str, sender: str | None = None) -> Mapping[str, int]:
    """Return the public IPs by which a hub sends, each with its weight.

    Parameters
    ----------
    scenario : Scenario
        The design.
    hub : str
        The hub.
    sender : str or None
        The domain of the sender, lower case; None for mail of any other one.

    Returns
    -------
    mapping of str to int
        By address, in the order of names; the weights have no common divisor.

    Notes
    -----
    The domain of the sender is compared as a whole, as Postfix does with `@domain` in
    `sender_dependent_default_transport_maps` (postconf(5)).
    """
    model = scenario.hubs[hub]
    name = model.egress_by_sender_domain.get(sender or "", model.egress)
    pool = scenario.pools.get(name)
    if pool is None:
        return {name: 1}
    divisor = gcd(*pool.members.values())
    return {address: weight // divisor for address, weight in sorted(pool.members.items())}


def all_public_ips(scenario: Scenario, hub: str) -> tuple[str, ...]:
    """Return all public IPs by which a hub may send, that of most mail first."""
    senders = (None, *scenario.hubs[hub].egress_by_sender_domain)
    return tuple(dict.fromkeys(ip for each in senders for ip in public_ips(scenario, hub, each)))
