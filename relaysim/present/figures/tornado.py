"""A tornado: the effect of each assumption on a quantity, the largest on top."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter

from relaysim.present.drawing.axis_labels import ticks
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, Key, Look, Sheet, looks, sheet
from relaysim.present.text.caption import figure_caption
from relaysim.present.text.number_format import Scale, scale
from relaysim.present.text.sensitivity_tables import ENDS, SHOWN, as_it_is, broken
from relaysim.study.factor_effects import MEASURABLE, NONE
from relaysim.study.sensitivity import Sensitivity

_SIDE = {"low": 0.19, "high": -0.19}
"""How far above the middle of its row the bar of an end lies."""
_THICK = 0.34
_NARROWEST = 1e-3
"""Least width of the axis, as a share of the largest value."""


def tornado(sensitivity: Sensitivity) -> Sheet:
    """Draw for each of the largest factors a bar from the base to the mean at each end.

    Raises
    ------
    NothingToDrawError
        If no factor has an effect.
    """
    moving = sensitivity.effects[sensitivity.effects["effect"] != NONE].head(SHOWN)
    if moving.empty:
        raise NothingToDrawError(f"nothing that was changed moves {sensitivity.asked}")
    drawn = dict(zip(ENDS, looks(ENDS).values(), strict=True))
    figure, (panel,) = sheet(
        1,
        1,
        _message(sensitivity),
        figure_caption(sensitivity.provenance),
        [_key(drawn)],
        0.7 + 0.4 * len(moving),
    )
    base = sensitivity.base.value
    if not np.isfinite(base):
        raise NothingToDrawError(f"{sensitivity.asked} is lost as it is")
    values = moving[["at_low", "at_high"]].to_numpy(np.float64)
    kind = scale(
        float(np.abs(np.append(values[np.isfinite(values)], base)).max()),
        sensitivity.quantity.of.unit,
    )
    # A difference of two shares is in percentage points and may be below 0.
    share = sensitivity.quantity.of.unit == "share" and sensitivity.other is None
    if sensitivity.quantity.of.unit == "share" and not share:
        kind = kind._replace(text=" pp")
    records: Any = moving.to_dict("records")
    for place, row in enumerate(records):
        for end, look in drawn.items():
            if isinstance(row[end], str) and np.isfinite(row[f"at_{end}"]):
                _bar(panel, row, end, look, -place, base, share)
    panel.axvline(base, color=INK, linewidth=1.0)
    panel.set_yticks(
        [-place for place in range(len(records))], [broken(r["path"]) for r in records]
    )
    panel.tick_params(axis="y", labelsize=8, length=0)
    panel.set_ylim(-len(records) + 0.4, 0.6)
    panel.grid(visible=False, axis="y")
    panel.set_xlabel(f"{sensitivity.asked},{kind.text}" if kind.text else sensitivity.asked)
    _axis(panel, kind, share)
    return figure


def _bar(
    panel: Axes, row: dict[str, Any], end: str, look: Look, place: float, base: float, share: bool
) -> None:
    """Draw the bar from the base to an end, with the interval of the change and the value set."""
    at, change = row[f"at_{end}"], row[f"{end}_difference"]
    height = place + _SIDE[end]
    panel.barh(
        height, change, _THICK, left=base, color=look.colour, hatch=look.hatch, edgecolor="white"
    )
    ends = [base + row[f"{end}_difference_{part}"] for part in ENDS]
    if share:
        ends = [min(max(item, 0.0), 1.0) for item in ends]
    if np.isfinite(ends).all() and ends[0] < ends[1]:
        panel.plot(ends, [height, height], color=INK, linewidth=0.9)
        panel.plot(ends, [height, height], "|", color=INK, markersize=4)
    else:
        ends = [at, at]
    right = change >= 0
    panel.annotate(
        row[end],
        (max(at, *ends) if right else min(at, *ends), height),
        (4 if right else -4, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        size=7,
        color=INK,
    )


def _axis(panel: Axes, kind: Scale, share: bool) -> None:
    """Make room for the words beside the bars, with marks in a unit that fits; no share above 1."""
    low, high = panel.get_xlim()
    # A narrower axis has marks that differ in no digit that is written.
    room = max(0.1 * (high - low), 0.5 * _NARROWEST * max(abs(low), abs(high)))
    panel.set_xlim(low - room, high + room)
    ends = panel.get_xlim()
    panel.xaxis.set_major_locator(FixedLocator(ticks(*ends, kind.factor, most=6)))

    def lettered(value: float, _: int) -> str:
        on_axis = not share or -1e-9 < value < 1 + 1e-9
        return f"{value / kind.factor:.6g}" if on_axis else ""

    panel.xaxis.set_major_formatter(FuncFormatter(lettered))


def _key(drawn: dict[str, Look]) -> Key:
    words = {"low": "at the low end", "high": "at the high end"}
    return {
        words[end]: Patch(facecolor=look.colour, hatch=look.hatch, edgecolor="white")
        for end, look in drawn.items()
    }


def _message(sensitivity: Sensitivity) -> str:
    effects = sensitivity.effects
    certain = effects.loc[effects["effect"] == MEASURABLE, "path"]
    text = "no effect is measurable"
    if len(certain):
        first = certain.index[0] == effects.index[0]
        text = f"{'largest' if first else 'measurable'} effect of {certain.iloc[0]}"
    of = "" if sensitivity.other is not None else f" of {sensitivity.scenario}"
    return f"Sensitivity of {sensitivity.asked}{of} ({as_it_is(sensitivity)} as it is): {text}"
