"""The style of all figures: paper, palette, lettering, and files.

A design has one colour and one dash pattern everywhere, so that a figure can be read in grey. The
colours are those of Okabe and Ito, which people with any colour vision can distinguish.
"""

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from relaysim.study.execution.figure_mark import MARK

WIDTH = 8.0
"""Inches; at 150 dots an inch a figure is 1,200 pixels wide."""
DOTS = 150
INK, PALE = "#222222", "#767676"
SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": PALE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.hashsalt": "relaysim",
    "svg.fonttype": "path",
    "savefig.dpi": DOTS,
    "figure.dpi": DOTS,
}
_HEAD, _KEY, _FOOT = 0.19, 0.2, 0.12
"""Height of a line of each, inches."""
_HANDLE, _LETTER = 0.42, 0.07
"""Width of an entry of a key without its text, and of a letter, inches."""
Key = Mapping[str, Artist]
"""What colours, lines and marks mean: a sample by text."""


class Look(NamedTuple):
    """The look of a design: colour, dashes of its lines, hatching of its areas."""

    colour: str
    dashes: tuple[float, tuple[float, ...]]
    hatch: str


_LOOKS = (
    Look("#0072B2", (0.0, ()), ""),
    Look("#D55E00", (0.0, (5.0, 1.6)), "///"),
    Look("#009E73", (0.0, (1.2, 1.2)), "..."),
    Look("#CC79A7", (0.0, (6.0, 1.5, 1.2, 1.5)), "xxx"),
    Look("#E69F00", (0.0, (9.0, 2.0)), "\\\\\\"),
    Look("#56B4E9", (0.0, (3.0, 1.0, 1.0, 1.0, 1.0, 1.0)), "++"),
    Look("#000000", (0.0, (1.0, 3.0)), "ooo"),
)


