"""Checks of relay services: what they allow, and the servers that they refuse."""

from collections.abc import Iterator

from relaysim.analysis.largest_day import largest_day
from relaysim.analysis.mail_paths import DomainRoute, Path, paths
from relaysim.analysis.message_rates import Floats, campaign, messages_until
from relaysim.analysis.run_size import mean_recipients
from relaysim.audit.finding import Finding, Severity
from relaysim.mail.domains import is_accepted
from relaysim.mail.transport_enforcement import stage_at
from relaysim.plan import routing
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.relay import RelayLimit
from relaysim.scenario.table import HOUR, MINUTE, SECOND
from relaysim.units import format_duration
from relaysim.wording import listed, share

WINDOWS = {"fixed second": SECOND, "fixed minute": MINUTE, "fixed hour": HOUR}
_STAGES = (
    "From day 30 below the baseline on it gets 450 4.7.230 in 5 minutes of each hour, from day 40 "
    "on in 10, from day 50 on in 20, from day 60 to day 69 in 30; and 550 5.7.230 from day 60 on "
    "in 5 minutes, from day 70 on in 10, from day 80 on in 20, from day 90 on always"
)
"""The stages of transport enforcement (Exchange Team 2023, quoted by an article of 2026)."""


def refused_version(scenario: Scenario) -> Iterator[Finding]:
    """A relay service refuses or throttles the version of a hub that sends by the service."""
    senders: dict[tuple[str, str], None] = {}
    for path in paths(scenario):
        for _, hop, relay in _by_relay(scenario, path):
            # A host that submits straight has no version that the service reads.
            if path.relay is None:
                senders[relay, hop.hub] = None
    for relay, hub in senders:
        before = scenario.relays[relay].properties.refuses_support_ended_before
        ended = scenario.hubs[hub].properties.end_of_support
        if not before or not ended:
            continue
        mta, place = scenario.hubs[hub].mta, dotted(("hubs", hub, "mta"))
        fix = "Send by a supported version, such as exchange-se, or by another service."
        if ended < before:
            yield Finding(
                Severity.ERROR,
                place,
                f"{relay} refuses all mail of {hub} with 550 5.7.230: the support of {mta} ended "
                f"on {ended}.",
                fix,
            )
        else:
            now = _stage(scenario, relay)
            yield Finding(
                Severity.WARNING,
                place,
                f"{relay} throttles {hub} and then refuses it, if {mta} lacks the updates that the "
                f"service wants. {_STAGES}. {now}",
                f"Install the updates. {fix}",
            )


def _stage(scenario: Scenario, relay: str) -> str:
    """Return what a run does with mail of a server that is below the baseline of a service."""
    place, below = (
        dotted(("relays", relay, "below_baseline")),
        scenario.relays[relay].below_baseline,
    )
    if below is None:
        return f"A run takes the updates as installed: {place} is not written."
    stage = stage_at(below)
    if stage is None:
        return f"At the start of the run ({format_duration(below)}) it only reports."
    parts = (("deferred", stage.throttled), ("refused", stage.blocked))
    shares = listed(f"{share(minutes / 60)} is {verb}" for verb, minutes in parts if minutes)
    return f"At the start of the run ({format_duration(below)}) of its mail {shares}."


def relay_limit(scenario: Scenario) -> Iterator[Finding]:
    """More mail comes to a relay service than one of its limits allows."""
    for name, relay in scenario.relays.items():
        for title, limit in relay.limits.items():
            if limit.limit is None or limit.window == "open":
                continue
            place = dotted(("relays", name, "limits", title))
            if limit.window == "rolling day":
                yield from _above_a_day(scenario, name, place, limit)
            else:
                yield from _campaigns(scenario, name, place, limit)


def _above_a_day(
    scenario: Scenario, relay: str, place: str, limit: RelayLimit
) -> Iterator[Finding]:
    """Return the finding about a limit of a day: streams together have more."""
    amounts = amounts_a_day(scenario, relay, limit)
    straight = {path.relay is not None for _, path, _ in _shares(scenario, relay, limit)}
    amount, most = sum(amounts.values()), limit.limit or 0
    if amount - most < 1:
        return
    verb = "has" if len(amounts) == 1 else "have"
    # A host has the 5xx reply itself; a hub has the mail, which bounces.
    verbs = (("bounce", False), ("are refused", True))
    above = " or ".join(verb for verb, kind in verbs if kind in straight)
    then = above if limit.over == "reject" else "are deferred"
    yield Finding(
        Severity.WARNING,
        place,
        f"{listed(amounts)} {verb} about {amount:,.0f} {_what(limit)} for {relay} on the largest "
        f"day, and {relay} allows {most:,} in 24 h: about {amount - most:,.0f} {then}, whatever "
        f"stream they are of, with {limit.reply.rstrip('.')}.",
        "Spread the mail over more days, send a part of it by another way, or write the limit that "
        "your contract has.",
    )


