"""The text of a size study: the smallest value that meets the targets, and the evidence."""

from collections.abc import Hashable
from typing import Any

from rich.console import RenderableType

from relaysim.present.text.caption import ASSUMPTIONS, SURVIVORS, origin, unseen
from relaysim.present.text.metric_rows import lost_in
from relaysim.present.text.not_judged import BOUNDS_ABOVE, WHY
from relaysim.present.text.number_format import interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.size import Size


def size_text(size: Size) -> list[RenderableType]:
    """Return the text for the terminal."""
    later = "larger" if size.rising else "later"
    seconds = any(target.quantity.of.unit == "s" for target in size.targets)
    return [
        text(f"{size.scenario}: {size.path} = {size.value}", hanging=4),
        text(verdict(size)),
        text(""),
        *tables(evidence(size)),
        *not_judged(size),
        text(
            f"A {later} value is taken to do no worse, which the rows above let you judge. "
            f"{unseen(size.provenance.replications)}"
        ),
        *([text(SURVIVORS)] if seconds else []),
        text(ASSUMPTIONS),
        text(origin(size.provenance, intervals=False)),
    ]


def verdict(size: Size) -> str:
    """Return the verdict on the value that was found, and its certainty."""
    targets = " and ".join(target.text for target in size.targets)
    first, before = "first", "value before it"
    if size.rising:
        first, before = "smallest", "next smaller value"
    sure = f"{100 * size.confidence:g} %"
    if not size.sure:
        return (
            f"meets {targets}, with {sure} confidence. Whether it is the {first} that does is not "
            f"decided: the {before} may do as well, and more replications tell."
        )
    if size.first:
        return f"meets {targets}, with {sure} confidence. It is the {first} that was to be tried."
    return f"is the {first} value that meets {targets}, with {sure} confidence."


def evidence(size: Size) -> Grid:
    """Return the values that were tried, from the smallest to the largest."""
    of = {target.text: target.quantity for target in size.targets}
    target = ["target"] if len(size.targets) > 1 else []
    rows = [
        [
            row["value"],
            *([row["target"]] if target else []),
            lost_in(of[row["target"]].metric, row["replications_lost"], row["replications"])
            or interval(row["estimate"], row["low"], row["high"], of[row["target"]].of.unit),
            _many(row),
            row["verdict"],
        ]
        for row in size.evidence.to_dict("records")
    ]
    sure = f"{100 * size.confidence:g} %"
    statistics = set(size.evidence["statistic"])
    return Grid(
        f"What was tried (intervals so wide that all verdicts hold with {sure} confidence)",
        [
            size.path.rpartition(".")[2],
            *target,
            " or ".join(sorted(statistics)),
            "replications",
            "verdict",
        ],
        rows,
        wrapped=target,
    )


def not_judged(size: Size) -> list[RenderableType]:
    """Return one line for each target with more than `BOUNDS_ABOVE` of its recipients not judged.

    Parameters
    ----------
    size
        A size.

    Returns
    -------
    list of RenderableType
        Empty where at most that share is not judged with any value that was tried.
    """
    lines = []
    for target, rows in size.evidence.groupby("target", sort=False):
        shares = rows["share_not_judged"].dropna()
        if len(shares) and shares.max() > BOUNDS_ABOVE:
            ends = dict.fromkeys(number(item, "share") for item in (shares.min(), shares.max()))
            lines.append(text(f"{target}: {' to '.join(ends)} not judged.", hanging=2))
    return [text(WHY), *lines, text("")] if lines else []


def _many(row: dict[Hashable, Any]) -> str:
    """Return the replications of a row; with their number in all if some have no value."""
    count, without = row["replications"], row["without_value"]
    return f"{count - without} of {count}" if without else f"{count}"
