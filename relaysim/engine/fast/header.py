"""The C++ header of what the compiled engine shares with Python: constants, tables and memory."""

from collections.abc import Iterable, Mapping
from enum import IntEnum, IntFlag
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import ModuleType

from relaysim.engine import kernel
from relaysim.engine.fast.layout import (
    BACK_OFF,
    CONSTANTS,
    DRAWS,
    PLAN,
    PROVIDER_STATE,
    STRUCTS,
    WATCHERS,
)
from relaysim.engine.relay import station
from relaysim.engine.reputation import receiver
from relaysim.mail.authentication import Dmarc, Missing
from relaysim.mail.backpressure import Level as PressureLevel
from relaysim.mail.backpressure import Peer
from relaysim.mail.provider_state import State
from relaysim.mail.relay_limits import Counts, Over
from relaysim.trace.record import TABLES, Spec, column_names, specs
from relaysim.trace.tables import Level, Signal, Status, Visit
from relaysim.traffic.draw import Decision
from relaysim.traffic.signal_draws import Signal as Drawn

FILE = "generated.hpp"

_HEAD = """\
// What Python and C++ share. Written by relaysim/engine/fast/header.py: `make header`.
#pragma once
#include "draw.hpp"
"""


def header() -> str:
    """Return the text of the header, which ends with its own digest."""
    text = _text()
    return f'{text}\n#define LAYOUT "{_digest(text)}"\n'


def write() -> None:
    """Write the header beside this file."""
    (Path(__file__).parent / FILE).write_text(header(), encoding="utf-8", newline="\n")


def layout() -> str:
    """Return the digest by which a library and the package recognize each other."""
    return _digest(_text())


@cache
def _text() -> str:
    return "\n".join([_HEAD, *_constants(), *_enums(), *_structs(), *_tables()])


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


_RANKS = ("END", "SCRIPT", "STATE", "TIMER", "SERVICE", "BATCH", "ATTEMPT", "ARRIVAL")
_ENTITIES = ("QUEUE", "LINE", "HOST", "DESTINATION", "EGRESS")


def _enums() -> Iterable[str]:
    yield _enum("Rank", {name: getattr(kernel, name) >> 60 for name in _RANKS})
    yield _enum("EntityKind", _named(kernel, *_ENTITIES))
    yield _enum("WorkClass", _named(station, "SEND", "RECEIVE", "CATEGORIZE"))
    yield _enum("Verdict", _named(receiver, "ACCEPTED", "DEFERRED", "REFUSED", "CLOSED"))
    yield _enum("Connecting", _named(receiver, "GREETED", "WAITS", "DROPPED"))
    yield _enum("Stage", _named(receiver, "GREETING", "MAIL", "RCPT", "DATA"), "AT_")
    yield _enum("RelayCounts", _members(Counts), "COUNTS_")
    yield _enum("RelayOver", _members(Over), "OVER_")
    yield _enum("ListAction", _named(receiver, "REJECT", "DEFER", "SCORE"))
    yield _enum("Dmarc", _members(Dmarc), "DMARC_")
    yield _enum("Lacks", _members(Missing), "LACKS_")
    yield _enum("State", _members(State))
    yield _enum("PressureLevel", _members(PressureLevel))
    yield _enum("Peer", _members(Peer))
    yield _enum("Decision", _members(Decision), "D_")
    yield _enum("Status", _members(Status), "STATUS_")
    yield _enum("Visit", _members(Visit), "VISIT_")
    yield _enum("Level", _members(Level), "LEVEL_")
    yield _enum("SignalKind", _members(Signal), "SIGNAL_")
    yield _enum("Drawn", _members(Drawn), "DRAWN_")


def _constants() -> Iterable[str]:
    for name, value in CONSTANTS.items():
        yield f"constexpr i64 {name} = {value};"
    for number, word in enumerate(BACK_OFF):
        yield f"constexpr i64 BACK_OFF_{word.upper()} = {number};"
    columns = sum(len(column_names(table)) for table in TABLES.values())
    yield f"constexpr i64 COLUMNS = {columns};\n"


def _members(kind: type[IntEnum] | type[IntFlag]) -> dict[str, int]:
    return {member.name or "": member.value for member in kind}


def _named(module: ModuleType, *names: str) -> dict[str, int]:
    return {name: getattr(module, name) for name in names}


