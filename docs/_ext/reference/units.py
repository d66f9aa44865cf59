"""The units that a scenario file may use."""

from relaysim import units

_ROWS = (
    ("time", units._TIME, '`"5 min"`, `"150 ms"`, `"2 d"`'),
    ("size", units._BYTES, '`"75 KB"`, `"10 MB"`'),
    ("bandwidth", units._BITS, '`"20 Mbit/s"`'),
)


def markdown() -> str:
    """A table of quantities, their units and examples."""
    lines = ["| quantity | units | examples |", "| --- | --- | --- |"]
    for quantity, definitions, examples in _ROWS:
        names = ", ".join(f"`{each.partition(' =')[0]}`" for each in definitions)
        names = names.replace("bit`", "bit/s`") if quantity == "bandwidth" else names
        lines.append(f"| {quantity} | {names} | {examples} |")
    lines.append('| rate | a number over a unit of time | `"40/min"`, `"0.5/s"`, `"4000/d"` |')
    return "\n".join(lines)
