"""Listings: the IPs on each blocklist, as published, and the answers that domains cache."""

from collections.abc import Callable, Collection

from relaysim.engine.kernel import EGRESS, STATE, EventLoop
from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.trace.record import Listings as ListingTable
from relaysim.trace.record import column_names
from relaysim.trace.tables import Cause
from relaysim.traffic.workload import Draws

PARTIES = 3
"""In this package an IP is a number: index in `plan.egress` x 3 + party. Party 0 is all mail of the
IP. Where the coupling between the two is off, innocents (1) and culprits (2) are separate."""
OPERATOR = 1 << 30
"""Added to the number of a blocklist or a provider, which stands in the place of a recipient in the
order of simultaneous events: all signals come first, whatever the rows of their recipients."""
_END, _WIDTH = column_names(ListingTable).index("end"), len(column_names(ListingTable))


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
        egress, party = divmod(ip, PARTIES)
        flat.extend((egress, blocklist, self.loop.tick, -1, cause, party))
        self.direct.change(ip, blocklist, 1)
        self._update_mirrors(ip, blocklist, 1)
        return handle

    def withdraw(self, handle: int) -> None:
        """Withdraw a listing now."""
        flat = self.record.listings.flat
        egress, blocklist, _, _, _, party = flat[handle : handle + _WIDTH]
        flat[handle + _END] = self.loop.tick
        ip = egress * PARTIES + party
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
    mirrors : list of bool
        Whether a domain queries mirrors.
    ttl : list of (int, int)
        For each domain the times to live of the answers "listed" and "not listed"; microseconds.
    answers : dict of int to (int, tuple of int)
        Cached answers by domain and IP: the end of their time to live, and the blocklists.
    """

    def __init__(self, record: Recorder, plan: Plan, draws: Draws, listings: Listings) -> None:
        self.record, self.listings = record, listings
        # Domains without recipients, such as smart hosts, are not among the draws.
        extra = len(plan.domains) - len(draws.uses)
        self.uses: list[tuple[int, ...]] = [
            tuple(number for number, used in enumerate(row) if used) for row in draws.uses.tolist()
        ]
        self.uses += [()] * extra
        self.mirrors = [*draws.mirrors.tolist(), *[False] * extra]
        self.ttl = [
            (plan.receivers[number].dnsbl_ttl, plan.receivers[number].dnsbl_negative_ttl)
            for number in plan.receiver_of
        ]
        self.width = PARTIES * len(plan.egress)
        self.answers: dict[int, tuple[int, tuple[int, ...]]] = {}

    def seen(self, domain: int, ip: int, now: int) -> tuple[int, ...]:
        """Return the blocklists on which a domain sees an IP at a time in microseconds.

        The domain queries its blocklists unless its cache has an answer.
        """
        key = domain * self.width + ip
        answer = self.answers.get(key)
        if answer is not None and now < answer[0]:
            return answer[1]
        board = self.listings.mirrored if self.mirrors[domain] else self.listings.direct
        listed = board.of(ip)
        if listed:
            blocklists = tuple(number for number in self.uses[domain] if number in listed)
        else:
            blocklists = ()
        until = now + self.ttl[domain][0 if blocklists else 1]
        self.answers[key] = until, blocklists
        egress, party = divmod(ip, PARTIES)
        self.record.lookups.flat.extend((egress, domain, now, until, 1 if blocklists else 0, party))
        return blocklists
