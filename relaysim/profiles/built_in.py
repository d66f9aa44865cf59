"""The profiles that come with relaysim: the TOML files beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from importlib.resources import files

from relaysim.profiles.file import EXTENDS, Keys, Reader
from relaysim.profiles.kind import (
    INSTALLED,
    LIMITS,
    PROPERTIES,
    RECEIVE_CONNECTOR,
    REQUIRES,
    Kind,
    installed_name,
)
from relaysim.profiles.profile import Profile

SUFFIX = ".toml"
BASE = "_"
"""A file whose name begins so is no profile: it holds what several profiles have in common."""
_LAST = "none"


@cache
def bases(kind: Kind) -> tuple[str, ...]:
    """Return the names of all files of a kind, which a profile may extend."""
    names_of_files = (file.name for file in (files(__package__) / kind.value).iterdir())
    return tuple(
        sorted(name.removesuffix(SUFFIX) for name in names_of_files if name.endswith(SUFFIX))
    )


@cache
def names(kind: Kind) -> tuple[str, ...]:
    """Return the names of the profiles of a kind in order, "none" last."""
    result = [name for name in bases(kind) if not name.startswith(BASE)]
    return tuple(sorted(result, key=lambda name: (name == _LAST, name)))


@cache
def profile(kind: Kind, name: str) -> Profile:
    """Return the profile or base of a name that `bases` has."""
    text = (files(__package__) / kind.value / f"{name}{SUFFIX}").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    below = tables.get(EXTENDS)
    reader = Reader(kind)
    result = reader.profile(name, tables, None if below is None else profile(kind, below))
    if reader.mistakes:
        raise ValueError(f"{kind}/{name}: {reader.mistakes}")
    return result


@cache
def keys(kind: Kind) -> Mapping[str, Keys]:
    """Return the keys of each section of a kind.

    A section may have the keys that some profile here has there, and needs those that all of these
    profiles have.
    """
    every = [profile(kind, name) for name in names(kind)]
    result = {}
    for section in kind.sections:
        having = [profile.sections for profile in every if section in profile.sections]
        tables = [sections[section] for sections in having]
        common = [key for key in tables[0] if all(key in table for table in tables)]
        allowed = tuple(dict.fromkeys(key for table in tables for key in table))
        result[section] = Keys(allowed, tuple(common), len(tables) < len(every))
    if LIMITS in result:
        result[LIMITS] = Keys(None, (), True)
    if REQUIRES in result:
        result[REQUIRES] = Keys(result[REQUIRES].allowed, (), True)
    if RECEIVE_CONNECTOR in result:
        overlays = (
            key
            for profile in every
            for section, table in profile.sections.items()
            if installed_name(section) is not None
            for key in table
        )
        allowed = tuple(dict.fromkeys([*(result[RECEIVE_CONNECTOR].allowed or ()), *overlays]))
        result[INSTALLED] = Keys(allowed, (), True)
    declared = tuple(field.name for field in fields(kind.properties))
    needed = tuple(field.name for field in fields(kind.properties) if field.default is MISSING)
    return result | {PROPERTIES: Keys(declared, needed, False)}
