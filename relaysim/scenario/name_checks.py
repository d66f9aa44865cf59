"""Checks of names and other text: control characters, and names that are equal."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from relaysim.mail.address import parse_ip
from relaysim.scenario.problem import KeyPath, Problem
from relaysim.scenario.raw_tables import Found, Raw, at, parsed

_CATEGORIES = {
    "Cc": "a control character",
    "Cf": "an invisible character",
    "Cs": "half of a character",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
"""Unicode categories that no text of a scenario has, and what to call their characters."""
_JOINERS = "\u200c\u200d"
"""Joiners that Persian, the scripts of India and emoji need; they move no other text."""

_GROUPS = (
    "hubs",
    "send_connectors",
    "lines",
    "hosts",
    "destinations",
    "blocklists",
    "relays",
    "sender_domains",
    "dns",
    "load_balancers",
    "pools",
    "warm_up_plans",
)


def _characters(raw: Raw) -> Found:
    """Report characters that could hide or reorder other text, or control a terminal.

    The value of `file` and of `extends` is left out: a file of that name is read, and its problems
    are reported there.
    """
    for path, text, is_key in _texts(raw):
        what = unfit(text)
        if what is not None:
            yield Problem(path, f"the {'name' if is_key else 'text'} has {what}: leave it out")
        elif is_key and (not text or text != text.strip()):
            yield Problem(path, "the name is empty, or begins or ends with a blank")


def unfit(text: str) -> str | None:
    """Return the forbidden character of a text, else None: "a control character (U+001B)"."""
    # In most texts there is nothing to look up.
    if text.isascii() and text.isprintable():
        return None
    for character in text:
        category = unicodedata.category(character)
        if category in _CATEGORIES and character not in _JOINERS:
            return f"{_CATEGORIES[category]} (U+{ord(character):04X})"
    return None


def _texts(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str, bool]]:
    """Return all keys and texts of tables, each with its path, and whether it is a key."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key), str(key), True
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*path, place))
    elif isinstance(value, str) and path[-1:] not in (("file",), ("extends",)):
        yield path, value, False


def _equal_names(raw: Raw) -> Found:
    """Report names that differ in case alone: Exchange, Windows and DNS take them for one.

    Without this check a file that writes `[send_connectors.Internet]` to change the `internet` of
    the file that it extends has two of them.
    """
    groups: list[tuple[str, ...]] = [(group,) for group in _GROUPS]
    groups.append(("organization", "domains"))
    for key in ("receive_connectors", "egress_by_sender_domain"):
        groups += [("hubs", hub, key) for hub in at(raw, "hubs")]
    groups += [("hosts", host, "streams") for host in at(raw, "hosts")]
    for group in groups:
        first: dict[str, str] = {}
        for name in at(raw, *group):
            known = first.setdefault(folded(name), name)
            if known != name:
                text = (
                    f'only the case of letters tells this name from "{known}": write "{known}" '
                    "to change that one, or another name for a second one"
                )
                yield Problem((*group, name), text)


def folded(name: object) -> str:
    """Return a name in the form that equal names share."""
    return unicodedata.normalize("NFKC", str(name)).casefold().strip()


def _equal_addresses(raw: Raw) -> Found:
    """Report two spellings of one public IP."""
    for group in (("egress",), *(("pools", pool, "members") for pool in at(raw, "pools"))):
        first: dict[Any, str] = {}
        for name in at(raw, *group):
            address = parsed(parse_ip, name)
            if address is not None and first.setdefault(address, name) != name:
                yield Problem((*group, name), f'this is the same address as "{first[address]}"')


def name_problems(raw: Raw) -> list[Problem]:
    """Return the problems of the names and texts of a scenario's tables."""
    return [problem for check in _CHECKS for problem in check(raw)]


def outside(problems: Iterable[Problem], named: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are not within a thing whose name is wrong.

    A table that should have changed another one lacks most of its keys: the name is the only
    problem.
    """
    wrong = [problem.path for problem in named]
    return [
        problem
        for problem in problems
        if not any(problem.path[: len(path)] == path != problem.path for path in wrong)
    ]


_CHECKS: tuple[Callable[[Raw], Found], ...] = (_characters, _equal_names, _equal_addresses)
