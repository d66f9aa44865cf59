"""A scenario in the spelling of its file: plain tables, with units in the text."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from relaysim import units
from relaysim.scenario import table
from relaysim.scenario.calendar_time import format_at, format_every
from relaysim.scenario.connector import ReceiveConnector
from relaysim.scenario.destination import shares_of_words
from relaysim.scenario.distribution import Constant, Empirical
from relaysim.scenario.model import AUTO, Run, Scenario
from relaysim.scenario.rate_profile import PROFILES, Profile, named_profile
from relaysim.scenario.reputation import parse_reputation
from relaysim.scenario.table import NONE, Table

Writer = Callable[[Any], Any]


def written(model: Table, model_defaults: bool = True) -> dict[str, Any]:
    """Return the table as a file would write it, with the defaults of its profile filled in.

    Tables, lists, numbers and text as `tomllib` gives them; absent values are left out, and so are
    the names that are keys of the table above. Without `model_defaults` the keys that have the
    default of the model are left out too, and the result can be loaded.
    """
    result = {}
    for key, info in type(model).model_fields.items():
        value = getattr(model, key)
        # The file switches the key off: without the word, loading would fill in the default again.
        if value is None and key in model.model_fields_set and model.is_optional(key):
            result[info.alias or key] = _value(None, field_type(info), model_defaults) or NONE
            continue
        # A required field has no default of the model, even if its profile gives the same value.
        usual = not info.is_required() and value == info.get_default(call_default_factory=True)
        if key in _left_out(model) or (usual and not model_defaults):
            continue
        text = _value(value, field_type(info), model_defaults)
        if text is not None:
            result[info.alias or key] = text
    if isinstance(model, Run) and model.warm_up_auto:
        result["warm_up"] = AUTO
    return result


def _left_out(model: Table) -> tuple[str, ...]:
    """Return the fields that no file writes."""
    if isinstance(model, Empirical):
        return ("values",)
    return () if isinstance(model, Scenario) else ("name", "properties")


def _value(value: Any, kind: Any, model_defaults: bool) -> Any:
    writer = _writer(kind)
    if writer is not None and not isinstance(value, Table):
        return writer(value)
    match value:
        case None | bool() | int() | float() | datetime():
            return value
        case Enum():
            return value.value
        case Constant():
            return _value(
                value.value, field_type(type(value).model_fields["value"]), model_defaults
            )
        case Profile():
            return _profile_name(value) or written(value, model_defaults)
        case Table():
            return written(value, model_defaults)
        case Mapping():
            return {
                key: _value(item, _inner(kind, 1), model_defaults) for key, item in value.items()
            }
        case tuple():
            return [_value(item, _inner(kind, 0), model_defaults) for item in value]
    return str(value)


def _profile_name(profile: Profile) -> str | None:
    names = (name for name in PROFILES if Profile.model_validate(named_profile(name)) == profile)
    return next(names, None)


def field_type(info: FieldInfo) -> Any:
    """Return the type of a field of a table, with all annotations that pydantic removed."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation


def _bare(kind: Any) -> Any:
    return _bare(get_args(kind)[0]) if get_origin(kind) is Annotated else kind


def _inner(kind: Any, position: int) -> Any:
    """Return the type of the values of a table or of a list."""
    arguments = get_args(_bare(kind))
    return arguments[position] if len(arguments) > position else None


def _checks(kind: Any) -> list[Any]:
    """Return the functions that parse a value of this type."""
    if get_origin(kind) is Annotated:
        inner, *metadata = get_args(kind)
        checks = [entry.func for entry in metadata if isinstance(entry, BeforeValidator)]
        return checks + _checks(inner)
    if get_origin(kind) in (Union, UnionType):
        return [check for member in get_args(kind) for check in _checks(member)]
    return []


def _writer(kind: Any) -> Writer | None:
    """Return the function that writes a quantity of this type, by the function that parses it."""
    return next((_WRITERS[check] for check in _checks(kind) if check in _WRITERS), None)


def _absent(write: Callable[[Any], str]) -> Writer:
    return lambda value: None if value is None else write(value)


def _unlimited(write: Writer) -> Writer:
    return lambda value: "unlimited" if value is None else write(value)


def _word(shares: Mapping[str, float]) -> Any:
    """Return a word alone where it is the only one."""
    return next(iter(shares)) if len(shares) == 1 else dict(shares)


_WRITERS: dict[Any, Writer] = {
    shares_of_words: _word,
    parse_reputation: lambda _: "none",
} | {
    _checks(kind)[0]: writer
    for kind, writer in (
        (table.Duration, _absent(units.format_duration)),
        (table.Moment, _absent(format_at)),
        (table.Recurrence, _absent(format_every)),
        (table.Size, _absent(units.format_size)),
        (table.Rate, _absent(units.format_rate)),
        (table.Bandwidth, _unlimited(units.format_bandwidth)),
        (table.Limit, _unlimited(int)),
        (table.SizeLimit, _unlimited(units.format_size)),
        (table.TimeLimit, _unlimited(units.format_duration)),
        (
            field_type(ReceiveConnector.model_fields["message_rate_limit"]),
            _unlimited(lambda rate: f"{rate}/min"),
        ),
    )
}
