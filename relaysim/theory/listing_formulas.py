"""Blocklists in closed form: how likely a listing is, how long it lasts, and what it costs.

Rates are per unit of time, times in that unit, shares between 0 and 1. They hold for one list and
one IP under the conditions of each function, and are there to test the simulator against.
"""

import math

from scipy.special import bdtrc, pdtrc

from relaysim.theory.checks import at_least_zero, from_one, positive, share

__all__ = [
    "count_listing",
    "poisson_listed_share",
    "poisson_mean_listing",
    "refused",
    "sticky_share",
    "warm_up_total",
]


def count_listing(
    addresses: int,
    trap_share: float,
    owner_share: float,
    threshold: int,
    *,
    exact: bool = False,
) -> float:
    """Chance that one campaign to distinct addresses makes a list that counts hits list the IP.

    Each address is a spam trap with chance `trap_share`, and a trap reports to this list with
    chance `owner_share`; `threshold` hits list. The number of hits is binomial (`exact`), and as
    traps are rare nearly Poisson with mean addresses x trap_share x owner_share. It holds if the
    campaign is shorter than the list's window and nothing stops it. ValueError for shares outside
    [0, 1], or fewer addresses or a lower threshold than one.
    """
    from_one("addresses", addresses)
    share("trap share", trap_share)
    share("owner share", owner_share)
    from_one("threshold", threshold)
    hit = trap_share * owner_share
    if not exact:
        return float(pdtrc(threshold - 1, addresses * hit))
    return float(bdtrc(threshold - 1, addresses, hit)) if threshold <= addresses else 0.0


def poisson_listed_share(rate: float, lifetime: float) -> float:
    """Long-run share of time on a list that one hit suffices for: 1 - exp(-rate x lifetime).

    Hits are Poisson with this rate and a listing ends `lifetime` after the last: the IP is listed
    at a moment if there was a hit in the lifetime before it. This is the share of time that M/D/oo
    is busy. ValueError for negative numbers.
    """
    at_least_zero("rate", rate)
    at_least_zero("lifetime", lifetime)
    return -math.expm1(-rate * lifetime)


def poisson_mean_listing(rate: float, lifetime: float) -> float:
    """Mean length of a listing under the same conditions: (exp(rate x lifetime) - 1) / rate.

    The mean busy period of M/D/oo: listings start at rate x exp(-rate x lifetime), and start rate
    times mean length is the share of time above. Without further hits it is the lifetime, and
    beyond what a float can hold it is infinite. ValueError for negative numbers.
    """
    at_least_zero("rate", rate)
    at_least_zero("lifetime", lifetime)
    try:
        return math.expm1(rate * lifetime) / rate if rate else lifetime
    except OverflowError:
        return math.inf


def sticky_share(lifetime: float, period: float) -> float:
    """Share of time on a list whose traps a regular campaign hits each time: at most all of it.

    The traps of a mailing list are the same in each campaign. If they are enough to list, each
    campaign does, and the listing ends `lifetime` after it: lifetime / period, 1 if the next comes
    first. A campaign is taken to be short. ValueError for a negative lifetime or no period.
    """
    at_least_zero("lifetime", lifetime)
    positive("period", period)
    return min(1.0, lifetime / period)


def refused(rate: float, reach: float, duration: float) -> float:
    """Mean number of messages that a listing makes receivers refuse: rate x reach x duration.

    `reach` is the chance that a message goes to a domain that refuses on the list. It holds for
    any arrivals of this mean rate, if each message is tried once while the listing is on.
    ValueError for negative numbers or a reach above 1.
    """
    at_least_zero("rate", rate)
    share("reach", reach)
    at_least_zero("duration", duration)
    return rate * reach * duration


def warm_up_total(per_hour: float, growth: float, days: int) -> float:
    """What a new IP can send to a provider in so many days of warming up: a geometric sum.

    On day d, from 0, it may send per_hour x growth^d messages an hour around the clock (the form of
    SendGrid's schedule for automated warm-up). ValueError for a negative rate, a growth of 0, or
    fewer days than one.
    """
    at_least_zero("per hour", per_hour)
    positive("growth", growth)
    from_one("days", days)
    hours = 24 * per_hour
    return hours * days if growth == 1 else hours * (growth**days - 1) / (growth - 1)
