"""Names in any case, and the nearest spelling of a wrong one."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def text_of(value: object) -> str:
    """Return the text without spaces around it; "" for a value that is no text."""
    return value.strip() if isinstance(value, str) else ""


def unknown(value: object, noun: str, known: Iterable[str]) -> ValueError:
    """Return the error for an unknown name; it lists the known names, the nearest last."""
    names = {name.casefold(): name for name in known}
    near = get_close_matches(str(value).casefold(), names, n=1)
    hint = f'; did you mean "{names[near[0]]}"?' if near else ""
    return ValueError(f'"{value}" is not {noun}: known are {", ".join(names.values())}{hint}')


def parse_name(kind: type[E], value: object, noun: str) -> E:
    """Return the member with this value, in any case; raise ValueError with the nearest."""
    key = text_of(value).casefold()
    for member in kind:
        if member.value.casefold() == key:
            return member
    raise unknown(value, noun, kind)


def look_up(table: Mapping[str, T], name: str, noun: str) -> T:
    """Return the entry of a table of profiles; raise ValueError with the nearest name."""
    if name not in table:
        raise unknown(name, noun, table)
    return table[name]
