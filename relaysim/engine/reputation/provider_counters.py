"""Counters of a mailbox provider for an IP and for a sender domain, and its state for both."""

from relaysim.mail.provider_state import SCALE, State, badness, cold_rate, good_days
from relaysim.plan.reputation_plan import ReputationPlan
from relaysim.units import DAY, HOUR

SMALL_VOLUME = 1_000
"""Messages a day that never count as a jump in volume (assumption)."""


class Counting:
    """What a provider does with its counters, wherever they are kept.

    They are in units of 1 / `SCALE`, and decay with a half-life.
    """

    attempted: int
    complaints: int
    inboxed: int
    traps: int
    unknown: int

    def clear(self) -> None:
        """Set all counters to 0."""
        self.complaints = self.inboxed = self.unknown = self.attempted = self.traps = 0

    def decay(self, factor: int) -> None:
        """Decay by one hour; the factor is in units of 2**-32."""
        self.complaints = self.complaints * factor >> 32
        self.inboxed = self.inboxed * factor >> 32
        self.unknown = self.unknown * factor >> 32
        self.attempted = self.attempted * factor >> 32
        self.traps = self.traps * factor >> 32

    def badness(self, plan: ReputationPlan) -> int:
        """Return the badness in thousandths of the limit; 0 while too little mail was inboxed."""
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


class DomainCounting(Counting):
    """What a provider does with the counters of a sender domain, with its complaints by the day.

    Attributes
    ----------
    inboxed_today, complaints_today : int
        Messages in the inbox and complaints since the day of the run began; they do not decay.
    good_days : int
        Days in a row with few complaints.
    """

    inboxed_today: int
    complaints_today: int
    good_days: int

    def begin(self, plan: ReputationPlan) -> None:
        """Begin to count for a domain, which has had good days before (assumption)."""
        self.clear()
        self.inboxed_today = self.complaints_today = 0
        self.good_days = plan.mitigation_good_days

    def end_day(self, plan: ReputationPlan) -> None:
        """Count a day of the run that is over."""
        self.good_days = good_days(
            self.good_days,
            self.complaints_today,
            self.inboxed_today,
            limit_ppm=plan.mitigation_limit,
            least_inboxed=plan.least_inboxed,
        )
        self.inboxed_today = self.complaints_today = 0


class DomainCounters(DomainCounting):
    """The counters of a domain."""

    def __init__(self, plan: ReputationPlan) -> None:
        self.begin(plan)


class IpCounting(Counting):
    """What a provider does with the counters of an IP, with its volume by the hour and by the day.

    Attributes
    ----------
    ip : int
        The IP, see `listings.PARTIES`.
    hour, day : int
        Hour and day since the start of the run in which it last sent; -1: not yet.
    attempts, admitted : int
        Messages in that hour: attempted, and accepted at MAIL FROM.
    volume : int
        Messages accepted on that day.
    busiest_day : int
        Largest volume of an earlier day.
    days : int
        Age of the IP in days of sending, which sets its limit while it is cold.
    cap : int
        Messages an hour that the provider accepts while the IP is cold; -1: no limit.
    hours_above_rate : int
        Hours in a row in which a throttled IP sent far above its rate.
    banned_until : int
        End of a block for the mail of a neighbour, microseconds.
    """

    ip: int
    hour: int
    day: int
    attempts: int
    admitted: int
    volume: int
    busiest_day: int
    days: int
    cap: int
    hours_above_rate: int
    banned_until: int

    def begin(self, ip: int, age: int, usual_volume: int) -> None:
        """Begin to count for an IP: its age in days, the volume of its busiest day before."""
        self.clear()
        self.ip = ip
        self.hour = self.day = -1
        self.admitted = self.attempts = self.volume = 0
        self.hours_above_rate = self.banned_until = 0
        self.days, self.busiest_day = age, max(usual_volume, SMALL_VOLUME)
        self.cap = -1

    def start_hour(self, now: int, plan: ReputationPlan) -> None:
        """Start counting for the hour of a time in microseconds, and perhaps for a new day."""
        self.hour, self.admitted, self.attempts = now // HOUR, 0, 0
        day = now // DAY
        if day != self.day:
            if self.day >= 0:
                self.days = 0 if (day - self.day) * DAY > plan.idle_after else self.days + 1
                self.busiest_day = max(self.busiest_day, self.volume)
            self.day, self.volume = day, 0
            rate = cold_rate(plan.cold_rate, plan.cold_growth, self.days)
            self.cap = -1 if rate is None else rate


class IpCounters(IpCounting):
    """The counters of an IP."""

    def __init__(self, ip: int, age: int, usual_volume: int) -> None:
        self.begin(ip, age, usual_volume)


class ProviderState:
    """The state of an IP together with a sender domain at one provider.

    Attributes
    ----------
    number : int
        Index into `Names.provider_states`.
    ip, domain : IpCounting, DomainCounting
        The counters of the two.
    state : State
        Good, warned, throttled or blocked.
    junk : int
        Probability that a recipient goes to the junk folder, as a threshold for a 32-bit draw.
    below_since : int
        Since when the badness is low enough to recover, microseconds; -1: it is not.
    """

    __slots__ = ("below_since", "domain", "ip", "junk", "number", "state")

    def __init__(self, number: int, ip: IpCounting, domain: DomainCounting) -> None:
        self.number, self.ip, self.domain = number, ip, domain
        self.state: int = State.GOOD
        self.junk = 0
        self.below_since = -1

    def count_delivery(self, junked: bool) -> None:
        """Count a recipient that the provider accepted."""
        ip, domain = self.ip, self.domain
        ip.attempted += SCALE
        domain.attempted += SCALE
        if not junked:
            ip.inboxed += SCALE
            domain.inboxed += SCALE
            domain.inboxed_today += 1
