"""A new IP of a new domain that sends mail to spam traps, one a minute for five hours, as HADES did.

Li et al., HADES Attack: Understanding and Evaluating Manipulation Risks of Email Blocklists, NDSS
2025: when each list had the IP, and when it fell off by itself.
"""

from typing import NamedTuple

from worlds.reputation_world import DAY, HOUR, MINUTE, NOBODY_LOOKS, TRAPS, listings
from worlds.small_world import play

MAILS = 300
"""One a minute for five hours."""


class Clock(NamedTuple):
    """Seconds from the first mail to the first listing, and from the last hit to the end."""

    listed: float
    lasts: float


MEASURED = {
    "spamhaus-css": Clock(3 * MINUTE, 7 * DAY),
    "spamhaus-xbl": Clock(3 * MINUTE, 7 * DAY),
    "spamcop": Clock(3 * HOUR, 3 * DAY),
    "uceprotect-1": Clock(1.5 * HOUR, 7 * DAY),
    "psbl": Clock(24 * HOUR, 14 * DAY),
    "spamhaus-dbl": Clock(6 * HOUR, 14 * DAY),
    "surbl": Clock(10 * HOUR, 7 * DAY),
}
"""By profile; HADES has one number each, of three repetitions. The last two list domains."""
RUN = """
[run]
duration = "20 d"
[egress."198.51.100.10"]
age = "0 s"
[sender_domains."bulk.example"]
age = "0 s"
"""
HIJACKED = """
[hosts.app.streams.hijacked]
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "compromise", at = "0 s", lasts = "5 h", rate = "1/min" }
"""


def last_hit(profile: str) -> float:
    """When the list sees the last message, but for a random delay of up to a minute.

    A listing that comes later than that counts from then on.
    """
    delays = {"spamcop": 3 * HOUR, "uceprotect-1": HOUR, "psbl": 24 * HOUR}
    delays |= {"spamhaus-dbl": HOUR, "surbl": 5 * HOUR}
    return (MAILS - 1) * MINUTE + delays.get(profile, 0.0)


def spells(profile: str, mails: int = MAILS) -> list[tuple[float, float]]:
    """When a list of a profile has the IP; each trap reports to it."""
    table = f'[blocklists.list]\nprofile = "{profile}"'
    if profile == "spamhaus-xbl":
        return listings(play(RUN, table, HIJACKED, NOBODY_LOOKS))
    table += "\ntrap_share = 1.0"
    mail = {"app.traps": [MINUTE * number for number in range(mails)]}
    return listings(play(RUN, table, TRAPS, NOBODY_LOOKS, mail=mail))
