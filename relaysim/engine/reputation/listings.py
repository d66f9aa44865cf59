"""Listings: which IPs are on which blocklist, as published, and what receivers know of it."""

from relaysim.engine.kernel import EGRESS, STATE, Clock
from relaysim.engine.recorder import Recorder
from relaysim.plan.plan import Plan
from relaysim.trace.tables import LISTINGS, Cause
from relaysim.traffic.workload import Draws

PARTIES = 3
"""An IP is known by its number x 3 + party: 0 for all of its mail, or apart for innocents (1) and
culprits (2) where the coupling between them is off."""
OPERATOR = 1 << 30
"""Added to the number of a list or provider where a signal has its recipient: among the events of a
tick all signals come first, whichever rows their recipients have."""
_END, _WIDTH = LISTINGS.index("end"), len(LISTINGS)

Board = dict[int, dict[int, int]]
"""By IP and list: how many listings are on. A list that nothing is on is not there."""


class Listings:
    """What the operators publish, at the source and in the recipients that some domains keep."""

    def __init__(self, clock: Clock, record: Recorder, plan: Plan) -> None:
        self.clock, self.record, self.plan = clock, record, plan
        self.direct: Board = {}
        self.mirrored: Board = {}

    def publish(self, who: int, blocklist: int, cause: Cause) -> int:
        """An IP gets on a list now; `withdraw` wants what is returned."""
        flat = self.record.listings.flat
        row = len(flat)
        egress, party = divmod(who, PARTIES)
        flat.extend((egress, blocklist, self.clock.tick, -1, cause, party))
        _add(self.direct, who, blocklist, 1)
        self._mirror(who, blocklist, 1)
        return row

    def withdraw(self, row: int) -> None:
        """A listing ends now."""
        flat = self.record.listings.flat
        egress, blocklist, _, _, _, party = flat[row : row + _WIDTH]
        flat[row + _END] = self.clock.tick
        who = egress * PARTIES + party
        _add(self.direct, who, blocklist, -1)
        self._mirror(who, blocklist, -1)

    def of(self, who: int) -> tuple[int, ...]:
        """The lists that an IP is on, in the order of their numbers."""
        return tuple(sorted(self.direct.get(who, ())))

    def _mirror(self, who: int, blocklist: int, more: int) -> None:
        delay = self.plan.blocklists[blocklist].mirror_delay
        if not delay:
            _add(self.mirrored, who, blocklist, more)
            return
        later = self.clock.at(
            self.clock.tick + delay, STATE, EGRESS | who // PARTIES, OPERATOR | blocklist, 1
        )
        later.callbacks.append(lambda _: _add(self.mirrored, who, blocklist, more))


def _add(board: Board, who: int, blocklist: int, more: int) -> None:
    lists = board.setdefault(who, {})
    lists[blocklist] = lists.get(blocklist, 0) + more
    if not lists[blocklist]:
        del lists[blocklist]
    if not lists:
        del board[who]


class Lookups:
    """What each receiving domain has been told about an IP, which it believes for a while.

    `uses` are the lists of each domain. A domain asks again when its answer is too old.
    """

    def __init__(self, record: Recorder, plan: Plan, draws: Draws, listings: Listings) -> None:
        self.record, self.listings = record, listings
        extra = len(plan.domains) - len(draws.uses)
        self.uses: list[tuple[int, ...]] = [
            tuple(number for number, used in enumerate(row) if used) for row in draws.uses.tolist()
        ]
        self.uses += [()] * extra
        self.mirrors = [*draws.mirrors.tolist(), *[False] * extra]
        self.ttl = [
            (plan.receivers[of].dnsbl_ttl, plan.receivers[of].dnsbl_negative_ttl)
            for of in plan.receiver_of
        ]
        self.width = PARTIES * len(plan.egress)
        self.answers: dict[int, tuple[int, tuple[int, ...]]] = {}

    def seen(self, domain: int, who: int, now: int) -> tuple[int, ...]:
        """The lists of the domain that it sees the IP on."""
        key = domain * self.width + who
        answer = self.answers.get(key)
        if answer is not None and now < answer[0]:
            return answer[1]
        board = self.listings.mirrored if self.mirrors[domain] else self.listings.direct
        on = board.get(who)
        lists = tuple(each for each in self.uses[domain] if each in on) if on else ()
        until = now + self.ttl[domain][0 if lists else 1]
        self.answers[key] = until, lists
        egress, party = divmod(who, PARTIES)
        self.record.lookups.flat.extend((egress, domain, now, until, 1 if lists else 0, party))
        return lists
