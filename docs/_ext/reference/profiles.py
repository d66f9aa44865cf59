"""The profiles: every default and property with its source and certainty."""

from collections.abc import Iterator
from typing import Any

from reference.described import descriptions
from relaysim.present.text.profile_tables import toml
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import PROPERTIES, Kind
from relaysim.profiles.profile import Table


def markdown(kind: str) -> str:
    """The properties of a kind, such as `mta`, and its profiles: a section each."""
    return "\n".join([*_properties(Kind(kind)), *_profiles(Kind(kind))])


def _properties(kind: Kind) -> Iterator[str]:
    """What each property means."""
    yield from ("## Properties", "", "| property | meaning |", "| --- | --- |")
    for name, text in descriptions(kind.properties).items():
        yield f"| `{name}` | {text} |"


def _profiles(kind: Kind) -> Iterator[str]:
    for name in BUILT_IN.names(kind):
        profile = BUILT_IN.profile(kind, name)
        yield from ("", f"## {name}")
        for section, path in (profile.places() | {PROPERTIES: PROPERTIES}).items():
            table = profile.table(section)
            if table:
                yield from ("", f"`[{path}]`", "", *_table(table))


def _table(table: Table) -> Iterator[str]:
    yield from ("| key | value | certainty | source |", "| --- | --- | --- | --- |")
    for key, value in table.items():
        found = spelled(value.value)
        other = value.other
        dissent = f"; or `{spelled(other.value)}`: {other.source}" if other is not None else ""
        yield f"| `{key}` | `{found}` | {value.certainty.value} | {value.source}{dissent} |"


def spelled(value: Any) -> str:
    """A value as a file has it."""
    return toml(value)
