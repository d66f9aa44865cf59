"""Blocklists in closed form: probability, length and cost of a listing.

Rates are per unit of time, times in that unit, shares between 0 and 1. The formulas hold for one
blocklist and one IP under the conditions of each function. Tests compare the simulator with them.
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
    """Return the probability that one campaign gets the IP on a list that counts trap hits.

    Parameters
    ----------
    addresses : int
        Distinct addresses of the campaign, from 1.
    trap_share : float
        Share of addresses that are spam traps.
    owner_share : float
        Share of the traps that report to this list.
    threshold : int
        Hits that list the IP, from 1.
    exact : bool
        Binomial number of hits instead of Poisson.

    Returns
    -------
    float
        Probability.

    Raises
    ------
    ValueError
        For arguments outside these ranges.

    Notes
    -----
    The number of hits is binomial and, as traps are rare, nearly Poisson with mean addresses x
    trap_share x owner_share. It holds if the campaign is shorter than the window of the list and
    nothing stops the campaign.
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
    """Return the listed share of time if one hit lists: 1 - exp(-rate x lifetime).

    Parameters
    ----------
    rate : float
        Hits per unit of time.
    lifetime : float
        Time from the last hit to the end of the listing.

    Returns
    -------
    float
        Long-run share of time.

    Raises
    ------
    ValueError
        For negative numbers.

    Notes
    -----
    Hits are Poisson. The IP is listed at a time if there was a hit in the lifetime before. This is
    the share of time that M/D/oo is busy.
    """
    at_least_zero("rate", rate)
    at_least_zero("lifetime", lifetime)
    return -math.expm1(-rate * lifetime)


def poisson_mean_listing(rate: float, lifetime: float) -> float:
    """Return the mean length of a listing if one hit lists: (exp(rate x lifetime) - 1) / rate.

    Parameters
    ----------
    rate : float
        Hits per unit of time.
    lifetime : float
        Time from the last hit to the end of the listing.

    Returns
    -------
    float
        Mean length; the lifetime for rate 0, and infinite beyond the range of a float.

    Raises
    ------
    ValueError
        For negative numbers.

    Notes
    -----
    The mean busy period of M/D/oo: listings start at rate x exp(-rate x lifetime), and start rate x
    mean length is `poisson_listed_share`.
    """
    at_least_zero("rate", rate)
    at_least_zero("lifetime", lifetime)
    try:
        return math.expm1(rate * lifetime) / rate if rate else lifetime
    except OverflowError:
        return math.inf


def sticky_share(lifetime: float, period: float) -> float:
    """Return the listed share of time if each campaign lists: lifetime / period, at most 1.

    Parameters
    ----------
    lifetime : float
        Time from a campaign to the end of the listing.
    period : float
        Time between campaigns, above 0.

    Returns
    -------
    float
        Share of time.

    Raises
    ------
    ValueError
        For a negative lifetime, or a period that is not above 0.

    Notes
    -----
    The traps of a mailing list are the same in each campaign. The campaign is short compared with
    the lifetime.
    """
    at_least_zero("lifetime", lifetime)
    positive("period", period)
    return min(1.0, lifetime / period)


def refused(rate: float, reach: float, duration: float) -> float:
    """Return the mean number of messages refused during a listing: rate x reach x duration.

    Parameters
    ----------
    rate : float
        Messages per unit of time.
    reach : float
        Share of messages to domains that refuse listed IPs.
    duration : float
        Length of the listing.

    Returns
    -------
    float
        Messages.

    Raises
    ------
    ValueError
        For negative numbers, or a reach above 1.

    Notes
    -----
    It holds for any arrivals with this mean rate, if each message has one attempt in the listing.
    """
    at_least_zero("rate", rate)
    share("reach", reach)
    at_least_zero("duration", duration)
    return rate * reach * duration


def warm_up_total(per_hour: float, growth: float, days: int) -> float:
    """Return the messages that a new IP can send to a provider while it warms up.

    Parameters
    ----------
    per_hour : float
        Messages an hour on the first day.
    growth : float
        Factor from one day to the next, above 0.
    days : int
        Days, from 1.

    Returns
    -------
    float
        Messages, a geometric sum.

    Raises
    ------
    ValueError
        For arguments outside these ranges.

    Notes
    -----
    On day d, from 0, the limit is per_hour x growth^d messages an hour, day and night (the form of
    SendGrid's schedule for automated warm-up).
    """
    at_least_zero("per hour", per_hour)
    positive("growth", growth)
    from_one("days", days)
    hours = 24 * per_hour
    return hours * days if growth == 1 else hours * (growth**days - 1) / (growth - 1)
