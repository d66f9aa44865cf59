"""The table of applications that `relaysim new --apps` reads: a CSV file, read strictly."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple, TextIO, TypeVar

from relaysim.cli.application_kinds import KINDS
from relaysim.mail.address import parse_ip, unusual
from relaysim.scenario.files import MB, text_lines, unreadable
from relaysim.scenario.name_checks import unfit
from relaysim.scenario.problem import nearest, quoted
from relaysim.units import duration

NEEDED = ("name", "address", "messages_per_day", "to")
OPTIONAL = {"deadline": "15 min", "kind": "application"}
"""Columns that may be left out, and what an empty cell means."""
TAKEN = ("users", "internet", "marketing")
"""Hosts that `new` writes, whatever the table has."""
_SERVER = re.compile(r"hub0[1-9]")
"""Servers that `new` writes, in small letters."""
USED = {"198.51.100.10": "is the public IP", "203.0.113.7": "stands for the Internet"}
"""Addresses that `new` writes outside the network of the servers, and what they are."""
_LONGEST = 64
"""Letters of the local part of a mail address (RFC 5321), which is made of the name."""
_MOST_MESSAGES = 10_000_000
_T = TypeVar("_T")
_SEPARATORS = (",", ";", "\t")


class Application(NamedTuple):
    """A row of the table.

    `messages` is a day, `outside` the percentage of the recipients outside the company, and
    `deadline` a duration as a scenario file writes it.
    """

    name: str
    address: str
    messages: int
    outside: float
    deadline: str
    kind: str


def read_applications(path: Path) -> tuple[Application, ...]:
    """Return the applications of a table.

    Parameters
    ----------
    path
        A CSV file in UTF-8, separated by commas, semicolons or tabs. The first line names the
        columns of `NEEDED` and `OPTIONAL`, in any order.

    Returns
    -------
    tuple of Application
        In the order of the file.

    Raises
    ------
    ValueError
        If the file cannot be read, or has problems: all of them, each with file, line, column,
        value, what is allowed and the nearest spelling.
    """
    try:
        with _opened(path) as lines:
            head = lines.readline()
            separator = max(_SEPARATORS, key=head.count)
            names = next(csv.reader([head], delimiter=separator), [])
            rows = csv.reader(lines, delimiter=separator)
            return _Table(path, [name.strip().casefold() for name in names]).read(
                (rows.line_num + 1, row) for row in rows
            )
    except UnicodeDecodeError:
        raise ValueError(f"{path}: the file cannot be read: it is not UTF-8 text") from None
    except csv.Error as error:
        raise ValueError(f"{path}: the file is not CSV: {error}") from None
    except OSError as error:
        raise ValueError(f"{path}: {unreadable(path, error, written=False)}") from None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open the file of a table. Raises ValueError, with the path, for what is no such file."""
    try:
        lines = text_lines(path, MB)
    except ValueError as error:
        raise ValueError(f"{path}: the file cannot be read: {error}") from None
    with lines:
        yield lines


