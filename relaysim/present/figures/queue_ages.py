"""Queues at a time, by age: the table of qshape, with darker cells for more entries."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import LogNorm

from relaysim.measure.qshape import AGES, ALL, COLUMNS, TOTAL
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, Sheet, sheet
from relaysim.present.text.number_format import number
from relaysim.present.text.queue_table import QShape, clock

MOST = 14
"""Queues that are shown: the fullest."""
_SHADES = colormaps["YlGnBu"]
_LINE = "#dddddd"
_DARK = 0.5
"""From which part of the scale on letters are white."""
_ROW, _REST = 0.25, 0.85


def qshape(result: QShape, caption: str) -> Sheet:
    """Draw one row a queue and one for all of them, one column for each span of ages.

    Parameters
    ----------
    result : QShape
        The queues of a replication at a time.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If all queues are empty.
    """
    if result.shape.empty:
        raise NothingToDrawError(f"all queues are empty at {clock(result.scenario, result.at)}")
    shown = result.shape.head(MOST)
    rows = [(TOTAL, result.total), *((str(name), row) for name, row in shown.iterrows())]
    figure, (panel,) = sheet(1, 1, _message(result), caption, row_height=_REST + _ROW * len(rows))
    ages = COLUMNS[1:]
    counts = np.array([[row[age] for age in ages] for _, row in rows])
    top = max(10.0, float(counts.max()))
    norm = LogNorm(1.0, top)
    # A logarithmic scale has no colour for 0, so empty cells are masked.
    panel.imshow(
        np.ma.masked_less(counts, 1), norm=norm, cmap=_SHADES, aspect="auto", interpolation="none"
    )
    for place, (name, row) in enumerate(rows):
        weight = "bold" if name == TOTAL else "normal"
        how: Any = {"size": 8, "ha": "center", "va": "center", "weight": weight}
        panel.text(-1.0, place, f"{row[ALL]:,}", color=INK, **how)
        for column, age in enumerate(ages):
            if row[age]:
                dark = norm(row[age]) > _DARK
                panel.text(column, place, f"{row[age]:,}", color="white" if dark else INK, **how)
    for edge in range(1, len(ages)):
        panel.axvline(edge - 0.5, color=_LINE, linewidth=0.6, zorder=0.5)
    panel.axhline(0.5, color=INK, linewidth=0.8)
    panel.axvline(-0.5, color=INK, linewidth=0.8)
    panel.set_xlim(-1.5, len(ages) - 0.5)
    panel.set_yticks(range(len(rows)), [name for name, _ in rows])
    panel.set_xticks(range(-1, len(ages)), ["all", *(f"<{age}" for age in AGES), f"{AGES[-1]}+"])
    panel.tick_params(length=0.0, labelsize=8)
    panel.spines[:].set_visible(False)
    panel.grid(visible=False)
    left_out = len(result.shape) - len(shown)
    more = f"; {left_out:,} emptier queues are left out" * (left_out > 0)
    panel.set_xlabel(
        f"age in the queue, minutes; each column begins where the one before ends{more}"
    )
    return figure


def _message(ages: QShape) -> str:
    """Return the title: the number of entries, and the age of the largest part."""
    counts = [int(ages.total[age]) for age in COLUMNS[1:]]
    whole, upto = int(ages.total[ALL]), np.cumsum(counts)
    half = int(np.searchsorted(upto, whole / 2))
    part, age = upto[half], f"less than {AGES[min(half, len(AGES) - 1)]} min"
    if half == len(AGES):
        part, age = counts[-1], f"{AGES[-1]} min or longer"
    entries = "entry" if whole == 1 else "entries"
    most = ", the peak" * ages.fullest
    return (
        f"Queues of {ages.hub or ages.scenario.name} at {clock(ages.scenario, ages.at)}"
        f"{most}: {whole:,} {entries}, {number(part / whole, 'share')} waiting for {age}; most in "
        f"{ages.shape.index[0]}"
    )
