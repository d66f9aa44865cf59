"""A profile: tables of values with their sources, and properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relaysim.profiles.kind import PROPERTIES, Kind, installed_name
from relaysim.profiles.properties import Properties
from relaysim.profiles.value import Value

Table = Mapping[str, Value]


@dataclass(frozen=True)
class ProfileFile:
    """A file of a user that a profile was read from, with the SHA-256 of its bytes."""

    path: str
    digest: str


@dataclass(frozen=True)
class Profile:
    """A profile of one kind.

    Parameters
    ----------
    kind : Kind
        What it describes.
    name : str
        What scenarios call it: the name of its file without `.toml`.
    sections : mapping of str to Table
        Its values by section and key, those of the profile that it extends included.
    files : tuple of ProfileFile
        The files of a user that it was read from, its own first; none for a built-in profile.
    """

    kind: Kind
    name: str
    sections: Mapping[str, Table]
    files: tuple[ProfileFile, ...] = ()

    def table(self, section: str) -> Table:
        """Return the values of a section by key; an empty table where it has none."""
        return self.sections.get(section, {})

    def places(self) -> dict[str, str]:
        """Return the table of a scenario that each section fills, those that are empty included."""
        named = {section: installed_name(section) for section in self.sections}
        return {
            **self.kind.sections,
            **{
                section: f'receive_connectors."{name}"'
                for section, name in named.items()
                if name is not None
            },
        }

    @property
    def properties(self) -> Properties:
        """The properties, which `relaysim.profiles.properties` declares."""
        values: dict[str, Any] = {key: value.value for key, value in self.table(PROPERTIES).items()}
        return self.kind.properties(**values)
