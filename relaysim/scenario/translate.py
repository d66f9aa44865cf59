"""Pydantic's errors in plain words, at the path in the file."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import Tag, ValidationError
from pydantic_core import ErrorDetails

from relaysim.renamed import KEYS, sentence
from relaysim.scenario import override
from relaysim.scenario.distribution import Empirical
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, Problem, nearest, shown
from relaysim.scenario.table import Table

_WORDS = {
    "string_type": "text in quotes is needed",
    "path_type": "text in quotes is needed",
    "bool_type": "true or false is needed",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "finite_number": "a finite number is needed",
    "tuple_type": "a list is needed",
    "mapping_type": "a table is needed",
    "dict_type": "a table is needed",
    "model_type": "a table is needed",
    "model_attributes_type": "a table is needed",
    "datetime_type": "a date and time is needed, such as 2010-03-01T08:00:00",
    "string_too_short": "must not be empty",
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "at least {min_length} needed, found {actual_length}",
    "too_long": "at most {max_length} allowed, found {actual_length}",
}
_UNQUOTED = {
    "bool_type": (bool,),
    "int_type": (int,),
    "float_type": (int, float),
    "datetime_type": (datetime,),
}
"""By kind of error, the types that are right: a text may hold such a value in quotes."""
_KEY = "[key]"
"""Pydantic's word for a key that is wrong itself."""
_FILLED_IN = {"name", "properties", "values"}
"""Fields that no file writes: they come from keys, from profiles and from files of values."""


def translate(error: ValidationError, raw: Mapping[str, Any]) -> list[Problem]:
    """Return the problems of a validation error of a scenario; `raw` is the validated table."""
    errors = error.errors(include_url=False)
    above = {details["loc"][:-1] for details in errors}
    # A list with a wrong value is not empty as well.
    problems = [
        _problem(details, raw)
        for details in errors
        if not (details["type"] == "too_short" and details["loc"] in above)
    ]
    return [problem for problem in problems if problem is not None]


class _Place(NamedTuple):
    """The place of an error: the path as written, the table around it, its type, its value."""

    path: KeyPath
    table: Any
    type: Any
    value: Any


def _problem(details: ErrorDetails, raw: Mapping[str, Any]) -> Problem | None:
    kind, context = details["type"], details.get("ctx", {})
    path, table, inner, value = _place(details["loc"], raw)
    if kind == "extra_forbidden":
        renamed = sentence(str(path[-1]), KEYS)
        if renamed is not None:
            return Problem(path, renamed)
        close = nearest(path[-1], _keys(table)) or _below(table, str(path[-1]))
        return Problem(path, "unknown key", nearest=close)
    if kind == "missing":
        if _is_read_from_a_file(table, path):
            return None
        return Problem(path, "missing table" if _is_table(inner) else "missing key")
    if kind == "union_tag_not_found":
        allowed = tuple(tag for tag in _members(inner) if tag != "constant")
        return Problem(path, f"a table with a key {_tag_key(path)} is needed", allowed)
    if kind == "union_tag_invalid":
        return _unknown((*path, _tag_key(path)), context["tag"], context["expected_tags"])
    # A key that is not among the allowed words, such as a stage of refusal.
    if kind == "literal_error" and value == _KEY:
        known = _allowed(context["expected"])
        return Problem(path, "unknown key", known, nearest(path[-1], known))
    if kind == "literal_error":
        return _unknown(path, value, context["expected"])
    if kind == "value_error":
        message = _without_value(str(context["error"]), value)
    else:
        message = _WORDS.get(kind, details["msg"]).format(**context)
        if _is_right_without_quotes(value, _UNQUOTED.get(kind, ())):
            message = f"{message}, without the quotes"
    if _is_read_from_a_file(table, path):
        path = (*path[:-1], "file")
        place = details["loc"][-1]
        if isinstance(place, int):
            message = _without_line(str(context.get("error", message)), place + 1)
    return Problem(path, message)


def _is_right_without_quotes(value: Any, kinds: tuple[type, ...]) -> bool:
    """Return whether a text would be a value of such a type if it had no quotes."""
    line = override.one_key(f"value = {value}") if isinstance(value, str) else None
    return line is not None and type(line["value"]) in kinds


