"""2,000 external messages a day to domains of which 49 in 100 refuse on a list, and a listing."""

import math

from relaysim.theory.listing_formulas import refused
from relaysim.trace.tables import Status, Trace
from worlds.agreement import Outcome
from worlds.listed_time import Listed
from worlds.listing_world import HOUR, statuses, stream

RATE, REACH = 2000, 0.49
PUBLISHED = {12: 490, 24: 980, 72: 2940}
"""Messages that are refused, by hours of the listing."""
FROM = 6 * HOUR
MANY = 5000
"""So many domains that what each has decided for itself makes little noise."""

TABLES = """
[run]
duration = "{duration} h"

[blocklists.list]
profile = "none"

[destinations.sink]
domain_count = {domains}
refuses_on = {{ list = {reach} }}

[[events]]
at = "6 h"
listing = {{ egress = "198.51.100.10", blocklist = "list", for = "{hours} h" }}
"""


def of_innocents(trace: Trace) -> int:
    """How many of the messages were refused."""
    return statuses(trace, "app.mail").count(Status.BOUNCED)


def number_refused(outcome: Outcome) -> float:
    """How many of the messages bounced, as readers see it."""
    return outcome.metric("stream", "app.mail", "bounced")


def listing(hours: int, domains: int = MANY) -> Listed:
    """Mail for six hours before the listing, while it lasts, and six hours after it."""
    return Listed(
        f"refused in {hours} h",
        (
            TABLES.format(duration=hours + 12, domains=domains, reach=REACH, hours=hours),
            stream("mail", f'process = "poisson", rate = "{RATE}/d"'),
        ),
        {"messages": (refused(RATE, REACH, hours / 24), number_refused)},
    )


def deviation(hours: int, domains: int = MANY) -> float:
    """Standard deviation of the number refused: Poisson, and by what the domains decide."""
    sent = RATE * hours / 24
    return math.sqrt(sent * REACH + sent**2 * REACH * (1 - REACH) / domains)


LISTINGS = tuple(listing(hours) for hours in PUBLISHED)
