"""Names in any case, and the nearest spelling of a wrong one."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


def text_of(value: object) -> str:
    """The text without spaces around it; "" for what is no text, which no rule then accepts."""
    return value.strip() if isinstance(value, str) else ""


def unknown(value: object, noun: str, known: Iterable[str]) -> ValueError:
    """The error for a name that is none of the known ones; it lists them, the nearest last."""
    names = {name.casefold(): name for name in known}
    near = get_close_matches(str(value).casefold(), names, n=1)
    hint = f'; did you mean "{names[near[0]]}"?' if near else ""
    return ValueError(f'"{value}" is not {noun}: known are {", ".join(names.values())}{hint}')


def parse_name(kind: type[E], value: object, noun: str) -> E:
    """The member with this value, in any case. Raises ValueError that names the nearest."""
    key = text_of(value).casefold()
    for member in kind:
        if member.value.casefold() == key:
            return member
    raise unknown(value, noun, kind)


def look_up(table: Mapping[str, T], name: str, noun: str) -> T:
    """The entry of a table of profiles. Raises ValueError that names the nearest."""
    if name not in table:
        raise unknown(name, noun, table)
    return table[name]
