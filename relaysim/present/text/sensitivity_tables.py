"""The text of a sensitivity study.

The factors that move a quantity, how far, and those that do not.
"""

import math
from typing import Any

import pandas as pd
from rich.console import RenderableType

from relaysim.present.text.caption import origin
from relaysim.present.text.number_format import NONE, difference, interval, number
from relaysim.present.text.terminal import Grid, tables, text
from relaysim.study.factor_effects import MEASURABLE, NOT_DECIDED
from relaysim.study.factor_effects import NONE as NO_EFFECT
from relaysim.study.factors import STATED
from relaysim.study.sensitivity import Sensitivity

TURNS, BLURS = "turns", "is no longer measurable"
SHOWN = 15
"""So many inputs have their lines; the others are counted."""
NAMED = 3
"""So many inputs a sentence names."""
ENDS = ("low", "high")
CONVENTION = (
    "Half and double (of a growth: of what it is above 1) is a convention, not a range that "
    "anybody measured: give your own with --over."
)
PAIRED = (
    "Changes are paired, each replication with the same one of the scenario as it is, on "
    "the same draws. The intervals of a number's two changes are 97.5 %, so that both hold "
    "together with 95 %: of many numbers that do nothing, about one in twenty seems to do "
    "something."
)
_SOBOL = (
    "first: share of the variance that the number makes alone; total: together with the others "
    "too. Both with their 95 % intervals, by bootstrap. Numbers are independent and even "
    "between their ends. A share below 0 or above 1 is due to too few points; a quantity that "
    "never changes has no shares."
)
_LONG = 40


def sensitivity_text(sensitivity: Sensitivity) -> list[RenderableType]:
    """Return the text for the terminal."""
    lines: list[RenderableType] = [
        text(
            f"{sensitivity.scenario}: {sensitivity.asked} = {as_it_is(sensitivity)} as it is",
            hanging=4,
        ),
        text(""),
        *tables(tornado(sensitivity)),
    ]
    if (more := left_out(sensitivity)) is not None:
        lines += [text(more), text("")]
    if sensitivity.indices is not None:
        lines += [*tables(_indices(sensitivity, sensitivity.indices)), text(_SOBOL), text("")]
    return [
        *lines,
        *(text(sentence) for sentence in sentences(sensitivity)),
        *(
            []
            if all(number.source == STATED for number in sensitivity.inputs)
            else [text(CONVENTION)]
        ),
        text(PAIRED),
        text(origin(sensitivity.provenance)),
    ]


def as_it_is(sensitivity: Sensitivity) -> str:
    """Return the quantity with all factors at their base values."""
    write = interval if sensitivity.other is None else difference
    return write(*sensitivity.base[:3], sensitivity.quantity.of.unit)


def tornado(sensitivity: Sensitivity) -> Grid:
    """Return a row for each of the largest factors, with a line for each of its ends."""
    records: Any = sensitivity.effects[_shown(sensitivity)].to_dict("records")
    rows, alone = [], sensitivity.other is None
    for row in records:
        ends = [end for end in ENDS if isinstance(row[end], str)]
        cells = ([row[end], *_at(row, end, sensitivity.other is not None)] for end in ends)
        rows.append([broken(row["path"]), *("\n".join(item) for item in zip(*cells, strict=True))])
    return Grid(
        "One at a time, from the largest change to the smallest",
        ["assumption", "set to", sensitivity.quantity.metric if alone else "difference", "change"],
        rows,
    )


def _shown(sensitivity: Sensitivity) -> "pd.Series[bool]":
    """Return the rows of the table: factors with a measurable effect, then the largest."""
    kind = sensitivity.effects["effect"]
    order = kind.map({MEASURABLE: 0, NOT_DECIDED: 1, NO_EFFECT: 2}).sort_values(kind="stable")
    first = sensitivity.effects.index.isin(order.index[:SHOWN])
    return (kind != NO_EFFECT) & first


def left_out(sensitivity: Sensitivity) -> str | None:
    """Return how many more factors changed the quantity, and how far; None if the table has all."""
    more = (sensitivity.effects["effect"] != NO_EFFECT) & ~_shown(sensitivity)
    swings = sensitivity.effects.loc[more, "swing"]
    if not len(swings):
        return None
    most = _points(number(float(swings.max()), sensitivity.quantity.of.unit))
    return f"and {len(swings)} more, none with a change of the mean above {most}"


