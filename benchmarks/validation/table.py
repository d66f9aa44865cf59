"""The result as text: the lines of the terminal, and the block of a page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from validation.cases import CASES, TOLERANCE
from validation.comparison import Compared, Score, score
from validation.twin import Costs

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""The lines around the block."""
HEAD = ["case", "stream", "quantity", "n", "measured", "simulated", "difference, %", "within"]


class Circumstances(NamedTuple):
    """Where and how it was measured.

    Attributes
    ----------
    relaysim, postfix, machine : str
        Versions, and cores, processor and system.
    costs : Costs
        The calibrated costs.
    others : mapping of str to sequence of float
        For each case and repeat the share of the machine that others used.
    """

    relaysim: str
    postfix: str
    machine: str
    costs: Costs
    others: Mapping[str, Sequence[float]]


def number(value: float) -> str:
    """Return a value with three significant digits."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def cells(row: Compared) -> list[str]:
    """Return the cells of a quantity, by `HEAD`."""
    unit = "1/s" if row.quantity == "throughput" else "s"
    return [
        row.case,
        row.stream,
        f"{row.quantity}, {unit}",
        f"{row.messages:,}",
        ", ".join(map(number, row.measured)),
        ", ".join(map(number, row.simulated)),
        ", ".join(f"{100 * difference:+.1f}" for difference in row.differences),
        f"{row.within} of {len(row.measured)}",
    ]


def verdict(result: Score) -> str:
    """Return the sentence about all quantities."""
    return (
        f"{result.within} of {result.count} values agree within {100 * TOLERANCE:.0f} %"
        f" ({100 * result.within / result.count:.0f} %); of the medians of the repeats"
        f" {result.medians} of {result.quantities}."
    )


def missed(rows: Sequence[Compared]) -> str:
    """Return the sentence about the quantities that do not agree in each repeat."""
    names = [f"{row.case} {row.stream} {row.quantity}" for row in rows if row.misses]
    return f"Not within {100 * TOLERANCE:.0f} % in each repeat: {', '.join(names) or 'none'}."


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def block(rows: Sequence[Compared], where: Circumstances) -> str:
    """Return the block of the page: circumstances, calibrated costs, verdict, and both tables.

    Parameters
    ----------
    rows : sequence of Compared
        All quantities.
    where : Circumstances
        Where and how they were measured.
    """
    titles = {case.name: case.title for case in CASES}
    cases = [
        [name, titles[name], ", ".join(f"{100 * share:.0f}" for share in shares)]
        for name, shares in where.others.items()
    ]
    made = f"relaysim {where.relaysim}, Postfix {where.postfix}, {where.machine}."
    costs = (
        f"Calibrated: `receive_cost` {1000 * where.costs.receive:.2f} ms,"
        f" `send_cost` {1000 * where.costs.send:.2f} ms."
    )
    return "\n\n".join(
        [
            made,
            costs,
            f"**{verdict(score(rows))}**",
            missed(rows),
            markdown(["case", "what it is", "others, % of the machine"], cases),
            markdown(HEAD, [cells(row) for row in rows]),
        ]
    )


def replaced(page: str, text: str) -> str:
    """Return a page with another block.

    Parameters
    ----------
    page : str
        The page.
    text : str
        The new block.

    Raises
    ------
    ValueError
        If the page has no block.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