def looks(designs: Sequence[str]) -> dict[str, Look]:
    """Return the look of each design, in their order; after seven, colours have other dashes."""
    count = len(_LOOKS)
    by_name = {}
    for i, name in enumerate(designs):
        # The second round pairs each colour with the next dashes.
        look, other = _LOOKS[i % count], _LOOKS[(i + i // count) % count]
        by_name[name] = Look(look.colour, other.dashes, other.hatch)
    return by_name


class Sheet(Figure):
    """A figure with its text: `message` above its panels, `origin` below them.

    A notebook shows it as it is.
    """

    message = ""
    origin = ""

    @property
    def alt(self) -> str:
        """The text in place of the figure where it cannot be seen."""
        panels = [axes.get_title(loc="left") for axes in self.axes]
        return ". ".join(part for part in (self.message, *panels, self.origin) if part)

    def _repr_png_(self) -> bytes:
        made = io.BytesIO()
        with paper():
            settle(self)
            self.savefig(made, format="png", metadata={"Software": None})
        return made.getvalue()


@contextmanager
def paper() -> Iterator[None]:
    """Draw and write within: matplotlib's own defaults with our settings, whatever the user set."""
    with mpl.rc_context():
        # A style of the user would change the bytes of a figure.
        mpl.rcdefaults()
        mpl.rcParams.update(SETTINGS)
        yield


def sheet(
    rows: int,
    columns: int,
    title: str,
    caption: str,
    keys: Sequence[Key] = (),
    row_height: float = 2.4,
    **how: Any,
) -> tuple[Sheet, list[Axes]]:
    """Return a figure of `rows` x `columns` panels: message and keys above, origin below.

    Parameters
    ----------
    rows, columns : int
        The number of panels.
    title : str
        The message.
    caption : str
        The origin.
    keys : sequence of Key
        The keys of colours and patterns.
    row_height : float
        The height of a row, inches.
    **how
        Arguments of `Figure.subplots`.

    Returns
    -------
    sheet, panels : Sheet, list of Axes
        The panels row by row.
    """
    message, origin = title, caption
    title, caption = _filled(title, 82), _filled(caption, 138)
    lines = [line for key in keys for line in _key_lines(key)]
    head = 0.12 + _HEAD * (title.count("\n") + 1)
    above = head + (0.06 + _KEY * len(lines) if lines else 0.03)
    below = 0.15 + _FOOT * (caption.count("\n") + 1)
    height = rows * row_height + above + below
    figure = Sheet(figsize=(WIDTH, height), layout="constrained")
    figure.message, figure.origin = message, origin
    FigureCanvasAgg(figure)
    engine: Any = figure.get_layout_engine()
    engine.set(rect=(0.005, below / height, 0.99, 1 - (above + below) / height), h_pad=0.06)
    figure.text(0.012, 1 - 0.1 / height, title, size=11, weight="bold", color=INK, va="top")
    figure.text(0.012, 0.08 / height, caption, size=6.5, color=PALE, va="bottom")
    for i, line in enumerate(lines):
        _draw_key(figure, line, 1 - (head + _KEY * i) / height)
    axes = figure.subplots(rows, columns, squeeze=False, **how)
    return figure, list(axes.flat)


def design_key(designs: Sequence[str]) -> Key:
    """Return the key of the designs."""
    return {name: Line2D([], [], **line(look)) for name, look in looks(designs).items()}


def line(look: Look, **how: Any) -> dict[str, Any]:
    """Return the properties of a line of a design."""
    return {"color": look.colour, "linestyle": look.dashes, **how}


def _filled(text: str, width: int) -> str:
    """Return the text in lines; a number stays with its unit."""
    kept = re.sub(r"(?<=\d) (?=(?:ms|s|min|h|d|pp)\b|%)", "\u00a0", text)
    return textwrap.fill(kept, width, break_on_hyphens=False).replace("\u00a0", " ")


def _key_lines(key: Key) -> list[Key]:
    """Return the key in as many lines as it takes."""
    lines: list[Key] = [{}]
    room = 0.0
    for label, handle in key.items():
        room += _HANDLE + _LETTER * len(label)
        if room > WIDTH and lines[-1]:
            lines.append({})
            room = _HANDLE + _LETTER * len(label)
        lines[-1] = {**lines[-1], label: handle}
    return lines


def _draw_key(figure: Figure, key: Key, top: float) -> None:
    legend = figure.legend(
        list(key.values()),
        list(key),
        loc="upper left",
        bbox_to_anchor=(0.004, top),
        ncols=len(key),
        borderaxespad=0.2,
        fontsize=8.5,
        handlelength=1.8,
        handletextpad=0.6,
        columnspacing=1.2,
    )
    # The key has a place of its own: the layout must not make room for it again.
    legend.set_in_layout(False)


def beside_title(panel: Axes, key: Key) -> None:
    """Draw the key of one panel, at the right end of the line of its title."""
    panel.legend(
        list(key.values()),
        list(key),
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=max(len(key), 1),
        borderaxespad=0.15,
        borderpad=0.0,
        fontsize=8,
        handlelength=1.3,
        handletextpad=0.5,
        columnspacing=1.2,
    )


def settle(figure: Figure) -> None:
    """Fix the layout of the figure.

    The solver of matplotlib's layout depends on addresses in memory, so the last digits of its
    result vary; they are rounded.
    """
    layout = figure.get_layout_engine()
    if layout is None:
        return
    # Alone: drawing the figure would do the same and more.
    layout.execute(figure)
    # Not "none": that leaves a placeholder, for which savefig draws each figure twice.
    figure.set_layout_engine(None)
    for axes in figure.axes:
        left, bottom, width, height = axes.get_position().bounds
        axes.set_position((round(left, 4), round(bottom, 4), round(width, 4), round(height, 4)))


def write(figure: Figure, stem: Path) -> list[Path]:
    """Write the figure as PNG and SVG, with the same bytes each time; return the paths."""
    settle(figure)
    png, svg = stem.with_suffix(".png"), stem.with_suffix(".svg")
    figure.savefig(png, metadata={"Software": MARK})
    # Without the date the same figure has the same bytes on any day.
    figure.savefig(svg, metadata={"Date": None, "Creator": MARK})
    return [png, svg]
