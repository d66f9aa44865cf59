"""The differences of two designs, in the spelling of the scenario file."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relaysim.scenario.default_tables import with_defaults
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, dotted
from relaysim.scenario.table import Table
from relaysim.scenario.written import written

_KINDS = ("distribution", "process")
_PROFILE_KEYS = ("mta", "usage", "kind", "account", "profile")


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs: its path, and the value of each design there.

    Values are text, numbers, lists and tables as a file would write them, None for no value.
    """

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        before, after = (
            "(none)" if value is None else json.dumps(value, ensure_ascii=False, default=str)
            for value in (self.before, self.after)
        )
        return f"{self.path}: {before} → {after}"


def diff(base: Scenario, other: Scenario) -> list[Change]:
    """Return the values of `other` that differ from `base`, except name and title.

    Tables are compared key by key, lists whole. Of a table that only one design has, such as a new
    hub, the values that its profile does not give are returned.
    """
    tables = [written(design) for design in (base, other)]
    for table in tables:
        table.pop("name")
        table.pop("title")
    return list(_changes((base, other), (), *tables))


def _changes(
    designs: tuple[Scenario, Scenario], path: KeyPath, one: Any, two: Any
) -> Iterator[Change]:
    if one == two:
        return
    if one is None and (table := _table_at(designs[1], path)):
        yield from _alone(path, table, _defaults(designs[1]))
    elif two is None and (table := _table_at(designs[0], path)):
        # Only the base has the table: the same values, in the other direction.
        for change in _alone(path, table, _defaults(designs[0])):
            yield Change(change.path, change.after, None)
    elif isinstance(one, dict) and isinstance(two, dict) and _alike(one, two):
        for key in dict.fromkeys([*one, *two]):
            yield from _changes(designs, (*path, key), one.get(key), two.get(key))
    else:
        yield Change(dotted(path), one, two)


def _alike(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Return whether the keys of the two mean the same: not so for two kinds of distribution."""
    return all(one.get(key) == two.get(key) for key in _KINDS)


def _table_at(scenario: Scenario, path: KeyPath) -> Table | None:
    """Return the named table at a path, such as a hub; None for any other path."""
    here: Any = scenario
    for step in path:
        if isinstance(here, Table):
            here = next(
                (
                    getattr(here, key)
                    for key, info in type(here).model_fields.items()
                    if step in (key, info.alias)
                ),
                None,
            )
        else:
            here = here.get(step) if isinstance(here, Mapping) else None
    return here if isinstance(here, Table) else None


def _alone(path: KeyPath, added: Table, defaults: Any) -> Iterator[Change]:
    """Return the values of a table beyond the defaults of its profile, as if it were new.

    A value that its file states is returned also if it is the default: of a new IP, that its age is
    0.
    """
    parts, fields = _parts(added), type(added).model_fields
    unusual = written(added, model_defaults=False)
    stated = {fields[key].alias or key for key in added.model_fields_set if key in fields}
    stated_values = {
        key: unusual.get(key, value)
        for key, value in written(added).items()
        if key not in parts and (key in unusual or key in stated)
    }
    below = {key: value for key, value in _at(defaults, path).items() if key not in parts}
    usual = {}
    if below:
        # Defaults replace what the file states: this is the table that the profile alone would
        # give.
        profile = type(added).model_validate({**stated_values, **below})
        usual = written(profile) | written(profile, model_defaults=False)
    for key, value in stated_values.items():
        # A key that chooses a profile is always a difference: the other values depend on it.
        if key in _PROFILE_KEYS or key not in below or usual.get(key) != value:
            yield Change(dotted((*path, key)), None, value)
    for key, tables in parts.items():
        for name, table in tables.items():
            yield from _alone((*path, key, name), table, defaults)


def _parts(table: Table) -> dict[str, Mapping[str, Table]]:
    """Return the tables of named things that a table holds, such as the connectors of a hub."""
    return {
        key: value
        for key, value in table
        if isinstance(value, Mapping)
        and value
        and all(isinstance(item, Table) for item in value.values())
    }


def _defaults(scenario: Scenario) -> dict[str, Any]:
    """Return the values that the profiles of a scenario give, in the tables of a file."""
    hubs = {
        name: {
            "mta": hub.mta,
            "receive_connectors": {
                connector.name: {"usage": connector.usage}
                for connector in hub.receive_connectors.values()
            },
        }
        for name, hub in scenario.hubs.items()
    }
    hosts = {
        name: {"kind": host.kind} | ({"account": host.account} if host.account else {})
        for name, host in scenario.hosts.items()
    }
    bare: dict[str, Any] = {
        "hubs": hubs,
        "hosts": hosts,
        "send_connectors": {name: {} for name in scenario.send_connectors},
        "destinations": {n: {"profile": d.profile} for n, d in scenario.destinations.items()},
        "blocklists": {n: {"profile": b.profile} for n, b in scenario.blocklists.items()},
        "relays": {n: {"profile": r.profile} for n, r in scenario.relays.items()},
    }
    return with_defaults(bare, scenario.profiles)


def _at(tables: Any, path: KeyPath) -> dict[str, Any]:
    """Return the table at a path; an empty one where there is none."""
    for step in path:
        tables = tables.get(step, {}) if isinstance(tables, Mapping) else {}
    return dict(tables) if isinstance(tables, Mapping) else {}
