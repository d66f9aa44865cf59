"""Escalation: the number of listed addresses from which a whole network is listed.

An impact is what UCEPROTECT counts: for an allocation an address that its level 1 has, for an ASN a
hit within 7 days (that each hit is one is an assumption: the policy says "impacts" only).
"""


def allocation_threshold(prefix_length: int) -> int:
    """Return how many listed addresses list a whole IPv4 allocation.

    Parameters
    ----------
    prefix_length : int
        Prefix length of the allocation, 8 to 32.

    Returns
    -------
    int
        1 for a /26 and smaller, 2 for a /25, 5 for a /24, 10 for a /23, 15 for a /22. Each larger
        allocation has the sum of the two before it: 25 for a /21, 40 for a /20.

    Notes
    -----
    The policy of UCEPROTECT level 2, which says "more than 4", "more than 9" and so on. That a /26
    counts as a smaller allocation is an assumption.
    """
    if prefix_length >= 26:
        return 1
    if prefix_length == 25:
        return 2
    # In numbers that list, "more than a" and "more than b" give a + 1 and b + 1, so the 1 is in.
    threshold, larger = 5, 10
    for _ in range(24 - prefix_length):
        threshold, larger = larger, threshold + larger
    return threshold


def asn_score(impacts: int, addresses: int) -> int:
    """Return the impacts per 100,000 addresses of an ASN, in thousandths, rounded down.

    This is the SPAMSCORE of the policy of UCEPROTECT level 3.
    """
    return 1000 * 100_000 * impacts // addresses


def asn_is_listed(impacts: int, addresses: int) -> bool:
    """Return whether a whole ASN is listed: from a score of 50 and from 50 impacts.

    Policy of UCEPROTECT level 3. Integers, so without rounding.
    """
    return impacts >= 50 and 100_000 * impacts >= 50 * addresses
