"""Assumptions: the numbers of a scenario that nobody published and that its file does not state.

Half and double of each is the range that a study of sensitivity looks at unless told otherwise.
That is a convention of ours: nobody measured such ranges.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from relaysim.profiles.defaults import send_connector_table
from relaysim.profiles.kind import Kind
from relaysim.profiles.value import Certainty, Value
from relaysim.scenario.defaults import MAILBOXES, OPERATIONS
from relaysim.scenario.digest import digest
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import ScenarioError, dotted
from relaysim.study.factors import Input
from relaysim.study.value_range import Number

Keys = tuple[str, ...]
HALF, DOUBLE = Fraction(1, 2), Fraction(2)
_PREFIX = "vicinity_prefix"
_BELOW_1 = Number(Fraction(9, 10))


def assumptions(
    file: str | os.PathLike[str], settings: Iterable[str] = (), profiles: Folder = None
) -> tuple[Input, ...]:
    """The assumed defaults in force, under `path=value` settings, each from its half to its double.

    `profiles` is a folder of profiles of a user, as for `load`.

    Of a prefix length these are one bit more and one less; of a growth, which cannot be below 1,
    half and double of what it is above 1. A whole number stays whole, a share ends at 1. Words and
    zeros are no numbers to double; shares that make up one whole, such as those of
    `refusal_action`, cannot change one by one. Receive connectors are not looked at, as no default
    of theirs is assumed. ScenarioError if the file is no scenario.
    """
    file, settings = Path(file), tuple(settings)
    scenario = load(file, settings, profiles)
    same = digest(scenario)

    def identity(path: str, number: Number) -> str | None:
        """The digest of the scenario with another number; None if it is no scenario then."""
        try:
            return digest(load(file, [*settings, f"{path}={number}"], profiles))
        except ScenarioError:
            return None

    def ends(path: str, number: Number) -> Iterator[str | None]:
        low, high = number.times(HALF), number.times(DOUBLE)
        if path.endswith(_PREFIX):
            low, high = (number._replace(value=number.value + bit) for bit in (-1, 1))
        elif number.plain and number.value > 1 and identity(path, _BELOW_1) is None:
            above = number.value - 1
            low, high = (number._replace(value=1 + part * above) for part in (HALF, DOUBLE))
        for each in (low, high):
            there = identity(path, each)
            if there is None and each.plain:
                each = Number(Fraction(1))
                there = identity(path, each)
            yield None if there in (None, same) else str(each)

    inputs = []
    for keys, number, source in _numbers(scenario):
        path = dotted(keys)
        if identity(path, number) == same:
            low, high = ends(path, number)
            if low is not None or high is not None:
                inputs.append(Input(path, str(number), low, high, source))
    return tuple(inputs)


def _numbers(scenario: Scenario) -> Iterator[tuple[Keys, Number, str]]:
    """Every number above zero that a profile in use assumes: its path, itself and its source."""
    for path, table in defaults(scenario):
        for key, default in table.items():
            if default.certainty is Certainty.ASSUMPTION:
                for keys, number in _within((*path, key), default.value):
                    if _asked(scenario, keys):
                        yield keys, number, default.source


def defaults(scenario: Scenario) -> Iterator[tuple[Keys, Mapping[str, Value]]]:
    """The defaults of each table of the scenario, under its path."""
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
    for name, blocklist in scenario.blocklists.items():
        profile = known.profile(Kind.BLOCKLIST, blocklist.profile)
        yield ("blocklists", name), profile.table("blocklist")
    yield ("mailboxes",), MAILBOXES
    yield ("operations",), OPERATIONS


def _within(keys: Keys, value: Any) -> Iterator[tuple[Keys, Number]]:
    """The numbers in a value, which may be a table such as a distribution."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _within((*keys, key), each)
        return
    try:
        number = Number.parse(value)
    except ValueError:
        return
    if number.value > 0:
        yield keys, number


def _asked(scenario: Scenario, keys: Keys) -> bool:
    """Not so of the share of domains that refuse on a list which the scenario does not have."""
    match keys:
        case ("destinations", name, "refuses_on", entry):
            known = scenario.destinations[name].refuses_on
            return any(
                entry == next((each for each in (of.name, of.profile) if each in known), None)
                for of in scenario.blocklists.values()
            )
    return True
