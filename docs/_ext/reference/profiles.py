"""The profiles: every default with its source and how sure it is."""

from collections.abc import Mapping
from typing import Any

from relaysim.cli.profiles import Kind
from relaysim.mail.value import Value
from relaysim.present.text.profile_tables import toml


def markdown(kind: str) -> str:
    """The profiles of a kind, such as `mta`: a section each, a table for each of its tables."""
    from relaysim.cli import profiles

    lines: list[str] = []
    for name, tables in profiles._known(Kind(kind)).items():
        lines += ["", f"## {name}"]
        for path, table in tables.items():
            if table:
                lines += ["", f"`[{path}]`", "", *_table(table)]
    return "\n".join(lines)


def _table(table: Mapping[str, Value]) -> list[str]:
    rows = ["| key | default | certainty | source |", "| --- | --- | --- | --- |"]
    for key, value in table.items():
        found = spelled(value.value)
        rows.append(f"| `{key}` | `{found}` | {value.certainty.value} | {value.source} |")
    return rows


def spelled(value: Any) -> str:
    """A value as a file has it."""
    return toml(value)
