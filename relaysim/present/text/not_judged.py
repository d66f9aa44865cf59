"""The recipients that a run does not judge: their number, and their possible effect."""

from collections.abc import Iterator, Sequence

import pandas as pd
from rich.console import RenderableType

from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import number
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import text

BOUNDS_ABOVE = 0.05
"""The share not judged above which `on_time` is printed with bounds (our choice)."""
WHY = (
    "Not judged: recipients created later than their deadline before the end of the run; on time "
    "and latency quantiles leave them out, however they ended."
)


def not_judged(
    measured: Lookup, designs: Sequence[str], subjects: Sequence[str]
) -> list[RenderableType]:
    """Return one line for each class with recipients that are not judged, and why.

    Parameters
    ----------
    measured
        The frame `metrics`.
    designs
        Names of scenarios; with several of them a line names its design.
    subjects
        Subjects of the scope `class`.

    Returns
    -------
    list of RenderableType
        Empty where all recipients are judged.
    """
    lines = [
        text(f"{f'{design}, ' if len(designs) > 1 else ''}{subject}: {sentence}", hanging=2)
        for design in designs
        for subject in subjects
        for sentence in _sentences(measured, design, subject)
    ]
    return [*lines, text("")] if lines else []


def worst_judged(
    metrics: pd.DataFrame, parameters: Sequence[str], designs: Sequence[str]
) -> list[RenderableType]:
    """Return one line for each class with a large share that a point of a sweep does not judge.

    Parameters
    ----------
    metrics
        The frame `metrics` of a sweep.
    parameters
        The paths that are varied: columns of the frame.
    designs
        Names of scenarios; with several of them a line names its design.

    Returns
    -------
    list of RenderableType
        A line is about the point with the largest share. Empty where no share is above
        `BOUNDS_ABOVE`.
    """
    selected = metrics[(metrics["scope"] == "class") & metrics["metric"].isin(_NEEDED)]
    points = [
        (values, Lookup(rows)) for values, rows in selected.groupby([*parameters], sort=False)
    ]
    lines = []
    for design in designs:
        for subject in classes(selected["subject"]):
            values, worst = max(points, key=lambda point: _share(point[1], design, subject))
            if _share(worst, design, subject) <= BOUNDS_ABOVE:
                continue
            subject_text = f"{f'{design}, ' if len(designs) > 1 else ''}{subject}"
            pairs = zip(parameters, values, strict=True)
            at = f" at {', '.join(f'{path} = {value}' for path, value in pairs)}"
            head = f"{subject_text}{at if len(points) > 1 else ''}"
            lines += [
                text(f"{head}: {sentence}", hanging=2)
                for sentence in _sentences(worst, design, subject)
            ]
    return [text(WHY), *lines, text("")] if lines else []


def bounds(on_time: float, created: float, left: float) -> tuple[float, float]:
    """Return `on_time` as if none, and as if all, of the recipients not judged were on time.

    Parameters
    ----------
    on_time
        Share of the judged recipients; NaN where none is judged.
    created
        Recipients created in the window.
    left
        Recipients of them that are not judged.

    Returns
    -------
    tuple of float
        The lower and the upper bound, shares of all recipients created.
    """
    met = on_time * (created - left) if created > left else 0.0
    return met / created, (met + left) / created


_NEEDED = ("created", "not_judged", "on_time")


def _share(measured: Lookup, design: str, subject: str) -> float:
    """Return the share of the recipients of a class that is not judged; 0 without recipients."""
    created = measured.value(design, "class", subject, "created")
    return (
        measured.value(design, "class", subject, "not_judged") / created if created > 0.0 else 0.0
    )


def _sentences(measured: Lookup, design: str, subject: str) -> Iterator[str]:
    key = (design, "class", subject)
    created, left = measured.value(*key, "created"), measured.value(*key, "not_judged")
    if not left > 0.0:
        return
    share = left / created
    sentence = f"{number(left)} of {number(created)} ({number(share, 'share')}) not judged"
    if share > BOUNDS_ABOVE:
        low, high = bounds(measured.value(*key, "on_time"), created, left)
        sentence += (
            f"; on time is {number(low, 'share')} if none of them were on time, "
            f"{number(high, 'share')} if all were"
        )
    yield f"{sentence}."
