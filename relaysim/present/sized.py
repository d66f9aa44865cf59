"""What a size says: the smallest value that will do, and the evidence on both sides of it."""

from collections.abc import Hashable
from typing import Any

from rich.console import RenderableType

from relaysim.present.caption import ASSUMPTIONS, SURVIVORS, origin, unseen
from relaysim.present.number import interval
from relaysim.present.terminal import Grid, tables, text
from relaysim.study.size import Size


def report(found: Size) -> list[RenderableType]:
    """All of it, for the terminal."""
    targets = " and ".join(target.text for target in found.targets)
    first, before, later = "first", "value before it", "later"
    if found.rising:
        first, before, later = "smallest", "next smaller value", "larger"
    units = {target.text: target.quantity.of.unit for target in found.targets}
    target = ["target"] if len(found.targets) > 1 else []
    sure = f"{100 * found.confidence:g} %"
    said = f"is the {first} value that meets {targets}, with {sure} confidence."
    if not found.sure:
        said = (
            f"meets {targets}, with {sure} confidence. Whether it is the {first} that does is not "
            f"decided: the {before} may do as well, and more replications tell."
        )
    elif found.first:
        said = f"meets {targets}, with {sure} confidence. It is the {first} that was to be tried."
    rows = [
        [
            row["value"],
            *([row["target"]] if target else []),
            interval(row["mean"], row["low"], row["high"], units[row["target"]]),
            _many(row),
            row["verdict"],
        ]
        for row in found.evidence.to_dict("records")
    ]
    return [
        text(f"{found.scenario}: {found.path} = {found.value}", hanging=4),
        text(said),
        text(""),
        *tables(
            Grid(
                f"What was tried (intervals so wide that all verdicts hold with {sure} confidence)",
                [found.path.rpartition(".")[2], *target, "mean", "replications", "verdict"],
                rows,
                wrapped=target,
            )
        ),
        text(
            f"A {later} value is taken to do no worse, which the rows above let you judge. "
            f"{unseen(found.provenance.replications)}"
        ),
        *([text(SURVIVORS)] if "s" in units.values() else []),
        text(ASSUMPTIONS),
        text(origin(found.provenance, intervals=False)),
    ]


def _many(row: dict[Hashable, Any]) -> str:
    """The replications of a row; of how many, where some have no value."""
    many, without = row["replications"], row["without_value"]
    return f"{many - without} of {many}" if without else f"{many}"
