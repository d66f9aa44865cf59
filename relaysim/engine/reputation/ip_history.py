"""The evidence of a blocklist operator against an IP, and the listings of the IP."""

from collections import deque


class IpHistory:
    """The record of an operator about an IP.

    Attributes
    ----------
    ip : int
        The IP, see `listings.PARTIES`.
    hits, reports : deque of int
        Times of spam trap hits and of complaints within the window, microseconds.
    listings, requests : deque of int
        Times of listings and of requests for removal within the memory of the operator.
    listed : bool
        The IP is on the blocklist (published at the next build).
    removed : bool
        The IP was removed on request: the next hit lists it again.
    asked : bool
        A request for removal is pending.
    watched : bool
        The next look of a human operator at the IP, or its listing, is scheduled.
    last : int
        Time of the last hit, report or message of a compromised host, microseconds.
    period : int
        Number of listings that are over. An event that was scheduled in another period is void.
    listings_in_memory : int
        Number of listings within memory at the last listing, included.
    looked : int
        Hits x microseconds that a human operator has seen.
    limit : int
        Value of `looked` at which a human operator lists the IP; -1: not drawn yet.
    """

    __slots__ = (
        "asked",
        "hits",
        "ip",
        "last",
        "limit",
        "listed",
        "listings",
        "listings_in_memory",
        "looked",
        "period",
        "removed",
        "reports",
        "requests",
        "watched",
    )

    def __init__(self, ip: int) -> None:
        self.ip = ip
        self.hits: deque[int] = deque()
        self.reports: deque[int] = deque()
        self.listings: deque[int] = deque()
        self.requests: deque[int] = deque()
        self.listed = self.removed = self.watched = self.asked = False
        self.last = self.period = self.listings_in_memory = self.looked = 0
        self.limit = -1