def _without_line(message: str, number: int) -> str:
    """Return the message on a value of a file, without the value: the file may be any file."""
    quoted, _, wrong = message.partition(" is ")
    reason = wrong if wrong and quoted[:1] in ('"', "'") else "not of the right form"
    return f"value {number} is {reason.partition('; did you mean')[0]}"


def _unknown(path: KeyPath, value: Any, expected: str) -> Problem:
    allowed = _allowed(expected)
    return Problem(path, "unknown value", allowed, nearest(value, allowed))


def _allowed(expected: str) -> tuple[str, ...]:
    return tuple(re.findall("'([^']*)'", expected))


def _without_value(message: str, value: Any) -> str:
    """Return the message without the value at its beginning: a problem shows the value itself."""
    for start in (shown(value), repr(value), f'"{value}"'):
        if start and message.startswith(f"{start} is "):
            return message.removeprefix(f"{start} is ")
    return message


def _place(location: tuple[int | str, ...], raw: Mapping[str, Any]) -> _Place:
    """Return Pydantic's location as the file has it.

    The tags of unions are left out, and the keys that a shorthand implies.
    """
    place = _Place((), None, Scenario, raw)
    for step in location:
        members = _members(place.type)
        if members:
            place = place._replace(type=members.get(step))
        elif step == _KEY:
            return place._replace(value=step)
        elif isinstance(place.value, list) and not isinstance(step, int):
            place = place._replace(type=_inside(place.type, step))
        elif isinstance(place.value, Mapping):
            inner = _inside(place.type, step)
            place = _Place((*place.path, step), place.type, inner, place.value.get(step))
        elif isinstance(place.value, list):
            inner = _inside(place.type, step)
            place = _Place((*place.path, step), place.type, inner, place.value[int(step)])
        else:
            break
    return place


def _bare(kind: Any) -> Any:
    """Return a type without annotations, and without None."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif (
            _is_union(kind)
            and len(members := [a for a in get_args(kind) if a is not NoneType]) == 1
        ):
            kind = members[0]
        else:
            return kind


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def _members(kind: Any) -> dict[Any, Any]:
    """Return the members of a tagged union by tag; empty for any other type."""
    union = _bare(kind)
    return {
        note.tag: member
        for member in (get_args(union) if _is_union(union) else ())
        for note in getattr(member, "__metadata__", ())
        if isinstance(note, Tag)
    }


def _is_table(kind: Any) -> bool:
    bare = _bare(kind)
    return get_origin(bare) is Mapping or (isinstance(bare, type) and issubclass(bare, Table))


def _fields(kind: Any) -> dict[str, Any]:
    """Return the keys of a table of the model, each with its type."""
    bare = _bare(kind)
    fields = bare.model_fields if isinstance(bare, type) and issubclass(bare, Table) else {}
    return {field.alias or name: field.annotation for name, field in fields.items()}


def _keys(kind: Any) -> set[str]:
    keys = set(_fields(kind))
    return keys | {"extends", "format"} if _bare(kind) is Scenario else keys - _FILLED_IN


def _below(kind: Any, key: str) -> str | None:
    """Return where a key stands one table deeper; None if it stands in no such table or in many."""
    places = [f"{name}.{key}" for name, of in _fields(kind).items() if key in _fields(of)]
    return places[0] if len(places) == 1 else None


def _inside(kind: Any, step: int | str) -> Any:
    """Return the type of the content of a key or a position of this type."""
    bare = _bare(kind)
    if get_origin(bare) is Mapping:
        return get_args(bare)[1]
    if get_origin(bare) is tuple:
        return get_args(bare)[0]
    return _fields(bare).get(str(step))


def _is_read_from_a_file(table: Any, path: KeyPath) -> bool:
    """Return whether a field of a law is filled from its `file`; the file is wrong then."""
    bare = _bare(table)
    return isinstance(bare, type) and issubclass(bare, Empirical) and path[-1] == "values"


def _tag_key(path: KeyPath) -> str:
    return "process" if path[-1] == "arrivals" else "distribution"
