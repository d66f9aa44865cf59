"""Companies whose people mistype addresses, and a list that weighs the hits against their mail.

The operator of the list is that of the engine. Hits come at random in office hours, five days a
week; the mail of a company is so regular that it is counted, not simulated, and runs of years take
seconds.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from relaysim.engine.context import Context
from relaysim.engine.kernel import EGRESS, STATE, EventLoop
from relaysim.engine.reputation.blocklist_operator import BlocklistOperator
from relaysim.engine.reputation.listing_escalation import escalation_of
from relaysim.engine.reputation.listings import PARTIES
from relaysim.plan.compiler import compile_plan
from worlds.listing_world import DAY, HOUR, stream, world

MAIL = 10
"""Messages to the outside by a mailbox on a working day (assumption; a range of 6 to 20)."""
MONTH = 365.25 / 12
OPENS, HOURS = 8 * HOUR, 10 * HOUR

LIST = """
[blocklists.css]
profile = "spamhaus-css"
widening = "none"
"""
NAIVE = """
[blocklists.css]
window = "7 d"
threshold = 3
tolerated_rate = "none"
tolerated_deviations = "none"
"""
"""Three hits in a week list any IP, whatever else it sends."""


def worked(tick: int) -> float:
    """Working days before a time; a run starts on a Monday at midnight."""
    day, within = divmod(tick, DAY)
    week, weekday = divmod(day, 7)
    today = min(max((within - OPENS) / HOURS, 0.0), 1.0) if weekday < 5 else 0.0
    return 5 * week + min(weekday, 5) + today


def calendar(worked_days: float) -> int:
    """The time at which so many working days are over."""
    days = int(worked_days)
    week, weekday = divmod(days, 5)
    return round((7 * week + weekday) * DAY + OPENS + (worked_days - days) * HOURS)


@dataclass
class Companies:
    """Companies of one size, each with an IP of its own: when the list had each first, if ever."""

    mailboxes: int
    trap_rate: float
    count: int
    days: int
    changes: tuple[str, ...] = ()
    seed: int = 1
    first: dict[int, int] = field(default_factory=dict)
    """Ticks of the first listing, by number of the company."""

    def __post_init__(self) -> None:
        mail = 'process = "every", every = "1 d"'
        plan = compile_plan(world(LIST, *self.changes, stream("mail", mail)))
        profile = world(LIST, *self.changes, stream("mail", mail)).blocklists["css"]
        self.loop = EventLoop()
        self.daily = MAIL * self.mailboxes
        context = Context(self.loop, None, None, plan)  # type: ignore[arg-type]
        usual = [round(self.daily * 5 / 7)] * self.count
        self.operator = BlocklistOperator(context, 0, 1, self, self, usual, escalation_of)  # type: ignore[arg-type]
        random, end = np.random.default_rng(self.seed), worked(self.days * DAY)
        hits = self.daily * self.trap_rate * (profile.trap_share or 0.0) * end
        for company, number in enumerate(random.poisson(hits, self.count).tolist()):
            times = np.sort(random.uniform(0.0, end, number)).tolist()
            self._next(company, iter(times))
        self.loop.run_until(self.days * DAY)

    def _next(self, company: int, times: Iterable[float]) -> None:
        """Schedule the next hit of a company that is not listed yet."""
        worked_days = next(iter(times), None)
        if worked_days is None or company in self.first:
            return

        def hit(_: object) -> None:
            self.operator.hit(company * PARTIES)
            self._next(company, times)

        self.loop.at(calendar(worked_days), STATE, EGRESS | company).callbacks.append(hit)

    def within(self, _: int, now: int, window: int) -> int:
        """Messages of a company in a window: what the operator asks of `IpVolumes`."""
        return round(self.daily * (worked(now) - worked(max(0, now - window))))

    def publish(self, ip: int, *_: object) -> int:
        """Note the first listing of a company: what the operator asks of `Listings`."""
        return self.first.setdefault(ip // PARTIES, self.loop.tick)

    def withdraw(self, _: int) -> None:
        """Note nothing: a later listing is no first one."""

    @property
    def monthly(self) -> float:
        """First listings a month: -ln(1 - share listed) over the months, as in the studies."""
        share = len(self.first) / self.count
        return -math.log1p(-share) * MONTH / self.days if share < 1 else math.inf

    @property
    def median_days(self) -> float:
        """Days until half of the companies have been listed; infinite if fewer are."""
        times = sorted(self.first.values())
        middle = self.count // 2
        return times[middle] / DAY if len(times) > middle else math.inf
