"""The units that a scenario file may use."""

from relaysim import units

_ROWS = (
    ("time", units.MICROSECONDS, '`"5 min"`, `"150 ms"`, `"2 d"`'),
    ("size", units.BYTES, '`"75 KB"`, `"10 MB"`'),
    ("bandwidth", [f"{unit}/s" for unit in units.BITS], '`"20 Mbit/s"`'),
)


def markdown() -> str:
    """A table of quantities, their units and examples."""
    lines = ["| quantity | units | examples |", "| --- | --- | --- |"]
    for quantity, known, examples in _ROWS:
        names = ", ".join(f"`{name}`" for name in known)
        lines.append(f"| {quantity} | {names} | {examples} |")
    lines.append('| rate | a number over a unit of time | `"40/min"`, `"0.5/s"`, `"4000/d"` |')
    return "\n".join(lines)
