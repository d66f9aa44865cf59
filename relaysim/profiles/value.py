"""A default together with where it comes from and how sure that is."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Certainty(StrEnum):
    """The certainty of a fact."""

    CONFIRMED = "confirmed"
    """In the maker's documentation, or in a record of a real server."""
    ONE_SOURCE = "one source"
    """One page by others has it."""
    UNCONFIRMED = "unconfirmed"
    """Best knowledge; no source was read."""
    ASSUMPTION = "assumption"
    """Chosen for this simulator."""
    DEFINITION = "definition"
    """True by the meaning of the profile, such as "none"."""


@dataclass(frozen=True, slots=True)
class Dissent:
    """Another value that a document has, where it stands, and what it would change."""

    value: Any
    source: str
    effect: str


@dataclass(frozen=True, slots=True)
class Value:
    """A default as a scenario file spells it ("5 s", 20, "unlimited", a table), with its source."""

    value: Any
    source: str
    certainty: Certainty
    other: Dissent | None = None
    """The value of a document that disagrees."""


def plain(table: Mapping[str, Value]) -> dict[str, Any]:
    """The values alone, copied, so that a caller may change what it gets."""
    return {key: deepcopy(entry.value) for key, entry in table.items()}
