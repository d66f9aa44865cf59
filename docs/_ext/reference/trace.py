"""The record: every table and column of a trace, as `relaysim.trace.record` declares them."""

from relaysim.trace.record import TABLES, Spec, specs
from relaysim.trace.tables import Described


def markdown() -> str:
    """Return a section for each table, and one for each enumeration that a column holds."""
    lines: list[str] = []
    enumerations: dict[str, type[Described]] = {}
    for name, table in TABLES.items():
        lines += [f"## `{name}`", "", " ".join((table.__doc__ or "").split()), ""]
        lines += ["| column | type | meaning | special values |", "| --- | --- | --- | --- |"]
        for column, spec in specs(table):
            lines.append(f"| `{column}` | {_type(spec)} | {spec.meaning} | {_special(spec)} |")
            if spec.kind.members is not None:
                enumerations.setdefault(spec.kind.members.__name__, spec.kind.members)
        lines.append("")
    for name, members in enumerations.items():
        lines += [f"## `{name}`", "", " ".join((members.__doc__ or "").split()), ""]
        lines += ["| value | name | meaning |", "| --- | --- | --- |"]
        lines += [f"| {int(m)} | `{m.name}` | {m.meaning} |" for m in members]
        lines.append("")
    return "\n".join(lines)


def _type(spec: Spec) -> str:
    return f"{spec.kind.text}, {spec.kind.unit}" if spec.kind.unit else spec.kind.text


def _special(spec: Spec) -> str:
    return "; ".join(f"{value}: {meaning}" for value, meaning in spec.sentinels)
