"""Widening: how many listed addresses make an operator list all of their network.

An impact is what UCEPROTECT counts: for an allocation an address that its level 1 has, for an ASN a
hit within 7 days (that each hit is one is an assumption: the policy says "impacts" only).
"""


def allocation_threshold(prefix_length: int) -> int:
    """How many impacts list a whole IPv4 allocation of this prefix length, 8 to 32.

    1 in a /26 and smaller, 2 in a /25, more than 4 in a /24, 9 in a /23 and 14 in a /22. For each
    larger one it is the two before it and 1 together: more than 24 in a /21, 39 in a /20 (the
    policy of UCEPROTECT level 2; that a /26 is as a smaller one is an assumption).
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
    """Impacts for each 100,000 addresses of an ASN, in thousandths, rounded down.

    The SPAMSCORE of UCEPROTECT's level 3 policy.
    """
    return 1000 * 100_000 * impacts // addresses


def asn_is_listed(impacts: int, addresses: int) -> bool:
    """Whether all of an ASN is listed: a score of 50 or more, and 50 impacts or more.

    UCEPROTECT, level 3 policy. Exact.
    """
    return impacts >= 50 and 100_000 * impacts >= 50 * addresses
