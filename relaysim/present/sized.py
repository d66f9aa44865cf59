"""What a size says: the smallest value that will do, and the evidence on both sides of it."""

from rich.console import RenderableType

from relaysim.present.caption import ASSUMPTIONS, origin
from relaysim.present.number import interval
from relaysim.present.terminal import Grid, tables, text
from relaysim.study.size import Size


def report(found: Size) -> list[RenderableType]:
    """All of it, for the terminal."""
    targets = " and ".join(target.text for target in found.targets)
    first, before, later = "first", "value before it", "later"
    if found.rising:
        first, before, later = "smallest", "next smaller value", "larger"
    unsure = f" The {before} is undecided and may do as well: more replications decide it."
    units = {target.text: target.quantity.of.unit for target in found.targets}
    rows = [
        [
            row["value"],
            row["target"],
            interval(row["mean"], row["low"], row["high"], units[row["target"]]),
            str(row["replications"]),
            row["verdict"],
        ]
        for row in found.evidence.to_dict("records")
    ]
    return [
        text(f"{found.scenario}: {found.path} = {found.value}", hanging=4),
        text(
            f"is the {first} value that meets {targets}, with {found.confidence:.0%} confidence."
            f"{'' if found.sure else unsure}"
        ),
        text(""),
        *tables(
            Grid(
                f"What was tried (intervals as wide as {found.confidence:.0%} confidence after "
                "several looks takes)",
                [found.path.rpartition(".")[2], "target", "mean", "replications", "verdict"],
                rows,
                wrapped=["target"],
            )
        ),
        text(
            f"Values between those were left out: a {later} value is taken to do no worse, which "
            "the rows above let you judge."
        ),
        text(ASSUMPTIONS),
        text(origin(found.provenance)),
    ]
