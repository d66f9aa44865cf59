"""The C++ header of what the compiled engine shares with Python: constants, tables and memory."""

from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from hashlib import blake2b
from pathlib import Path

from relaysim.engine.fast.layout import BACK_OFF, CONSTANTS, DRAWS, PLAN, STRUCTS
from relaysim.trace.record import TABLES, column_names, specs
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


def _enums() -> Iterable[str]:
    yield _enum("Decision", "D_", Decision)
    yield _enum("Status", "STATUS_", Status)
    yield _enum("Visit", "VISIT_", Visit)
    yield _enum("Level", "LEVEL_", Level)
    yield _enum("SignalKind", "SIGNAL_", Signal)
    yield _enum("Drawn", "DRAWN_", Drawn)


def _constants() -> Iterable[str]:
    for name, value in CONSTANTS.items():
        yield f"constexpr i64 {name} = {value};"
    for number, word in enumerate(BACK_OFF):
        yield f"constexpr i64 BACK_OFF_{word.upper()} = {number};"
    columns = sum(len(column_names(table)) for table in TABLES.values())
    yield f"constexpr i64 COLUMNS = {columns};\n"


def _enum(name: str, prefix: str, members: Iterable[IntEnum]) -> str:
    entries = ", ".join(f"{prefix}{member.name} = {member.value}" for member in members)
    return f"enum {name} : i64 {{ {entries} }};\n"


def _structs() -> Iterable[str]:
    yield "template <class T>\nstruct Array {\n  const T* values;\n  i64 size;\n"
    yield "  const T& operator[](i64 place) const { return values[place]; }\n};\n"
    yield "template <>\nstruct Array<void> {\n  const void* values;\n  i64 size;\n};\n"
    for name, fields in STRUCTS.items():
        yield f"struct {name} {{\n  i64 {', '.join(fields)};\n}};\n"
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
        f"{{tables.{name}.{column}, tables.{name}.rows}}"
        for name, table in TABLES.items()
        for column in column_names(table)
    ]
    frees = "".join(
        f"  free_column(tables.{name}.{column}, tables.{name}.room);\n"
        for name, table in TABLES.items()
        for column in column_names(table)
    )
    yield f"inline void free_columns(Tables& tables) {{\n{frees}}}\n"
    yield (
        "// All columns in the order of the tables.\n"
        "inline Array<void> column(const Tables& tables, i64 number) {\n"
        f"  const Array<void> columns[] = {{\n    {(',' + chr(10) + '    ').join(columns)}}};\n"
        "  return columns[number];\n}\n"
    )


def _table(table: type) -> str:
    names = column_names(table)
    bits = {name: spec.kind.bits for name, spec in specs(table)}
    pointers = "".join(f"  i{bits[name]}* {name} = nullptr;\n" for name in names)
    arguments = ", ".join(f"i64 {name}_" for name in names)
    resizes = "".join(f"    {name} = grown({name}, room, length);\n" for name in names)
    writes = "".join(f"    {name}[rows] = (i{bits[name]}){name}_;\n" for name in names)
    return (
        f"struct {table.__name__} {{\n{pointers}  i64 rows = 0, room = 0;\n\n"
        f"  void reserve(i64 length) {{\n    if (length <= room) return;\n"
        f"{resizes}    room = length;\n  }}\n"
        f"  void add({arguments}) {{\n"
        f"    if (rows == room) reserve(room ? 2 * room : 256);\n{writes}    rows++;\n  }}\n}};\n"
    )
