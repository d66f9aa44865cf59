"""Latency: the share of each class that is not yet delivered, over its age."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from relaysim import units
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import INK, PALE, Sheet, design_key, line, looks, sheet
from relaysim.present.text.number_format import number
from relaysim.present.text.shown_subjects import classes

LEAST = 1e-3
"""The smallest share drawn: beyond it a curve is made of single recipients."""
_NEAR = 0.22
"""The part of the axis that a label of a deadline takes."""
_LEFT, _TOP = ("axes fraction", "data"), ("data", "axes fraction")
_AGES = {
    0.1: "0.1 s",
    1.0: "1 s",
    10.0: "10 s",
    60.0: "1 min",
    600.0: "10 min",
    3600.0: "1 h",
    21_600.0: "6 h",
    86_400.0: "1 d",
    345_600.0: "4 d",
}


def latency(
    missing: Mapping[str, pd.DataFrame],
    deadlines: Mapping[str, tuple[float, ...]],
    caption: str,
) -> Sheet:
    """Draw one panel a class, one line a design, on logarithmic axes, with the deadlines marked.

    Parameters
    ----------
    missing : mapping of str to pandas.DataFrame
        `missing` of `measure.run_series`, by design.
    deadlines : mapping of str to tuple of float
        Deadlines in seconds, by class.
    caption : str
        The origin of the numbers.

    Raises
    ------
    NothingToDrawError
        If no mail was created.
    """
    missing = {name: frame.dropna(axis="columns", how="all") for name, frame in missing.items()}
    subjects = classes(name for frame in missing.values() for name in frame)
    if not subjects:
        raise NothingToDrawError("no mail was created in the time counted")
    columns = min(2, len(subjects))
    figure, axes = sheet(
        -(-len(subjects) // columns),
        columns,
        _message(missing, deadlines, subjects),
        caption,
        [design_key(list(missing))],
        sharex=True,
        sharey=True,
    )
    first, last = _span(missing, subjects, deadlines)
    for subject, panel in zip(subjects, axes, strict=False):
        panel.set_title(subject, pad=15)
        for design, look in looks(list(missing)).items():
            frame = missing[design]
            if subject in frame:
                share = frame[subject].to_numpy()
                # A logarithmic axis has no 0: the curve leaves the panel at the bottom.
                drawn = np.where(share > 0.0, share, LEAST / 10)
                panel.plot(frame.index.to_numpy(), drawn, **line(look))
        _marks(panel, _deadlines(deadlines, subject), first, last)
        panel.set(xscale="log", yscale="log", xlim=(first, last), ylim=(LEAST, 1.15))
        _ticks(panel, first, last)
    for panel in axes[len(subjects) :]:
        panel.set_axis_off()
    for panel in axes[::columns]:
        panel.set_ylabel("share not yet delivered")
    for panel in axes[: len(subjects)][-columns:]:
        panel.set_xlabel("time since creation")
        panel.tick_params(labelbottom=True)
    return figure


def _deadlines(deadlines: Mapping[str, tuple[float, ...]], subject: str) -> tuple[float, ...]:
    whole = subject.removesuffix(".internal").removesuffix(".external")
    return deadlines.get(subject, deadlines.get(whole, ()))


def _duration(seconds: float) -> str:
    return units.format_duration(round(seconds * 1e6))


def _late(frame: pd.DataFrame, subject: str, deadline: float) -> float:
    """Return the share that is not delivered at the deadline."""
    if subject not in frame:
        return float("nan")
    # The ages are evenly spaced on a logarithmic scale, so interpolation uses it too.
    ages = np.log(frame.index.to_numpy())
    return float(np.interp(np.log(deadline), ages, frame[subject].to_numpy()))


def _message(
    missing: Mapping[str, pd.DataFrame],
    deadlines: Mapping[str, tuple[float, ...]],
    subjects: list[str],
) -> str:
    """Return the title: the class whose punctuality differs most, or the worst of one design."""
    results = [
        (
            subject,
            deadline,
            {name: _late(frame, subject, deadline) for name, frame in missing.items()},
        )
        for subject in subjects
        for deadline in _deadlines(deadlines, subject)[:1]
    ]
    # Of mail that was never written there is no share.
    results = [item for item in results if not np.isnan(list(item[2].values())).all()]
    if not results:
        return "Latency: share of each class that is not yet delivered, by age"

    def weight(entry: tuple[str, float, dict[str, float]]) -> float:
        late = np.array(list(entry[2].values()))
        return float(np.nanmax(late) - (np.nanmin(late) if len(late) > 1 else 0.0))

    subject, deadline, late = max(results, key=weight)
    if len(late) > 1 and weight((subject, deadline, late)) < 0.005:
        return "Latency: all designs deliver the same share of each class by its deadline"
    shares = ", ".join(f"{number(share, 'share')} in {name}" for name, share in late.items())
    return (
        f"Latency: {subject} mail not delivered by its deadline of {_duration(deadline)}: {shares}"
    )


def _span(
    missing: Mapping[str, pd.DataFrame],
    subjects: list[str],
    deadlines: Mapping[str, tuple[float, ...]],
) -> tuple[float, float]:
    """Return the ages on the axis: from the first delivery to the last."""
    first, last = np.inf, 0.0
    for frame in missing.values():
        known = frame[[subject for subject in subjects if subject in frame]].to_numpy()
        if not known.size:  # no mail in this design
            continue
        ages, full, final = frame.index.to_numpy(), np.nanmax(known[:1]), known[-1:]
        chosen = np.flatnonzero(np.nanmin(known, axis=1) < 0.98 * full)
        still = np.flatnonzero(np.nanmax(known - final, axis=1) > LEAST)
        if len(chosen) and len(still):
            first = min(first, ages[max(chosen[0] - 2, 0)])
            last = max(last, ages[min(still[-1] + 4, len(ages) - 1)])
    known_deadlines = [d for subject in subjects for d in _deadlines(deadlines, subject)]
    last = max([last, *(1.5 * deadline for deadline in known_deadlines)])
    return float(min(first, last / 100)), float(last)


def _marks(panel: Axes, deadlines: tuple[float, ...], first: float, last: float) -> None:
    """Draw a line for each deadline, and one where 5 % are missing.

    Deadlines that are near each other have one label.
    """
    panel.axhline(0.05, color=PALE, linewidth=0.8, linestyle=(0, (1, 2)))
    panel.annotate("5 %", (0, 0.05), (2, 2), _LEFT, "offset points", size=7, color=PALE)
    near: list[list[float]] = []
    for deadline in sorted(item for item in deadlines if first < item < last):
        panel.axvline(deadline, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        if near and np.log(deadline / near[-1][-1]) < _NEAR * np.log(last / first):
            near[-1].append(deadline)
        else:
            near.append([deadline])
    for place, group in enumerate(near):
        word = ("deadline " if len(group) == 1 else "deadlines ") if not place else ""
        text = word + ", ".join(map(_duration, group))
        at = (float(np.sqrt(group[0] * group[-1])), 1)
        panel.annotate(text, at, (0, 2), _TOP, "offset points", size=7, color=INK, ha="center")


def _ticks(panel: Axes, first: float, last: float) -> None:
    ages = [age for age in _AGES if first <= age <= last]
    panel.xaxis.set_major_locator(FixedLocator(ages))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(FuncFormatter(lambda age, _: _AGES.get(age, "")))
    panel.yaxis.set_major_locator(FixedLocator([LEAST, 0.01, 0.1, 1.0]))
    panel.yaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(_share))


def _share(share: float, _: int) -> str:
    return "0.1 %" if share == LEAST else f"{100 * share:.0f} %"