def _enum(name: str, values: Mapping[str, int], prefix: str = "") -> str:
    entries = ", ".join(f"{prefix}{member} = {value}" for member, value in values.items())
    return f"enum {name} : i64 {{ {entries} }};\n"


def _structs() -> Iterable[str]:
    yield "template <class T>\nstruct Array {\n  const T* values;\n  i64 size;\n"
    yield "  const T& operator[](i64 place) const { return values[place]; }\n};\n"
    yield "template <>\nstruct Array<void> {\n  const void* values;\n  i64 size;\n};\n"
    for name, fields in STRUCTS.items():
        yield f"struct {name} {{\n  i64 {', '.join(fields)};\n}};\n"
    members = "".join(
        f"  {f'{kind}*' if kind else 'i64'} {name};\n" for name, kind in PROVIDER_STATE.items()
    )
    yield f"struct ProviderState {{\n{members}}};\n"
    functions = "".join(
        f"  {'ProviderState*' if name == 'new_state' else 'void'} (*{name})("
        f"{', '.join(f'i64 {argument}' for argument in arguments)});\n"
        for name, arguments in WATCHERS.items()
    )
    yield f"// Functions in Python, called at rare events.\nstruct Watchers {{\n{functions}}};\n"
    for name, arrays in (("Plan", PLAN), ("Draws", DRAWS)):
        lines = "".join(f"  Array<{kind}> {field};\n" for field, kind in arrays)
        yield f"struct {name} {{\n{lines}}};\n"


def _tables() -> Iterable[str]:
    for table in TABLES.values():
        yield _table(table)
        for name, spec in specs(table):
            if spec.default is not None:
                constant = f"DEFAULT_{table.__name__}_{name}".upper()
                yield f"constexpr i64 {constant} = {spec.default};"
        yield ""
    members = "".join(f"  {table.__name__} {name};\n" for name, table in TABLES.items())
    yield f"struct Tables {{\n{members}}};\n"
    columns = [
        (f"tables.{name}.{column}", f"tables.{name}.rows", f"tables.{name}.room", spec.is_short)
        for name, table in TABLES.items()
        for column, spec in specs(table)
    ]
    frees = "".join(f"  free_column({column}, {room});\n" for column, _, room, _ in columns)
    yield f"inline void free_columns(Tables& tables) {{\n{frees}}}\n"
    yield _selection(
        "All columns in the order of the tables.",
        "column",
        [f"{column}{'.values' if short else ''}, {rows}" for column, rows, _, short in columns],
    )
    yield _selection(
        "What stands apart from each column.",
        "apart",
        [
            f"{column}.apart.values, {column}.apart.size" if short else "nullptr, 0"
            for column, _, _, short in columns
        ],
    )


def _selection(comment: str, name: str, arrays: Iterable[str]) -> str:
    entries = ",\n    ".join(f"{{{array}}}" for array in arrays)
    return (
        f"// {comment}\n"
        f"inline Array<void> {name}(const Tables& tables, i64 number) {{\n"
        f"  const Array<void> columns[] = {{\n    {entries}}};\n"
        "  return columns[number];\n}\n"
    )


def _table(table: type) -> str:
    names = column_names(table)
    pointers = "".join(_member(name, spec) for name, spec in specs(table))
    arguments = ", ".join(f"i64 {name}_" for name in names)
    resizes = "".join(f"    {name} = grown({name}, room, length);\n" for name in names)
    writes = "".join(f"    {_write(name, spec)};\n" for name, spec in specs(table))
    return (
        f"struct {table.__name__} {{\n{pointers}  i64 rows = 0, room = 0;\n\n"
        f"  void reserve(i64 length) {{\n    if (length <= room) return;\n"
        f"{resizes}    room = length;\n  }}\n"
        f"  void add({arguments}) {{\n"
        f"    if (rows == room) reserve(room ? 2 * room : 256);\n{writes}    rows++;\n  }}\n}};\n"
    )


def _member(name: str, spec: Spec) -> str:
    kind = f"i{spec.kept_bits}"
    return f"  Short<{kind}> {name};\n" if spec.is_short else f"  {kind}* {name} = nullptr;\n"


def _write(name: str, spec: Spec) -> str:
    if spec.since:
        return f"{name}.set_since(rows, {name}_, {spec.since}_)"
    if spec.is_short:
        return f"{name}.set(rows, {name}_)"
    return f"{name}[rows] = (i{spec.kept_bits}){name}_"
