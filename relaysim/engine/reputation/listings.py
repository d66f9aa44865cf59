"""Listings: the IPs and domains on each blocklist, as published, and the answers in caches."""

from collections.abc import Callable, Collection

from relaysim.engine.kernel import EGRESS, STATE, EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.plan.stream_plan import StreamPlan
from relaysim.trace.record import Listings as ListingTable
from relaysim.trace.record import column_names
from relaysim.trace.tables import Cause
from relaysim.traffic.workload import Draws

PARTIES = 3
"""In this package an IP is a number: index in `plan.egress` x 3 + party. Party 0 is all mail of the
IP. Where the coupling between the two is off, innocents (1) and culprits (2) are separate. The
registered domains of senders follow the IPs in the same numbers: for a list of domains they are
what IPs are for other lists."""
OPERATOR = 1 << 30
"""Added to the number of a blocklist or a provider, which stands in the place of a recipient in the
order of simultaneous events: all signals come first, whatever the rows of their recipients."""
_END, _WIDTH = column_names(ListingTable).index("end"), len(column_names(ListingTable))
IPS, DOMAINS, BOTH = 1, 2, 3
"""What a receiving domain looks up: the public IP, the domain of the sender, or both."""


def domain_number(plan: Plan, stream: StreamPlan) -> int:
    """Return the number of the registered domain of the sender of a stream; -1 for none.

    It is of the kind of `PARTIES`.
    """
    if stream.registered_domain < 0:
        return -1
    return (len(plan.egress) + stream.registered_domain) * PARTIES + stream.listing_party


def named(plan: Plan, index: int) -> tuple[int, int]:
    """Return the columns `egress` and `sender_domain` of what has a number, without its party."""
    ips = len(plan.egress)
    return (index, -1) if index < ips else (-1, index - ips)


class Board:
    """The listings in force, by IP and blocklist; a blocklist may list an IP several times."""

    def __init__(self) -> None:
        self._counts: dict[int, dict[int, int]] = {}

    def of(self, ip: int) -> Collection[int]:
        """Return the blocklists that an IP is on."""
        return self._counts.get(ip, ())

    def change(self, ip: int, blocklist: int, by: int) -> None:
        """Add listings of an IP; a negative number removes them."""
        counts = self._counts.setdefault(ip, {})
        counts[blocklist] = counts.get(blocklist, 0) + by
        if not counts[blocklist]:
            del counts[blocklist]
        if not counts:
            del self._counts[ip]


class Listings:
    """The published listings: at the source, and at the mirrors that some domains query.

    Attributes
    ----------
    direct, mirrored : Board
        The current answers to queries.
    """

    def __init__(
        self,
        loop: EventLoop,
        record: Recorder,
        plan: Plan,
        board: Callable[[], Board] = Board,
    ) -> None:
        self.loop, self.record, self.plan = loop, record, plan
        self.direct, self.mirrored = board(), board()

    def publish(self, ip: int, blocklist: int, cause: Cause) -> int:
        """Publish a listing now; return the handle that `withdraw` takes."""
        flat = self.record.listings.flat
        handle = len(flat)
        index, party = divmod(ip, PARTIES)
        row = *named(self.plan, index), blocklist, self.loop.tick, -1, cause, party
        flat.extend(row)
        self.direct.change(ip, blocklist, 1)
        self._update_mirrors(ip, blocklist, 1)
        return handle

    def withdraw(self, handle: int) -> None:
        """Withdraw a listing now."""
        flat = self.record.listings.flat
        egress, domain, blocklist, _, _, _, party = flat[handle : handle + _WIDTH]
        flat[handle + _END] = self.loop.tick
        index = egress if egress >= 0 else len(self.plan.egress) + domain
        ip = index * PARTIES + party
        self.direct.change(ip, blocklist, -1)
        self._update_mirrors(ip, blocklist, -1)

    def of(self, ip: int) -> tuple[int, ...]:
        """Return the blocklists that an IP is on, ascending."""
        return tuple(sorted(self.direct.of(ip)))

    def _update_mirrors(self, ip: int, blocklist: int, change: int) -> None:
        delay = self.plan.blocklists[blocklist].mirror_delay
        if not delay:
            self.mirrored.change(ip, blocklist, change)
            return
        event = self.loop.at(
            self.loop.tick + delay, STATE, EGRESS | ip // PARTIES, OPERATOR | blocklist, 1
        )
        event.callbacks.append(lambda _: self.mirrored.change(ip, blocklist, change))


