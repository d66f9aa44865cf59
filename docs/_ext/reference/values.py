"""What may stand at a key, in words, from the type that the model gives it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import AfterValidator, BeforeValidator
from pydantic.fields import FieldInfo

from relaysim.scenario import (
    arrivals,
    blocklist,
    connector,
    core_time,
    destination,
    model,
    reputation,
    stream,
    table,
)
from relaysim.scenario import distribution as law
from relaysim.scenario import rate_profile as profile
from relaysim.scenario.destination import shares_of_words

TIME = 'a time, such as "5 min"'
SIZE = 'a size, such as "75 KB"'
RATE = 'a rate, such as "40/min"'
BANDWIDTH = 'a bandwidth, such as "20 Mbit/s"'
UNLIMITED = ', or "unlimited"'


def _flat(kind: Any) -> tuple[Any, list[Any]]:
    """A type without annotations and without None, and its annotations, the innermost first."""
    notes: list[Any] = []
    while True:
        if get_origin(kind) is Annotated:
            kind, *outer = get_args(kind)
            notes = [*(each for note in outer for each in _notes(note)), *notes]
        elif _union(kind) and len(some := [a for a in get_args(kind) if a is not NoneType]) == 1:
            kind = some[0]
        else:
            return kind, notes


def _notes(note: Any) -> list[Any]:
    return list(note.metadata) if isinstance(note, FieldInfo) else [note]


def _union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _validators(kind: Any) -> Iterator[Callable[..., Any]]:
    """The functions that a value goes through, the outermost first."""
    for note in reversed(_flat(kind)[1]):
        if isinstance(note, BeforeValidator | AfterValidator):
            yield note.func


def _first(kind: Any) -> Any:
    return next(_validators(kind))


def _field(of: type[table.Table], key: str) -> Any:
    info = of.model_fields[key]
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _item(kind: Any) -> Any:
    return get_args(_flat(kind)[0])[0]


_RECEIVE, _SEND = connector.ReceiveConnector, connector.SendConnector
_READ_BY: dict[Any, str] = {
    _first(table.Duration): TIME,
    _first(table.Lasting): f"{TIME}, above zero",
    _first(table.Moment): (
        f'{TIME} (from the start of the run); or "22:00", "Tuesday 10:00", "25th 09:00", '
        '"last day 18:00", "2026-12-24 18:00"'
    ),
    _first(table.Recurrence): f'{TIME}, above zero; or "day", "week", "month", "working day"',
    _first(table.Size): SIZE,
    _first(table.SizeLimit): SIZE + UNLIMITED,
    _first(table.Rate): RATE,
    _first(table.Bandwidth): BANDWIDTH + UNLIMITED,
    _first(table.Limit): "a whole number" + UNLIMITED,
    _first(table.Address): "an IP address",
    _first(table.AddressName): "an IP address",
    _first(reputation.HourlyRate): 'a whole number of messages an hour, such as "600/h"',
    _first(blocklist.NeighbourRate): RATE,
    _first(core_time.CoreTime): f"{TIME}, or a table (see [costs](#costs))",
    _first(law.TimeLaw): f"{TIME}, or a table with a distribution (see [laws](#laws))",
    _first(_field(model.Run, "warm_up")): f'{TIME}, or "auto"',
    _first(_field(model.Egress, "allocation")): 'a network, such as "198.51.100.8/29"',
    _first(
        _field(_RECEIVE, "message_rate_limit")
    ): f'messages a minute, such as "5/min"{UNLIMITED}',
    _first(_item(_field(_RECEIVE, "bindings"))): 'an address with its port: "192.168.1.10:25"',
    _first(_item(_field(_RECEIVE, "remote_ip_ranges"))): "an address, a range or a network",
    _first(_item(_field(_SEND, "address_spaces"))): 'an address space, such as "SMTP:*;1"',
    _first(_item(_field(destination.Destination, "domains"))): "a domain",
    _first(_field(connector.Permission, "user")): "a user or group of Active Directory",
    _first(_field(stream.Stream, "sender")): 'a mail address, such as "news@example.com"',
    reputation.parse_reputation: 'the word "none", or a table (see [reputation](#reputation))',
}
_MEMBERS: dict[Any, str] = {
    law.Constant[table.Size]: f"{SIZE}, or a table with a distribution (see [laws](#laws))",
    law.Constant[table.Duration]: _READ_BY[_first(law.TimeLaw)],
    arrivals.Poisson: "a table with a process (see [arrivals](#arrivals))",
    int: "a whole number from 1 to 5,000, or a Zipf law (see [laws](#laws))",
    float: "a number above -1 to 10, or a list of such numbers, one for each step",
    Literal["drop"]: 'the word "drop", or a table with retry_every and give_up_after',
}
_PLAIN: dict[Any, str] = {
    bool: "true or false",
    str: "text",
    Path: "a file",
    datetime: "a date and time, such as 2010-03-01T08:00:00",
    profile.Profile: "a name, 24 numbers, or a table (see [profiles of a day](#profiles-of-a-day))",
}


def words(kind: Any) -> str:
    """The values of a type in words; Markdown."""
    bare, notes = _flat(kind)
    if _union(bare) and (member := _flat(get_args(bare)[0])[0]) in _MEMBERS:
        return _MEMBERS[member]
    for validator in _validators(kind):
        if validator is shares_of_words:
            return f"one of {_options(get_args(bare)[0])}; or shares of them, as a table"
        if validator in _READ_BY:
            return _READ_BY[validator]
    match get_origin(bare):
        case origin if origin is tuple:
            return f"a list{_length(notes)}: {words(get_args(bare)[0])}"
        case origin if origin is Mapping:
            value = words(get_args(bare)[1])
            return value if value.startswith("a table") else f"a table: name = {value}"
        case origin if origin is Literal:
            return f"one of {_options(bare)}"
    if bare in (int, float):
        return ("a whole number" if bare is int else "a number") + "".join(map(_bound, notes))
    if bare in _PLAIN:
        return _PLAIN[bare]
    if issubclass(bare, Enum):
        return "one of " + ", ".join(f'"{each.value}"' for each in bare)
    return "a table"


def of_key(of: type[table.Table], key: str) -> str:
    """The values of a key of a table of the model."""
    return words(_field(of, key))


def table_at(of: type[table.Table], key: str) -> type[table.Table] | None:
    """The table of the model that stands at a key, alone, by name or in a list."""
    bare = _flat(_field(of, key))[0]
    while get_origin(bare) in (tuple, Mapping):
        bare = _flat(get_args(bare)[1 if get_origin(bare) is Mapping else 0])[0]
    return bare if isinstance(bare, type) and issubclass(bare, table.Table) else None


def _options(kind: Any) -> str:
    return ", ".join(f'"{each}"' for each in get_args(_flat(kind)[0]))


def _length(notes: list[Any]) -> str:
    least = next((note.min_length for note in notes if isinstance(note, MinLen)), 0)
    exact = any(isinstance(note, MaxLen) for note in notes)
    return f" of {least}" if exact else " of at least one" if least else ""


def _bound(note: Any) -> str:
    match note:
        case Ge(ge):
            return f" from {_short(ge)}"
        case Gt(gt):
            return f" above {_short(gt)}"
        case Le(le):
            return f" to {_short(le)}"
        case Lt(lt):
            return f" below {_short(lt)}"
    return ""


def _short(value: Any) -> str:
    if value in (2**32, 2**63):
        return f"2^{value.bit_length() - 1}"
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"
