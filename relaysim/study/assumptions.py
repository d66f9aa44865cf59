"""Assumptions: numbers without a published source that a scenario takes from its profiles.

Half and double of each is the range of a study of sensitivity unless ranges are given. That is a
convention of relaysim: no measured ranges are known. How often people write to spam traps is the
exception: it has a range, whether the file states a rate or not.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from relaysim.analysis.typing_errors import mistyping_streams
from relaysim.analysis.unauthenticated_mail import unmet_requirements
from relaysim.profiles.defaults import send_connector_table
from relaysim.profiles.kind import LIMITS, REQUIRES, Kind
from relaysim.profiles.value import Certainty, Value
from relaysim.scenario.default_tables import GREYLISTING, MAILBOXES, OPERATIONS
from relaysim.scenario.digest import digest
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import ScenarioError, dotted
from relaysim.scenario.stream import TYPING_ERRORS
from relaysim.study.factors import Factor
from relaysim.study.value_range import Number

Keys = tuple[str, ...]
HALF, DOUBLE = Fraction(1, 2), Fraction(2)
_PREFIX = "vicinity_prefix"
_BELOW_1 = Number(Fraction(9, 10))


def assumptions(
    file: str | os.PathLike[str],
    settings: Iterable[str] = (),
    profiles: Folder = None,
    wanted: Callable[[str], bool] = lambda path: True,
) -> tuple[Factor, ...]:
    """Return the assumed defaults in force, each with its half and its double.

    Parameters
    ----------
    file
        A scenario file.
    settings
        `path=value` above the file.
    profiles
        A folder of a user's own profiles, as for `load`.
    wanted
        Whether a path is asked for; by default all are. Each path takes several loads of the file.

    Returns
    -------
    tuple of Factor
        The ends of a prefix length are one bit less and one more; those of a growth, which cannot
        be below 1, half and double of what it is above 1. A whole number stays whole, a share ends
        at 1. Words and zeros are left out, and shares that make up one whole, such as those of
        `refusal_action`: they cannot change one by one. So are receive connectors: none of their
        defaults is assumed.

    Raises
    ------
    ScenarioError
        If the file is no scenario.
    """
    file, settings = Path(file), tuple(settings)
    scenario = load(file, settings, profiles)
    unchanged = digest(scenario)

    def identity(path: str, number: Number) -> str | None:
        """Return the digest of the scenario with another number; None if it is no scenario then."""
        try:
            # Equal digests mean equal scenarios, so a change that has no effect shows.
            return digest(load(file, [*settings, f"{path}={number}"], profiles))
        except ScenarioError:
            return None

    def ends(path: str, number: Number) -> Iterator[str | None]:
        """Yield the low and the high end of a number; None for an end that is not possible."""
        low, high = number.times(HALF), number.times(DOUBLE)
        # Half a prefix length means nothing: one bit doubles or halves the block.
        if path.endswith(_PREFIX):
            low, high = (number._replace(value=number.value + bit) for bit in (-1, 1))
        # A factor that must not be below 1 varies in its excess over 1.
        elif number.plain and number.value > 1 and identity(path, _BELOW_1) is None:
            above = number.value - 1
            low, high = (number._replace(value=1 + part * above) for part in (HALF, DOUBLE))
        for end in (low, high):
            digest_there = identity(path, end)
            if digest_there is None and end.plain:
                # The double of a share above one half is no share: its end is 1.
                end = Number(Fraction(1))
                digest_there = identity(path, end)
            yield None if digest_there in (None, unchanged) else str(end)

    inputs = []
    for keys, number, source in _numbers(scenario):
        path = dotted(keys)
        if not wanted(path):
            continue
        # Otherwise the file itself sets the number, or another key does, and it is no assumption.
        if identity(path, number) == unchanged:
            low, high = ends(path, number)
            if low is not None or high is not None:
                inputs.append(Factor(path, str(number), low, high, source))
    more = (*_typing_errors(scenario), *_panels(scenario))
    inputs += [factor for factor in more if wanted(factor.path)]
    return tuple(inputs)


def _typing_errors(scenario: Scenario) -> Iterator[Factor]:
    """Yield the trap rate of each stream that people address, with its range."""
    for (host, name), stream in mistyping_streams(scenario).items():
        path = dotted(("hosts", host, "streams", name, "trap_rate"))
        low, high = (None if of == stream.trap_rate else f"{of:g}" for of in TYPING_ERRORS)
        yield Factor(path, f"{stream.trap_rate:g}", low, high, "nobody measured it for people")


def _panels(scenario: Scenario) -> Iterator[Factor]:
    """Yield each share of bulk mail in junk that comes from a panel, with its half and double."""
    for name, destination in scenario.destinations.items():
        share = destination.bulk_junk
        if share and share == destination.properties.panel_junk:
            path = dotted(("destinations", name, "bulk_junk"))
            source = "panel of marketing mail; no range is published"
            yield Factor(path, f"{share:g}", f"{share / 2:g}", f"{share * 2:g}", source)


def _numbers(scenario: Scenario) -> Iterator[tuple[Keys, Number, str]]:
    """Return path, value and source of every number above zero that a profile in use assumes."""
    for path, table in defaults(scenario):
        for key, default in table.items():
            if default.certainty is Certainty.ASSUMPTION:
                for keys, number in _within((*path, key), default.value):
                    if _is_used(scenario, keys):
                        yield keys, number, default.source


def defaults(scenario: Scenario) -> Iterator[tuple[Keys, Mapping[str, Value]]]:
    """Return the defaults of each table of the scenario, under its path.

    Of what destinations require, only what some mail does not meet has an effect.
    """
    unmet = unmet_requirements(scenario)
    known = scenario.profiles
    mtas = {name: known.profile(Kind.MTA, hub.mta) for name, hub in scenario.hubs.items()}
    for name, mta in mtas.items():
        yield ("hubs", name), mta.table("hub")
        yield ("hubs", name, "back_pressure"), mta.table("back_pressure")
    for name, connector in scenario.send_connectors.items():
        servers = [mtas[hub] for hub in connector.source_transport_servers]
        yield ("send_connectors", name), send_connector_table(servers)
    for name, host in scenario.hosts.items():
        yield ("hosts", name), known.profile(Kind.HOST, host.kind).table("host")
    for name, destination in scenario.destinations.items():
        profile = known.profile(Kind.DESTINATION, destination.profile)
        yield ("destinations", name), profile.table("destination")
        yield ("destinations", name, "reputation"), profile.table("reputation")
        if destination.greylisting is not None:
            yield ("destinations", name, "greylisting"), GREYLISTING
        required = profile.table(REQUIRES)
        if name in unmet:
            keys = {*unmet[name], "bulk_from"} & required.keys()
            yield ("destinations", name, REQUIRES), {key: required[key] for key in sorted(keys)}
    for name, blocklist in scenario.blocklists.items():
        profile = known.profile(Kind.BLOCKLIST, blocklist.profile)
        yield ("blocklists", name), profile.table("blocklist")
    for name, relay in scenario.relays.items():
        profile = known.profile(Kind.RELAY, relay.profile)
        yield ("relays", name), profile.table("relay")
        yield ("relays", name, "limits"), profile.table(LIMITS)
    yield ("mailboxes",), MAILBOXES
    yield ("operations",), OPERATIONS


def _within(keys: Keys, value: Any) -> Iterator[tuple[Keys, Number]]:
    """Return the numbers in a value, which may be a table such as a distribution."""
    if isinstance(value, Mapping):
        for key, profile_value in value.items():
            yield from _within((*keys, key), profile_value)
        return
    try:
        number = Number.parse(value)
    except ValueError:
        return
    if number.value > 0:
        yield keys, number


def _is_used(scenario: Scenario, keys: Keys) -> bool:
    """Return whether a number is used.

    The share that refuses on a list may be for no list here, and nothing may keep a host from
    answering.
    """
    match keys:
        case ("hubs", _, "smtp_connect_timeout"):
            return any(each.unreachable_mx_hosts for each in scenario.destinations.values()) or any(
                event.outage is not None and event.outage.mx_hosts for event in scenario.events
            )
        case ("destinations", name, "refuses_on", entry):
            known = scenario.destinations[name].refuses_on
            return any(
                entry == next((name for name in (of.name, of.profile) if name in known), None)
                for of in scenario.blocklists.values()
            )
    return True
