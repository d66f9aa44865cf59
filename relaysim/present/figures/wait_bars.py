"""Waits: the mean latency of each class, by its parts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from relaysim.measure.binding_resource import HELD
from relaysim.measure.wait_parts import PARTS
from relaysim.present.drawing.style import INK, Key, Sheet, sheet
from relaysim.present.text.number_format import number, scale
from relaysim.present.text.shown_subjects import classes


class Part(NamedTuple):
    """A part of the latency: its label, its words in a sentence, and how it is drawn."""

    text: str
    sentence: str
    colour: str
    hatch: str


PARTS_DRAWN: dict[str, Part] = {
    "wait_host": Part("host", "waits for its host", "#332288", ""),
    "wait_host_acknowledgement": Part(
        "host, held up by acknowledgements",
        "waits for a session that waits for its acknowledgement",
        "#332288",
        "///",
    ),
    "wait_commit": Part("commit", "waits for the commit", "#88CCEE", ""),
    "wait_submission": Part("core", "waits for a core", "#44AA99", "..."),
    "wait_delivery": Part("connection", "waits for a connection", "#DDCC77", "///"),
    "wait_delivery_core": Part(
        "connection, held up by cores",
        "waits for a connection that waits for a core",
        "#DDCC77",
        "...",
    ),
    "wait_delivery_line": Part(
        "connection, held up by the line",
        "waits for a connection that waits for the line",
        "#DDCC77",
        "",
    ),
    "wait_line": Part("line", "waits for the line", "#117733", ""),
    "wait_mailbox": Part("mailbox", "waits for mailbox delivery", "#AA4499", "xxx"),
    "wait_mailbox_core": Part(
        "mailbox, held up by cores",
        "waits for a mailbox delivery that waits for a core",
        "#AA4499",
        "...",
    ),
    "wait_retry": Part("next attempt", "waits for the next attempt", "#882255", "\\\\\\"),
    "service": Part("service", "has a service time of", "#BBBBBB", ""),
}
"""The parts of `measure.wait_parts`, each with those of `measure.binding_resource` beside it.

Colours of Paul Tol, safe for any colour vision; a colour stands for what is waited for, not for a
design.
"""
DRAWN = tuple(PARTS_DRAWN)

Means = npt.NDArray[np.float64]


def waits(metrics: pd.DataFrame, designs: Sequence[str], caption: str) -> Sheet:
    """Draw one panel a class, one bar a design; the parts of a bar add up to the mean latency.

    Parameters
    ----------
    metrics : pandas.DataFrame
        The frame of that name, of all the designs.
    designs : sequence of str
        The names of the designs.
    caption : str
        The origin of the numbers.
    """
    of_class = metrics[metrics["scope"] == "class"]
    subjects = classes(of_class["subject"])
    table = of_class.set_index(["subject", "scenario", "metric"])["value"]

    def means(subject: str) -> Means:
        keys = pd.MultiIndex.from_product([[subject], designs, DRAWN])
        parts = (
            table.reindex(keys).to_numpy(np.float64, copy=True).reshape(len(designs), len(DRAWN))
        )
        for part in HELD:
            whole = next(name for name in PARTS if part.startswith(f"{name}_"))
            # A held part is within its whole: the bar shows the rest and the part side by side.
            parts[:, DRAWN.index(whole)] -= np.nan_to_num(parts[:, DRAWN.index(part)])
        return parts

    columns = min(2, len(subjects))
    by_name = {subject: means(subject) for subject in subjects}
    figure, axes = sheet(
        -(-len(subjects) // columns),
        columns,
        _message(by_name, designs),
        caption,
        [_key(by_name)],
        row_height=0.75 + 0.27 * len(designs),
    )
    for subject, panel in zip(subjects, axes, strict=False):
        panel.set_title(subject)
        _bars(panel, by_name[subject], designs)
    for panel in axes[len(subjects) :]:
        panel.set_axis_off()
    for i, panel in enumerate(axes[: len(subjects)]):
        if i % columns:
            panel.tick_params(labelleft=False)
    return figure


def _key(result: Mapping[str, Means]) -> Key:
    """Return the key of the parts that can be seen: 0.3 % of a bar at least."""
    every = np.nan_to_num(np.concatenate(list(result.values())))
    share = every.max(axis=0, where=every > 0.003 * every.sum(axis=1, keepdims=True), initial=0.0)
    seen = [part for part, most in zip(DRAWN, share, strict=True) if most > 0.0]
    return {
        drawn.text: Patch(facecolor=drawn.colour, hatch=drawn.hatch, edgecolor="white")
        for drawn in (PARTS_DRAWN[part] for part in seen)
    }


def _bars(panel: Axes, means: Means, designs: Sequence[str]) -> None:
    totals = np.nansum(means, axis=1)
    unit = scale(float(totals.max()), "s")
    rows = np.arange(len(designs))[::-1]
    left = np.zeros(len(designs))
    for part, length in zip(DRAWN, means.T, strict=True):
        drawn = PARTS_DRAWN[part]
        width = np.nan_to_num(length) / unit.factor
        panel.barh(
            rows,
            width,
            0.62,
            left,
            color=drawn.colour,
            hatch=drawn.hatch,
            edgecolor="white",
            linewidth=0.4,
        )
        left += width
    for row, end, total in zip(rows, left, totals, strict=True):
        text = f" {number(float(total), 's')}" if total else " none delivered"
        panel.annotate(text, (end, row), va="center", size=7.5, color=INK)
    panel.set_yticks(rows, designs)
    panel.set_xlim(0.0, (float(left.max()) or 1.0) * 1.18)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel(f"mean per recipient,{unit.text}", labelpad=1.0)


def _message(result: Mapping[str, Means], designs: Sequence[str]) -> str:
    """Return the title: the part that differs most between designs, or the largest part."""

    if np.isnan(np.concatenate(list(result.values()))).all():
        return "Where the time is spent: no mail is delivered"

    def weight(subject: str, part: int) -> float:
        means = np.nan_to_num(result[subject])
        most = means[:, part].max() - (means[:, part].min() if len(designs) > 1 else 0.0)
        # One second more, so that no class that waits for milliseconds only is chosen.
        return float(most / (means.sum(axis=1).max() + 1.0))

    subject, part = max(
        ((subject, part) for subject in result for part in range(len(DRAWN))),
        key=lambda pair: weight(*pair),
    )
    times = ", ".join(
        f"{number(float(mean), 's')} in {design}"
        for design, mean in zip(designs, result[subject][:, part], strict=True)
    )
    return f"Where the time is spent: {subject} mail {PARTS_DRAWN[DRAWN[part]].sentence} {times}"