class Lookups:
    """The DNSBL queries of the receiving domains, with their caches.

    Attributes
    ----------
    uses : list of tuple of int
        For each domain the blocklists that it queries.
    of_ips, of_domains : list of tuple of int
        Those of them that list IPs, and those that list domains.
    mirrors : list of bool
        Whether a domain queries mirrors.
    ttl : list of (int, int)
        For each domain the times to live of the answers "listed" and "not listed"; microseconds.
    answers : dict of int to (int, tuple of int)
        Cached answers by domain and IP: the end of their time to live, and the blocklists.
    """

    def __init__(self, record: Recorder, plan: Plan, draws: Draws, listings: Listings) -> None:
        self.record, self.listings, self.plan = record, listings, plan
        # Domains without recipients, such as smart hosts, are not among the draws.
        extra = len(plan.domains) - len(draws.uses)
        self.uses: list[tuple[int, ...]] = [
            tuple(number for number, used in enumerate(row) if used) for row in draws.uses.tolist()
        ]
        self.uses += [()] * extra
        of_domains = [blocklist.lists_domains for blocklist in plan.blocklists]
        self.of_ips = [tuple(n for n in uses if not of_domains[n]) for uses in self.uses]
        self.of_domains = [tuple(n for n in uses if of_domains[n]) for uses in self.uses]
        self.mirrors = [*draws.mirrors.tolist(), *[False] * extra]
        self.ttl = [
            (plan.receivers[number].dnsbl_ttl, plan.receivers[number].dnsbl_negative_ttl)
            for number in plan.receiver_of
        ]
        self.width = PARTIES * (len(plan.egress) + len(plan.registered_domains))
        self.answers: dict[int, tuple[int, tuple[int, ...]]] = {}

    def first(self, domain: int, egress: int, stream: StreamPlan, now: int, asked: int) -> int:
        """Return the first blocklist on which a domain sees mail at a time in microseconds.

        Parameters
        ----------
        domain, egress : int
            The receiving domain, and the public IP of the connection.
        stream : StreamPlan
            The stream of the mail.
        now : int
            Microseconds.
        asked : int
            IPS, DOMAINS or BOTH; a domain is looked up if no list has the IP.

        Returns
        -------
        int
            The blocklist; -1 if no list has IP or domain.
        """
        if asked & IPS and self.of_ips[domain]:
            ip = egress * PARTIES + stream.listing_party
            blocklists = self._seen(domain, ip, now, self.of_ips[domain])
            if blocklists:
                return blocklists[0]
        number = domain_number(self.plan, stream)
        if asked & DOMAINS and self.of_domains[domain] and number >= 0:
            blocklists = self._seen(domain, number, now, self.of_domains[domain])
            if blocklists:
                return blocklists[0]
        return -1

    def queried(self, domain: int, stream: StreamPlan, asked: int) -> int:
        """Return the first blocklist that a domain queries about mail of a stream; -1: none."""
        if asked & IPS and self.of_ips[domain]:
            return self.of_ips[domain][0]
        has_domain = bool(self.of_domains[domain]) and stream.registered_domain >= 0
        return self.of_domains[domain][0] if asked & DOMAINS and has_domain else -1

    def _seen(self, domain: int, ip: int, now: int, uses: tuple[int, ...]) -> tuple[int, ...]:
        """Return the blocklists on which a domain sees an IP at a time in microseconds.

        The domain queries its blocklists unless its cache has an answer.
        """
        key = domain * self.width + ip
        answer = self.answers.get(key)
        if answer is not None and now < answer[0]:
            return answer[1]
        board = self.listings.mirrored if self.mirrors[domain] else self.listings.direct
        listed = board.of(ip)
        blocklists = tuple(number for number in uses if number in listed) if listed else ()
        until = now + self.ttl[domain][0 if blocklists else 1]
        self.answers[key] = until, blocklists
        index, party = divmod(ip, PARTIES)
        row = *named(self.plan, index), domain, now, until, 1 if blocklists else 0, party
        self.record.lookups.flat.extend(row)
        return blocklists
