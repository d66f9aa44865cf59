"""From the tables of a profile file to a profile, with all that is wrong with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from relaysim.profiles.kind import (
    INSTALLED,
    PROPERTIES,
    RECEIVE_CONNECTOR,
    Kind,
    installed_name,
    installed_section,
    section_path,
)
from relaysim.profiles.profile import Profile, ProfileFile, Table
from relaysim.profiles.value import Certainty, Dissent, Value
from relaysim.renamed import SECTIONS, sentence

NONE = "none"
"""The word that switches off a section which the profile below has."""
SOURCES = "sources"
EXTENDS = "extends"
ENTRY = ("value", "certainty", "source")
"""The keys of an entry."""
OTHER = "other"
"""The key of an entry about a document that disagrees."""
DISSENT = ("value", "source", "effect")
"""Its keys."""
_SHOWN = 5
_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""A source of this form is a name in `[sources]`; any other text is the source itself."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a section may have and must have; `optional` if the section may be absent.

    `allowed` is None where any key may be.
    """

    allowed: tuple[str, ...] | None
    required: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong with a profile file.

    Parameters
    ----------
    path : tuple of str
        The keys that lead there.
    message : str
        What is wrong.
    allowed : tuple of str
        What would be right.
    word : str
        The word in place of one that is allowed.
    """

    path: tuple[str, ...]
    message: str
    allowed: tuple[str, ...] = ()
    word: str = ""


@dataclass
class Reader:
    """Reads the tables of one profile file and notes all mistakes.

    Parameters
    ----------
    kind : Kind
        The kind of the profile.
    keys : mapping of str to Keys, or None
        The keys of each section; None takes any key.
    whole : bool
        Whether the profile must have all keys that a section needs.
    mistakes : list of Mistake
        What was found wrong so far.
    """

    kind: Kind
    keys: Mapping[str, Keys] | None = None
    whole: bool = False
    mistakes: list[Mistake] = field(default_factory=list)

    def profile(
        self,
        name: str,
        tables: Mapping[str, Any],
        below: Profile | None = None,
        files: tuple[ProfileFile, ...] = (),
    ) -> Profile:
        """Return the profile of a file; it lacks whatever is wrong.

        Parameters
        ----------
        name : str
            Its name.
        tables : mapping of str to Any
            The tables of the file, as `tomllib` gives them.
        below : Profile or None
            The profile that the file extends.
        files : tuple of ProfileFile
            The file, and the files of a user that it extends.
        """
        installed = (INSTALLED,) if RECEIVE_CONNECTOR in self.kind.sections else ()
        known = (*self.kind.sections, *installed, PROPERTIES)
        sources = dict(self._sources(tables.get(SOURCES, {})))
        lower = below.sections if below is not None else {}
        stated: dict[str, Table | None] = {}
        for key, value in self._flat(tables, lower):
            if section_path(key)[0] in known:
                off = value == NONE and key != PROPERTIES
                stated[key] = None if off else self._section(key, value, sources)
            elif renamed := sentence(key, SECTIONS):
                self._wrong((key,), renamed)
            elif key not in (EXTENDS, SOURCES):
                self._unknown((key,), "unknown key", (EXTENDS, SOURCES, *known), key)
        sections = _over(lower, stated)
        if self.whole and not self.mistakes:
            self._note_missing(sections)
        return Profile(self.kind, name, sections, files)

    def _flat(
        self, tables: Mapping[str, Any], below: Mapping[str, Table]
    ) -> Iterator[tuple[str, Any]]:
        """Yield the tables by section, those of installed connectors one by one."""
        for key, value in tables.items():
            if key != INSTALLED:
                yield key, value
            elif value == NONE:
                yield from ((section, NONE) for section in below if installed_name(section))
            elif isinstance(value, Mapping):
                yield from ((installed_section(name), table) for name, table in value.items())
            else:
                self._wrong((key,), f'a table is needed, or "{NONE}"')

    def _wrong(self, path: tuple[str, ...], message: str) -> None:
        self.mistakes.append(Mistake(path, message))

    def _unknown(
        self, path: tuple[str, ...], message: str, known: Iterable[str], word: Any
    ) -> None:
        self.mistakes.append(Mistake(path, message, tuple(known), str(word)))

    def _sources(self, table: Any) -> Iterator[tuple[str, str]]:
        if not isinstance(table, Mapping):
            self._wrong((SOURCES,), "a table is needed")
            return
        for name, text in table.items():
            if not isinstance(text, str) or not text.strip():
                self._wrong((SOURCES, name), "text in quotes is needed")
            elif not _NAME.fullmatch(name):
                self._wrong((SOURCES, name), "a name has letters, digits, - and _ alone")
            else:
                yield name, text

    def _section(self, section: str, table: Any, sources: Mapping[str, str]) -> Table:
        path = section_path(section)
        if not isinstance(table, Mapping):
            self._wrong(path, f'a table is needed, or "{NONE}"')
            return {}
        allowed = None if self.keys is None else self.keys[path[0]].allowed
        entries = {}
        for key, entry in table.items():
            if allowed is not None and key not in allowed:
                self._unknown((*path, key), "unknown key", allowed, key)
                continue
            value = self._entry((*path, key), entry, sources)
            if value is not None and section == PROPERTIES:
                value = self._property((section, key), value)
            if value is not None:
                entries[key] = value
        return entries

    def _entry(self, path: tuple[str, ...], entry: Any, sources: Mapping[str, str]) -> Value | None:
        if not isinstance(entry, Mapping):
            self._wrong(path, f"a table with {', '.join(ENTRY)} is needed")
            return None
        before = len(self.mistakes)
        for key in entry:
            if key not in (*ENTRY, OTHER):
                self._unknown((*path, key), "unknown key", (*ENTRY, OTHER), key)
        for key in ENTRY:
            if key not in entry:
                self._wrong((*path, key), "missing key")
        words = [certainty.value for certainty in Certainty]
        certainty, source = entry.get("certainty"), entry.get("source")
        if "certainty" in entry and certainty not in words:
            self._unknown((*path, "certainty"), "unknown value", words, certainty)
        if "source" in entry:
            if not isinstance(source, str) or not source.strip():
                self._wrong((*path, "source"), "text in quotes is needed")
            elif _NAME.fullmatch(source) and source not in sources:
                no_name = f"there is no such name in [{SOURCES}]; write it there, or several words"
                self._unknown((*path, "source"), no_name, sources, source)
        other = self._dissent((*path, OTHER), entry[OTHER], sources) if OTHER in entry else None
        if len(self.mistakes) > before:
            return None
        text = str(source)
        return Value(entry["value"], sources.get(text, text), Certainty(str(certainty)), other)

    def _dissent(
        self, path: tuple[str, ...], entry: Any, sources: Mapping[str, str]
    ) -> Dissent | None:
        """Return what a document that disagrees has."""
        if not isinstance(entry, Mapping) or set(entry) != set(DISSENT):
            self._wrong(path, f"a table with {', '.join(DISSENT)} is needed")
            return None
        source = str(entry["source"])
        return Dissent(entry["value"], sources.get(source, source), str(entry["effect"]))

    def _property(self, path: tuple[str, ...], value: Value) -> Value | None:
        """Return the value of a property in its type; None if it has another."""
        types = {field.name: field.type for field in fields(self.kind.properties)}
        kind = types.get(path[-1])
        where = (*path, "value")
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            words = [member.value for member in kind]
            if value.value in words:
                return Value(kind(value.value), value.source, value.certainty)
            self._unknown(where, "unknown value", words, value.value)
        elif isinstance(kind, type) and not isinstance(value.value, kind):
            self._wrong(where, _NEEDED[kind])
        else:
            return value
        return None

    def _note_missing(self, sections: Mapping[str, Table]) -> None:
        """Note what a profile lacks."""
        for section, keys in (self.keys or {}).items():
            lacking = [key for key in keys.required if key not in sections.get(section, {})]
            if lacking and (section in sections or not keys.optional):
                first, more = ", ".join(lacking[:_SHOWN]), len(lacking) - _SHOWN
                text = first if more <= 0 else f"{first} and {more} more"
                way = f'write them, or {EXTENDS} = "NAME" of a profile that has them'
                self._wrong((section,), f"missing: {text}; {way}")


def _over(below: Mapping[str, Table], sections: Mapping[str, Table | None]) -> dict[str, Table]:
    """Return the sections of a file, None for one that is off, over those that it extends.

    A key and a section of the same name, such as `reputation`, stand for one another: what the file
    writes takes the place of the other one below.
    """
    merged = {
        section: {**below.get(section, {}), **(sections.get(section) or {})}
        for section in dict.fromkeys((*below, *sections))
        if sections.get(section, {}) is not None
    }
    for table in list(merged.values()):
        for key in merged.keys() & table.keys():
            if sections.get(key) is None:
                del merged[key]
            else:
                del table[key]
    return dict(merged)


_NEEDED = {
    bool: "true or false is needed",
    str: "text in quotes is needed",
    float: "a number with a decimal point is needed",
}