def _at(row: dict[str, Any], end: str, paired: bool) -> tuple[str, str]:
    """Return the quantity at an end of a factor, and its difference from the base."""
    change, low, high = (row[f"{end}_difference{part}"] for part in ("", "_low", "_high"))
    value, least, most = (row[f"at_{end}{part}"] for part in ("", "_low", "_high"))
    unit = row["unit"]
    written = difference(value, least, most, unit) if paired else number(value, unit)
    return written, difference(change, low, high, unit)


def broken(path: str) -> str:
    """Return a long path on two lines, split at a point."""
    if len(path) <= _LONG:
        return path
    at = path.rfind(".", 0, _LONG - 2)
    return f"{path[:at]}\n  {path[at:]}" if at > 0 else path


def _indices(sensitivity: Sensitivity, indices: pd.DataFrame) -> Grid:
    records: Any = indices.to_dict("records")
    rows = [[broken(row["path"]), _share(row, "first"), _share(row, "total")] for row in records]
    points = (sensitivity.sobol or 0) * (len(indices) + 2)
    return Grid(f"Sobol indices, of {points} points", ["assumption", "first", "total"], rows)


def _share(row: dict[str, Any], index: str) -> str:
    value, half = row[index], row[f"{index}_half"]
    return NONE if math.isnan(value) else f"{value:.2f}±{half:.2f}"


def sentences(sensitivity: Sensitivity) -> list[str]:
    """Return which factors matter, and which do not; for a difference also which turn its sign."""
    effects, name = sensitivity.effects, sensitivity.asked
    of = {kind: effects[effects["effect"] == kind] for kind in (MEASURABLE, NOT_DECIDED, NO_EFFECT)}
    numbers = f"{len(effects)} number{'s' if len(effects) != 1 else ''}"
    texts = [f"None of {numbers} moves {name} measurably."]
    if sensitivity.replications == 1:
        texts = ["One replication has no intervals, so that nothing is measurable."]
    if len(of[MEASURABLE]):
        records: Any = of[MEASURABLE].head(NAMED).to_dict("records")
        most = ", ".join(f"{row['path']} ({_certain(row)})" for row in records)
        moves = _verb("move", of[MEASURABLE])
        texts = [
            f"{len(of[MEASURABLE])} of {numbers} {moves} {name} measurably, most of all {most}."
        ]
    if len(of[NOT_DECIDED]):
        unit = sensitivity.quantity.of.unit
        largest = _points(number(float(of[NOT_DECIDED]["swing"].max()), unit))
        texts.append(
            f"{len(of[NOT_DECIDED])} changed its mean by up to {largest}, which may be chance: "
            "more replications tell, and the intervals how much it may be."
        )
    if len(of[NO_EFFECT]):
        changes = _verb("change", of[NO_EFFECT])
        texts.append(f"{len(of[NO_EFFECT])} {changes} nothing in any replication.")
    return texts if sensitivity.other is None else [*texts, turning(sensitivity)]


def turning(sensitivity: Sensitivity) -> str:
    """Return whether the sign of a difference is the same at all ends, by 95 % intervals."""
    sign = _sign(sensitivity.base.low, sensitivity.base.high)
    if not sign:
        return "The difference itself is not measurable: there is no sign to turn."
    ends: dict[str, list[str]] = {TURNS: [], BLURS: []}
    records: Any = sensitivity.effects.to_dict("records")
    for row in records:
        for end in ENDS:
            end_sign = _sign(row[f"at_{end}_low"], row[f"at_{end}_high"])
            if isinstance(row[end], str) and end_sign != sign:
                ends[TURNS if end_sign else BLURS].append(f"{row['path']} = {row[end]}")
    texts = [f"it {what} with {', '.join(where)}" for what, where in ends.items() if where]
    if not texts:
        return "The difference keeps its sign, measurably, at every end of each number."
    return f"The difference does not keep its sign everywhere: {'; '.join(texts)}."


def _sign(low: float, high: float) -> int:
    return 1 if low > 0.0 else -1 if high < 0.0 else 0


def _certain(row: dict[str, Any]) -> str:
    """Return the larger of the changes whose intervals leave out zero, with its end."""
    sure = [
        end
        for end in ENDS
        if row[f"{end}_difference_low"] > 0.0 or row[f"{end}_difference_high"] < 0.0
    ]
    end = max(sure, key=lambda item: abs(row[f"{item}_difference"]))
    return f"{_at(row, end, paired=True)[1]} at {row[end]}"


def _verb(verb: str, rows: pd.DataFrame) -> str:
    return verb if len(rows) != 1 else f"{verb}s"


def _points(amount: str) -> str:
    """Return a difference of shares in percentage points."""
    return amount.removesuffix("%") + "pp" if amount.endswith("%") else amount
