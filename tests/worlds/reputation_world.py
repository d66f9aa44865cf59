"""Small stories about reputation: mail that hits traps, lists that notice, and what they did.

Times are seconds. A stream `traps` goes to spam traps only, so that a hit is had by writing
down when it is sent.
"""

from relaysim.plan.compiler import compile_plan
from relaysim.trace.tables import Action, Cause, Level, Signal, Status
from relaysim.traffic.draw import Decision, draw32, looked_up, name_key
from worlds.small_world import Played, seconds

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
IP, OTHER_IP = "198.51.100.10", "203.0.113.25"

TRAPS = """
[hosts.app.streams.traps]
sender = "news@bulk.example"
culprit = true
trap_rate = 1.0
"""

LIST = """
[blocklists.list]
profile = "none"
trigger = "count"
trap_share = 1.0
trap_delay = "0 s"
threshold = 1
window = "7 d"
memory = "30 d"
lifetime = "1 h"

[destinations.sink]
refuses_on = { list = 1.0 }
"""
"""A list that sees each hit at once, lists for an hour from the first one on, and publishes at once;
`sink` refuses on it."""

PROVIDER = """
[blocklists.idle]
profile = "none"
[destinations.sink]
profile = "gmail"
connect_time = "0 s"
response_time = "0 s"
connect_failure = 0.0
defer = 0.0
[destinations.sink.reputation]
domain_weight = 0.0
least_inboxed = 50
half_life = "10000 d"
"""
"""`sink` keeps a reputation of each IP that hardly fades. It makes up its mind every quarter of an
hour. The run goes on when all mail is delivered, because there is a list."""
QUARTER = 900.0

NOBODY_LOOKS = "[coupling]\nreaction = false"


def listings(run: Played, blocklist: str = "list") -> list[tuple[float, float]]:
    """When an IP was on a list: from, to; -1 if to the end of the run."""
    return [(start, end) for _, name, start, end, _, _ in listed(run) if name == blocklist]


def listed(run: Played) -> list[tuple[str, str, float, float, str, int]]:
    """All listings: IP, list, from, to, cause, against whom."""
    names, table = run.trace.names, run.trace.listings
    columns = ("egress", "blocklist", "start", "end", "cause", "against")
    return [
        (
            names.egress[egress],
            names.blocklists[blocklist],
            seconds(start),
            seconds(end),
            Cause(cause).name.lower(),
            against,
        )
        for egress, blocklist, start, end, cause, against in zip(
            *(table[name].tolist() for name in columns), strict=True
        )
    ]


def signals(run: Played, *kinds: Signal) -> list[tuple[float, str, str]]:
    """Return the signals by time: time, stream of the recipient, receiver of the signal."""
    names, table = run.trace.names, run.trace.signals
    subjects = {Signal.TRAP: names.operators, Signal.REPORT: names.blocklists}
    stream = run.trace.messages["stream"][run.trace.recipients["message"]]
    return [
        (
            seconds(time),
            names.streams[stream[recipient]],
            subjects.get(Signal(seen), names.destinations)[subject],
        )
        for seen, recipient, time, subject in zip(
            *(table[name].tolist() for name in ("signal", "recipient", "time", "subject")),
            strict=True,
        )
        if not kinds or seen in kinds
    ]


def lookups(run: Played, domain: str = "example.org") -> list[tuple[float, float, int]]:
    """When a domain asked its lists, until when it believed the answer, and whether it was yes."""
    table, number = run.trace.lookups, run.trace.names.domains.index(domain)
    return [
        (seconds(time), seconds(until), yes)
        for of, time, until, yes in zip(
            *(table[name].tolist() for name in ("domain", "time", "until", "listed")), strict=True
        )
        if of == number
    ]


def actions(run: Played) -> list[tuple[float, str, str]]:
    """What the administrator did: when, what, and to whom."""
    names, table = run.trace.names, run.trace.actions

    def subject(action: Action, number: int) -> str:
        if action in (Action.DETECTED, Action.REPAIRED):
            return ""
        if action in (Action.REQUESTED, Action.INELIGIBLE):
            return names.blocklists[number] if number >= 0 else names.destinations[-1 - number]
        return names.streams[number]

    return [
        (seconds(time), Action(action).name.lower(), subject(Action(action), number))
        for action, time, number in zip(
            *(table[name].tolist() for name in ("action", "time", "subject")), strict=True
        )
    ]


def states(run: Played, state_subject: str) -> list[tuple[float, int]]:
    """When a provider changed its mind about `DESTINATION IP SENDER-DOMAIN`, and to which state."""
    table, number = run.trace.levels, run.trace.names.provider_states.index(state_subject)
    rows = (table["level"] == Level.PROVIDER) & (table["subject"] == number)
    times, values = table["time"][rows].tolist(), table["value"][rows].tolist()
    return [(seconds(time), value) for time, value in zip(times, values, strict=True)]


def count(run: Played, stream: str) -> dict[str, int]:
    """The recipients of a stream by final status."""
    statuses = run.statuses(stream)
    return {
        status.name.lower(): n for status in Status if (n := statuses.count(status.name.lower()))
    }


CALLED = """
[run]
start = 2010-03-01T09:00:00
[operations]
monitor_every = "3000 d"
ndr_time = "0 s"
repair_time = "0 s"
"""
"""Monday, nine o'clock. The lists are not monitored, but each NDR for reputation leads to a call of
the administrator at once, in office hours and out of them."""


def looks(every: float, count: int, seed: int = 1) -> list[float]:
    """Return the first times of monitoring with an interval of `every` seconds."""
    key = name_key(seed, 0, "administrator", "")
    ticks = round(every * 1e6)
    first = ticks * draw32(key, Decision.ADMIN_MONITOR, 1) >> 32
    return [seconds(first + number * ticks) for number in range(count)]


def after(time: float, more: float) -> float:
    """A time and some seconds more, exact to the microsecond."""
    return seconds(round(time * 1e6) + round(more * 1e6))


def drawn(run: Played, blocklist: str, law: str, decision: Decision, event: int = 1) -> int:
    """What an operator draws from one of its laws at its n-th event with an IP, as in the plan."""
    plan = compile_plan(run.scenario)
    table = getattr(next(each for each in plan.blocklists if each.name == blocklist), law)
    key = name_key(run.draws.seed, run.draws.replication, "blocklist operator", blocklist)
    return looked_up(table, draw32(key, decision, event))
