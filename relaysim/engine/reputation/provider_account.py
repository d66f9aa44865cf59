"""Accounts: what a mailbox provider has counted of an IP or a domain, and how it stands with it."""

from relaysim.mail.provider_state import SCALE, State, badness, cold_rate
from relaysim.plan.reputation_plan import ReputationPlan

HOUR, DAY = 3_600_000_000, 86_400_000_000
SMALL = 1_000
"""Messages a day that never count as a jump in volume (assumption)."""


class Account:
    """What a provider has counted of an IP, or of a domain; counters fade with a half-life."""

    __slots__ = ("attempted", "complaints", "inboxed", "traps", "unknown")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.complaints = self.inboxed = self.unknown = self.attempted = self.traps = 0

    def fade(self, factor: int) -> None:
        """An hour passes."""
        self.complaints = self.complaints * factor >> 32
        self.inboxed = self.inboxed * factor >> 32
        self.unknown = self.unknown * factor >> 32
        self.attempted = self.attempted * factor >> 32
        self.traps = self.traps * factor >> 32

    def badness(self, plan: ReputationPlan) -> int:
        """In thousandths of what makes a provider wary; 0 while it has seen too little."""
        if self.inboxed < plan.least_inboxed * SCALE:
            return 0
        return badness(
            self.complaints,
            self.inboxed,
            self.unknown,
            self.attempted,
            self.traps,
            complaint_limit_ppm=plan.complaint_limit,
            unknown_limit_ppm=plan.unknown_limit,
            trap_limit=plan.trap_limit,
        )


class IpAccount(Account):
    """The account of an IP: also how much it sends, by the hour and by the day.

    `cap` is what a provider takes of it an hour while it is cold; `banned_until` a block that came
    from its neighbours.
    """

    __slots__ = (
        "admitted",
        "banned_until",
        "busiest",
        "cap",
        "day",
        "days",
        "hour",
        "slow",
        "tried",
        "volume",
        "who",
    )

    def __init__(self, who: int, age: int, usual: int) -> None:
        super().__init__()
        self.who = who
        self.hour = self.day = -1
        self.admitted = self.tried = self.volume = self.slow = self.banned_until = 0
        self.days, self.busiest = age, max(usual, SMALL)
        self.cap: int | None = None

    def turn(self, now: int, plan: ReputationPlan) -> None:
        """A new hour has begun since the IP last sent; perhaps a new day."""
        self.hour, self.admitted, self.tried = now // HOUR, 0, 0
        day = now // DAY
        if day != self.day:
            if self.day >= 0:
                self.days = 0 if (day - self.day) * DAY > plan.idle_after else self.days + 1
                self.busiest = max(self.busiest, self.volume)
            self.day, self.volume = day, 0
            self.cap = cold_rate(plan.cold_rate, plan.cold_growth, self.days)


class Standing:
    """How an IP and a sender domain together stand with a provider.

    `junk` is how likely a recipient goes to the junk folder, as a threshold for a 32-bit draw.
    """

    __slots__ = ("below_since", "domain", "ip", "junk", "number", "state")

    def __init__(self, number: int, ip: IpAccount, domain: Account) -> None:
        self.number, self.ip, self.domain = number, ip, domain
        self.state = State.GOOD
        self.junk = 0
        self.below_since: int | None = None

    def took(self, junked: bool) -> None:
        """The provider took a recipient."""
        ip, domain = self.ip, self.domain
        ip.attempted += SCALE
        domain.attempted += SCALE
        if not junked:
            ip.inboxed += SCALE
            domain.inboxed += SCALE
