"""No code takes a display name apart: what it is and whose it is are fields of plan and trace."""

import ast
from collections.abc import Iterator
from pathlib import Path

import relaysim

PACKAGE = Path(relaysim.__file__).parent
CUTS = {"partition", "rpartition", "split", "rsplit"}
ENDS = {"endswith", "startswith", "removesuffix", "removeprefix"}
MARKS = {"->", " by ", "/innocents", "/culprits", " (culprits)"}
"""What only display names have."""
STATIONS = (".line", ".cpu", ".commit", ".mailbox", ".mailboxsubmission", ".submission", ".dsn")
NAMED = {"stations", "queues", "connectors", "provider_states", "streams", "name", "names"}
"""Attributes that hold display names."""


def parsing(source: str) -> Iterator[tuple[int, str]]:
    """Return the lines at which a source takes a display name apart."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(
            isinstance(op, ast.In | ast.NotIn) for op in node.ops
        ):
            left = node.left
            if isinstance(left, ast.Constant) and left.value in MARKS | set(STATIONS):
                yield node.lineno, ast.unparse(node)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        method, text = node.func.attr, ast.unparse(node)
        constants = {
            part.value
            for argument in node.args
            for part in ast.walk(argument)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        }
        if (method in CUTS | ENDS and constants & (MARKS | set(STATIONS))) or (
            method in CUTS and constants & {".", "/"} and _is_a_name(node.func.value)
        ):
            yield node.lineno, text


def _is_a_name(value: ast.expr) -> bool:
    """Whether an expression reads an attribute that holds display names."""
    attributes = {part.attr for part in ast.walk(value) if isinstance(part, ast.Attribute)}
    return bool(attributes & (NAMED - {"name"})) or (
        isinstance(value, ast.Attribute) and value.attr == "name"
    )


def test_no_display_name_is_taken_apart():
    result = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in parsing(path.read_text(encoding="utf-8"))
    ]
    assert result == []


def test_old_ways_of_parsing_names_are_found():
    for old in (
        'hub, _, hop = queue.partition("->")',
        'outside = "->" in resource.name',
        'owner = resource.name.rpartition(".")',
        'host = names.streams[0].partition(".")[0]',
        'line = name.removesuffix(".line")',
        'party = sender.endswith("/culprits")',
    ):
        assert list(parsing(old)), old
