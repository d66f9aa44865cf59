"""The recipients that a run does not judge: how many, and what they could change."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from relaysim.present.lookup import Lookup
from relaysim.present.number import number
from relaysim.present.terminal import text

BOUNDS_ABOVE = 0.05
"""The share not judged above which `on_time` is printed with bounds (our choice)."""
WHY = (
    "Not judged: recipients created later than their deadline before the end of the run; on time "
    "and latency quantiles leave them out, however they ended."
)


def not_judged(
    found: Lookup, designs: Sequence[str], subjects: Sequence[str]
) -> list[RenderableType]:
    """Return one line for each class with recipients that are not judged, and why.

    Parameters
    ----------
    found
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
        text(f"{f'{design}, ' if len(designs) > 1 else ''}{subject}: {said}", hanging=2)
        for design in designs
        for subject in subjects
        for said in _said(found, design, subject)
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


def _said(found: Lookup, design: str, subject: str) -> Iterator[str]:
    key = (design, "class", subject)
    created, left = found.value(*key, "created"), found.value(*key, "not_judged")
    if not left > 0.0:
        return
    share = left / created
    said = f"{number(left)} of {number(created)} ({number(share, 'share')}) not judged"
    if share > BOUNDS_ABOVE:
        low, high = bounds(found.value(*key, "on_time"), created, left)
        said += (
            f"; on time is {number(low, 'share')} if none of them were on time, "
            f"{number(high, 'share')} if all were"
        )
    yield f"{said}."
