"""Transport enforcement of Exchange Online: old Exchange servers are throttled, then blocked.

Notes
-----
Exchange Team, 2023 ("Throttling and blocking email from persistently vulnerable Exchange servers"),
the stages as an article of 2026 quotes them. From day 70 on no throttling is stated, and 0 is
assumed.
"""

from dataclasses import dataclass

from relaysim.mail.reply import Reply
from relaysim.units import DAY, HOUR, MINUTE

_OLD = "Connecting Exchange server version is out-of-date; connection to Exchange Online"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the enforcement.

    Parameters
    ----------
    day : int
        The day below the baseline on which it begins.
    throttled, blocked : int
        Minutes of each hour in which mail gets the 4xx reply and the 5xx reply.
    """

    day: int
    throttled: int
    blocked: int

    @property
    def throttle(self) -> Reply:
        """The reply while mail is throttled (documented)."""
        return Reply(450, "4.7.230", f"{_OLD} throttled for {self.throttled} mins/hr.")

    @property
    def block(self) -> Reply:
        """The reply while mail is blocked (documented)."""
        return Reply(550, "5.7.230", f"{_OLD} blocked for {self.blocked} mins/hr.")


STAGES = (
    Stage(30, 5, 0),
    Stage(40, 10, 0),
    Stage(50, 20, 0),
    Stage(60, 30, 5),
    Stage(70, 0, 10),
    Stage(80, 0, 20),
    Stage(90, 0, 60),
)
BLOCKED = STAGES[-1].day * DAY
"""From this time below the baseline on all mail is blocked, microseconds."""


def stage_at(below_baseline: int) -> Stage | None:
    """Return the stage of a server by its time below the baseline; None before the first one."""
    day = below_baseline // DAY
    return next((stage for stage in reversed(STAGES) if day >= stage.day), None)


def enforcement_reply(below_baseline: int, clock: int) -> Reply | None:
    """Return the reply that refuses or defers mail of an old server; None: it is taken.

    Parameters
    ----------
    below_baseline : int
        How long the server has been below the baseline, microseconds.
    clock : int
        Time of the clock, microseconds from the start of any hour.

    Notes
    -----
    Each hour of the clock begins with the blocked minutes; the throttled ones follow (assumption:
    only their number is published).
    """
    stage, minute = stage_at(below_baseline), clock % HOUR // MINUTE
    if stage is None:
        return None
    if minute < stage.blocked:
        return stage.block
    return stage.throttle if minute < stage.blocked + stage.throttled else None