@dataclass
class _Table:
    """A table under way: its columns, and the problems and names so far."""

    path: Path
    columns: list[str]
    problems: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    """The line of each name, in small letters."""

    def read(self, rows: Iterable[tuple[int, Sequence[str]]]) -> tuple[Application, ...]:
        """Return the applications of the rows. Raises ValueError with all problems."""
        self._check_columns()
        result = []
        if not self.problems:
            result = [self._row(line, row) for line, row in rows if any(map(str.strip, row))]
            if not result:
                self.problems.append(f"{self.path}: the table has no application")
        if self.problems:
            count = len(self.problems)
            head = "1 problem:" if count == 1 else f"{count} problems:"
            raise ValueError("\n".join([head, *self.problems]))
        return tuple(result)

    def _check_columns(self) -> None:
        known = (*NEEDED, *OPTIONAL)
        for name in self.columns:
            if name not in known:
                self._add(1, "", name, "there is no such column", known)
        for name in NEEDED:
            if name not in self.columns:
                self.problems.append(f"{self.path}, line 1: the column {name} is missing")
        if len({*self.columns}) < len(self.columns):
            self.problems.append(f"{self.path}, line 1: a column stands there twice")

    def _row(self, line: int, row: Sequence[str]) -> Application:
        if len(row) > len(self.columns):
            self.problems.append(
                f"{self.path}, line {line}: {len(row)} cells for {len(self.columns)} columns; a "
                "number is written without separators, such as 4000, or in quotes"
            )
        cells = dict(zip(self.columns, map(str.strip, row), strict=False))

        def cell(column: str, parse: Callable[[str], _T], failed: _T) -> _T:
            text = cells.get(column, "") or OPTIONAL.get(column, "")
            try:
                return parse(text)
            except _UnknownError as error:
                self._add(line, column, text, str(error), error.allowed)
            except ValueError as error:
                self._add(line, column, text, str(error))
            return failed

        def name(text: str) -> str:
            earlier = self.lines.setdefault(text.casefold(), line)
            if earlier != line:
                raise ValueError(f"line {earlier} has this name already")
            return _name(text)

        return Application(
            cell("name", name, ""),
            cell("address", _address, ""),
            cell("messages_per_day", _messages, 1),
            cell("to", _outside, 0.0),
            cell("deadline", _deadline, ""),
            cell("kind", _kind, ""),
        )

    def _add(
        self, line: int, column: str, value: str, why: str, allowed: Iterable[str] = ()
    ) -> None:
        """Note a problem of a cell."""
        where = f"{self.path}, line {line}" + (f", {column}" if column else "")
        known = tuple(allowed)
        near = nearest(value, known)
        self.problems.append(
            f"{where} = {quoted(value)}: {why}"
            + (f"; allowed: {', '.join(known)}" if known else "")
            + (f'; did you mean "{near}"?' if near else "")
        )


class _UnknownError(ValueError):
    """A word that is not one of the `allowed` ones."""

    def __init__(self, why: str, allowed: Iterable[str]) -> None:
        self.allowed = tuple(allowed)
        super().__init__(why)


def _name(text: str) -> str:
    if not text:
        raise ValueError("an application needs a name")
    what = unfit(text)
    if what is not None:
        raise ValueError(f"the name has {what}: leave it out")
    if "." in text:
        raise ValueError('the name has a dot, which separates names in results: write "-" instead')
    if len(text) > _LONGEST:
        raise ValueError(f"the name has {len(text)} letters: write at most {_LONGEST}")
    if text.casefold() in TAKEN:
        raise ValueError("the company has a host of this name already: choose another one")
    if _SERVER.fullmatch(text.casefold()):
        raise ValueError("servers are called HUB01 to HUB09 here: choose another name")
    return text


def _address(text: str) -> str:
    address = parse_ip(text)
    if not isinstance(address, IPv4Address):
        raise ValueError("the servers have IPv4 addresses: write the IPv4 address")
    what = unusual(address) or USED.get(str(address))
    if what is not None:
        raise ValueError(f"this address {what}: write that of the machine")
    return str(address)


def _messages(text: str) -> int:
    digits = text.isascii() and text.isdigit()
    if not digits or not 1 <= int(text[:20]) <= _MOST_MESSAGES:
        raise ValueError(
            f"write the messages of a working day, a whole number from 1 to {_MOST_MESSAGES} "
            "without separators, such as 4000"
        )
    return int(text)


def _outside(text: str) -> float:
    """Return the percentage of the recipients outside the company."""
    shares = {"internal": 0.0, "external": 100.0}
    if text.casefold() in shares:
        return shares[text.casefold()]
    if not text.endswith("%"):
        raise _UnknownError(
            'write who gets the mail, or the percentage outside the company, such as "30 %"', shares
        )
    number = text.removesuffix("%").strip()
    share = float(number) if number.replace(".", "", 1).isdigit() and number.isascii() else -1.0
    if not 0 <= share <= 100:
        raise ValueError('a percentage is from 0 to 100, such as "30 %"')
    return share


def _deadline(text: str) -> str:
    if not duration(text):
        raise ValueError('a deadline is above zero, such as "15 min"')
    return text


def _kind(text: str) -> str:
    if text.casefold() not in KINDS:
        raise _UnknownError("there is no such kind", KINDS)
    return text.casefold()


def sender(name: str) -> str:
    """Return the local part of the sender address of an application."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in plain)
    return "-".join(filter(None, letters.split("-"))) or "app"