def amounts_a_day(
    scenario: Scenario, relay: str, limit: RelayLimit, host: str | None = None
) -> dict[str, float]:
    """Return what each stream counts against a limit of a relay service on the largest day.

    Parameters
    ----------
    scenario : Scenario
        The design.
    relay : str
        The relay service.
    limit : RelayLimit
        A limit of a rolling day.
    host : str, optional
        Only days on which this host sends count. Default: all.

    Returns
    -------
    dict of str to float
        By stream: its part of the 24 hours in which all streams together count most.
    """
    courses: dict[str, Floats] = {}
    of_host: set[str] = set()
    for stream, path, part in _shares(scenario, relay, limit):
        sent = part * messages_until(scenario, path.host, path.stream)
        courses[stream] = courses.get(stream, 0.0) + sent
        if path.host == host:
            of_host.add(stream)
    return largest_day(scenario.run, courses, None if host is None else of_host)


def _campaigns(scenario: Scenario, relay: str, place: str, limit: RelayLimit) -> Iterator[Finding]:
    """Return findings about a limit of a second, minute or hour: a campaign is faster."""
    most = limit.limit or 0
    for stream, path, amount, takes_ in campaigns_above(scenario, relay, limit):
        takes = format_duration(round(takes_ / MINUTE) * MINUTE)
        lost = _above(scenario, path, limit)
        yield Finding(
            Severity.WARNING,
            place,
            f"{stream} sends a campaign of {amount:,.0f} {_what(limit)} by {relay}, which allows "
            f"{most:,} in a {limit.window.removeprefix('fixed ')}: it takes at least {takes}, and "
            f"{lost}.",
            "If that is early enough, change nothing. Else send the campaign by another way, or "
            "write the limit that your contract has.",
        )


def campaigns_above(
    scenario: Scenario, relay: str, limit: RelayLimit
) -> Iterator[tuple[str, Path, float, float]]:
    """Yield the campaigns that are faster than a limit of a second, minute or hour.

    Yields
    ------
    stream, path, amount, takes : str, Path, float and float
        The stream and one of its paths, what the campaign counts, and how long it takes at least,
        microseconds.
    """
    amounts: dict[tuple[str, float], tuple[Path, float]] = {}
    for stream, path, part in _shares(scenario, relay, limit):
        burst = campaign(scenario, path.host, path.stream)
        if burst is not None:
            key = stream, burst.messages / burst.rate
            amounts[key] = path, amounts.get(key, (path, 0.0))[1] + part * burst.messages
    length, most = WINDOWS[limit.window], limit.limit or 0
    for (stream, sent), (path, amount) in amounts.items():
        if amount * length > most * sent * SECOND:
            yield stream, path, amount, amount / most * length


def _above(scenario: Scenario, path: Path, limit: RelayLimit) -> str:
    """Return how the mail of a campaign above a limit ends."""
    straight = path.relay is not None
    if limit.over == "reject":
        return f"the rest {'is refused' if straight else 'bounces'}"
    if limit.over == "delay":
        return "others wait in sessions"
    if not straight:
        return "others wait at the hub for its retries"
    if scenario.hosts[path.host].on_failure == "drop":
        return f"{path.host} drops the others"
    return f"others wait at {path.host} for its retries"


def _what(limit: RelayLimit) -> str:
    return limit.counts.replace("_", " ")


def _shares(scenario: Scenario, relay: str, limit: RelayLimit) -> Iterator[tuple[str, Path, float]]:
    """Yield what a message of each stream counts on the mean, by its path to a service."""
    accepted = scenario.organization.domains
    for path in paths(scenario):
        stream = scenario.hosts[path.host].streams[path.stream]
        each = 1.0 if limit.counts == "messages" else mean_recipients(stream)
        for route, _, name in _by_relay(scenario, path):
            own = is_accepted(accepted, route.domains.name)
            if name == relay and not (own and limit.counts == "external_recipients"):
                yield path.name, path, each * path.share * route.share / len(route.lasts)


def _by_relay(scenario: Scenario, path: Path) -> Iterator[tuple[DomainRoute, routing.Hop, str]]:
    """Yield the routes of a path to relay services, with the last hop and the service."""
    for route in path.routes:
        for hop in route.lasts:
            relay = routing.relay_at(scenario, hop)
            if relay is not None:
                yield route, hop, relay
